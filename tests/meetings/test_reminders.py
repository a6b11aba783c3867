"""Reminders: counted back from the start, moving with it, once each, whoever looks and however often."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.answers import AnswerInvitation
from meetings.commands import Actor, system
from meetings.database import Database
from meetings.errors import NotAllowed
from meetings.models.columns import new_id
from meetings.models.meeting import meetings, paper_contents, papers, participants
from meetings.models.organisation import people
from meetings.models.post import outbox, reminders
from meetings.notice import Notice
from meetings.perform import perform
from meetings.reminder_rules import WINDOWS, open_kinds
from meetings.reminders import RemindOfMeeting, meetings_to_remind_of
from tests.support.scheduled import SENDER, Office, open_office

JOB = system("reminders")
HOUR = timedelta(hours=1)


def test_every_reminder_is_counted_back_from_the_start():
    start = clock.now()
    told = {hours: open_kinds(start, start - hours * HOUR) for hours in (49, 47, 23, 2, 0.5, -1)}
    assert told == {49: [], 47: ["answer"], 23: ["answer", "papers", "day"], 2: [], 0.5: ["hour"], -1: []}
    assert all(window.shuts < window.opens for window in WINDOWS.values())


async def starts_in(office: Office, meeting: str, wait: timedelta, *, told: timedelta = timedelta(days=5)) -> None:
    """The meeting was moved, and its invitations went out so long ago."""
    async with office.db.transaction(meeting) as tx:
        start = tx.now + wait
        await tx.update(meetings, meeting, starts_at=start, ends_at=start + HOUR)
        await tx.update(meetings, meeting, invited_at=tx.now - told)
        await tx.write(sa.update(outbox).where(outbox.c.meeting_id == meeting).values(created_at=tx.now - told))


async def remind(office: Office) -> Counter[str]:
    """Whatever is due, as the loop does it; how many mails by kind."""
    async with office.db.reading() as r:
        before = {row.id for row in await r.all(sa.select(outbox.c.id))}
        found = await meetings_to_remind_of(r, clock.now())
    for key in found:
        await asyncio.gather(*(perform(office.db, JOB, RemindOfMeeting(meeting_id=key, sender=SENDER)) for _ in range(3)))
    async with office.db.reading() as r:
        rows = await r.all(sa.select(outbox.c.id, outbox.c.facts).where(outbox.c.method == "NOTICE"))
    titles = [Notice.from_json(row.facts).title for row in rows if row.id not in before]
    return Counter(title.partition(":")[0] for title in titles)


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def test_each_is_reminded_once_and_again_of_another_day(office: Office):
    meeting = await office.draft(items=[{"id": new_id(), "title": "Thảo luận", "minutes": "30"}])
    await office.send(meeting)
    assert await remind(office) == {}  # ten days ahead
    await starts_in(office, meeting, 20 * HOUR)
    # b, c and the guest have not answered; five come.
    assert await remind(office) == {"Nhắc họp": 5, "Chưa nhận được trả lời": 3}
    assert await remind(office) == {}
    await starts_in(office, meeting, HOUR / 2)
    assert await remind(office) == {"Sắp họp": 5}
    await starts_in(office, meeting, 3 * 24 * HOUR - HOUR)
    assert await remind(office) == {}  # moved to another day, which is not near yet
    async with office.db.transaction(meeting) as tx:  # and two days went by
        await tx.write(sa.update(reminders).values(about="2000-01-01"))
    await starts_in(office, meeting, 23 * HOUR)
    assert await remind(office) == {"Nhắc họp": 5, "Chưa nhận được trả lời": 3}
    async with office.db.reading() as r:
        rows = await r.all(sa.select(reminders))
    assert len({(row.participant_id, row.kind, row.about) for row in rows}) == len(rows)


async def test_who_was_just_told_declined_or_answered_is_left_in_peace(office: Office):
    meeting = await office.draft(items=[])
    await office.send(meeting)
    await starts_in(office, meeting, 20 * HOUR, told=HOUR)
    assert await remind(office) == {}
    await starts_in(office, meeting, 20 * HOUR, told=timedelta(hours=8))
    async with office.db.reading() as r:
        key = await r.value(sa.select(participants.c.id).where(participants.c.email == "b@hue.example"))
    b = Actor(kind="account", name="b", account_id=new_id(), person_id=office.people["b"], agency_id=None)
    await perform(office.db, b, AnswerInvitation(meeting_id=meeting, participant_id=key, answer="declined", reason="Bận"))
    assert await remind(office) == {"Nhắc họp": 4}
    async with office.db.transaction(meeting) as tx:
        await tx.update(meetings, meeting, reminders=False)
        await tx.write(sa.delete(reminders))
    assert await remind(office) == {}


async def test_of_missing_papers_the_secretary_and_the_preparing_agency_are_told(office: Office):
    report = new_id()
    agenda = [
        {"id": report, "title": "Báo cáo quý", "kind": "report", "minutes": "30"},
        {"id": new_id(), "title": "Thảo luận", "minutes": "5"},
    ]
    async with office.db.reading() as r:
        agency = await r.value(sa.select(people.c.agency_id).where(people.c.id == office.people["b"]))
    meeting = await office.draft(items=agenda, preparing_agency_id=agency)
    await office.send(meeting)
    await starts_in(office, meeting, 20 * HOUR, told=HOUR)  # told of the meeting, not of its papers
    assert await remind(office) == {"Còn thiếu tài liệu": 2}
    async with office.db.reading() as r:
        facts = await r.column(sa.select(outbox.c.facts).where(outbox.c.method == "NOTICE"))
    assert {one["recipient_email"] for one in facts} == {"secretary@hue.example", "b@hue.example"}
    assert all("- Báo cáo quý" in one["paragraphs"][-2] and "Thảo luận" not in str(one) for one in facts)
    async with office.db.transaction(meeting) as tx:
        await tx.insert(paper_contents, sha256="0" * 64, content=b"x")
        await tx.insert(
            papers, id=new_id(), meeting_id=meeting, item_id=report, title="Báo cáo", file_name="a.txt", media_type="text/plain", size=1,
            sha256="0" * 64, added_at=tx.now,
        )  # fmt: skip
        await tx.write(sa.delete(reminders))
    assert await remind(office) == {}


async def test_the_organisers_own_address_gets_none_and_is_not_tried_again_and_again(office: Office):
    meeting = await office.draft(items=[])
    await office.send(meeting)
    async with office.db.transaction(meeting) as tx:
        await tx.write(sa.update(participants).where(participants.c.email == "b@hue.example").values(email="a@hue.example"))
    await starts_in(office, meeting, HOUR / 2)
    assert await remind(office) == {"Sắp họp": 4}
    async with office.db.reading() as r:
        assert await meetings_to_remind_of(r, clock.now()) == []


async def test_nobody_but_the_loop_reminds(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    with pytest.raises(NotAllowed):
        await perform(office.db, office.secretary, RemindOfMeeting(meeting_id=meeting, sender=SENDER))
