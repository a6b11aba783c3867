"""The bridge sites in the schedule form: rows with a name each, and what is planned of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from meetings.database import Reading
from meetings.errors import Problem
from meetings.invitees import is_key
from meetings.meeting_form import SITE_FIELDS, Raw
from meetings.models.columns import new_id
from meetings.models.meeting import sites
from meetings.queries import invitees

FIELDS = ("id", *SITE_FIELDS)
SITE_ACTS = ("add_site", "remove_site", "sites_of_invited")


def rows_of(form: Raw) -> list[dict[str, str]]:
    """The rows as the page shows them; of a form that has names only, those."""
    parts: Mapping[str, Mapping[str, str]] = form.get("site_parts") or {}
    names = [line.strip() for line in str(form.get("sites") or "").splitlines() if line.strip()]
    typed = [_row(key, part) for key, part in parts.items()]
    if [row["name"].strip() for row in typed if row["name"].strip()] == names:
        return typed
    of_name = {row["name"].strip(): row for row in typed}
    return [of_name.get(name) or _row(new_id(), {"name": name}) for name in names]


def keep_rows(raw: Raw, rows: Collection[Mapping[str, str]]) -> None:
    """Rows as typed into the form: the names in order, and the parts by id. A row that is still empty is kept too."""
    raw["sites"] = "\n".join(row["name"].strip() for row in rows if row.get("name", "").strip())
    keys = (key if is_key(key := row.get("id", "")) and ":" not in key else new_id() for row in rows)
    raw["site_parts"] = {key: {name: row.get(name, "") for name in SITE_FIELDS} for key, row in zip(keys, rows, strict=True)}


async def act_on_sites(reading: Reading, raw: Raw, action: str) -> None:
    what, _, which = action.partition(":")
    rows = rows_of(raw)
    if what == "add_site":
        rows.append(_row(new_id(), {}))
    elif what == "remove_site":
        rows = [row for row in rows if row["id"] != which]
    else:
        there = {row["name"].strip() for row in rows} | {row["agency"].strip() for row in rows}
        for group in await invitees.chosen(reading, raw["invited"]):
            if not there & {group.agency.name, group.agency.short_name}:
                rows.append(_row(new_id(), {"name": group.agency.short_name, "agency": group.agency.name}))
    keep_rows(raw, rows)


async def sites_context(reading: Reading, meeting_id: str, form: Raw) -> dict[str, Any]:
    """What schedule/sites.html draws. `noted`: sites that have noted place and contacts themselves, by id."""
    here = sa.and_(sites.c.meeting_id == meeting_id, ~sites.c.removed, sites.c.filled_by != "")
    noted = {row.id: row for row in await reading.all(sa.select(sites).where(here))}
    return {"site_rows": rows_of(form), "empty_site": _row("__id__", {}), "noted": noted}


def at_rows(problems: Sequence[Problem], rows: Sequence[Mapping[str, str]]) -> tuple[Problem, ...]:
    """The problems at the fields of the page: `site_parts.<id>.<field>` and `sites.<n>` of the names are fields of numbered rows."""
    of_id = {row["id"]: n for n, row in enumerate(rows)}
    named = [n for n, row in enumerate(rows) if row["name"].strip()]
    found = []
    for one in problems:
        head, _, rest = one.where.partition(".")
        which, _, name = rest.partition(".")
        if head == "site_parts" and which in of_id:
            one = replace(one, where=f"sites.{of_id[which]}.{name}")
        elif head == "sites" and which.isdecimal() and int(which) < len(named):
            one = replace(one, where=f"sites.{named[int(which)]}.name")
        found.append(one)
    return tuple(found)


def _row(key: str, part: Mapping[str, Any]) -> dict[str, str]:
    return {"id": key} | {name: str(part.get(name) or "") for name in SITE_FIELDS}
