"""Who of those present spoke how often and how long in this host's last meetings, as whoever runs the present one may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from .. import clock
from ..access import standing, visible
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotAllowed, NotFound
from ..models.meeting import meetings, participants
from ..models.room import speeches
from ..speaking_time import taken

LAST = 8  # meetings, the present one included


@dataclass(frozen=True, slots=True)
class Spoke:
    """One person over all these meetings."""

    name: str
    agency: str
    times: int
    meetings: int
    seconds: int


@dataclass(frozen=True, slots=True)
class SpeakingHistory:
    meeting: Row
    meetings: Sequence[Row]  # (id, title, starts_at), newest first
    people: Sequence[Spoke]  # whoever spoke longest first


async def speaking_history(reading: Reading, actor: Actor, meeting_id: str) -> SpeakingHistory:
    """Of those present, or of everybody invited before anybody is. Raises NotFound, and NotAllowed to those who do not run it."""
    by = await standing(reading, meeting_id, actor)
    if by.meeting is None:
        raise NotFound
    if not by.runs:
        raise NotAllowed("not_allowed")
    held = await _meetings(reading, actor, by.meeting)
    people = await _present(reading, meeting_id)
    ids = [row.id for row in held]
    joined = speeches.join(participants, participants.c.id == speeches.c.participant_id)
    wanted = sa.select(speeches, participants.c.person_id).select_from(joined)
    theirs = participants.c.person_id.in_([row.person_id for row in people])
    rows = await reading.all(wanted.where(speeches.c.meeting_id.in_(ids), theirs, speeches.c.started_at.is_not(None)))
    spoke = [_sum(person, [row for row in rows if row.person_id == person.person_id]) for person in people]
    return SpeakingHistory(by.meeting, held, sorted(spoke, key=lambda each: (-each.seconds, each.times)))


def _sum(person: Row, rows: Sequence[Row]) -> Spoke:
    now = clock.now()
    seconds = sum(taken(row, now) for row in rows)
    return Spoke(person.name, person.agency_name, len(rows), len({row.meeting_id for row in rows}), seconds)


async def _meetings(reading: Reading, actor: Actor, here: Row) -> Sequence[Row]:
    host = sa.and_(meetings.c.host_agency_id == here.host_agency_id, visible(actor), meetings.c.starts_at <= here.starts_at)
    begun = meetings.c.state.in_(("live", "finished"))
    wanted = sa.select(meetings.c.id, meetings.c.title, meetings.c.starts_at).where(host, begun)
    return await reading.all(wanted.order_by(meetings.c.starts_at.desc(), meetings.c.id).limit(LAST))


async def _present(reading: Reading, meeting_id: str) -> Sequence[Row]:
    here = sa.and_(participants.c.meeting_id == meeting_id, ~participants.c.removed, participants.c.person_id.is_not(None))
    everybody = await reading.all(sa.select(participants).where(here).order_by(participants.c.name_key))
    return [row for row in everybody if row.attendance != "absent"] or everybody
