"""Before a change is sent: whom it hits, why, and who then has something else."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from calendars.texts import html_of, text_of
from meetings.database import Database
from meetings.invitation import Invitation
from meetings.models.columns import new_id
from meetings.models.meeting import meetings, participants
from meetings.models.post import outbox
from meetings.perform import perform
from meetings.queries.impact import Impact, impact_of
from meetings.queries.scheduling import preview_of
from meetings.scheduling import CreateDraft, SaveDraft, SendInvitations
from meetings.sent_form import form_of
from tests.support.scheduled import SENDER, Office, open_office

REASON = "Chủ trì đi công tác <đột xuất>"


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def change(office: Office, meeting: str, **changes: Any) -> None:
    async with office.db.reading() as r:
        form, row = await form_of(r, meeting), await r.get(meetings, meeting)
    await perform(office.db, office.secretary, SaveDraft(meeting_id=meeting, form=form | changes, revision=row.draft_revision))


async def looked_at(office: Office, meeting: str) -> Impact:
    found = await preview_of(office.db, office.secretary, meeting, SendInvitations(meeting_id=meeting, sender=SENDER))
    async with office.db.reading() as r:
        return await impact_of(r, office.secretary, meeting, found.form, found.mails)


async def requests(office: Office, meeting: str) -> list[Invitation]:
    wanted = sa.select(outbox.c.facts).where(outbox.c.meeting_id == meeting, outbox.c.method == "REQUEST")
    async with office.db.reading() as r:
        return [Invitation.from_json(facts) for facts in await r.column(wanted.order_by(outbox.c.created_at, outbox.c.sequence))]


async def test_a_move_tells_who_is_asked_again_and_who_is_taken_and_by_what_only_where_one_may_know(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    own = await office.draft(title="Họp của mình", invited={office.people["b"]: "attend"}, start="14:00", end="15:00")
    await office.send(own)
    theirs = {"title": "Họp kín nơi khác", "chair_id": office.people["stranger"], "secretary_id": office.people["c"], "invited": {}}
    form = office.form(**theirs, start="14:30", end="16:00")
    other = CreateDraft(meeting_id=new_id(), domain="diemcau.example", form=form)
    await perform(office.db, office.stranger, other)
    await perform(office.db, office.stranger, SendInvitations(meeting_id=other.meeting_id, sender=SENDER))
    async with office.db.reading() as r:
        mine = sa.and_(participants.c.meeting_id == meeting, participants.c.email == "b@hue.example")
        row = await r.one(sa.select(participants).where(mine))
    async with office.db.transaction(meeting) as tx:
        await tx.update(participants, row.id, answer="accepted")

    await change(office, meeting, requests="Đọc trước")
    quiet = await looked_at(office, meeting)
    assert (quiet.moved, quiet.taken, sum(quiet.answered.values())) == (False, [], 0)
    await change(office, meeting, start="14:00", end="15:30")
    found = await looked_at(office, meeting)
    assert found.moved
    assert found.answered == {"accepted": 1}
    assert {(one.key, what) for one, what in found.taken} == {
        (office.people["chair"], "Họp của mình"), (office.people["secretary"], "Họp của mình"), (office.people["b"], "Họp của mình"),
        (office.people["c"], ""),
    }  # fmt: skip
    async with office.db.reading() as r:
        assert (await r.get(participants, row.id)).answer == "accepted"  # only looked at


async def test_the_reason_goes_to_those_for_whom_something_changed_and_with_this_change_alone(office: Office):
    meeting = await office.draft(reason="không ai biết")
    await office.send(meeting)
    assert {m.reason for m in await requests(office, meeting)} == {""}
    await change(office, meeting, start="09:00", reason=REASON, guests="Bà Mới, Chuyên gia, moi@ngoai.example")
    await office.send(meeting)
    later = (await requests(office, meeting))[5:]
    assert {m.reason for m in later} == {REASON}
    for mail in later:
        told = "đột xuất" in html_of(mail), "đột xuất" in text_of(mail)
        assert told == ((True, True) if mail.changes else (False, False))
        assert "<đột" not in html_of(mail)
    assert [m.recipient_email for m in later if not m.changes] == ["moi@ngoai.example"]
    await change(office, meeting, start="10:00", end="12:00")
    await office.send(meeting)
    assert {m.reason for m in (await requests(office, meeting))[len(later) + 5 :]} == {""}
