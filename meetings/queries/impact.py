"""Whom a change of a meeting hits, before it is sent: who is asked again, and who is taken at the new time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from ..access import visible
from ..commands import Actor
from ..database import Reading, Row
from ..invitation_facts import SIGNIFICANT, Mail
from ..meeting_form import Raw, times_of
from ..models.meeting import meetings, participants
from .attendees import Attendee, calendars_of
from .busy import HELD, NOT_COMING


@dataclass(frozen=True, slots=True)
class Impact:
    """`before`: the meeting as people know it; a draft that was never sent is known to nobody. `answered`: the answers that become
    worthless, by how many gave them. `taken`: who has something else then, and what, where the actor may know of it."""

    before: Row
    moved: bool
    answered: Counter[str]
    taken: Sequence[tuple[Attendee, str]]


async def impact_of(reading: Reading, actor: Actor, meeting_id: str, form: Raw, mails: Sequence[Mail]) -> Impact:
    before = await reading.get(meetings, meeting_id)
    times = times_of(form)
    again = [mail.participant_id for mail in mails if SIGNIFICANT & set(mail.facts.changes)]
    given = sa.and_(participants.c.id.in_(again), participants.c.answer != "waiting")
    answered = Counter(await reading.column(sa.select(participants.c.answer).where(given)))
    moved = before.state != "draft" and times is not None and times != (before.starts_at, before.ends_at)
    return Impact(before, moved, answered, await _taken(reading, actor, before, form, *times) if times else [])


async def _taken(
    reading: Reading, actor: Actor, meeting: Row, form: Raw, start: datetime, end: datetime
) -> list[tuple[Attendee, str]]:
    calendars = await calendars_of(reading, meeting, form, start, end)
    found = []
    for one in calendars.attendees:
        first = start + timedelta(minutes=one.offset)
        last = first + timedelta(minutes=one.length) if one.length else end
        if calendars.busy.people.get(one.key, 0) & calendars.grid.touched([(first, last)]):
            found.append(one)
    titles = await _titles(reading, actor, meeting.id, [one.key for one in found], start, end)
    return [(one, titles.get(one.key, "")) for one in found]


async def _titles(
    reading: Reading, actor: Actor, meeting_id: str, people: Collection[str], start: datetime, end: datetime
) -> Mapping[str, str]:
    p = participants.c
    coming = sa.and_(p.person_id.in_(people), ~p.removed, p.answer.not_in(NOT_COMING), meetings.c.id != meeting_id)
    then = sa.and_(meetings.c.state.in_(HELD), meetings.c.starts_at < end, meetings.c.ends_at > start, visible(actor))
    joined = participants.join(meetings, meetings.c.id == p.meeting_id)
    rows = await reading.all(sa.select(p.person_id, meetings.c.title).select_from(joined).where(coming, then)) if people else []
    return {row.person_id: row.title for row in rows}
