"""Items that are split off: they leave this meeting's agenda for a new draft, with their papers, that begins with the same host and
participants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from . import clock
from .agenda import leave_item
from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid
from .meeting_form import Raw, times_of
from .models.columns import new_id
from .models.meeting import items, meetings, participants
from .papers import copy_papers
from .sent_form import form_of, untested
from .standing import Standing, require_open
from .text import Id, Line, fold

LATER = timedelta(days=7)  # when the draft says that the new meeting is, until its secretary decides


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOffItems(MeetingCommand):
    """`title`: of the new meeting. A running item is left; one already discussed stays here."""

    item_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=100)]
    title: Line


async def split_off_items(tx: Transaction, by: Standing, command: SplitOffItems) -> Answer:
    require_open(by)
    here = sa.and_(items.c.meeting_id == command.meeting_id, items.c.id.in_(command.item_ids))
    leaving = await tx.all(sa.select(items).where(here).order_by(items.c.position, items.c.id))
    if len(leaving) < len(set(command.item_ids)):
        raise Invalid("item_unknown", "item_ids")
    if any(item.state in ("done", "moved") for item in leaving):
        raise Conflict("item_already_discussed")
    new = await _new_draft(tx, by, command.title, leaving)
    for item in leaving:
        await leave_item(tx, item, "moved", moved_to_id=new, moved_to=command.title)
    return {"meeting_id": new}


async def _new_draft(tx: Transaction, by: Standing, title: str, leaving: Sequence[Row]) -> str:
    """The draft belongs to this meeting's secretary, who finds it on his home page."""
    source = await tx.get(meetings, tx.scope)
    key, ids = new_id(), {item.id: new_id() for item in leaving}
    form = await _form(tx, source, title, leaving, ids)
    start, end = times_of(form) or (None, None)
    domain = source.uid.rpartition("@")[2]
    await tx.insert(
        meetings, id=key, uid=f"{key}@{domain}", host_agency_id=source.host_agency_id, created_by=await _owner(tx, by, source),
        draft=form, draft_revision=1, draft_saved_at=tx.now, created_at=tx.now, changed_at=tx.now, title=title,
        title_folded=fold(title)[:300], starts_at=start, ends_at=end, split_from_id=source.id,
    )  # fmt: skip
    await copy_papers(tx, source.id, key, ids, only=True)
    tx.reworded.add(key)
    return key


async def _form(tx: Transaction, source: Row, title: str, leaving: Sequence[Row], ids: dict[str, str]) -> Raw:
    form = await form_of(tx, source.id)
    day = (clock.local(tx.now, source.zone).date() + LATER).isoformat()
    moved = [row | {"id": ids[row["id"]]} for row in form["items"] if row["id"] in ids]
    over_night = {"end_date": ""} if form["end"] > form["start"] else {}
    parts = untested(form["site_parts"])
    return form | {"site_parts": parts, "title": title, "date": day, "items": moved, "requests": "", "nominate_by": ""} | over_night


async def _owner(tx: Transaction, by: Standing, source: Row) -> str:
    if by.me is not None and by.me.duty == "secretary" and by.me.person_id:
        return str(by.me.person_id)
    theirs = sa.and_(participants.c.meeting_id == source.id, participants.c.duty == "secretary", ~participants.c.removed)
    wanted = sa.select(participants.c.person_id).where(theirs, participants.c.person_id.is_not(None))
    return str(await tx.value(wanted.order_by(participants.c.position).limit(1)) or source.created_by)
