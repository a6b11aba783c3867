"""What a secretary is told when another one writes in the same draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from meetings import clock, i18n
from meetings.errors import Problem
from meetings.meeting_form import Raw

from ..keys import LANGUAGE

# Fields whose value is a code: what was chosen is not told by it.
CODES = {
    "type", "preparing_agency_id", "chair_id", "secretary_id", "secretary2_id", "form", "room_id", "video_kind", "quorum", "kind",
    "invited", "for_item", "optional",
}  # fmt: skip


def held_of(data: Mapping[str, str]) -> list[str]:
    """The paths that the page holds back until somebody decides."""
    return data.get("held", "").split()[:200]


def told_of(request: web.Request, answer: Mapping[str, Any]) -> str:
    return i18n.translator(request[LANGUAGE])("schedule.merged", names=", ".join(answer["by"]))


def clash_problems(form: Raw, clashes: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """One a clash, beside its field; for a page without scripts."""
    return tuple(_problem(form, one) for one in clashes)


def _problem(form: Raw, clash: Mapping[str, Any]) -> Problem:
    path = clash["path"].split(".")
    name, field = path[0], path[-1]
    where = clash["path"]
    if name == "items" and len(path) > 1:
        place = next((n for n, item in enumerate(form["items"]) if item["id"] == path[1]), None)
        where = "items" if place is None or len(path) == 2 else f"items.{place}.{field}"
    elif len(path) > 1 and name != "site_parts":
        where = "invited"
    now = clash["now"]
    params = {"by": clash["by"], "at": i18n.time_text(clock.instant(clash["at"]))}
    if now is None:
        return Problem("draft_clash_gone", where, params)
    if isinstance(now, str) and not {name, field} & CODES:
        return Problem("draft_clash", where, params | {"now": now})
    return Problem("draft_clash_chosen", where, params)
