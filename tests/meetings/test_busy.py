"""Who is taken when, told without saying by what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from meetings.answers import AnswerInvitation
from meetings.commands import Actor
from meetings.database import Database
from meetings.models.columns import new_id
from meetings.models.meeting import meetings, participants
from meetings.models.organisation import people
from meetings.perform import perform
from meetings.queries.busy import busy_spans
from meetings.scheduling import CancelMeeting
from meetings.spans import clipped, merged
from tests.support.organisation import make_room
from tests.support.scheduled import SENDER, open_office

DAY = datetime(2026, 3, 2, tzinfo=UTC)
minutes = st.tuples(st.integers(0, 60), st.integers(0, 60))


def span(pair: tuple[int, int]) -> tuple[datetime, datetime]:
    return DAY + timedelta(minutes=pair[0]), DAY + timedelta(minutes=pair[1])


@given(st.lists(minutes, max_size=12), minutes)
def test_joined_and_cut_spans_hold_exactly_the_same_minutes(pairs, window):
    held = {m for a, b in pairs for m in range(a, b)} & set(range(*window))
    found = merged(clipped((span(pair) for pair in pairs), *span(window)))
    told = [((a - DAY).seconds // 60, (b - DAY).seconds // 60) for a, b in found]
    assert {m for a, b in told for m in range(a, b)} == held
    assert all(b < later for (_, b), (later, _) in pairwise(told))


async def test_busy_are_those_who_come_the_agencies_and_the_room(db: Database):
    office = await open_office(db)
    async with db.reading() as r:
        homes = {key: (await r.get(people, person)).agency_id for key, person in office.people.items()}
    room, hall = [await make_room(db, homes["chair"], name) for name in ("Phòng 1", "Hội trường")]
    meeting, other = await office.draft(room_id=room), await office.draft(room_id=hall, start="09:30", end="11:00")
    await office.draft(room_id=room, start="14:00", end="15:00")  # a draft keeps nobody
    for one in (meeting, other):
        await office.send(one)
    async with db.reading() as r:
        first, second = await r.get(meetings, meeting), await r.get(meetings, other)
    start, end = first.starts_at - timedelta(hours=1), second.ends_at + timedelta(days=1)

    async def busy(**more):
        async with db.reading() as r:
            return await busy_spans(r, start, end, people=office.people.values(), agencies=homes.values(), rooms=[room, hall], **more)

    found = await busy()
    whole = [(first.starts_at, second.ends_at)]
    assert found.people == {office.people[key]: whole for key in ("chair", "secretary", "b", "c")}
    assert found.agencies == {homes[key]: whole for key in ("chair", "b", "c")}
    assert found.rooms == {room: [(first.starts_at, first.ends_at)], hall: [(second.starts_at, second.ends_at)]}
    assert (await busy(apart_from=[other])).rooms == {room: [(first.starts_at, first.ends_at)]}

    await _decline(db, other, office.people["b"], homes["b"])
    await perform(db, office.secretary, CancelMeeting(meeting_id=meeting, reason="Hoãn", sender=SENDER))
    found = await busy()
    assert office.people["b"] not in found.people
    assert homes["b"] not in found.agencies
    assert found.people[office.people["c"]] == [(second.starts_at, second.ends_at)]
    assert found.rooms == {hall: [(second.starts_at, second.ends_at)]}
    async with db.reading() as r:
        assert (await busy_spans(r, second.ends_at, end, people=office.people.values())).people == {}


async def _decline(db: Database, meeting: str, person: str, agency: str) -> None:
    async with db.reading() as r:
        mine = sa.and_(participants.c.meeting_id == meeting, participants.c.person_id == person)
        key = await r.value(sa.select(participants.c.id).where(mine))
    actor = Actor(kind="account", name="b", account_id=new_id(), person_id=person, agency_id=agency)
    await perform(db, actor, AnswerInvitation(meeting_id=meeting, participant_id=key, answer="declined", reason="Bận"))
