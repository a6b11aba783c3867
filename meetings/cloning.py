"""A meeting like another: a new draft with what one chooses of it; and what that one left unfinished, for the next of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import NotAllowed
from .i18n import translator
from .meeting_form import Raw, times_of
from .models.columns import new_id
from .models.meeting import items, meetings
from .models.organisation import agencies
from .models.room import conclusions
from .papers import copy_papers
from .sent_form import form_of, untested
from .standing import Standing
from .text import Id, fold

Day = date  # the field `date` below would hide the type
UNFINISHED = ("planned", "skipped")
TASK_MINUTES = "10"
_PEOPLE = ("chair_id", "chair_votes", "secretary2_id", "invited", "optional", "for_item", "seats", "wish", "guests")
_ALWAYS = ("title", "type", "start", "end", "end_date", "zone", "secretary_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneMeeting(MeetingCommand):
    """`date`: of the new meeting, in its own zone. `carry`: items that were not finished, and a report on each task that was given.
    `settings`: form, place, video, quorum, what is asked, contact. Nobody is told; the new draft is the actor's."""

    new_meeting_id: Id = field(default_factory=new_id)
    date: Day
    agenda: bool = False
    carry: bool = False
    people: bool = False
    sites: bool = False
    papers: bool = False
    settings: bool = False


async def clone_meeting(tx: Transaction, by: Standing, command: CloneMeeting) -> Answer:
    if by.actor.person_id is None:
        raise NotAllowed("not_allowed")
    source = await tx.get(meetings, command.meeting_id)
    before: Raw = source.draft if source.state == "draft" else await form_of(tx, source.id)
    states = {row.id: row for row in await tx.all(sa.select(items).where(items.c.meeting_id == source.id))}
    chosen = [row for row in before.get("items", []) if _taken(row, states, command)]
    ids = {row["id"]: new_id() for row in chosen}
    form = _form(before, command, ids) | {"items": [row | {"id": ids[row["id"]]} for row in chosen]}
    if not command.people:
        form["secretary_id"] = by.actor.person_id
    if command.carry:
        form["items"] = [*await tasks_of(tx, source), *form["items"]]
    start, end = times_of(form) or (None, None)
    key, title = command.new_meeting_id, str(form.get("title", ""))[:300]
    await tx.insert(
        meetings, id=key, uid=f"{key}@{source.uid.rpartition('@')[2]}", host_agency_id=source.host_agency_id,
        created_by=by.actor.person_id, draft=form, draft_revision=1, draft_saved_at=tx.now, created_at=tx.now, changed_at=tx.now,
        title=title, title_folded=fold(title)[:300], starts_at=start, ends_at=end,
    )  # fmt: skip
    tx.reworded.add(key)
    if command.papers:
        await copy_papers(tx, source.id, key, ids)
    return {"meeting_id": key}


def _taken(row: Raw, states: dict[str, Row], command: CloneMeeting) -> bool:
    unfinished = row["id"] in states and states[row["id"]].state in UNFINISHED
    return command.agenda or (command.carry and unfinished)


def _form(before: Raw, command: CloneMeeting, ids: dict[str, str]) -> Raw:
    """Without its items. The number of the invitation is given anew each time."""
    kept = set(_ALWAYS)
    kept |= {"sites", "site_parts"} if command.sites else set()
    kept |= set(_PEOPLE) if command.people else set()
    others = before.keys() - {*_ALWAYS, *_PEOPLE, "sites", "site_parts", "items", "date", "number", "nominate_by"}
    form = {name: value for name, value in before.items() if name in kept or (command.settings and name in others)}
    if command.people:
        form["for_item"] = {who: ids[item] for who, item in (before.get("for_item") or {}).items() if item in ids}
    if command.sites:
        form["site_parts"] = untested(before.get("site_parts") or {})
    if before.get("end_date") and before.get("date"):
        lasts = Day.fromisoformat(before["end_date"]) - Day.fromisoformat(before["date"])
        form["end_date"] = (command.date + max(lasts, timedelta())).isoformat()
    return form | {"date": command.date.isoformat(), "urgent": False}


async def tasks_of(tx: Transaction, source: Row) -> list[dict[str, Any]]:
    """An item for each conclusion: whoever leads it reports."""
    joined = conclusions.outerjoin(agencies, agencies.c.id == conclusions.c.lead_agency_id)
    wanted = sa.select(conclusions.c.text, agencies.c.short_name).select_from(joined)
    given: Sequence[Row] = await tx.all(
        wanted.where(conclusions.c.meeting_id == source.id, ~conclusions.c.removed).order_by(conclusions.c.position)
    )
    t = translator("vi")  # an agenda is an official text
    return [
        {
            "id": new_id(), "title": t("clone.task_item", text=" ".join(row.text.split()))[:300], "presenter": row.short_name or "",
            "kind": "report", "minutes": TASK_MINUTES,
        }
        for row in given
    ]  # fmt: skip
