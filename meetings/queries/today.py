"""What waits for somebody, and his next seven days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from .. import clock
from ..access import organised, visible
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import meetings, sites
from .letters import waiting_letters
from .listing import HELD, ME, in_state, listing, own_listing
from .minutes import to_remark
from .nominations import late_agencies, to_nominate
from .papers import papers_to_approve, papers_to_prepare
from .polls import polls_to_answer
from .rooms import asked_of, without_room
from .tasks import tasks_of

SOON, DAYS = timedelta(minutes=30), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Today:
    """What waits for the actor, and the next seven days."""

    now: Sequence[Row]
    to_answer: Sequence[Row]
    to_nominate: Sequence[Row]
    late_agencies: Sequence[Row]
    polls: Sequence[Row]
    sites_to_note: Sequence[Row]  # (id, meeting_id, name, title, starts_at): of our agency, without place and contacts
    drafts: Sequence[Row]
    to_approve: Sequence[Row]
    to_remark: Sequence[Row]
    week: Sequence[Row]
    tasks: Sequence[Row]
    papers_to_prepare: Sequence[Row]
    papers_to_approve: Sequence[Row]
    letters: int  # mail that came in and waits for the actor
    rooms: Sequence[Row]  # bookings of rooms that he keeps, which wait for his word
    without_room: Sequence[Row]  # meetings that he organises, whose room was refused


async def today(reading: Reading, actor: Actor) -> Today:
    now = clock.now()
    drafts = listing(actor).where(organised(actor), meetings.c.state == "draft").order_by(meetings.c.draft_saved_at.desc()).limit(5)
    live = await reading.all(_running(actor, now).order_by(meetings.c.starts_at))
    mine = await reading.all(_next_days(actor, now).order_by(meetings.c.starts_at))
    return Today(
        now=[*live, *(row for row in mine if row.state != "live" and row.starts_at - SOON < now < row.ends_at)],
        to_answer=await reading.all(_waiting(actor, now).order_by(meetings.c.starts_at).limit(10)),
        to_nominate=await to_nominate(reading, actor, now),
        late_agencies=await late_agencies(reading, actor, now),
        polls=await polls_to_answer(reading, actor, now),
        sites_to_note=await _sites_to_note(reading, actor, now),
        drafts=await reading.all(drafts),
        to_approve=await reading.all(_open_minutes(actor).order_by(meetings.c.ended_at.desc()).limit(20)),
        to_remark=await to_remark(reading, actor),
        week=[row for row in mine if row.ends_at > now - timedelta(hours=12)],
        tasks=await tasks_of(reading, actor, 5),
        papers_to_prepare=await papers_to_prepare(reading, actor, now),
        papers_to_approve=await papers_to_approve(reading, actor),
        letters=await waiting_letters(reading, actor),
        rooms=await asked_of(reading, actor),
        without_room=await without_room(reading, actor),
    )  # fmt: skip


def _near(now: datetime) -> sa.ColumnElement[bool]:
    """Planned for now or the next seven days, or begun on another day than planned."""
    soon = sa.and_(meetings.c.starts_at < now + DAYS, meetings.c.ends_at > now - timedelta(days=1))
    return sa.or_(soon, sa.and_(meetings.c.state == "live", meetings.c.started_at > now - timedelta(days=1)))


def _running(actor: Actor, now: datetime) -> sa.Select[Any]:
    """Of the agency too, whoever is invited."""
    return listing(actor).where(meetings.c.state == "live", _near(now), visible(actor))


def _next_days(actor: Actor, now: datetime) -> sa.Select[Any]:
    return own_listing(actor).where(in_state(*HELD), _near(now), visible(actor))


def _waiting(actor: Actor, now: datetime) -> sa.Select[Any]:
    return own_listing(actor).where(ME.c.answer == "waiting", in_state("invited"), meetings.c.starts_at > now, visible(actor))


async def _sites_to_note(reading: Reading, actor: Actor, now: datetime) -> Sequence[Row]:
    """Of meetings that others host."""
    if not actor.staff:
        return []
    ours = sa.and_(sites.c.agency_id == actor.agency_id, ~sites.c.removed, sites.c.filled_by == "")
    ahead = sa.and_(in_state("invited"), meetings.c.starts_at > now, meetings.c.host_agency_id != actor.agency_id)
    wanted = sa.select(sites.c.id, sites.c.meeting_id, sites.c.name, meetings.c.title, meetings.c.starts_at)
    joined = wanted.select_from(sites.join(meetings, meetings.c.id == sites.c.meeting_id))
    return await reading.all(joined.where(ours, ahead).order_by(meetings.c.starts_at).limit(10))


def _open_minutes(actor: Actor) -> sa.Select[Any]:
    duties = ME.c.duty.in_(("chair", "secretary"))
    return own_listing(actor).where(duties, in_state("finished"), meetings.c.minutes_state == "open", visible(actor))
