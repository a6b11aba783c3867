"""The room of a meeting: taken in the transaction that sends or moves it, given back in the one that cancels or ends it. That
nobody has it twice is the primary key of `room_slots`, the same on every database."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from . import slots
from .database import Row, Transaction
from .errors import Invalid
from .models.booking import room_bookings, room_slots
from .models.columns import new_id
from .models.meeting import meetings
from .models.organisation import agencies, rooms
from .room_rules import how

TAKEN = ("booked", "asked")
GAP = timedelta(hours=4)  # longer after its end no booking takes a room
KEPT = timedelta(days=2)  # how long quarter-hours that have passed are kept: nobody books them any more


async def keep_booking(tx: Transaction, meeting_id: str) -> None:
    """Make the booking agree with the meeting's room and time; where its agency must ask, the room is held until its keeper decides.
    Raises Invalid when the meeting cannot have it; then nothing has changed."""
    meeting = await tx.get(meetings, meeting_id)
    before = await booking_of(tx, meeting_id)
    if before is not None and _same(before, meeting):
        if before.state == "refused":
            raise Invalid("room_refused", "room_id", room=(await tx.get(rooms, before.room_id)).name, reason=before.reason)
        return
    if meeting.room_id:
        await lock(tx, {meeting.room_id, *([before.room_id] if before else [])})
    await release(tx, meeting_id)
    if meeting.room_id:
        room = await tx.get(rooms, meeting.room_id)
        state = await _state(tx, room, meeting, before)
        await take(tx, room, meeting.starts_at, meeting.ends_at, meeting_id=meeting_id, state=state)


async def take(tx: Transaction, room: Row, start: datetime, end: datetime, **more: object) -> str:
    """A booking's id. Raises Invalid, telling when the room is taken."""
    key, free = new_id(), free_from(room, end)
    times = {"starts_at": start, "ends_at": end, "free_at": free}
    wanted = slots.numbers(start, free)
    past = slots.numbers(tx.now - KEPT, tx.now).start
    await tx.write(sa.delete(room_slots).where(room_slots.c.room_id == room.id, room_slots.c.slot < past))
    try:
        async with tx.savepoint():
            await tx.insert(room_bookings, id=key, room_id=room.id, made_at=tx.now, **times, **more)
            await tx.insert_many(room_slots, [{"room_id": room.id, "slot": n, "booking_id": key} for n in wanted if n >= past])
    except sa.exc.IntegrityError as error:
        raise await _taken(tx, room, wanted) from error
    return key


async def release(tx: Transaction, meeting_id: str) -> None:
    await tx.write(sa.delete(room_bookings).where(room_bookings.c.meeting_id == meeting_id))


async def end_early(tx: Transaction, meeting_id: str) -> None:
    """The meeting is over now: whatever it had of the room beyond this quarter-hour is free."""
    booking = await booking_of(tx, meeting_id)
    if booking is None or booking.ends_at <= tx.now:
        return
    if tx.now <= booking.starts_at:
        await release(tx, meeting_id)
        return
    free = free_from(await tx.get(rooms, booking.room_id), tx.now)
    await tx.update(room_bookings, booking.id, ends_at=tx.now, free_at=min(free, booking.free_at))
    later = room_slots.c.slot >= slots.numbers(booking.starts_at, free).stop
    await tx.write(sa.delete(room_slots).where(room_slots.c.booking_id == booking.id, later))


async def booking_of(tx: Transaction, meeting_id: str) -> Row | None:
    return await tx.first(sa.select(room_bookings).where(room_bookings.c.meeting_id == meeting_id))


async def lock(tx: Transaction, room_ids: set[str]) -> None:
    """Bookings of one room come one after another, and two that change rooms with each other wait for none that waits for them."""
    wanted = sa.select(rooms.c.id).where(rooms.c.id.in_(room_ids)).order_by(rooms.c.id)
    await tx.all(wanted.with_for_update(key_share=True))


def free_from(room: Row, end: datetime) -> datetime:
    """When the room can be had again that is used until `end`: at a full quarter."""
    return slots.over(end) + timedelta(minutes=room.gap)


def _same(booking: Row, meeting: Row) -> bool:
    have = (booking.room_id, booking.starts_at, booking.ends_at)
    return have == (meeting.room_id, meeting.starts_at, meeting.ends_at)


async def _state(tx: Transaction, room: Row, meeting: Row, before: Row | None) -> str:
    """Raises Invalid where the room is not for this agency, or for nobody any more."""
    way = how(room, meeting.host_agency_id, meeting.starts_at, meeting.ends_at)
    had = before is not None and before.room_id == room.id
    if not room.active and not had:
        raise Invalid("room_unknown", "room_id")
    if way == "never":
        raise Invalid("room_own_only", "room_id", room=room.name, agency=(await tx.get(agencies, room.agency_id)).name)
    granted = before is not None and had and before.state == "booked"
    if granted and before is not None and before.starts_at <= meeting.starts_at and meeting.ends_at <= before.ends_at:
        return "booked"
    return "asked" if way == "ask" else "booked"


async def _taken(tx: Transaction, room: Row, wanted: range) -> Invalid:
    mine = sa.and_(room_slots.c.room_id == room.id, room_slots.c.slot.between(wanted.start, wanted.stop - 1))
    by = sa.select(room_slots.c.booking_id).where(mine)
    found = await tx.first(sa.select(room_bookings).where(room_bookings.c.id.in_(by)).order_by(room_bookings.c.starts_at))
    if found is None:  # it was given back meanwhile
        return Invalid("room_just_taken", "room_id", room=room.name)
    when = (found.starts_at, found.free_at)
    if found.meeting_id is None:
        return Invalid("room_blocked", "room_id", room=room.name, when=when, reason=found.reason)
    return Invalid("room_taken", "room_id", room=room.name, when=when)
