"""Asking for a time: who is asked, who may answer, what is held and for how long, and settling as one act."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.access import standing
from meetings.answers import AnswerInvitation
from meetings.commands import Actor, system
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from meetings.models.columns import new_id
from meetings.models.meeting import meetings, participants
from meetings.models.organisation import people
from meetings.models.poll import poll_answers, poll_slots, polls
from meetings.models.post import outbox
from meetings.perform import perform
from meetings.polls import AnswerPoll, ClosePoll, OpenPoll, RemindOfPoll, SettlePoll, SlotForm, polls_to_remind_of, remind_at
from meetings.queries.busy import busy_spans
from meetings.queries.polls import poll_page, polls_to_answer
from meetings.scheduling import DiscardDraft
from tests.support.scheduled import SENDER, Office, open_office

DAY = clock.now().replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=12)
TIMES = [(DAY, DAY + timedelta(hours=2)), (DAY + timedelta(hours=5), DAY + timedelta(hours=7))]


def asking(meeting: str, **more: object) -> OpenPoll:
    fields = {"slots": [SlotForm(*one) for one in TIMES], "deadline_at": clock.now() + timedelta(days=3), "sender": SENDER} | more
    return OpenPoll(meeting_id=meeting, **fields)  # type: ignore[arg-type]


async def asked(office: Office, **changes: object) -> tuple[str, dict[str, str], list[str]]:
    """(the meeting, participant ids by person's key or address, slots in order)"""
    meeting = await office.draft(**changes)
    await perform(office.db, office.secretary, asking(meeting))
    async with office.db.reading() as r:
        rows = await r.all(sa.select(participants).where(participants.c.meeting_id == meeting))
        slots = await r.column(sa.select(poll_slots.c.id).order_by(poll_slots.c.starts_at))
    keys = {person: key for key, person in office.people.items()}
    return meeting, {keys.get(row.person_id, row.email): row.id for row in rows}, slots


async def as_person(office: Office, key: str, role: str = "member") -> Actor:
    async with office.db.reading() as r:
        row = await r.get(people, office.people[key])
    return Actor(kind="account", name=key, account_id=new_id(), person_id=row.id, agency_id=row.agency_id, role=role)  # type: ignore[arg-type]


def by_link(meeting: str, participant: str) -> Actor:
    return Actor(kind="link", name="link", participant_id=participant, meeting_id=meeting)


async def methods(office: Office, meeting: str) -> list[str]:
    async with office.db.reading() as r:
        return sorted(await r.column(sa.select(outbox.c.method).where(outbox.c.meeting_id == meeting)))


async def test_everybody_named_is_asked_and_answers_by_account_link_or_through_his_agency_and_nobody_else(db: Database):
    office = await open_office(db)
    meeting, who, (first, second) = await asked(office)
    assert set(who) == {"chair", "secretary", "b", "c", "khach@ngoai.example"}
    assert await methods(office, meeting) == ["NOTICE"] * 5
    b, c, guest = await as_person(office, "b"), await as_person(office, "c", "secretary"), by_link(meeting, who["khach@ngoai.example"])
    for actor, key in ((b, "b"), (c, "c"), (guest, "khach@ngoai.example"), (office.secretary, "chair")):
        await perform(db, actor, AnswerPoll(meeting_id=meeting, participant_id=who[key], answers={first: "yes", second: "no"}))
    await perform(db, b, AnswerPoll(meeting_id=meeting, participant_id=who["b"], answers={first: "maybe"}))  # changed his mind
    wrong = [(b, "c"), (c, "b"), (guest, "b"), (office.stranger, "b"), (replace(guest, meeting_id=new_id()), "c")]
    for actor, key in wrong:
        with pytest.raises(NotFound):
            await perform(db, actor, AnswerPoll(meeting_id=meeting, participant_id=who[key], answers={first: "no"}))
    for answers in ({new_id(): "yes"}, {}):
        with pytest.raises(Invalid):
            await perform(db, b, AnswerPoll(meeting_id=meeting, participant_id=who["b"], answers=answers))  # type: ignore[arg-type]
    async with db.reading() as r:
        page, own = await poll_page(r, office.secretary, meeting), await poll_page(r, b, meeting)
        assert [dict(one.counts) for one in page.slots] == [{"yes": 3, "maybe": 1, "no": 0}, {"yes": 0, "maybe": 0, "no": 4}]
        assert page.best == first
        assert [row.id for row in own.asked] == [who["b"]]
        assert set(own.answers) == {(who["b"], first), (who["b"], second)}
        assert own.slots[0].counts == {}
        with pytest.raises(NotFound):
            await poll_page(r, office.stranger, meeting)
        assert [row.meeting_id for row in await polls_to_answer(r, await as_person(office, "chair"), clock.now())] == []
        assert await polls_to_answer(r, office.secretary, clock.now())


async def test_who_is_asked_is_not_invited_yet(db: Database):
    office = await open_office(db)
    meeting, who, _ = await asked(office)
    for actor in (await as_person(office, "b"), await as_person(office, "b", "secretary"), by_link(meeting, who["b"])):
        async with db.reading() as r:
            with pytest.raises(NotFound):
                await standing(r, meeting, actor)
        with pytest.raises(NotFound):
            await perform(db, actor, AnswerInvitation(meeting_id=meeting, participant_id=who["b"], answer="accepted", reason=""))
        for command in (ClosePoll(meeting_id=meeting), SettlePoll(meeting_id=meeting, slot_id=new_id(), sender=SENDER)):
            with pytest.raises((NotFound, NotAllowed)):
                await perform(db, actor, command)


async def test_the_times_are_held_for_those_asked_until_they_say_no_or_it_is_over(db: Database, monkeypatch: pytest.MonkeyPatch):
    office = await open_office(db)
    meeting, who, (first, _) = await asked(office)
    ids = {key: office.people[key] for key in ("b", "c")}

    async def held() -> dict[str, list[tuple[datetime, datetime]]]:
        async with db.reading() as r:
            busy = await busy_spans(r, DAY - timedelta(days=1), DAY + timedelta(days=1), people=ids.values())
        assert not busy.people
        return {key: list(busy.held.get(person, ())) for key, person in ids.items()}

    assert await held() == {"b": TIMES, "c": TIMES}
    await perform(db, await as_person(office, "b"), AnswerPoll(meeting_id=meeting, participant_id=who["b"], answers={first: "no"}))
    assert await held() == {"b": TIMES[1:], "c": TIMES}
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=4, minutes=1))
    assert await held() == {"b": [], "c": []}  # lapsed by itself
    monkeypatch.setattr(clock, "now", real)
    await perform(db, office.secretary, ClosePoll(meeting_id=meeting))
    assert await held() == {"b": [], "c": []}
    with pytest.raises(Conflict):
        await perform(db, await as_person(office, "b"), AnswerPoll(meeting_id=meeting, participant_id=who["b"], answers={first: "yes"}))


async def test_settling_sends_the_invitations_once_however_many_do_it_at_once(db: Database):
    office = await open_office(db)
    meeting, who, slots = await asked(office)
    with pytest.raises(Conflict):
        await perform(db, office.secretary, DiscardDraft(meeting_id=meeting))
    with pytest.raises(Conflict):
        await perform(db, office.secretary, asking(meeting))
    both = [SettlePoll(meeting_id=meeting, slot_id=slot, sender=SENDER, jitsi="https://meet.example") for slot in slots]
    done = await asyncio.gather(*(perform(db, office.secretary, one) for one in both), return_exceptions=True)
    assert sorted(isinstance(one, Refusal) for one in done) == [False, True]
    slot = slots[[isinstance(one, Refusal) for one in done].index(False)]
    async with db.reading() as r:
        row, poll = await r.get(meetings, meeting), await r.one(sa.select(polls))
        chosen = await r.get(poll_slots, slot)
        kept = {row.id for row in await r.all(sa.select(participants).where(~participants.c.removed))}
    assert (row.state, row.starts_at, row.ends_at) == ("invited", chosen.starts_at, chosen.ends_at)
    assert (poll.state, poll.settled_slot_id) == ("settled", slot)
    assert kept == set(who.values())  # the link that was sent is still good
    assert await methods(office, meeting) == ["NOTICE"] * 5 + ["REQUEST"] * 5


async def test_a_draft_that_is_not_ready_is_not_sent_and_the_poll_goes_on(db: Database):
    office = await open_office(db)
    meeting, _, (first, _) = await asked(office, contact="", place="", video_kind="none")
    with pytest.raises(Invalid) as refused:
        await perform(db, office.secretary, SettlePoll(meeting_id=meeting, slot_id=first, sender=SENDER))
    assert {one.where for one in refused.value.problems} >= {"contact", "place"}
    async with db.reading() as r:
        assert (await r.one(sa.select(polls))).state == "open"
        assert (await r.get(meetings, meeting)).draft["date"] == office.form()["date"]


async def test_a_poll_is_refused_with_every_reason(db: Database):
    office = await open_office(db)
    meeting = await office.draft()
    now = clock.now()
    late = [SlotForm(now - timedelta(hours=1), now + timedelta(hours=1)), SlotForm(DAY, DAY), SlotForm(DAY, DAY + timedelta(days=500))]
    with pytest.raises(Invalid) as refused:
        await perform(db, office.secretary, asking(meeting, slots=late, deadline_at=now - timedelta(1)))
    assert {one.code for one in refused.value.problems} == {"poll_slot_length", "poll_slot_past", "poll_deadline"}
    for more in ({"slots": [SlotForm(*TIMES[0])] * 2}, {"deadline_at": TIMES[0][0]}):
        with pytest.raises(Invalid):
            await perform(db, office.secretary, asking(meeting, **more))
    for draft in ({"guests": "Ông A, không có thư"}, {"title": " "}, {"invited": {}, "chair_id": "", "secretary_id": "", "guests": ""}):
        with pytest.raises(Invalid):
            await perform(db, office.secretary, asking(await office.draft(**draft)))
    sent = await office.draft()
    await office.send(sent)
    with pytest.raises(Conflict):
        await perform(db, office.secretary, asking(sent))
    with pytest.raises(NotFound):
        await perform(db, office.stranger, asking(meeting))


async def test_those_who_have_not_answered_are_reminded_once_by_themselves(db: Database):
    office = await open_office(db)
    meeting, who, (first, _) = await asked(office)
    await perform(db, await as_person(office, "b"), AnswerPoll(meeting_id=meeting, participant_id=who["b"], answers={first: "yes"}))
    async with db.reading() as r:
        poll = await r.one(sa.select(polls))
        due = remind_at(poll.made_at, poll.deadline_at)
        assert await polls_to_remind_of(r, due - timedelta(seconds=1)) == []
        assert await polls_to_remind_of(r, due) == [meeting]
    assert due == poll.deadline_at - timedelta(days=1)
    assert await perform(db, system("reminders"), RemindOfPoll(meeting_id=meeting, sender=SENDER)) == {"reminded": 4}
    with pytest.raises(Conflict):
        await perform(db, office.secretary, RemindOfPoll(meeting_id=meeting, sender=SENDER))
    async with db.reading() as r:
        assert await polls_to_remind_of(r, due) == []
        assert await r.value(sa.select(sa.func.count()).select_from(poll_answers)) == 1
    await perform(db, office.secretary, ClosePoll(meeting_id=meeting))
    await perform(db, office.secretary, DiscardDraft(meeting_id=meeting))  # nothing refers to it any more
    async with db.reading() as r:
        assert await r.first(sa.select(participants)) is None
