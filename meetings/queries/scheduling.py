"""What the schedule page needs: warnings, and exactly the mails that sending would queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from .. import advice, clock
from ..access import require
from ..advice import Advice
from ..commands import Actor
from ..database import Database, Reading, Row
from ..errors import NotFound
from ..invitation_facts import Mail, facts_of, last_sent, plan
from ..meeting_form import Raw, times_of
from ..models.meeting import meetings
from ..models.organisation import people, rooms
from ..scheduling import SendInvitations, send_invitations
from ..standing import standings
from .busy import busy_spans


@dataclass(frozen=True, slots=True)
class Preview:
    meeting: Row
    form: Raw
    mails: Sequence[Mail]
    counts: Counter[str]  # REQUEST, CANCEL
    unchanged: int  # invited, and learn nothing new


async def advice_for(reading: Reading, meeting_id: str, form: Raw, now: datetime) -> list[Advice]:
    """Warnings about the form as typed; what cannot be told yet is passed over."""
    times = times_of(form)
    if times is None:
        return []
    start, end = times
    zone = str(form.get("zone") or clock.HOME_ZONE)
    found = advice.of_time(str(form.get("type", "")), bool(form.get("urgent")), start, end, now, zone)
    planned = [row for row in form.get("items", []) if str(row.get("title", "")).strip()]
    minutes = [int(row["minutes"]) for row in planned if str(row.get("minutes", "")).isdigit()]
    found += advice.of_agenda(minutes if planned else [], start, end)
    chair, invited = str(form.get("chair_id") or ""), [k for k in form.get("invited", {}) if k]
    named = {chair, *invited}
    names = {r.id: r.name for r in await reading.all(sa.select(people.c.id, people.c.name).where(people.c.id.in_(named)))}
    room = await reading.first(sa.select(rooms).where(rooms.c.id == str(form.get("room_id") or "")))
    others = await _other_rooms(reading, room, len(named)) if room else []
    places = [row.id for row in (*others, *([room] if room else ()))]
    taken = await busy_spans(reading, start, end, people=named - {""}, rooms=places, apart_from=(meeting_id,))
    free = [row for row in others if row.id not in taken.rooms]
    return found + advice.of_people(taken.people, taken.rooms, chair, sorted(named - {""}), names, room, free)


async def _other_rooms(reading: Reading, room: Row, people_count: int) -> Sequence[Row]:
    """Rooms of the same agency with enough seats; the smallest first."""
    fits = sa.and_(rooms.c.agency_id == room.agency_id, rooms.c.active, rooms.c.capacity >= people_count, rooms.c.id != room.id)
    return await reading.all(sa.select(rooms).where(fits).order_by(rooms.c.capacity))


class _Undone(Exception):
    """Carries the preview out of a transaction that must leave no trace."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview


async def preview_of(db: Database, actor: Actor, meeting_id: str, command: SendInvitations) -> Preview:
    """Exactly what sending would do: it is done, looked at, and rolled back. Raises what sending would raise."""
    try:
        async with db.transaction(meeting_id) as tx:
            (by,) = await standings(tx, meeting_id, [actor])
            await require(tx, by, command)
            form = by.meeting.draft if by.meeting is not None else None
            told, sequence = await last_sent(tx, meeting_id), by.meeting.sequence if by.meeting is not None else 0
            await send_invitations(tx, by, command)
            meeting = await tx.get(meetings, meeting_id)
            _, mails = plan(told, await facts_of(tx, meeting, command.sender), sequence)
            counts: Counter[str] = Counter(mail.facts.method for mail in mails)
            active = len({*told} | {m.participant_id for m in mails})
            raise _Undone(Preview(meeting, form or {}, mails, counts, active - len(mails)))
    except _Undone as undone:
        return undone.preview
    raise NotFound
