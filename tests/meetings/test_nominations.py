"""An agency is invited, and answers as an agency: whom it sends, that it sends nobody, who may say so; and what all are told."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.answers import AnswerInvitation
from meetings.commands import Actor, system
from meetings.database import Database, Row
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound
from meetings.meeting_form import strict
from meetings.models.meeting import meetings, nominations, participants
from meetings.models.organisation import people
from meetings.models.post import outbox
from meetings.nomination_rules import deadline
from meetings.nominations import (
    DeclineNomination,
    NominateGuest,
    NominatePerson,
    PassOnNomination,
    RemindNominators,
    TakeNominationBack,
    WithdrawNominee,
)
from meetings.perform import perform
from meetings.queries.lists import Filter, listed
from meetings.queries.meetings import meeting_page
from meetings.queries.nominations import late_agencies, nomination_page, to_nominate
from meetings.reminders import RemindOfMeeting, meetings_to_remind_of
from meetings.scheduling import CancelMeeting
from meetings.sent_form import form_of
from tests.support.organisation import make_account, make_person, make_user
from tests.support.scheduled import SENDER, Office, open_office


@dataclass
class Asked:
    """Agency B is asked to send two people; its administrator is `admin`, `staff` are five of its people."""

    office: Office
    admin: Actor
    agency: str
    staff: list[str]
    meeting: str = ""

    @property
    def key(self) -> str:
        return f"agency:{self.agency}"

    async def invite(self, **changes: Any) -> None:
        form = {"invited": {self.key: "vote"}, "seats": {self.key: "2"}, "wish": {self.key: "lãnh đạo phụ trách"}, "guests": ""}
        self.meeting = await self.office.draft(**form | changes)
        assert (await self.office.send(self.meeting))["agencies"] == 1

    async def row(self) -> Row:
        async with self.office.db.reading() as r:
            return await r.one(sa.select(nominations).where(nominations.c.meeting_id == self.meeting))

    async def do(self, kind: type[Any], by: Actor | None = None, **fields: Any) -> dict[str, Any]:
        more = {"sender": SENDER} if "sender" in kind.__dataclass_fields__ else {}
        command = kind(meeting_id=self.meeting, nomination_id=(await self.row()).id, **more, **fields)
        return await perform(self.office.db, by or self.admin, command) or {}

    async def sent(self) -> dict[str, Row]:
        async with self.office.db.reading() as r:
            here = sa.and_(participants.c.meeting_id == self.meeting, participants.c.nomination_id.is_not(None), ~participants.c.removed)
            return {row.email: row for row in await r.all(sa.select(participants).where(here))}

    async def mails(self) -> Counter[tuple[str, str]]:
        """(method or first words of a notice's subject, recipient), how often."""
        async with self.office.db.reading() as r:
            rows = await r.all(sa.select(outbox.c.method, outbox.c.facts).where(outbox.c.meeting_id == self.meeting))
        of_notice = lambda facts: facts["title"].partition(":")[0]  # noqa: E731
        return Counter((of_notice(x.facts) if x.method == "NOTICE" else x.method, x.facts["recipient_email"]) for x in rows)

    async def changed(self, **changes: Any) -> dict[str, Any]:
        """The sent form, changed and sent again."""
        async with self.office.db.reading() as r:
            form = await form_of(r, self.meeting)
            revision = await r.value(sa.select(meetings.c.draft_revision).where(meetings.c.id == self.meeting))
        return await self.office.change(self.meeting, form | changes, revision)


@pytest.fixture
async def asked(db: Database) -> Asked:
    office = await open_office(db)
    async with db.reading() as r:
        agency = await r.value(sa.select(people.c.agency_id).where(people.c.id == office.people["b"]))
    staff = [await make_person(db, agency, f"Người B {n}", email=f"b{n}@hue.example") for n in range(5)]
    return Asked(office, await make_user(db, agency, "quantri.b", "agency_admin"), agency, staff)


async def email_of(asked: Asked, actor: Actor) -> str:
    async with asked.office.db.reading() as r:
        return str(await r.value(sa.select(people.c.email).where(people.c.id == actor.person_id)))


def test_the_deadline_is_a_day_before_the_start_and_leaves_time_to_read():
    now = clock.now()
    hours = lambda n: now + timedelta(hours=n)  # noqa: E731
    assert deadline(None, hours(100), now) == hours(76)
    assert deadline(None, hours(25), now) == hours(2)
    assert deadline(None, hours(1), now) == hours(1)
    assert deadline(hours(5), hours(100), now) == hours(5)


async def test_the_agency_sends_people_who_are_then_ordinary_participants(asked: Asked):
    await asked.invite()
    admin = await email_of(asked, asked.admin)
    assert (await asked.mails())["Đề nghị cử người dự họp", admin] == 1
    assert await asked.do(NominatePerson, person_id=asked.staff[0], accepted=True)
    await asked.do(NominateGuest, name="Ông Ngoài", title="Chuyên gia", email="ngoai@khac.example")
    sent = await asked.sent()
    assert {email: (row.answer, row.votes, row.agency_id) for email, row in sent.items()} == {
        "b0@hue.example": ("accepted", True, asked.agency), "ngoai@khac.example": ("waiting", True, asked.agency),
    }  # fmt: skip
    mails = await asked.mails()
    assert mails["REQUEST", "b0@hue.example"] == mails["REQUEST", "ngoai@khac.example"] == 1
    with pytest.raises(Conflict) as full:
        await asked.do(NominatePerson, person_id=asked.staff[1])
    assert full.value.code == "seats_taken"
    # Another in somebody's place: that one is told, and may be sent again later.
    for _ in range(2):
        await asked.do(WithdrawNominee, participant_id=(await asked.sent())["b0@hue.example"].id)
        await asked.do(NominatePerson, person_id=asked.staff[0])
    mails = await asked.mails()
    assert (mails["REQUEST", "b0@hue.example"], mails["CANCEL", "b0@hue.example"]) == (3, 2)
    row = (await asked.sent())["b0@hue.example"]
    assert row.answer == "waiting"
    await perform(asked.office.db, asked.admin, AnswerInvitation(meeting_id=asked.meeting, participant_id=row.id, answer="accepted"))
    # Sent again as it is, the form brings nothing new and keeps them.
    assert await asked.changed() == {"invited": 0, "removed": 0, "agencies": 0}
    assert set(await asked.sent()) == {"b0@hue.example", "ngoai@khac.example"}


async def test_only_this_agency_says_it_and_only_for_its_own_people(asked: Asked):
    await asked.invite()
    db, office = asked.office.db, asked.office
    for someone in (office.people["c"], office.people["stranger"]):
        with pytest.raises(Invalid) as theirs:
            await asked.do(NominatePerson, person_id=someone)
        assert theirs.value.code == "nominee_not_yours"
    with pytest.raises(Invalid) as twice:
        await asked.do(NominateGuest, name="X", email="secretary@hue.example")
    assert twice.value.code == "nominee_already_invited"
    member = await make_user(db, asked.agency, "thanhvien.b")
    for other in (office.stranger, member):
        with pytest.raises(NotFound):  # not even that there is such a meeting
            await asked.do(NominatePerson, other, person_id=asked.staff[0])
    for kind, fields in ((NominatePerson, {"person_id": asked.staff[0]}), (DeclineNomination, {"reason": "x"})):
        with pytest.raises(NotAllowed):  # the host invites, and does not answer for the agency
            await asked.do(kind, office.secretary, **fields)
    async with db.reading() as r:
        for other in (office.stranger, office.secretary, member):
            with pytest.raises(NotFound):
                await nomination_page(r, other, asked.meeting, (await asked.row()).id, "")
        found = await nomination_page(r, asked.admin, asked.meeting, (await asked.row()).id, "nguoi b 3")
        assert [one.name for one in found.candidates] == ["Người B 3"]
        for wild in ("%", "_", "người lạ"):
            assert not (await nomination_page(r, asked.admin, asked.meeting, (await asked.row()).id, wild)).candidates
    # Another meeting's nomination is none of this one's.
    row = await asked.row()
    await asked.invite()
    elsewhere = NominatePerson(meeting_id=asked.meeting, nomination_id=row.id, person_id=asked.staff[0], sender=SENDER)
    with pytest.raises(NotFound):
        await perform(db, asked.admin, elsewhere)


async def test_one_of_the_last_seat_wins(asked: Asked):
    await asked.invite(seats={})
    tries = await asyncio.gather(*(asked.do(NominatePerson, person_id=key) for key in asked.staff), return_exceptions=True)
    assert Counter(type(one).__name__ for one in tries) == {"dict": 1, "Conflict": 4}
    assert len(await asked.sent()) == 1


async def test_the_right_is_passed_to_one_of_the_agency_and_taken_back(asked: Asked):
    await asked.invite()
    db = asked.office.db
    deputy = await make_user(db, asked.agency, "pho.b")
    for nobody in (asked.staff[0], asked.office.people["c"]):  # without an account; of another agency
        with pytest.raises(Invalid):
            await asked.do(PassOnNomination, person_id=nobody)
    await asked.do(PassOnNomination, person_id=deputy.person_id)
    await asked.do(PassOnNomination, person_id=deputy.person_id)
    address = await email_of(asked, deputy)
    assert (await asked.mails())["Ông/Bà được giao cử người dự họp", address] == 1
    async with db.reading() as r:
        assert [row.meeting_id for row in await to_nominate(r, deputy, clock.now())] == [asked.meeting]
        assert [row.id for row in (await listed(r, deputy, Filter())).rows] == [asked.meeting]
        assert await meeting_page(r, deputy, asked.meeting)
    with pytest.raises(NotAllowed):  # and goes no further
        await asked.do(PassOnNomination, deputy, person_id=asked.admin.person_id)
    made = await asked.do(NominatePerson, deputy, person_id=asked.staff[0])
    answer = AnswerInvitation(meeting_id=asked.meeting, participant_id=made["participant_id"], answer="accepted")
    await perform(db, deputy, answer)
    await asked.do(TakeNominationBack, person_id=deputy.person_id)
    for again in (asked.do(NominatePerson, deputy, person_id=asked.staff[1]), perform(db, deputy, replace(answer, id="e" * 32))):
        with pytest.raises(NotFound):
            await again


async def test_declining_takes_back_whoever_was_named_and_naming_takes_back_the_declining(asked: Asked):
    await asked.invite()
    await asked.do(NominatePerson, person_id=asked.staff[0])
    sent = (await asked.sent())["b0@hue.example"].id
    with pytest.raises(Invalid):  # without a reason
        await perform(asked.office.db, asked.admin, AnswerInvitation(meeting_id=asked.meeting, participant_id=sent, answer="declined"))
    await asked.do(DeclineNomination, reason="Trùng kỳ họp HĐND")
    row = await asked.row()
    assert (row.state, row.reason, await asked.sent()) == ("declined", "Trùng kỳ họp HĐND", {})
    assert (await asked.mails())["CANCEL", "b0@hue.example"] == 1
    async with asked.office.db.reading() as r:
        assert not await to_nominate(r, asked.admin, clock.now())
    await asked.do(NominatePerson, person_id=asked.staff[1])
    assert (await asked.row()).state == "asked"


async def test_moves_cancels_and_no_longer_being_asked_reach_those_who_nominate(asked: Asked):
    await asked.invite()
    admin = await email_of(asked, asked.admin)
    await asked.do(NominatePerson, person_id=asked.staff[0])
    await asked.do(DeclineNomination, reason="Bận")
    assert (await asked.changed(start="09:00", end="11:00"))["agencies"] == 1
    assert (await asked.row()).state == "asked"  # another time is another question
    await asked.do(NominatePerson, person_id=asked.staff[0])
    assert (await asked.changed(seats={asked.key: "3"}, invited={asked.key: "guest"}))["agencies"] == 1
    row = (await asked.sent())["b0@hue.example"]
    assert (row.duty, row.votes) == ("guest", False)
    assert (await asked.mails())["Thay đổi, đề nghị xem lại người được cử", admin] == 2
    # Not asked any more: they and those whom they sent are told.
    assert await asked.changed(invited={asked.office.people["c"]: "vote"}, seats={}, wish={}) == {"invited": 1, "removed": 1, "agencies": 1}
    assert await asked.sent() == {}
    assert (await asked.mails())["Không cần cử người dự họp", admin] == 1
    async with asked.office.db.reading() as r:
        assert not (await listed(r, asked.admin, Filter())).rows
    # Asked again, from the beginning.
    assert (await asked.changed(invited={asked.key: "vote"}))["agencies"] == 1
    await perform(asked.office.db, asked.office.secretary, CancelMeeting(meeting_id=asked.meeting, reason="Bão", sender=SENDER))
    mails = await asked.mails()
    assert (mails["Hủy họp", admin], mails["Đề nghị cử người dự họp", admin]) == (1, 2)


async def test_who_is_named_by_the_host_too_comes_as_named(asked: Asked):
    await asked.invite()
    await asked.do(NominatePerson, person_id=asked.staff[0])
    await asked.changed(invited={asked.key: "vote", asked.staff[0]: "press"})
    assert await asked.sent() == {}
    async with asked.office.db.reading() as r:
        invited = (await form_of(r, asked.meeting))["invited"]
    assert invited == {asked.key: "vote", asked.staff[0]: "press", asked.office.secretary.person_id: "attend"}


async def test_where_there_is_no_administrator_the_secretaries_are_told_and_a_reminder_is_not_sent_twice(asked: Asked):
    db = asked.office.db
    await make_account(db, asked.office.people["c"], "thuky.c", "secretary")
    async with db.reading() as r:
        other = await r.value(sa.select(people.c.agency_id).where(people.c.id == asked.office.people["c"]))
    await asked.invite(invited={f"agency:{other}": "attend"}, seats={}, wish={})
    assert (await asked.mails())["Đề nghị cử người dự họp", "c@hue.example"] == 1
    remind = RemindNominators(meeting_id=asked.meeting, sender=SENDER)
    with pytest.raises(Conflict):
        await perform(db, asked.office.secretary, remind)  # told just now
    async with db.transaction(asked.meeting) as tx:
        await tx.write(sa.update(nominations).values(reminded_at=tx.now - timedelta(hours=1)))
    assert await perform(db, asked.office.secretary, replace(remind, id="a" * 32)) == {"told": 1}
    theirs = replace(asked.office.secretary, account_id="c" * 32, person_id=asked.office.people["c"], agency_id=other)
    with pytest.raises(NotAllowed):
        await perform(db, theirs, replace(remind, id="b" * 32))


async def remind(asked: Asked) -> int:
    """Whatever is due, as the job does it, by three at once; how many mails."""
    db = asked.office.db
    before = sum((await asked.mails()).values())
    async with db.reading() as r:
        found = await meetings_to_remind_of(r, clock.now())
    for key in found:
        await asyncio.gather(*(perform(db, system("reminders"), RemindOfMeeting(meeting_id=key, sender=SENDER)) for _ in range(3)))
    return sum((await asked.mails()).values()) - before


async def test_one_reminder_before_the_deadline_and_one_after_and_again_for_another_deadline(asked: Asked):
    await asked.invite()
    db, now, row = asked.office.db, clock.now(), await asked.row()

    async def until(wait: timedelta) -> None:
        async with db.transaction(asked.meeting) as tx:
            told = {"reminded_at": tx.now - timedelta(days=2), "deadline_at": now + wait}
            await tx.update(nominations, row.id, **told)

    assert await remind(asked) == 0  # nine days ahead
    await until(timedelta(hours=20))
    assert [await remind(asked), await remind(asked)] == [1, 0]
    await until(timedelta(hours=-1))
    assert [await remind(asked), await remind(asked)] == [1, 0]
    async with db.reading() as r:
        assert [(one.meeting_id, one.late) for one in await late_agencies(r, asked.office.secretary, now)] == [(asked.meeting, 1)]
        assert not await late_agencies(r, asked.admin, now)
    await until(timedelta(hours=10))
    assert await remind(asked) == 1
    await until(timedelta(hours=9))
    for person in asked.staff[:2]:
        await asked.do(NominatePerson, person_id=person)
    assert await remind(asked) == 0  # all are named
    mails, admin = await asked.mails(), await email_of(asked, asked.admin)
    assert (mails["Nhắc cử người dự họp", admin], mails["Quá hạn cử người dự họp", admin]) == (2, 1)


def test_a_form_that_is_sent_has_seats_in_reason_and_a_deadline_before_the_start():
    key = f"agency:{'a' * 32}"
    form = {
        "title": "x", "type": "business", "chair_id": "b" * 32, "secretary_id": "c" * 32, "date": "2026-12-01", "start": "08:00",
        "end": "09:00", "place": "x", "contact": "x", "invited": {key: "vote"}, "zone": "Asia/Ho_Chi_Minh",
    }  # fmt: skip
    assert strict(form).fields.seats == {}
    assert strict(form | {"nominate_by": "2026-11-30T17:00"}).nominate_by == clock.instant("2026-11-30T10:00:00Z")
    for wrong, where in (
        ({"seats": {key: "0"}}, f"seats.{key}"), ({"seats": {key: "101"}}, f"seats.{key}"), ({"seats": {key: "hai"}}, f"seats.{key}"),
        ({"nominate_by": "2026-12-01T08:00"}, "nominate_by"), ({"nominate_by": "mai"}, "nominate_by"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as invalid:
            strict(form | wrong)
        assert where in {problem.where for problem in invalid.value.problems}, wrong
