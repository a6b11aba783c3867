"""Substitutes: asked for, consented to or not, and whose vote it then is."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from meetings.answers import AnswerInvitation, NameSubstitute
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Invalid
from meetings.models.meeting import meetings, participants, substitutions
from meetings.models.post import outbox
from meetings.perform import perform
from meetings.sent_form import form_of
from meetings.substitutes import DecideSubstitute
from tests.support.scheduled import SENDER, Office, open_office


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


def head_of(office: Office) -> Actor:
    return replace(office.secretary, person_id=office.people["b"], agency_id="0" * 32, role="member", account_id="1" * 32)


async def head_row(office: Office, meeting: str) -> sa.Row:
    async with office.db.reading() as r:
        here = sa.and_(participants.c.meeting_id == meeting, participants.c.person_id == office.people["b"])
        return await r.one(sa.select(participants).where(here))


async def ask(office: Office, meeting: str, **more: str) -> str:
    person = {"name": "Người Thay", "email": "thay@hue.example", "reason": "Đi công tác"} | more
    command = NameSubstitute(meeting_id=meeting, participant_id=(await head_row(office, meeting)).id, sender=SENDER, **person)
    return str((await perform(office.db, head_of(office), command) or {})["substitution_id"])


async def decide(office: Office, meeting: str, key: str, agreed: bool) -> None:
    command = DecideSubstitute(meeting_id=meeting, substitution_id=key, agreed=agreed, note="Đã rõ", sender=SENDER)
    await perform(office.db, office.secretary, command)


async def last_to(office: Office, participant_id: str) -> str:
    async with office.db.reading() as r:
        rows = await r.column(sa.select(outbox.c.method).where(outbox.c.participant_id == participant_id).order_by(outbox.c.created_at))
    return str(rows[-1])


async def test_nobody_is_invited_before_the_consent_and_a_refusal_asks_the_head_again(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    with pytest.raises(Invalid, match="reason_missing"):
        await ask(office, meeting, reason="")
    key = await ask(office, meeting)
    head = await head_row(office, meeting)
    assert (head.answer, head.answer_reason) == ("declined", "Đi công tác")
    async with office.db.reading() as r:
        assert await r.value(sa.select(participants.c.id).where(participants.c.substitute_for_id == head.id)) is None
    await decide(office, meeting, key, agreed=False)
    assert (await head_row(office, meeting)).answer == "waiting"
    assert await last_to(office, head.id) == "NOTICE"  # and no CANCEL
    await ask(office, meeting)
    await perform(office.db, head_of(office), AnswerInvitation(meeting_id=meeting, participant_id=head.id, answer="accepted"))
    async with office.db.reading() as r:
        assert sorted(await r.column(sa.select(substitutions.c.state))) == ["refused", "withdrawn"]


async def test_where_the_rules_say_so_the_vote_goes_to_the_substitute_and_comes_back_with_the_head(office: Office):
    meeting = await office.draft(substitutes_vote=True)
    await office.send(meeting)
    await decide(office, meeting, await ask(office, meeting), agreed=True)
    head = await head_row(office, meeting)
    async with office.db.reading() as r:
        substitute = await r.one(sa.select(participants).where(participants.c.substitute_for_id == head.id))
        form = await form_of(r, meeting)
        revision = await r.value(sa.select(meetings.c.draft_revision).where(meetings.c.id == meeting))
    assert (head.votes, head.answer, substitute.votes) == (False, "substitute", True)
    assert await last_to(office, head.id) == "NOTICE"
    assert await last_to(office, substitute.id) == "REQUEST"
    assert form["invited"][office.people["b"]] == "vote"
    await office.change(meeting, form | {"title": "Tên khác"}, revision)  # sending again does not make two votes of one
    assert not (await head_row(office, meeting)).votes
    await perform(office.db, head_of(office), AnswerInvitation(meeting_id=meeting, participant_id=head.id, answer="accepted"))
    assert (await head_row(office, meeting)).votes
    assert await last_to(office, substitute.id) == "CANCEL"
