"""Rooms as their agency keeps them, and who keeps one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from . import agency_tree
from .audit import Answer
from .commands import Actor, Command
from .database import Reading, Row, Transaction
from .errors import Conflict, Invalid
from .models.columns import new_id
from .models.organisation import people, rooms
from .room_rules import EQUIPMENT, Booking, Equipment
from .standing import Standing
from .text import Id, Line, OptionalLine

LONGEST_GAP = 180  # minutes
ClockTime = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")]
Weekday = Annotated[int, Field(ge=0, le=6)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRoom(Command):
    """New when `room_id` is None. `opens`, `closes`: `07:30`, both empty for all day. `days`: 0 is Monday, none for every day. `gap`:
    minutes between two bookings, of those made from now on."""

    room_id: Id | None = None
    agency_id: Id
    name: Line
    address: OptionalLine = ""
    capacity: Annotated[int, Field(ge=0, le=100_000)] = 0
    equipment: list[Equipment] = field(default_factory=list)
    booking: Booking = "open"
    opens: ClockTime = ""
    closes: ClockTime = ""
    days: list[Weekday] = field(default_factory=list)
    gap: Annotated[int, Field(ge=0, le=LONGEST_GAP, multiple_of=15)] = 0
    keeper_id: Id | None = None
    active: bool = True


def room_values(command: SaveRoom) -> dict[str, Any]:
    """The columns of a room, but for its seating plan."""
    return {
        "agency_id": command.agency_id, "name": command.name, "address": command.address, "capacity": command.capacity,
        "equipment": [code for code in EQUIPMENT if code in command.equipment], "booking": command.booking, "opens": command.opens,
        "closes": command.closes, "days": sorted(set(command.days)), "gap": command.gap, "keeper_id": command.keeper_id,
        "active": command.active,
    }  # fmt: skip


async def save_room(tx: Transaction, by: Standing, command: SaveRoom) -> Answer:
    await agency_tree.require_agency(tx, by.actor, command.agency_id)
    if command.room_id:
        await agency_tree.require_agency(tx, by.actor, (await tx.get(rooms, command.room_id)).agency_id)
    key = command.room_id or new_id()
    same = sa.and_(rooms.c.agency_id == command.agency_id, rooms.c.name == command.name, rooms.c.id != key)
    if await tx.first(sa.select(rooms.c.id).where(same)):
        raise Conflict("room_name_taken", "name", name=command.name)
    if bool(command.opens) != bool(command.closes) or command.opens > command.closes or (command.opens and command.opens == command.closes):
        raise Invalid("room_hours", "closes")
    here = sa.and_(people.c.id == command.keeper_id, people.c.agency_id == command.agency_id, people.c.active)
    if command.keeper_id and await tx.first(sa.select(people.c.id).where(here)) is None:
        raise Invalid("room_keeper", "keeper_id")
    if command.room_id:
        await tx.update(rooms, key, **room_values(command))
    else:
        await tx.insert(rooms, id=key, **room_values(command))
    return {"room_id": key}


async def kept_rooms(reading: Reading, actor: Actor) -> set[str]:
    """Ids of the rooms that the actor keeps: where he is named, where he administers the agency, and, where nobody is named, where he
    is of its staff. System administrators name keepers, and decide about nobody's meeting."""
    mine = sa.and_(rooms.c.keeper_id.is_not(None), rooms.c.keeper_id == actor.person_id)
    if actor.role == "agency_admin":
        mine = sa.or_(mine, rooms.c.agency_id.in_(await agency_tree.administered(reading, actor)))
    if actor.staff:
        mine = sa.or_(mine, sa.and_(rooms.c.keeper_id.is_(None), rooms.c.agency_id == actor.agency_id))
    return set(await reading.column(sa.select(rooms.c.id).where(mine))) if actor.kind == "account" else set()


async def keeps(reading: Reading, actor: Actor, room: Row) -> bool:
    return room.id in await kept_rooms(reading, actor)
