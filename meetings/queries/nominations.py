"""Agencies that send people of their own choice: for the host, agency by agency; for an agency, its own part alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from .. import clock
from ..access import organised, standing
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..invitation_facts import place_of
from ..models.meeting import items, meetings, nominations, nominators, participants
from ..models.organisation import accounts, agencies, people, positions
from ..nomination_rules import State, state_of
from ..nominators import nominates, to_be_told
from ..standing import Standing
from ..text import clean, fold
from .listing import in_state

SHOWN = 30  # people to choose from; who is not among them is searched for
WORDS = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """One agency: what it is asked, whom it sends, who was told."""

    row: Row
    agency: Row  # id, name, short_name
    sent: Sequence[Row]
    told: Sequence[Row]
    state: State


@dataclass(frozen=True, slots=True)
class NominationPage:
    """`candidates`: people of the agency (id, name, title, here), `here`: invited already. `colleagues`: to whom it may be passed; only
    for the agency's staff."""

    by: Standing
    meeting: Row
    host: Row
    place: str
    item: str
    asked: Asked
    candidates: Sequence[Row]
    more: bool
    staff: bool
    passed: Sequence[Row]
    colleagues: Sequence[Row]


async def asked_agencies(reading: Reading, by: Standing) -> list[Asked]:
    """Of one meeting: every agency for those who organise or run it, one's own for everybody else."""
    if by.meeting is None or by.meeting.state == "draft":
        return []
    here = sa.and_(nominations.c.meeting_id == by.meeting.id, ~nominations.c.removed)
    if not (by.organises or by.runs):
        if by.actor.kind != "account":
            return []
        here = sa.and_(here, nominates(by.actor))
    return await _asked(reading, here)


async def _asked(reading: Reading, which: sa.ColumnElement[bool]) -> list[Asked]:
    rows = await reading.all(sa.select(nominations).where(which).order_by(nominations.c.position))
    if not rows:
        return []
    keys = [row.id for row in rows]
    named = sa.and_(participants.c.nomination_id.in_(keys), ~participants.c.removed, participants.c.substitute_for_id.is_(None))
    sent = await reading.all(sa.select(participants).where(named).order_by(participants.c.name_key, participants.c.id))
    columns = (agencies.c.id, agencies.c.name, agencies.c.short_name)
    names = {row.id: row for row in await reading.all(sa.select(*columns).where(agencies.c.id.in_([row.agency_id for row in rows])))}
    told, now = await to_be_told(reading, rows), clock.now()
    found = []
    for row in rows:
        own = [one for one in sent if one.nomination_id == row.id]
        found.append(Asked(row, names[row.agency_id], own, told[row.id], state_of(row, len(own), now)))
    return found


async def nomination_page(reading: Reading, actor: Actor, meeting_id: str, nomination_id: str, find: str) -> NominationPage:
    """Raises NotFound to everybody who does not say whom this agency sends."""
    by = await standing(reading, meeting_id, actor)
    here = sa.and_(nominations.c.id == nomination_id, nominations.c.meeting_id == meeting_id, nominates(actor))
    found = await _asked(reading, here) if actor.kind == "account" else []
    if by.meeting is None or not found:
        raise NotFound
    (asked,) = found
    staff = actor.staff and actor.agency_id == asked.row.agency_id
    candidates = await _candidates(reading, asked.row, find)
    item = await reading.value(sa.select(items.c.title).where(items.c.id == asked.row.item_id)) if asked.row.item_id else ""
    return NominationPage(
        by=by, meeting=by.meeting, host=await reading.get(agencies, by.meeting.host_agency_id), place=await place_of(reading, by.meeting),
        item=item or "", asked=asked, candidates=candidates[:SHOWN], more=len(candidates) > SHOWN, staff=staff,
        passed=await _passed(reading, asked.row) if staff else [], colleagues=await _colleagues(reading, actor, asked.row) if staff else [],
    )  # fmt: skip


async def _candidates(reading: Reading, asked: Row, find: str) -> Sequence[Row]:
    """People of the agency that every word fits, by protocol."""
    joined = people.outerjoin(positions, positions.c.id == people.c.position_id)
    said = sa.literal(" ").concat(people.c.folded).concat(" ").concat(sa.func.coalesce(positions.c.folded, ""))
    words = fold(clean(find)[:100]).split()[:WORDS]
    there = sa.and_(participants.c.meeting_id == asked.meeting_id, ~participants.c.removed, participants.c.person_id == people.c.id)
    wanted = sa.select(people.c.id, people.c.name, positions.c.name.label("title"), sa.exists().where(there).label("here"))
    wanted = wanted.select_from(joined).where(people.c.agency_id == asked.agency_id, people.c.active)
    wanted = wanted.where(*(said.contains(" " + word, autoescape=True) for word in words))
    return await reading.all(wanted.order_by(positions.c.rank.is_(None), positions.c.rank, people.c.name_key).limit(SHOWN + 1))


async def _passed(reading: Reading, asked: Row) -> Sequence[Row]:
    joined = nominators.join(people, people.c.id == nominators.c.person_id)
    wanted = sa.select(people.c.id, people.c.name, nominators.c.passed_by).select_from(joined)
    return await reading.all(wanted.where(nominators.c.nomination_id == asked.id).order_by(people.c.name_key))


async def _colleagues(reading: Reading, actor: Actor, asked: Row) -> Sequence[Row]:
    """People of the agency who can sign in and have no such right yet."""
    joined = people.join(accounts, accounts.c.person_id == people.c.id).outerjoin(positions, positions.c.id == people.c.position_id)
    has = sa.exists().where(nominators.c.nomination_id == asked.id, nominators.c.person_id == people.c.id)
    own = sa.and_(people.c.agency_id == asked.agency_id, people.c.active, ~accounts.c.locked, people.c.id != actor.person_id, ~has)
    wanted = sa.select(people.c.id, people.c.name, positions.c.name.label("title")).select_from(joined).where(own)
    return await reading.all(wanted.order_by(people.c.name_key))


async def late_agencies(reading: Reading, actor: Actor, now: datetime) -> Sequence[Row]:
    """Of meetings ahead that the actor organises: (meeting_id, title, late), how many agencies have not named everybody in time."""
    if actor.kind != "account":
        return []
    sent = sa.and_(participants.c.nomination_id == nominations.c.id, ~participants.c.removed, participants.c.substitute_for_id.is_(None))
    named = sa.select(sa.func.count()).where(sent).scalar_subquery()
    late = sa.and_(~nominations.c.removed, nominations.c.state == "asked", nominations.c.deadline_at <= now, named < nominations.c.seats)
    joined = nominations.join(meetings, meetings.c.id == nominations.c.meeting_id)
    wanted = sa.select(nominations.c.meeting_id, meetings.c.title, sa.func.count().label("late")).select_from(joined)
    wanted = wanted.where(late, in_state("invited"), meetings.c.starts_at > now, organised(actor))
    wanted = wanted.group_by(nominations.c.meeting_id, meetings.c.title, meetings.c.starts_at)
    return await reading.all(wanted.order_by(meetings.c.starts_at).limit(10))


async def to_nominate(reading: Reading, actor: Actor, now: datetime) -> Sequence[Row]:
    """Where the actor is to say whom an agency sends, the nearest deadline first: (id, meeting_id, title, host_name, agency_name,
    seats, named, deadline_at)."""
    if actor.kind != "account":
        return []
    host, own = agencies.alias("host"), agencies.alias("own")
    sent = sa.and_(participants.c.nomination_id == nominations.c.id, ~participants.c.removed, participants.c.substitute_for_id.is_(None))
    named = sa.select(sa.func.count()).where(sent).scalar_subquery()
    joined = nominations.join(meetings, meetings.c.id == nominations.c.meeting_id).join(host, host.c.id == meetings.c.host_agency_id)
    wanted = sa.select(
        nominations.c.id, nominations.c.meeting_id, meetings.c.title, host.c.short_name.label("host_name"),
        own.c.short_name.label("agency_name"), nominations.c.seats, named.label("named"), nominations.c.deadline_at,
    )  # fmt: skip
    waits = sa.and_(nominates(actor), nominations.c.state == "asked", in_state("invited"), meetings.c.starts_at > now)
    found = wanted.select_from(joined.join(own, own.c.id == nominations.c.agency_id)).where(waits, named < nominations.c.seats)
    return await reading.all(found.order_by(nominations.c.deadline_at).limit(10))
