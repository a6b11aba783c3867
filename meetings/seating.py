"""Where everybody sits: the plan of a room, drawn by an administrator, and who is placed on which seat of it in one meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from . import agency_tree
from .audit import Answer
from .commands import Command, MeetingCommand
from .database import Reading, Row, Transaction
from .errors import Conflict, Invalid
from .models.meeting import meetings, participants, sites
from .models.organisation import rooms
from .roll_call import AWAY
from .seating_plan import SEATS, Plan, arranged, checked, plan_of
from .standing import Standing, require_open
from .text import Id
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePlan(Command):
    """Without any cell: the room has no plan (any more)."""

    room_id: Id
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceParticipant(MeetingCommand):
    """On a seat of the room's plan; whoever sat there takes the seat that becomes free. An empty seat: none."""

    participant_id: Id
    seat: Annotated[str, Field(max_length=8)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangeSeats(MeetingCommand):
    """By protocol order: chair and secretaries at the head, the others from there outwards. Whoever has a seat keeps it, unless
    `afresh`."""

    afresh: bool = False


async def save_plan(tx: Transaction, by: Standing, command: SavePlan) -> Answer:
    room = await tx.get(rooms, command.room_id)
    await agency_tree.require_agency(tx, by.actor, room.agency_id)
    plan = checked(command.plan)
    await tx.update(rooms, room.id, plan=plan.to_json() if plan.cells else None)
    return None


async def place_participant(tx: Transaction, by: Standing, command: PlaceParticipant) -> Answer:
    here = sa.and_(participants.c.meeting_id == command.meeting_id, ~participants.c.removed)
    row = await tx.one(sa.select(participants).where(here, participants.c.id == command.participant_id))
    if command.seat and command.seat not in {c.label for c in (await _plan(tx, by)).cells if c.kind in SEATS}:
        raise Invalid("seat_unknown", "seat")
    other = await tx.first(sa.select(participants).where(here, participants.c.seat == command.seat)) if command.seat else None
    if row.seat == (command.seat or None):
        return None
    await _seat(tx, {row.id: command.seat or None} | ({other.id: row.seat} if other is not None else {}))
    return None


async def arrange_seats(tx: Transaction, by: Standing, command: ArrangeSeats) -> Answer:
    plan = await _plan(tx, by)
    people = await _everybody(tx, command.meeting_id)
    labels = {cell.label for cell in plan.cells if cell.kind in SEATS}
    kept = {} if command.afresh else {row.id: row.seat for row in people if row.seat in labels}
    waiting = [(row.id, row.duty in ("chair", "secretary")) for row in people if row.id not in kept and _sits_here(row)]
    found = arranged(waiting, plan, set(kept.values()))
    wanted = kept | found
    await _seat(tx, {row.id: wanted.get(row.id) for row in people if wanted.get(row.id) != row.seat})
    return {"placed": len(found), "without": len(waiting) - len(found)}


async def room_with_plan(reading: Reading, meeting: Row) -> Row | None:
    """The meeting's room, if it has a plan."""
    wanted = sa.select(rooms).where(rooms.c.id == meeting.room_id, rooms.c.plan.is_not(None))
    return await reading.first(wanted) if meeting.room_id else None


async def _plan(tx: Transaction, by: Standing) -> Plan:
    meeting = require_open(by, "seating_closed")
    room = await room_with_plan(tx, await tx.get(meetings, meeting.id))
    if room is None:
        raise Conflict("room_without_plan")
    return plan_of(room.plan)


async def _everybody(tx: Transaction, meeting_id: str) -> Sequence[Row]:
    """In protocol order, each with `main_site`: whether his site is the main one, None without a site."""
    joined = participants.outerjoin(sites, sites.c.id == participants.c.site_id)
    wanted = sa.select(participants, sites.c.main.label("main_site")).select_from(joined)
    here = wanted.where(participants.c.meeting_id == meeting_id, ~participants.c.removed)
    return await tx.all(here.order_by(participants.c.position, participants.c.name_key))


def _sits_here(row: Row) -> bool:
    """Whoever declined, is online or sits at another site needs no seat."""
    return row.answer not in AWAY and row.attendance != "online" and row.main_site is not False


async def _seat(tx: Transaction, seats: dict[str, str | None]) -> None:
    """All of them rise before anybody sits down: no seat has two, at no moment."""
    await tx.write(sa.update(participants).where(participants.c.id.in_(seats)).values(seat=None))
    for key, label in seats.items():
        if label is not None:
            await tx.update(participants, key, seat=label)
    await announce(tx, "participant", list(seats))
