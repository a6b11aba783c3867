"""The weekly schedule: collected, written, approved, published, adjusted; who reads which version."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from meetings import clock
from meetings.calendar_days import monday as monday_of
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound
from meetings.perform import perform
from meetings.queries.work_week import WeekDraft, WeekPage, public_agencies, published_week, published_weeks, week_draft
from meetings.scheduling import CancelMeeting
from meetings.validation import validated
from meetings.work_week import ApproveWeek, CollectWeek, PublishWeek, RemoveWeekEntry, SaveWeekEntry
from meetings.work_week_rules import Entry, by_day, marked, ordered, session_of
from tests.support.organisation import make_agency
from tests.support.scheduled import SENDER, Office, open_office

DAY = clock.today() + timedelta(days=10)
MONDAY = monday_of(DAY)


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def do(office: Office, kind: type[Any], by: Actor | None = None, **fields: Any) -> dict[str, Any]:
    actor = by or office.secretary
    command = validated(kind, {"agency_id": office.secretary.agency_id, "monday": MONDAY} | fields)
    return await perform(office.db, actor, command) or {}


async def draft(office: Office) -> WeekDraft:
    async with office.db.reading() as r:
        return await week_draft(r, str(office.secretary.agency_id), MONDAY)


async def shown(office: Office, actor: Actor | None, number: int | None = None) -> WeekPage:
    async with office.db.reading() as r:
        return await published_week(r, actor, str(office.secretary.agency_id), MONDAY, number)


async def publish(office: Office, **fields: Any) -> int:
    await do(office, ApproveWeek, digest=(await draft(office)).digest, approved_by="Chủ tịch")
    return int((await do(office, PublishWeek, **fields))["number"])


def lines(page: WeekPage | WeekDraft) -> list[tuple[str, str]]:
    return [(line.entry.content, line.mark) for line in page.lines]


async def test_meetings_are_collected_follow_when_they_move_and_go_when_cancelled(office: Office):
    meeting = await office.draft(title="Họp về đầu tư công")
    await office.send(meeting)
    other = await office.draft(title="Họp khác", start="13:30", end="14:00")
    await office.send(other)
    assert await do(office, CollectWeek) == {"added": 2, "moved": 0, "gone": 0}
    assert await do(office, CollectWeek) == {"added": 0, "moved": 0, "gone": 0}
    first, second = (line.entry for line in (await draft(office)).lines)
    assert (first.day, first.session, first.start, first.place) == (DAY.isoformat(), "morning", "08:00", "16 Lê Lợi")
    assert (first.chair, first.attendees) == ("Nguyễn Thị Chair", "Cơ quan A; Cơ quan B; Cơ quan C")
    assert second.session == "afternoon"
    worded = {"content": "Họp Ban chỉ đạo", "day": DAY, "start": "08:00", "place": first.place, "chair": "Chủ tịch"}
    await do(office, SaveWeekEntry, entry_id=first.id, **worded)
    await office.change(meeting, office.form(title="Họp về đầu tư công", start="14:00", end="15:00"), 2)
    await perform(office.db, office.secretary, CancelMeeting(meeting_id=other, reason="Bận", sender=SENDER))
    assert await do(office, CollectWeek) == {"added": 0, "moved": 1, "gone": 1}
    (line,) = (await draft(office)).lines
    assert (line.entry.content, line.entry.chair) == ("Họp Ban chỉ đạo", "Chủ tịch")
    assert (line.entry.start, line.entry.session) == ("14:00", "afternoon")
    await do(office, RemoveWeekEntry, entry_id=line.entry.id)
    assert await do(office, CollectWeek) == {"added": 0, "moved": 0, "gone": 0}  # the office took it out


async def test_what_is_published_was_approved_as_it_is_and_adjustments_are_numbered_and_marked(office: Office):
    kept = (await do(office, SaveWeekEntry, day=MONDAY, content="Chào cờ"))["entry_id"]
    moved = (await do(office, SaveWeekEntry, day=MONDAY, start="08:00", content="Giao ban"))["entry_id"]
    gone = (await do(office, SaveWeekEntry, day=MONDAY, start="14:00", content="Tiếp công dân"))["entry_id"]
    with pytest.raises(Conflict, match="week_not_approved"):
        await do(office, PublishWeek)
    old = (await draft(office)).digest
    await do(office, SaveWeekEntry, day=MONDAY, start="14:00", content="Tiếp công dân", entry_id=gone, place="Trụ sở")
    with pytest.raises(Conflict, match="week_changed"):
        await do(office, ApproveWeek, digest=old, approved_by="Chủ tịch")
    assert await publish(office) == 1
    assert await publish(office) == 1  # again: nothing changed
    assert lines(await shown(office, office.secretary)) == [("Giao ban", ""), ("Chào cờ", ""), ("Tiếp công dân", "")]
    await do(office, SaveWeekEntry, day=MONDAY, start="09:00", content="Giao ban", entry_id=moved)
    await do(office, RemoveWeekEntry, entry_id=gone)
    await do(office, SaveWeekEntry, day=MONDAY + timedelta(days=1), start="19:30", content="Dự lễ khai mạc")
    assert (await draft(office)).week.state == "draft"  # type: ignore[union-attr]
    assert lines(await shown(office, office.secretary)) == [("Giao ban", ""), ("Chào cờ", ""), ("Tiếp công dân", "")]
    with pytest.raises(Conflict, match="week_not_approved"):
        await do(office, PublishWeek)
    assert await publish(office, reason="Chủ tịch đi công tác") == 2
    page = await shown(office, office.secretary)
    assert lines(page) == [("Giao ban", "changed"), ("Chào cờ", ""), ("Tiếp công dân", "gone"), ("Dự lễ khai mạc", "new")]
    assert page.lines[0].changed == {"start"}
    assert (page.revision.number, page.revision.reason) == (2, "Chủ tịch đi công tác")  # type: ignore[union-attr]
    assert lines(await shown(office, office.secretary, 1)) == [("Giao ban", ""), ("Chào cờ", ""), ("Tiếp công dân", "")]
    assert kept


async def test_each_reads_the_versions_that_are_meant_for_him(office: Office):
    agency = str(office.secretary.agency_id)
    below = replace(office.stranger, agency_id=await make_agency(office.db, parent_id=agency), role="member")
    await do(office, SaveWeekEntry, day=MONDAY, content="Chào cờ")
    await do(office, SaveWeekEntry, day=MONDAY, content="Họp kín", internal=True)
    await publish(office)
    for reader in (office.secretary, replace(office.secretary, role="member"), below):
        assert len(lines(await shown(office, reader))) == 2
    for reader in (office.stranger, None, Actor(kind="link", name="x", agency_id=agency)):
        assert (lines(await shown(office, reader)), (await shown(office, reader)).revisions) == ([], [])
    assert await publish(office, public=True) == 2  # opened to everybody, with nothing else changed
    for reader in (office.stranger, None):
        page = await shown(office, reader)
        assert (lines(page), [row.number for row in page.revisions]) == ([("Chào cờ", "")], [2])
        assert (await shown(office, reader, 1)).revision is None
    async with office.db.reading() as r:
        assert [row.id for row in await public_agencies(r, MONDAY)] == [agency]
        assert [[e.content for e in some] for _, some in await published_weeks(r, agency, MONDAY, insider=False)] == [["Chào cờ"]]
    assert await publish(office, public=False) == 3
    assert (await shown(office, None)).revision is None
    with pytest.raises(NotFound):
        async with office.db.reading() as r:
            await published_week(r, None, "0" * 32, MONDAY)


async def test_only_the_agencys_own_office_keeps_it_and_bad_input_is_named(office: Office):
    for actor in (office.stranger, replace(office.secretary, role="member"), replace(office.stranger, role="system_admin")):
        for kind, fields in ((CollectWeek, {}), (SaveWeekEntry, {"day": MONDAY, "content": "x"}), (PublishWeek, {})):
            with pytest.raises(NotAllowed):
                await do(office, kind, actor, **fields)
    for fields in ({"day": MONDAY + timedelta(days=7)}, {"start": "25:00"}, {"content": " "}, {"monday": MONDAY + timedelta(days=1)}):
        with pytest.raises(Invalid):
            await do(office, SaveWeekEntry, **({"day": MONDAY, "content": "x"} | fields))
    foreign = {"agency_id": office.stranger.agency_id, "day": MONDAY, "content": "Của X"}
    theirs = (await do(office, SaveWeekEntry, office.stranger, **foreign))["entry_id"]
    for kind, fields in ((SaveWeekEntry, {"day": MONDAY, "content": "x"}), (RemoveWeekEntry, {})):
        with pytest.raises(NotFound):
            await do(office, kind, entry_id=theirs, **fields)


async def test_two_that_publish_at_once_make_one_version(office: Office):
    await do(office, SaveWeekEntry, day=MONDAY, content="Chào cờ")
    await do(office, ApproveWeek, digest=(await draft(office)).digest, approved_by="Chủ tịch")
    numbers = await asyncio.gather(*(do(office, PublishWeek) for _ in range(8)))
    assert {one["number"] for one in numbers} == {1}


def entry(key: str, day: int = 0, start: str = "", session: str = "morning", **more: Any) -> Entry:
    return Entry(key, (date(2026, 11, 23) + timedelta(days=day)).isoformat(), session, start, key, **more)  # type: ignore[arg-type]


def test_entries_stand_by_day_session_and_hour_and_days_off_only_with_something():
    evening, afternoon = entry("d", start="19:00", session="evening"), entry("c", session="afternoon")
    some = [entry("e", 5), evening, afternoon, entry("b"), entry("a", start="07:30")]
    assert [one.id for one in ordered(some)] == ["a", "b", "c", "d", "e"]
    days = by_day(marked(some, None), date(2026, 11, 23))
    assert [day.weekday() for day in days] == [0, 1, 2, 3, 4, 5]
    assert list(days[date(2026, 11, 23)]) == ["morning", "afternoon", "evening"]
    assert [session_of(time(*at)) for at in ((11, 59), (12, 0), (17, 59), (18, 0))] == ["morning", "afternoon", "afternoon", "evening"]
