"""What a subscribed calendar holds, and the calendars that somebody keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from .. import clock
from ..access import visible
from ..commands import Actor
from ..database import Reading, Row
from ..feeds import Owner, owner_of, require_owner
from ..models.booking import room_bookings
from ..models.feeds import feeds
from ..models.live import scopes
from ..models.meeting import meetings, participants, series, sites
from ..models.organisation import agencies, people, rooms
from ..models.outside import outside_calendars
from ..room_booking import TAKEN
from .busy import NOT_COMING

PAST = timedelta(days=365)  # older meetings are no longer in it
SHOWN = ("invited", "live", "finished")


@dataclass(frozen=True, slots=True)
class FeedState:
    """`key` differs whenever the feed's bytes may differ. `ids`: of its meetings."""

    key: str
    name: str
    ids: Sequence[str]
    agencies: Mapping[str, Row]  # name, email
    rooms: Mapping[str, Row]  # name, address
    actor: Actor


async def state_of(reading: Reading, feed: Row, now: datetime) -> FeedState:
    whose, owner_id = owner_of(feed)
    actor, name = await _reader(reading, whose, owner_id)
    mine = _held_in(whose, owner_id, now)
    changes = sa.func.coalesce(scopes.c.audit_seq, 0).label("changes")
    joined = meetings.outerjoin(scopes, scopes.c.id == meetings.c.id)
    if whose != "room":
        mine = sa.and_(mine, visible(actor))
    joined = joined.outerjoin(series, series.c.id == meetings.c.series_id)  # whose SEQUENCE rises with its other dates too
    wanted = sa.select(meetings.c.id, changes, sa.func.coalesce(series.c.sequence, 0).label("of_series")).select_from(joined)
    found = await reading.all(wanted.where(mine).order_by(meetings.c.id))
    hosts = {row.id: row for row in await reading.all(sa.select(agencies.c.id, agencies.c.name, agencies.c.email))}
    places = {row.id: row for row in await reading.all(sa.select(rooms.c.id, rooms.c.name, rooms.c.address))}
    blocks = await reading.column(_blocks(owner_id, now).with_only_columns(room_bookings.c.id)) if whose == "room" else []
    said = (blocks, feed.shows, feed.language, feed.label, name, sorted(map(tuple, hosts.values())), sorted(map(tuple, places.values())))
    content = repr(said) + "".join(f"{row.id}{row.changes}.{row.of_series}," for row in found)
    return FeedState(hashlib.sha256(content.encode()).hexdigest(), name, [row.id for row in found], hosts, places, actor)


async def _reader(reading: Reading, whose: Owner, owner_id: str) -> tuple[Actor, str]:
    """With whose eyes the feed is made, and its name: one's own, or of the staff of the agency."""
    if whose == "person":
        row = await reading.get(people, owner_id)
        return Actor(kind="account", name=row.name, person_id=row.id, agency_id=row.agency_id), row.name
    row = await reading.get(agencies if whose == "agency" else rooms, owner_id)
    agency = row.id if whose == "agency" else row.agency_id
    return Actor(kind="account", name=row.name, person_id="", agency_id=agency, role="secretary"), row.name


def _held_in(whose: Owner, owner_id: str, now: datetime) -> sa.ColumnElement[bool]:
    """A room's: what is held in it. An agency's: what it hosts, prepares, is invited to or has a site in. A person's: what he is
    invited to and has not declined."""
    held = sa.and_(meetings.c.state.in_(SHOWN), meetings.c.starts_at > now - PAST)
    if whose == "room":
        taken = sa.and_(room_bookings.c.room_id == owner_id, room_bookings.c.state.in_(TAKEN))
        return sa.and_(held, meetings.c.id.in_(sa.select(room_bookings.c.meeting_id).where(taken)))
    p = participants.c
    coming = sa.select(p.meeting_id).where(~p.removed, p.answer.not_in(NOT_COMING), p[f"{whose}_id"] == owner_id)
    if whose == "person":
        return sa.and_(held, meetings.c.id.in_(coming))
    own = sa.select(meetings.c.id).where(sa.or_(meetings.c.host_agency_id == owner_id, meetings.c.preparing_agency_id == owner_id))
    here = sa.select(sites.c.meeting_id).where(sites.c.agency_id == owner_id, ~sites.c.removed)
    return sa.and_(held, meetings.c.id.in_(sa.union(coming, own, here)))


@dataclass(frozen=True, slots=True)
class FeedContent:
    rows: Sequence[Row]  # columns of meetings, `known`: whether the reader may know what it is
    coming: Mapping[str, Sequence[str]]  # an agency's: names of its people by meeting
    waiting: frozenset[str]  # a person's: meetings that he has not answered
    series: Mapping[str, Row] = field(default_factory=dict)  # that go out as one event, by id


async def content_of(reading: Reading, feed: Row, state: FeedState, now: datetime) -> FeedContent:
    whose, owner_id = owner_of(feed)
    m = meetings.c
    known = visible(state.actor).label("known") if whose == "room" else sa.true().label("known")
    columns = (
        m.id, m.uid, m.sequence, m.title, m.starts_at, m.ends_at, m.zone, m.host_agency_id, m.room_id, m.place, m.changed_at, known,
        m.series_id, m.original_start, sa.false().label("is_block"),
    )  # fmt: skip
    rows = await reading.all(sa.select(*columns).where(_held_in(whose, owner_id, now)).order_by(m.starts_at, m.id))
    if whose == "room":
        rows = sorted([*rows, *await reading.all(_blocks(owner_id, now))], key=lambda row: (row.starts_at, row.id))
    ids = frozenset(state.ids)
    people_here = await _people(reading, whose, owner_id, now) if whose != "room" and feed.shows == "meetings" else []
    coming: dict[str, list[str]] = {}
    for row in people_here if whose == "agency" else ():
        coming.setdefault(row.meeting_id, []).append(row.name)
    waiting = frozenset(row.meeting_id for row in people_here if whose == "person" and row.answer in ("waiting", "tentative"))
    shown = [row for row in rows if row.id in ids or row.is_block]
    of_series = {row.series_id for row in shown if not row.is_block} - {None}
    joined = await reading.all(sa.select(series).where(series.c.id.in_(of_series), series.c.joined)) if of_series else []
    return FeedContent(shown, coming, waiting, {row.id: row for row in joined})


def _blocks(room_id: str, now: datetime) -> sa.Select[Any]:
    """When nobody has the room, as events of which nothing is told but when."""
    b = room_bookings.c
    columns = (
        b.id, b.id.label("uid"), sa.literal(0).label("sequence"), b.starts_at, b.ends_at, sa.literal(clock.HOME_ZONE).label("zone"),
        sa.null().label("host_agency_id"), b.room_id, b.made_at.label("changed_at"), sa.false().label("known"), sa.true().label("is_block"),
    )  # fmt: skip
    mine = sa.and_(b.room_id == room_id, b.meeting_id.is_(None), b.starts_at > now - PAST)
    return sa.select(*columns).where(mine).order_by(b.starts_at, b.id)


async def _people(reading: Reading, whose: Owner, owner_id: str, now: datetime) -> Sequence[Row]:
    p = participants.c
    here = sa.and_(~p.removed, p.answer.not_in(NOT_COMING), p[f"{whose}_id"] == owner_id, meetings.c.starts_at > now - PAST)
    joined = participants.join(meetings, meetings.c.id == p.meeting_id)
    return await reading.all(sa.select(p.meeting_id, p.name, p.answer).select_from(joined).where(here).order_by(p.position))


@dataclass(frozen=True, slots=True)
class KeptCalendars:
    """`feeds`: those that are not revoked; `outside`: calendars kept elsewhere, without what is sealed of them."""

    owner: Row
    feeds: Sequence[Row]
    outside: Sequence[Row]


async def calendars_of(reading: Reading, actor: Actor, whose: Owner, owner_id: str) -> KeptCalendars:
    """Raises NotFound as `require_owner` does."""
    owner = await require_owner(reading, actor, whose, owner_id)
    mine = sa.and_(feeds.c[f"{whose}_id"] == owner_id, feeds.c.revoked_at.is_(None))
    rows = await reading.all(sa.select(feeds).where(mine).order_by(feeds.c.created_at))
    shown = sa.select(*(column for column in outside_calendars.c if column.name != "sealed"))
    elsewhere = shown.where(outside_calendars.c[f"{whose}_id"] == owner_id).order_by(outside_calendars.c.created_at)
    return KeptCalendars(owner, rows, await reading.all(elsewhere))
