"""What the schedule page needs: warnings, and exactly the mails that sending would queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from .. import advice, clock
from ..access import require, visible
from ..advice import Advice
from ..commands import Actor
from ..database import Database, Reading, Row
from ..errors import NotFound
from ..invitation_facts import Mail, joined_series
from ..invitees import agency_of
from ..meeting_form import Raw, times_of
from ..models.booking import room_bookings
from ..models.meeting import meetings, participants
from ..models.organisation import agencies, people
from ..nominators import staff_of
from ..room_booking import TAKEN, free_from
from ..room_choice import DAYS, next_free
from ..room_rules import how, is_open, lacks
from ..scheduling import SendInvitations, send
from ..series_mail import members
from ..series_scope import entered, scope_of
from ..spans import Span, clipped
from ..standing import standings
from .busy import busy_spans
from .directory import all_rooms
from .nominations import Asked, asked_agencies
from .papers import papers_advice
from .working_days import working_of


@dataclass(frozen=True, slots=True)
class Preview:
    meeting: Row
    form: Raw
    mails: Sequence[Mail]
    counts: Counter[str]  # REQUEST, CANCEL
    unchanged: int  # invited, and learn nothing new
    agencies: int  # whose nominators get a mail
    asked: Sequence[Asked]  # every agency that is asked to send people
    dates: Sequence[Row]  # of the series: meetings
    joined: bool  # they go out as one event


async def advice_for(reading: Reading, actor: Actor, meeting_id: str, form: Raw, now: datetime) -> list[Advice]:
    """Warnings about the form as typed; what cannot be told yet is passed over."""
    times = times_of(form)
    if times is None:
        return []
    start, end = times
    zone = str(form.get("zone") or clock.HOME_ZONE)
    host = await reading.value(sa.select(meetings.c.host_agency_id).where(meetings.c.id == meeting_id))
    days = (await working_of(reading, [host]))[host].days
    found = advice.of_time(str(form.get("type", "")), bool(form.get("urgent")), start, end, now, zone, days)
    found += await papers_advice(reading, meeting_id, str(form.get("type", "")), bool(form.get("urgent")), start, now, zone, days)
    planned = [row for row in form.get("items", []) if str(row.get("title", "")).strip()]
    minutes = [int(row["minutes"]) for row in planned if str(row.get("minutes", "")).isdigit()]
    found += advice.of_agenda(minutes if planned else [], start, end)
    chair, invited = str(form.get("chair_id") or ""), [k for k in form.get("invited", {}) if k]
    named = {chair, *invited} - {""}
    names = {r.id: r.name for r in await reading.all(sa.select(people.c.id, people.c.name).where(people.c.id.in_(named)))}
    taken = await busy_spans(reading, start, end, people=named, apart_from=(meeting_id,))
    found += advice.of_people(taken.people, chair, sorted(named), names)
    asked = [agency for key in invited if (agency := agency_of(key))]
    heads = len(named) + sum(_seats_of(form, f"agency:{agency}") - 1 for agency in asked)
    found += await _of_room(reading, actor, meeting_id, form, times, heads, now)
    return found + await _nobody_nominates(reading, asked)


async def _of_room(
    reading: Reading, actor: Actor, meeting_id: str, form: Raw, times: Span, people_count: int, now: datetime
) -> list[Advice]:
    start, end = times
    everywhere = await all_rooms(reading)
    room = next((row for row in everywhere if row.id == form.get("room_id")), None)
    if room is None:
        return []
    host = await reading.value(sa.select(meetings.c.host_agency_id).where(meetings.c.id == meeting_id))
    others = _that_would_do(everywhere, room, host, people_count, times)
    from_day, until = start - timedelta(days=1), start + timedelta(days=DAYS + 1)
    taken = await busy_spans(reading, from_day, until, rooms=[room.id, *(row.id for row in others)], apart_from=(meeting_id,))
    free = [row for row in others if not clipped(taken.rooms.get(row.id, ()), start, free_from(row, end))]
    spans, gap = taken.rooms.get(room.id, ()), timedelta(minutes=room.gap)
    clash = next((span for span in spans if span[0] < free_from(room, end) and start < span[1]), None)
    by = await _title_there(reading, actor, room, meeting_id, times) if clash else ""
    widened = [(a - gap, b) for a, b in spans]  # what comes before somebody else leaves the gap too
    zone = str(form.get("zone") or clock.HOME_ZONE)
    then = next_free(widened, start, end, now, zone, partial(is_open, room)) if clash else ()
    return advice.of_room(room, people_count, how(room, host, start, end), is_open(room, start, end), clash, by, free, then)


def _that_would_do(everywhere: Sequence[Row], room: Row, host: str, people_count: int, times: Span) -> list[Row]:
    """Rooms of the same agency or one's own, with enough seats, that one has without asking: first those with the same equipment."""
    fits = [
        row for row in everywhere
        if row.active and row.id != room.id and row.agency_id in (room.agency_id, host)
        and row.capacity >= max(people_count, 1) and how(row, host, *times) == "direct"
    ]  # fmt: skip
    return sorted(fits, key=lambda row: (len(lacks(room, row)), row.capacity))


async def _title_there(reading: Reading, actor: Actor, room: Row, meeting_id: str, times: Span) -> str:
    """Of the first meeting that has the room then; empty when the actor may not know of it."""
    b = room_bookings.c
    there = sa.and_(b.room_id == room.id, b.state.in_(TAKEN), b.starts_at < free_from(room, times[1]), b.free_at > times[0])
    joined = room_bookings.join(meetings, meetings.c.id == b.meeting_id)
    mine = sa.select(meetings.c.title).select_from(joined).where(there, b.meeting_id != meeting_id, visible(actor))
    return str(await reading.value(mine.order_by(b.starts_at).limit(1)) or "")


def _seats_of(form: Raw, key: str) -> int:
    typed = str((form.get("seats") or {}).get(key, ""))
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 1


async def _nobody_nominates(reading: Reading, asked: Sequence[str]) -> list[Advice]:
    """Agencies that are asked to send people, and have nobody who would be told."""
    there = await staff_of(reading, asked) if asked else {}
    without = [key for key in asked if key not in there]
    wanted = sa.select(agencies.c.short_name).where(agencies.c.id.in_(without)).order_by(agencies.c.position)
    names = await reading.column(wanted) if without else []
    return [Advice("nobody_nominates", {"names": ", ".join(names[:8]) + ("…" if len(names) > 8 else "")})] if names else []


class _Undone(Exception):
    """Carries the preview out of a transaction that must leave no trace."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview


async def preview_of(db: Database, actor: Actor, meeting_id: str, command: SendInvitations) -> Preview:
    """Exactly what sending would do: it is done, looked at, and rolled back. Raises what sending would raise."""
    try:
        async with db.reading() as reading:
            scope = await scope_of(reading, command)
        async with db.transaction(scope) as tx, entered(tx, command):
            (by,) = await standings(tx, meeting_id, [actor])
            await require(tx, by, command)
            form = by.meeting.draft if by.meeting is not None else None
            mails, telling = await send(tx, by, command)
            meeting = await tx.get(meetings, meeting_id)
            counts: Counter[str] = Counter(mail.facts.method for mail in mails)
            asked = await asked_agencies(tx, (await standings(tx, meeting_id, [actor]))[0])
            reached = {mail.facts.recipient_email for mail in mails}
            here = sa.select(participants.c.email).where(participants.c.meeting_id == meeting_id, ~participants.c.removed)
            unchanged = len({*await tx.column(here)} - reached)
            dates = await members(tx, meeting.series_id) if meeting.series_id else []
            joined = await joined_series(tx, meeting) is not None
            raise _Undone(Preview(meeting, form or {}, mails, counts, unchanged, telling, asked, dates, joined))
    except _Undone as undone:
        return undone.preview
    raise NotFound
