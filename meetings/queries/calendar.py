"""What a calendar shows: one's own meetings, the agency's, its sites', everything that one may see, or a room's or a leader's, of
which only "busy" is told of what one may not see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..access import part_of, visible
from ..calendar_days import clashes
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..meeting_form import LONGEST
from ..models.meeting import meetings, participants
from ..models.organisation import agencies, people, positions, rooms
from ..spans import Span
from ..text import fold
from .busy import HELD, NOT_COMING, busy_spans
from .listing import ME, in_state, involved, listing, own_listing

WHOSE = ("me", "agency", "site", "city")
NAMED = ("room", "person")  # `room:<id>`, `person:<id>`
OWN_LEADERS, OTHER_LEADERS = 10, 2  # of one's own agency, and of each other one


@dataclass(frozen=True, slots=True)
class Asked:
    """`whose`: one of WHOSE or NAMED, the latter with the id in `key`. Empty fields ask for nothing."""

    whose: str = "me"
    key: str = ""
    type: str = ""
    form: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two meetings at once, as his own office is told."""

    name: str
    first: Row
    second: Row


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows as `listing` gives them; `busy`: when else the room or person is taken; `name`: of the room or person."""

    rows: Sequence[Row]
    busy: Sequence[Span]
    clashes: Sequence[Clash]
    name: str = ""

    @property
    def clashing(self) -> frozenset[str]:
        return frozenset(row.id for clash in self.clashes for row in (clash.first, clash.second))


async def shown(reading: Reading, actor: Actor, asked: Asked, start: datetime, end: datetime) -> Shown:
    """Within [start, end). Raises NotFound for a room or person that is not there, and for a person where the actor neither plans
    meetings nor is that person."""
    subject = await _subject(reading, actor, asked)
    within = (in_state(*HELD), meetings.c.starts_at.between(start - LONGEST, end), meetings.c.starts_at < end, meetings.c.ends_at > start)
    found = (own_listing(actor).where(ME.c.answer.not_in(NOT_COMING)) if asked.whose == "me" else listing(actor)).where(*within)
    narrowed = found.where(visible(actor), *_of(actor, asked), *_filters(asked)).order_by(meetings.c.starts_at, meetings.c.id)
    rows = await reading.all(narrowed)
    busy: Sequence[Span] = ()
    if subject is not None and not (asked.type or asked.form or asked.text):
        busy = await _busy(reading, asked, start, end, [row.id for row in rows])
    return Shown(rows, busy, await _clashes(reading, actor, asked, subject, rows), subject.name if subject is not None else "")


async def _busy(reading: Reading, asked: Asked, start: datetime, end: datetime, known: Sequence[str]) -> Sequence[Span]:
    if asked.whose == "room":
        return (await busy_spans(reading, start, end, rooms=[asked.key], apart_from=known)).rooms.get(asked.key, ())
    return (await busy_spans(reading, start, end, people=[asked.key], apart_from=known)).people.get(asked.key, ())


async def _subject(reading: Reading, actor: Actor, asked: Asked) -> Row | None:
    if asked.whose == "room":
        return await reading.get(rooms, asked.key)
    if asked.whose != "person":
        return None
    if not actor.staff and asked.key != actor.person_id:
        raise NotFound
    return await reading.get(people, asked.key)


def _of(actor: Actor, asked: Asked) -> list[sa.ColumnElement[bool]]:
    if asked.whose == "room":
        return [meetings.c.room_id == asked.key]
    if asked.whose == "person":
        p = participants.c
        return [meetings.c.id.in_(sa.select(p.meeting_id).where(p.person_id == asked.key, ~p.removed, p.answer.not_in(NOT_COMING)))]
    # What anybody may see by himself is little: begin there.
    wanted: list[sa.ColumnElement[bool]] = [] if actor.staff else [meetings.c.id.in_(involved(actor))]
    if asked.whose == "site":
        return [*wanted, part_of("site", actor.agency_id)]
    if asked.whose == "agency":
        return [*wanted, sa.or_(*(part_of(part, actor.agency_id) for part in ("host", "prepare", "attend", "site")))]
    return wanted


def _filters(asked: Asked) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if asked.type:
        found.append(meetings.c.type == asked.type)
    if asked.form:
        found.append(meetings.c.form == asked.form)
    if asked.text:
        found.append(meetings.c.title_folded.contains(fold(asked.text), autoescape=True))
    return found


async def _clashes(reading: Reading, actor: Actor, asked: Asked, subject: Row | None, rows: Sequence[Row]) -> list[Clash]:
    mine = _whose_clashes(actor, asked, subject)
    if mine is None:
        return []
    p, by_id = participants.c, {row.id: row for row in rows}
    coming = sa.and_(mine, ~p.removed, p.answer.not_in(NOT_COMING), p.meeting_id.in_(list(by_id)))
    spans: dict[str, list[tuple[datetime, datetime, Row]]] = defaultdict(list)
    names: dict[str, str] = {}
    for row in await reading.all(sa.select(p.meeting_id, p.person_id, p.name).where(coming).order_by(p.name_key)):
        meeting = by_id[row.meeting_id]
        spans[row.person_id].append((meeting.starts_at, meeting.ends_at, meeting))
        names[row.person_id] = row.name
    return [Clash(names[key], *pair) for key, some in spans.items() for pair in clashes(some)]


def _whose_clashes(actor: Actor, asked: Asked, subject: Row | None) -> sa.ColumnElement[bool] | None:
    """Of oneself to oneself; of the agency's people to its staff, also where other agencies invite them; to nobody else."""
    p = participants.c
    if asked.whose == "agency" and actor.staff:
        return sa.and_(p.agency_id == actor.agency_id, p.person_id.is_not(None))
    if asked.whose == "me" or (subject is not None and asked.key == actor.person_id):
        return p.person_id == actor.person_id
    if asked.whose == "person" and subject is not None and subject.agency_id == actor.agency_id:
        return p.person_id == asked.key
    return None


async def leaders(reading: Reading, actor: Actor) -> Mapping[str, Sequence[Row]]:
    """Whose calendars one may look at who plans meetings, by agency, one's own first: those that come first by protocol."""
    if not actor.staff:
        return {}
    order: Any = (positions.c.rank, people.c.name_key)
    place = sa.func.row_number().over(partition_by=people.c.agency_id, order_by=order).label("place")
    joined = people.join(positions, positions.c.id == people.c.position_id).join(agencies, agencies.c.id == people.c.agency_id)
    columns = (
        people.c.id, people.c.name, people.c.agency_id, positions.c.name.label("title"), agencies.c.name.label("agency"),
        agencies.c.position,
    )  # fmt: skip
    ranked = sa.select(*columns, place).select_from(joined).where(people.c.active, agencies.c.active).subquery()
    own = ranked.c.agency_id == actor.agency_id
    first = sa.or_(ranked.c.place <= OTHER_LEADERS, sa.and_(own, ranked.c.place <= OWN_LEADERS))
    found: dict[str, list[Row]] = defaultdict(list)
    for row in await reading.all(sa.select(ranked).where(first).order_by(~own, ranked.c.position, ranked.c.agency, ranked.c.place)):
        found[row.agency].append(row)
    return found
