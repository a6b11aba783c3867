"""Rooms by day and one by one, for everybody who plans: when they are taken, and by what only where he may know it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from .. import clock, room_day
from ..access import may_plan, organised, visible
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotAllowed, NotFound
from ..meeting_form import LONGEST
from ..models.booking import room_bookings
from ..models.meeting import meetings
from ..models.organisation import agencies, people, rooms
from ..room_booking import GAP, TAKEN
from ..room_day import Part
from ..rooms import kept_rooms
from .directory import all_rooms

AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rooms are shown."""

    agency: str = ""
    seats: int = 0
    equipment: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """`lines`: each room and its parts of [start, end). `titles`: of meetings that the actor may know of, by id. `offered`: agencies
    that have rooms, and `asked`: bookings that wait for the actor's word."""

    start: datetime
    end: datetime
    lines: Sequence[tuple[Row, Sequence[Part]]]
    titles: Mapping[str, str]
    offered: Sequence[tuple[str, str]]
    asked: Sequence[Row]


@dataclass(frozen=True, slots=True)
class RoomPage:
    """`bookings`: from today on. `keeper`: its name, if one is named."""

    room: Row
    keeper: str
    kept: bool
    bookings: Sequence[Row]
    titles: Mapping[str, str]


async def day_of_rooms(reading: Reading, actor: Actor, day: date, wish: Wish, now: datetime) -> Day:
    """Raises NotAllowed for those who neither plan nor keep a room."""
    kept = await kept_rooms(reading, actor)
    if not kept and not may_plan(actor):
        raise NotAllowed("not_allowed")
    rows = [row for row in await all_rooms(reading) if row.active]
    offered = list(dict.fromkeys((row.agency_id, row.agency_name) for row in rows))
    shown = sorted((row for row in rows if _fits(row, wish)), key=lambda row: row.agency_id != actor.agency_id)
    midnight = clock.from_local(datetime.combine(day, time()), clock.HOME_ZONE)
    found = await _bookings(reading, midnight, midnight + timedelta(days=1), {row.id for row in shown})
    start, end = room_day.window(midnight, found)
    lines = [(room, room_day.parts(room, [b for b in found if b.room_id == room.id], start, end, now)) for room in shown]
    asked = await asked_of(reading, actor)
    return Day(start, end, lines, await _titles(reading, actor, [*found, *asked]), offered, asked)


async def room_page(reading: Reading, actor: Actor, room_id: str, now: datetime) -> RoomPage:
    """Raises NotFound, also for those who neither plan nor keep a room."""
    kept = await kept_rooms(reading, actor)
    room = next((row for row in await all_rooms(reading) if row.id == room_id), None)
    if room is None or not (kept or may_plan(actor)):
        raise NotFound
    found = await _bookings(reading, now, now + AHEAD, {room_id})
    keeper = await reading.value(sa.select(people.c.name).where(people.c.id == room.keeper_id)) if room.keeper_id else ""
    return RoomPage(room, str(keeper or ""), room_id in kept, found, await _titles(reading, actor, found))


async def asked_of(reading: Reading, actor: Actor) -> Sequence[Row]:
    """Bookings of rooms that the actor keeps, which wait for his word, the next first."""
    kept = await kept_rooms(reading, actor)
    b = room_bookings.c
    waiting = sa.and_(b.state == "asked", b.ends_at > clock.now(), b.room_id.in_(kept))
    return await reading.all(_selected().where(waiting).order_by(b.starts_at)) if kept else []


async def without_room(reading: Reading, actor: Actor) -> Sequence[Row]:
    """(id, title, starts_at, room_name) of meetings ahead that the actor organises and whose room was refused, the next first."""
    joined = room_bookings.join(meetings, meetings.c.id == room_bookings.c.meeting_id).join(rooms, rooms.c.id == room_bookings.c.room_id)
    ahead = sa.and_(meetings.c.state == "invited", room_bookings.c.starts_at > clock.now())
    mine = sa.and_(room_bookings.c.state == "refused", ahead, organised(actor), visible(actor))
    columns = (meetings.c.id, meetings.c.title, meetings.c.starts_at, rooms.c.name.label("room_name"))
    return await reading.all(sa.select(*columns).select_from(joined).where(mine).order_by(meetings.c.starts_at).limit(10))


def _fits(room: Row, wish: Wish) -> bool:
    right = wish.agency in ("", room.agency_id) and (not wish.equipment or wish.equipment in room.equipment)
    return right and room.capacity >= wish.seats


def _selected() -> sa.Select[tuple[object, ...]]:
    """Bookings with their room's name, and whose meeting it is (host_name, made_by, phone)."""
    joined = room_bookings.join(rooms, rooms.c.id == room_bookings.c.room_id)
    joined = joined.outerjoin(meetings, meetings.c.id == room_bookings.c.meeting_id)
    joined = joined.outerjoin(agencies, agencies.c.id == meetings.c.host_agency_id).outerjoin(people, people.c.id == meetings.c.created_by)
    return sa.select(
        room_bookings, rooms.c.name.label("room_name"), agencies.c.name.label("host_name"), people.c.name.label("made_by"), people.c.phone
    ).select_from(joined)  # fmt: skip


async def _bookings(reading: Reading, start: datetime, end: datetime, room_ids: Collection[str]) -> Sequence[Row]:
    b = room_bookings.c
    near = sa.and_(b.starts_at > start - LONGEST - GAP, b.starts_at < end, b.free_at > start, b.state.in_(TAKEN))
    return await reading.all(_selected().where(near, b.room_id.in_(room_ids)).order_by(b.starts_at, b.id))


async def _titles(reading: Reading, actor: Actor, bookings: Sequence[Row]) -> dict[str, str]:
    keys = {row.meeting_id for row in bookings if row.meeting_id}
    known = sa.select(meetings.c.id, meetings.c.title).where(meetings.c.id.in_(keys), visible(actor))
    return {row.id: row.title for row in await reading.all(known)}
