"""Lists of meetings: whose part in them, which state, which days; and nobody's list holds what he may not see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.agenda import StartMeeting
from meetings.commands import Actor
from meetings.database import Database
from meetings.models.meeting import meetings
from meetings.perform import perform
from meetings.queries import lists
from meetings.queries.lists import Filter, listed
from meetings.queries.today import today
from meetings.scheduling import CancelMeeting
from tests.support.scheduled import SENDER, Office, open_office


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def titles(office: Office, actor: Actor, **filter: object) -> list[str]:
    async with office.db.reading() as r:
        return [row.title for row in (await listed(r, actor, Filter(**filter))).rows]  # type: ignore[arg-type]


async def agency_of(office: Office, key: str, role: str = "secretary") -> Actor:
    """Somebody of that person's agency."""
    from meetings.models.organisation import people

    async with office.db.reading() as r:
        person = await r.get(people, office.people[key])
    return replace(office.secretary, person_id=person.id, agency_id=person.agency_id, role=role)  # type: ignore[arg-type]


async def test_a_list_is_by_the_part_that_one_has_in_it(office: Office):
    sent = await office.draft(title="Họp về đầu tư công")
    await office.send(sent)
    invited = await agency_of(office, "b")
    async with office.db.transaction(sent) as tx:
        await tx.update(meetings, sent, preparing_agency_id=(await agency_of(office, "c")).agency_id)
    assert await titles(office, office.secretary, whose="host") == ["Họp về đầu tư công"]
    assert await titles(office, invited, whose="host") == []
    assert await titles(office, invited, whose="attend") == await titles(office, invited, whose="mine") == ["Họp về đầu tư công"]
    assert await titles(office, await agency_of(office, "c"), whose="prepare") == ["Họp về đầu tư công"]
    assert await titles(office, invited, whose="prepare") == []
    for whose in lists.WHOSE:
        assert await titles(office, office.stranger, whose=whose) == []
        assert await titles(office, replace(office.stranger, role="member"), whose=whose) == []
    colleague = replace(invited, person_id=office.stranger.person_id)  # of the invited agency, not invited himself
    assert await titles(office, colleague, whose="mine") == []
    assert await titles(office, replace(colleague, role="member")) == []
    assert await titles(office, replace(invited, role="member")) == ["Họp về đầu tư công"]


async def test_words_are_found_with_and_without_marks_and_days_are_whole(office: Office):
    await office.send(await office.draft(title="Họp về đầu tư công"))
    day = clock.today() + timedelta(days=10)
    for text in ("đầu tư", "dau tu", "ĐẦU TƯ"):
        assert await titles(office, office.secretary, text=text) == ["Họp về đầu tư công"]
    assert await titles(office, office.secretary, text="%") == []
    assert await titles(office, office.secretary, since=day, until=day) == ["Họp về đầu tư công"]
    assert await titles(office, office.secretary, until=day - timedelta(days=1)) == []
    assert await titles(office, office.secretary, since=day + timedelta(days=1)) == []


async def test_what_is_cancelled_is_past_and_found_by_its_state(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    await perform(office.db, office.secretary, CancelMeeting(meeting_id=meeting, reason="Bận", sender=SENDER))
    assert await titles(office, office.secretary) == []
    assert await titles(office, office.secretary, when="past", state="cancelled") == ["Họp thử"]
    assert await titles(office, office.secretary, when="past", state="finished") == []


async def test_beyond_a_number_nothing_is_counted(office: Office, monkeypatch: pytest.MonkeyPatch):
    for _ in range(3):
        await office.send(await office.draft())
    monkeypatch.setattr(lists, "COUNTED", 2)
    async with office.db.reading() as r:
        found = await listed(r, office.secretary, Filter())
    assert (found.total, found.more, len(found.rows)) == (2, True, 3)


async def test_home_tells_what_runs_what_waits_and_the_next_days_to_those_whom_it_concerns(office: Office):
    meeting = await office.draft(date=(clock.today() + timedelta(days=2)).isoformat(), urgent=True)
    await office.send(meeting)
    invited = await agency_of(office, "b", "member")
    async with office.db.reading() as r:
        before, foreign = await today(r, invited), await today(r, office.stranger)
    assert [row.id for row in before.to_answer] == [row.id for row in before.week] == [meeting]
    assert not before.now
    assert not (foreign.to_answer or foreign.week or foreign.now or foreign.drafts)
    await perform(office.db, office.secretary, StartMeeting(meeting_id=meeting))
    clerk = replace(await agency_of(office, "b"), person_id=office.stranger.person_id)
    async with office.db.reading() as r:
        assert [row.id for row in (await today(r, invited)).now] == [meeting]
        told = await today(r, clerk)
        assert await r.value(sa.select(sa.func.count()).select_from(meetings)) == 1
    assert ([row.id for row in told.now], list(told.week)) == ([meeting], [])
