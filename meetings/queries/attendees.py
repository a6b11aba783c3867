"""Who would come to a meeting as it is drafted, and when each of them is taken or outside working hours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from .. import clock
from ..database import Reading, Row
from ..invitees import agency_of, post_of
from ..inviting import ORDER, Part, directory_of, holders_of, parts_of
from ..item_times import item_spans
from ..meeting_form import Fields, Raw, meant, people_of
from ..models.meeting import meetings, participants
from ..models.organisation import agencies, positions, rooms
from ..slots import Grid
from ..working_time import Working
from .busy import Busy, Travel, busy_masks, place_marks
from .working_days import working_of


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who would come. `key`: a person's id; the key of a post that nobody holds: nobody knows when that is free; or of an agency
    that will send people of its choice: that can whenever it works. `offset` and `length`: minutes from the start, of who comes for one
    item alone; length 0: for all of it."""

    key: str
    name: str
    title: str
    agency_id: str
    agency: str  # its short name
    required: bool = True
    weight: int = 1
    offset: int = 0
    length: int = 0

    @property
    def known(self) -> bool:
        return post_of(self.key) is None


@dataclass(frozen=True, slots=True)
class Calendars:
    """Within the grid. `rooms`: that would do, the one in the form first. `guests`: invited who are in no list of ours, so nobody
    knows when they are free."""

    grid: Grid
    attendees: Sequence[Attendee]
    rooms: Sequence[Row]
    busy: Busy[int]
    working: Mapping[str, Working]
    host: Working
    guests: int


async def calendars_of(
    reading: Reading, meeting: Row, form: Raw, start: datetime, end: datetime, travel: timedelta = timedelta()
) -> Calendars:
    """Of everybody whom the form names. `travel`: what it takes from one place to another; 0: not looked at."""
    fields = people_of(form)
    coming = await attendees_of(reading, fields) + await _sent_by_agencies(reading, meeting.id, fields)
    fitting = await _rooms(reading, meeting.host_agency_id, form, len(coming) + len(fields.guests))
    here = await _here(reading, form) if travel and form.get("form") == "in_person" else frozenset[str]()
    grid = Grid.between(start, end)
    busy = await busy_masks(
        reading, grid, people=[one.key for one in coming if ":" not in one.key], rooms=[row.id for row in fitting],
        apart_from=await _replaced(reading, meeting, form), travel=Travel(here, travel) if here else None,
    )  # fmt: skip
    working = await working_of(reading, {meeting.host_agency_id, *(one.agency_id for one in coming)})
    return Calendars(grid, coming, fitting, busy, working, working[meeting.host_agency_id], len(fields.guests))


async def attendees_of(reading: Reading, fields: Fields) -> list[Attendee]:
    """By duty, then by protocol. Without the chair there is no meeting: he weighs as much as all others."""
    parts = await parts_of(reading, fields)
    rows = [row for row in await directory_of(reading, parts) if row.active]
    rows.sort(key=lambda row: (ORDER[parts[row.id].duty], row.place, row.rank or 0, row.name_key))
    found = [
        Attendee(row.id, row.name, row.title or "", row.agency_id, row.agency_short, parts[row.id].required, _weight(parts[row.id], parts))
        for row in rows
    ]
    begin = datetime(2000, 1, 1, tzinfo=clock.now().tzinfo)
    planned = item_spans(((item.id, item.minutes) for item in fields.items), begin, begin + timedelta(days=1))
    of_item = {key: (a - begin, b - a) for key, (a, b) in planned.items()}
    alone = {row.id: of_item[item] for row in rows if (item := parts[row.id].item_id) in of_item}
    found = [
        replace(one, offset=int(alone[one.key][0].seconds // 60), length=int(alone[one.key][1].seconds // 60)) if one.key in alone else one
        for one in found
    ]
    return found + await _unheld(reading, fields)


def _weight(part: Part, parts: Mapping[str, Part]) -> int:
    if part.duty == "chair":
        return 2 * len(parts)
    return 2 if part.votes or part.duty in ("secretary", "presenter") else 1


async def _unheld(reading: Reading, fields: Fields) -> list[Attendee]:
    """Posts that nobody holds now."""
    posts = {key: post for key in fields.invited if (post := post_of(key))}
    held = await holders_of(reading, posts.values())
    empty = {key: post for key, post in posts.items() if post not in held}
    if not empty:
        return []
    joined = sa.select(agencies.c.id, agencies.c.short_name, positions.c.id.label("position_id"), positions.c.name)
    which = sa.tuple_(agencies.c.id, positions.c.id).in_(list(empty.values()))
    named = {(row.id, row.position_id): row for row in await reading.all(joined.select_from(agencies).join(positions, which))}
    return [
        Attendee(key, "", named[post].name, post[0], named[post].short_name, key not in fields.optional)
        for key, post in empty.items() if post in named
    ]  # fmt: skip


async def _sent_by_agencies(reading: Reading, meeting_id: str, fields: Fields) -> list[Attendee]:
    """Those whom agencies have named already, and the agencies that have named nobody."""
    asked = {agency: key for key in fields.invited if (agency := agency_of(key))}
    if not asked:
        return []
    p = participants.c
    here = sa.and_(p.meeting_id == meeting_id, ~p.removed, p.nomination_id.is_not(None), p.person_id.is_not(None), p.agency_id.in_(asked))
    named = await reading.all(sa.select(participants).where(here).order_by(p.position))
    wanted = sa.select(agencies).where(agencies.c.id.in_(asked), agencies.c.active).order_by(agencies.c.position, agencies.c.name)
    found = {row.id: row.short_name for row in await reading.all(wanted)}
    there = [Attendee(row.person_id, row.name, row.title, row.agency_id, found[row.agency_id]) for row in named if row.agency_id in found]
    without = found.keys() - {one.agency_id for one in there}
    return there + [Attendee(asked[key], "", "", key, found[key], asked[key] not in fields.optional) for key in found if key in without]


async def _replaced(reading: Reading, meeting: Row, form: Raw) -> Collection[str]:
    """The meetings that sending the form would move."""
    if meeting.series_id is None or meant(meeting, form)["apply_to"] == "one":
        return (meeting.id,)
    return await reading.column(sa.select(meetings.c.id).where(meetings.c.series_id == meeting.series_id))


async def _rooms(reading: Reading, host_agency_id: str, form: Raw, seats: int) -> Sequence[Row]:
    """The room in the form, and the others of the same agency (or of the host) that are large enough, the smallest first. None where the
    meeting needs no room of ours."""
    chosen = await reading.first(sa.select(rooms).where(rooms.c.id == str(form.get("room_id") or "")))
    if form.get("form") == "online" or (chosen is None and form.get("place")):
        return []
    agency_id = chosen.agency_id if chosen is not None else host_agency_id
    allowed = sa.or_(rooms.c.agency_id == host_agency_id, rooms.c.booking != "closed")
    fits = sa.and_(rooms.c.agency_id == agency_id, rooms.c.active, rooms.c.capacity >= seats, allowed)
    others = await reading.all(sa.select(rooms).where(fits).order_by(rooms.c.capacity, rooms.c.name))
    return [chosen, *(row for row in others if row.id != chosen.id)] if chosen is not None else others


async def _here(reading: Reading, form: Raw) -> frozenset[str]:
    room = await reading.first(sa.select(rooms).where(rooms.c.id == str(form.get("room_id") or "")))
    if room is None:
        return place_marks(None, None, str(form.get("place") or ""))
    return place_marks(room.agency_id, room.address, "")
