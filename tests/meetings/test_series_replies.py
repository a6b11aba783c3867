"""Answers by mail and by hand to a whole series and to one date of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from calendars.inbox import Inbox
from calendars.mime import parts_of
from meetings import clock
from meetings.answers import AnswerInvitation
from meetings.audit import first_broken
from meetings.database import Database, Row
from meetings.letters import TakeAnswer
from meetings.models.meeting import meetings, participants
from meetings.perform import perform
from meetings.scheduling import CancelMeeting
from tests.meetings.test_inbox import SENDER, SETTINGS
from tests.meetings.test_series import change, weekly
from tests.support.mail_programs import Invited, invited, last_letter
from tests.support.scheduled import Office, open_office


class Post:
    """Four Mondays that were sent, and an open inbox. Person b answers."""

    def __init__(self, office: Office, rows: list[Row]) -> None:
        self.office, self.db, self.rows, self.inbox = office, office.db, rows, Inbox(SETTINGS, office.db)

    async def who(self, address: str = "b@hue.example") -> Invited:
        return await invited(self.db, self.rows[0].id, address)

    async def gets(self, mail: bytes) -> Any:
        assert await self.inbox.take(mail)
        return await last_letter(self.db)

    async def answers(self, address: str = "b@hue.example") -> list[str]:
        async with self.db.reading() as r:
            joined = participants.join(meetings, meetings.c.id == participants.c.meeting_id)
            mine = sa.select(participants.c.answer).select_from(joined).where(participants.c.email == address)
            return await r.column(mine.order_by(meetings.c.original_start))

    def date(self, which: int) -> dict[str, str]:
        return {"RECURRENCE-ID": f"RECURRENCE-ID:{self.rows[which].original_start:%Y%m%dT%H%M%SZ}"}


@pytest.fixture
async def post(db: Database) -> Post:
    office = replace(await open_office(db), sender=SENDER)
    return Post(office, await weekly(office))


async def test_an_answer_to_the_series_is_the_answer_to_every_date_and_one_to_a_date_is_its_own(post: Post):
    who = await post.who()
    letter = await post.gets(who.mail(who.calendar("ACCEPTED")))
    assert (letter.state, letter.of_series, letter.verified) == ("applied", True, True)
    assert await post.answers() == ["accepted"] * 4
    letter = await post.gets(who.mail(who.calendar("DECLINED", COMMENT="COMMENT:Bận", **post.date(2))))
    assert (letter.state, letter.of_series, letter.meeting_id) == ("applied", False, post.rows[2].id)
    assert await post.answers() == ["accepted", "accepted", "declined", "accepted"]
    await post.gets(who.mail(who.calendar("TENTATIVE", stamp=clock.now() + timedelta(seconds=2))))
    assert await post.answers() == ["tentative", "tentative", "declined", "tentative"]
    async with post.db.reading() as r:
        assert all([await first_broken(r, row.id) is None for row in post.rows])


async def test_answers_to_the_series_and_to_dates_come_in_any_order(post: Post):
    now, said = clock.now(), [("ACCEPTED", {}), ("DECLINED", post.date(1)), ("TENTATIVE", {}), ("TENTATIVE", post.date(3))]
    people = ("b@hue.example", "c@hue.example", "chair@hue.example", "khach@ngoai.example")
    for address, order in zip(people, ((0, 1, 2, 3), (1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0)), strict=True):
        who = await post.who(address)
        for n in order:
            partstat, date = said[n]
            await post.gets(who.mail(who.calendar(partstat, stamp=now + timedelta(seconds=n), **date), words=f"{n}"))
        assert await post.answers(address) == ["tentative", "declined", "tentative", "tentative"], order


async def test_a_series_answer_with_the_override_unanswered_answers_the_override_too(post: Post):
    await change(post.office, post.rows[1], "one", start="14:00", end="15:00")
    who = await post.who()
    genuine = parts_of(who.series("ACCEPTED"))[-1].text()
    assert genuine.count("BEGIN:VEVENT") == 2 and "NEEDS-ACTION" in genuine
    moved = genuine.replace("20270101T080000", f"{clock.local(post.rows[1].original_start):%Y%m%dT%H%M%S}")
    letter = await post.gets(who.mail(moved))
    assert (letter.of_series, letter.state, letter.answer) == (True, "applied", "accepted")
    assert await post.answers() == ["accepted"] * 4


async def test_a_date_that_moved_is_asked_again_and_an_earlier_answer_to_the_series_leaves_it(post: Post):
    who, before = await post.who(), clock.now()
    await post.gets(who.mail(who.calendar("ACCEPTED", stamp=before)))
    await change(post.office, post.rows[1], "one", start="14:00", end="15:00")
    assert await post.answers() == ["accepted", "waiting", "accepted", "accepted"]
    await post.gets(who.mail(who.calendar("TENTATIVE", stamp=before + timedelta(seconds=0.9), SEQUENCE="SEQUENCE:0"), words="2"))
    old = await post.gets(who.mail(who.calendar("DECLINED", **post.date(1) | {"SEQUENCE": "SEQUENCE:0"})))
    assert (old.state, old.why) == ("kept", "previous")
    assert (await post.gets(who.mail(who.calendar("DECLINED", **post.date(1) | {"SEQUENCE": "SEQUENCE:1"})))).state == "applied"
    assert (await post.answers())[1] == "declined"


async def test_what_is_no_date_or_not_to_be_believed_waits(post: Post):
    who = await post.who()
    odd = {"RECURRENCE-ID": "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20270302T080000"}
    assert (await post.gets(who.mail(who.calendar("ACCEPTED", **odd)))).why == "no_such_date"
    await perform(post.db, post.office.secretary, CancelMeeting(meeting_id=post.rows[2].id, reason="Nghỉ", sender=SENDER))
    assert (await post.gets(who.mail(who.calendar("ACCEPTED", **post.date(2))))).why == "no_such_date"
    waiting = await post.gets(who.mail(who.calendar("ACCEPTED"), to="hop@diemcau.example"))
    assert (waiting.state, waiting.why, waiting.of_series) == ("waiting", "no_token", True)
    assert await post.answers() == ["waiting"] * 4
    await perform(post.db, post.office.secretary, TakeAnswer(meeting_id=waiting.meeting_id, letter_id=waiting.id))
    assert await post.answers() == ["accepted", "accepted", "waiting", "accepted"]


async def test_one_who_is_out_of_the_first_date_answers_for_the_others_to_the_same_address(post: Post):
    who = await post.who()
    form = post.office.form()["invited"]
    del form[post.office.people["b"]]
    await change(post.office, post.rows[0], "one", invited=form)
    letter = await post.gets(who.mail(who.calendar("ACCEPTED")))
    assert (letter.state, letter.verified) == ("applied", True)
    assert await post.answers() == ["waiting", "accepted", "accepted", "accepted"]


async def test_by_hand_one_answers_for_one_date_or_for_all_that_have_no_answer_of_their_own(post: Post):
    async with post.db.reading() as r:
        mine = sa.select(participants).where(participants.c.email == "b@hue.example")
        rows = {row.meeting_id: row for row in await r.all(mine)}
    by = replace(post.office.secretary, agency_id=rows[post.rows[0].id].agency_id, person_id=post.office.people["b"])

    async def answers(which: int, answer: Any, **more: Any) -> None:
        meeting = post.rows[which].id
        await perform(post.db, by, AnswerInvitation(meeting_id=meeting, participant_id=rows[meeting].id, answer=answer, **more))

    await answers(1, "declined", reason="Bận")
    await answers(0, "accepted", series=True)
    assert await post.answers() == ["accepted", "declined", "accepted", "accepted"]
    await answers(3, "tentative")
    await answers(2, "tentative", series=True)
    assert await post.answers() == ["tentative", "declined", "tentative", "tentative"]
