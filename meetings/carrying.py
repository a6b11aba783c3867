"""What a date of a series left unfinished, and a report on each task that was given there, go into the next date's agenda: as a change
that its secretary looks at and sends."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from .audit import Answer, record_beside
from .cloning import UNFINISHED, tasks_of
from .commands import MeetingCommand
from .database import Transaction
from .errors import Conflict
from .meeting_form import Raw
from .models.columns import new_id
from .models.meeting import items, meetings
from .sent_form import form_of
from .series_mail import members
from .series_scope import require_locked
from .standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOver(MeetingCommand):
    """Given for the date that is finished. What stands in the next agenda already is not put there twice."""


async def carry_over(tx: Transaction, by: Standing, command: CarryOver) -> Answer:
    meeting = await tx.get(meetings, command.meeting_id)
    require_locked(tx, meeting)
    if meeting.series_id is None or meeting.state != "finished":
        raise Conflict("nothing_to_carry")
    later = (one for one in await members(tx, meeting.series_id) if one.state == "invited" and one.starts_at > meeting.starts_at)
    following = min(later, key=lambda one: one.starts_at, default=None)
    if following is None:
        raise Conflict("no_next_date")
    form: Raw = following.draft or await form_of(tx, following.id)
    left = sa.and_(items.c.meeting_id == meeting.id, items.c.state.in_(UNFINISHED))
    unfinished = [
        {"id": new_id(), "title": row.title, "presenter": row.presenter, "kind": row.kind, "minutes": str(row.minutes)}
        for row in await tx.all(sa.select(items).where(left).order_by(items.c.position))
    ]
    there = {row.get("title") for row in form["items"]}
    carried = [row for row in (*await tasks_of(tx, meeting), *unfinished) if row["title"] not in there]
    if not carried:
        raise Conflict("nothing_to_carry")
    draft = form | {"items": [*carried, *form["items"]], "apply_to": "one"}
    async with tx.within(following.id):
        await tx.update(meetings, following.id, draft=draft, draft_revision=following.draft_revision + 1, draft_saved_at=tx.now)
        record_beside(tx, by.actor, command)
    return {"meeting_id": following.id, "items": len(carried)}
