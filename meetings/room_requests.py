"""What the keeper of a room decides: whether a meeting that asked has it, and when nobody has it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from pydantic import AwareDatetime

from .audit import Answer
from .commands import Command
from .database import Transaction
from .errors import Conflict, Invalid, NotFound
from .invitation_facts import Sender
from .meeting_form import LONGEST, YEARS
from .models.booking import room_bookings, room_slots
from .models.meeting import meetings
from .models.organisation import rooms
from .room_booking import TAKEN, lock, take
from .room_notices import tell_decided
from .rooms import keeps
from .standing import Standing
from .text import Id, Line, OptionalParagraph


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideBooking(Command):
    """Of the booking that the keeper saw: one that was moved meanwhile is another. Not agreed: the room is free again, also where it
    was agreed before. Runs under the meeting's lock, though the keeper may not know what the meeting is."""

    meeting_id: Id
    booking_id: Id
    agreed: bool
    reason: OptionalParagraph = ""
    sender: Sender

    @property
    def scope(self) -> str:
        return self.meeting_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRoom(Command):
    """For repairs and the like: refused while somebody has it."""

    room_id: Id
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblockRoom(Command):
    booking_id: Id


async def decide_booking(tx: Transaction, by: Standing, command: DecideBooking) -> Answer:
    here = sa.and_(room_bookings.c.id == command.booking_id, room_bookings.c.meeting_id == command.meeting_id)
    booking = await tx.first(sa.select(room_bookings).where(here))
    if booking is None:
        raise Conflict("booking_gone")
    room = await tx.get(rooms, booking.room_id)
    if not await keeps(tx, by.actor, room):
        raise NotFound
    if booking.state not in TAKEN or (command.agreed and booking.state == "booked"):
        raise Conflict("booking_decided")
    if not command.agreed and not command.reason:
        raise Invalid("required", "reason")
    state = "booked" if command.agreed else "refused"
    decided = {"decided_by": by.actor.name, "decided_at": tx.now, "reason": command.reason}
    await tx.update(room_bookings, booking.id, state=state, **decided)
    if not command.agreed:
        await tx.write(sa.delete(room_slots).where(room_slots.c.booking_id == booking.id))
    meeting = await tx.get(meetings, command.meeting_id)
    if meeting.state in ("invited", "live"):
        await tell_decided(tx, meeting, room, booking, command.agreed, command.reason, command.sender)
    return None


async def block_room(tx: Transaction, by: Standing, command: BlockRoom) -> Answer:
    room = await tx.get(rooms, command.room_id)
    if not await keeps(tx, by.actor, room):
        raise NotFound
    start, end = command.starts_at, command.ends_at
    if start.year not in YEARS or end.year not in YEARS or not start < end <= start + LONGEST:
        raise Invalid("block_times", "ends_at", days=LONGEST.days)
    await lock(tx, {room.id})
    try:
        key = await take(tx, room, start, end, state="booked", reason=command.reason, decided_by=by.actor.name)
    except Invalid as taken:
        if "when" not in taken.params:  # it was given back in this moment
            raise
        raise Invalid("block_taken", "starts_at", when=taken.params["when"]) from taken
    return {"booking_id": key}


async def unblock_room(tx: Transaction, by: Standing, command: UnblockRoom) -> Answer:
    blocks = sa.and_(room_bookings.c.id == command.booking_id, room_bookings.c.meeting_id.is_(None))
    block = await tx.one(sa.select(room_bookings).where(blocks))
    if not await keeps(tx, by.actor, await tx.get(rooms, block.room_id)):
        raise NotFound
    await tx.write(sa.delete(room_bookings).where(room_bookings.c.id == block.id))
    return None
