"""Answers that come by mail: matched, ordered and trusted by the rules, on both databases, through the same door as the edge's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from calendars.inbox import Inbox
from meetings import clock, mail_tokens
from meetings.answers import AnswerInvitation, NameSubstitute
from meetings.audit import first_broken
from meetings.commands import system
from meetings.database import Database
from meetings.errors import Conflict, NotAllowed, NotFound
from meetings.inbox import MOST_AN_HOUR, ForgetRawMail
from meetings.invitation_facts import Sender
from meetings.letters import AcceptCounter, AcceptDelegation, DeclineCounter, DismissLetter, DismissUnmatched, TakeAnswer
from meetings.models.live import audit, live_events
from meetings.models.meeting import participants
from meetings.models.post import letters, outbox
from meetings.perform import perform
from meetings.resending import SendAgain
from meetings.scheduling import CancelMeeting
from meetings.settings import Settings
from tests.support.mail_programs import Invited, answer_of, as_other, invited, last_letter, meeting_row
from tests.support.scheduled import Office, open_office

SETTINGS = Settings(mail="smtp", inbox="lmtp", secret="k" * 32, inbox_authority="mx.hue.example")
SENDER = Sender.of(SETTINGS, SETTINGS.signing_key())


class Post:
    """An office whose invitations were sent and whose inbox is open."""

    def __init__(self, office: Office, meeting: str) -> None:
        self.office, self.meeting, self.db = office, meeting, office.db
        self.inbox = Inbox(SETTINGS, office.db)

    async def who(self, name: str = "b") -> Invited:
        return await invited(self.db, self.meeting, f"{name}@hue.example")

    async def gets(self, mail: bytes) -> Any:
        """The letter that it became."""
        assert await self.inbox.take(mail)
        return await last_letter(self.db)

    async def change(self, **changes: Any) -> None:
        row = await meeting_row(self.db, self.meeting)
        await self.office.change(self.meeting, self.office.form(**changes), row.draft_revision)

    async def mails(self, method: str) -> list[Any]:
        async with self.db.reading() as r:
            return list(await r.all(sa.select(outbox).where(outbox.c.method == method).order_by(outbox.c.created_at)))


@pytest.fixture
async def post(db: Database) -> Post:
    office = replace(await open_office(db), sender=SENDER)
    meeting = await office.draft()
    await office.send(meeting)
    return Post(office, meeting)


async def test_each_program_is_understood_and_told_to_the_room_and_the_audit(post: Post):
    who = await post.who()
    for program, expected in (("thunderbird", "accepted"), ("series", "tentative"), ("exchange", "accepted"), ("google", "accepted")):
        letter = await post.gets(getattr(who, program)())
        assert (letter.kind, letter.state, letter.verified) == ("answer", "applied", True), program
        assert (await answer_of(post.db, who))[::2] == (expected, "mail")
        assert letter.content is not None
    async with post.db.reading() as r:
        told = await r.all(sa.select(audit).where(audit.c.command == "ReceiveMail").order_by(audit.c.seq))
        events = await r.all(sa.select(live_events).order_by(live_events.c.seq))
        assert [(row.result["channel"], row.result["answer"]) for row in told[:2]] == [("mail", "accepted"), ("mail", "tentative")]
        assert told[0].actor_name == "Nguyễn Thị B"
        assert (events[-1].kind, events[-1].data["answer"], events[-1].data["answer_by"]) == ("participant.changed", "accepted", "mail")
        assert await first_broken(r, post.meeting) is None


async def test_a_comment_is_kept_and_the_same_mail_twice_counts_once(post: Post):
    who = await post.who()
    mail = who.mail(who.calendar("DECLINED", COMMENT="COMMENT:Bận\\, họp <b>khác</b>"))
    for _ in range(2):
        await post.gets(b"Received: x\r\n" + mail)
    assert await answer_of(post.db, who) == ("declined", "Bận, họp <b>khác</b>", "mail")
    async with post.db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(letters)) == 1


async def test_older_answers_are_ignored_in_whatever_order_they_come(post: Post):
    who, now = await post.who(), clock.now().replace(microsecond=0)
    for minutes, partstat, expected in ((5, "ACCEPTED", "applied"), (6, "DECLINED", "kept"), (4, "TENTATIVE", "applied")):
        letter = await post.gets(who.mail(who.calendar(partstat, stamp=now - timedelta(minutes=minutes))))
        assert (letter.state, letter.why) == (expected, "" if expected == "applied" else "older")
    assert (await answer_of(post.db, who))[0] == "tentative"
    # A clock that runs ahead does not shut out the next answer for long; and the web counts as an answer, too.
    await post.gets(who.mail(who.calendar("ACCEPTED", stamp=now + timedelta(days=300))))
    answered = AnswerInvitation(meeting_id=post.meeting, participant_id=who.participant_id, answer="declined", reason="Bận")
    async with post.db.reading() as r:
        agency = await r.value(sa.select(participants.c.agency_id).where(participants.c.id == who.participant_id))
    await perform(post.db, replace(post.office.secretary, agency_id=agency), answered)
    late = await post.gets(who.mail(who.calendar("TENTATIVE", stamp=now - timedelta(minutes=1))))
    assert (late.state, late.why) == ("kept", "older")
    assert (await answer_of(post.db, who))[0] == "declined"


async def test_an_answer_to_the_previous_version_is_shown_and_does_not_count(post: Post):
    before = await post.who()
    await post.change(start="14:00", end="16:00")
    letter = await post.gets(before.mail(before.calendar("ACCEPTED")))
    assert (letter.state, letter.why, letter.answer) == ("kept", "previous", "accepted")
    assert (await answer_of(post.db, before))[0] == "waiting"
    now = await post.who()
    assert now.sequence == before.sequence + 1
    ahead = now.mail(now.calendar("ACCEPTED", SEQUENCE="SEQUENCE:99"))  # an attendee may not raise it
    assert (await post.gets(ahead)).sequence == now.sequence
    assert (await post.gets(now.mail(now.calendar("DECLINED", stamp=clock.now() + timedelta(seconds=1))))).state == "applied"


async def test_a_missing_sequence_is_the_first_version(post: Post):
    who = await post.who()
    assert (await post.gets(who.mail(who.calendar("ACCEPTED", SEQUENCE="", DTSTAMP="")))).state == "applied"


async def test_other_attendees_and_those_who_did_not_answer_are_passed_over(post: Post):
    who, other = await post.who(), await post.who("c")
    both = f"ATTENDEE;PARTSTAT=DECLINED:mailto:{other.address}\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{who.address}"
    assert (await post.gets(who.mail(who.calendar("", ATTENDEE=both)))).answer == "accepted"
    assert (await answer_of(post.db, other))[0] == "waiting"
    letter = await post.gets(who.mail(who.calendar("NEEDS-ACTION")))
    assert (letter.state, letter.why) == ("waiting", "no_answer")


async def test_a_party_crasher_is_shown_and_never_added(post: Post):
    who = await post.who()
    crasher = as_other(who, "la@khac.example")
    letter = await post.gets(crasher.mail(crasher.calendar("ACCEPTED")))
    assert (letter.state, letter.why, letter.claims) == ("waiting", "stranger", "la@khac.example")
    assert (await answer_of(post.db, who))[0] == "waiting"
    async with post.db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(participants)) == 5
    with pytest.raises(Conflict):
        await perform(post.db, post.office.secretary, TakeAnswer(meeting_id=post.meeting, letter_id=letter.id))


async def test_a_forged_sender_changes_nothing(post: Post):
    who = await post.who()
    failed = "Authentication-Results: mx.hue.example; dmarc=fail\r\n"
    bare = mail_tokens.base_of(SETTINGS.answers_to)
    wrong = mail_tokens.address_with(SETTINGS.answers_to, mail_tokens.token_of(b"another" * 5, "r", who.participant_id, 1))
    for mail, why in (
        (who.mail(who.calendar("ACCEPTED"), head=failed), "forged"),
        (who.mail(who.calendar("DECLINED"), to=bare), "no_token"),
        (who.mail(who.calendar("TENTATIVE"), to=wrong), "no_token"),
    ):
        letter = await post.gets(mail)
        assert (letter.state, letter.why) == ("waiting", why)
    assert (await answer_of(post.db, who))[0] == "waiting"
    # What our own server vouches for needs no token; and a person may take an answer over.
    await perform(post.db, post.office.secretary, TakeAnswer(meeting_id=post.meeting, letter_id=letter.id))
    assert (await answer_of(post.db, who))[::2] == ("tentative", "mail")
    passed = "Authentication-Results: mx.hue.example; dmarc=pass\r\n"
    vouched = who.mail(who.calendar("ACCEPTED", stamp=clock.now() + timedelta(seconds=2)), to=bare, head=passed)
    assert (await post.gets(vouched)).state == "applied"


async def test_the_token_alone_can_answer_but_neither_propose_nor_delegate(post: Post):
    who = await post.who()
    letter = await post.gets(who.mail(who.calendar("ACCEPTED"), sender="thu-ky-rieng@hue.example"))
    assert (letter.state, letter.verified) == ("applied", False)
    by = f'ATTENDEE;PARTSTAT=TENTATIVE;SENT-BY="mailto:tro-ly@hue.example":mailto:{who.address}'
    sent_by = who.mail(who.calendar("", ATTENDEE=by, stamp=clock.now() + timedelta(seconds=1)), sender="tro-ly@hue.example")
    assert (await post.gets(sent_by)).verified
    counter = who.calendar("", method="COUNTER", DTSTART="DTSTART:20270101T010000Z", DTEND="DTEND:20270101T020000Z")
    letter = await post.gets(who.mail(counter, sender="ai-do@x.example"))
    assert (letter.state, letter.why) == ("waiting", "unverified")
    with pytest.raises(Conflict):
        accept = AcceptCounter(meeting_id=post.meeting, letter_id=letter.id, form={}, revision=2)
        await perform(post.db, post.office.secretary, accept)


async def test_the_token_must_be_of_the_same_meeting(post: Post):
    who = await post.who()
    other = Post(post.office, await post.office.draft(title="Họp khác"))
    await other.office.send(other.meeting)
    theirs = await other.who()
    letter = await post.gets(replace(who, to=theirs.to).mail(who.calendar("ACCEPTED")))
    assert (letter.state, letter.why, letter.meeting_id) == ("waiting", "other_meeting", other.meeting)
    # Without any identifier the token and a single event are enough.
    assert (await post.gets(who.mail(who.calendar("ACCEPTED", UID="")))).state == "applied"


async def test_an_instance_is_kept_and_shown(post: Post):
    who = await post.who()
    letter = await post.gets(who.mail(who.calendar("DECLINED", RECURRENCE="RECURRENCE-ID:20270101T010000Z")))
    assert (letter.state, letter.why) == ("waiting", "instances")
    assert letter.instances == [["2027-01-01T01:00:00+00:00", "declined"]]
    start = clock.instant(who.starts_at)
    itself = who.calendar("ACCEPTED", RECURRENCE=f"RECURRENCE-ID:{start:%Y%m%dT%H%M%SZ}")
    assert (await post.gets(who.mail(itself))).state == "applied"


async def test_another_time_is_proposed_accepted_through_the_draft_or_declined_by_mail(post: Post):
    who, office = await post.who(), post.office
    counter = who.calendar("TENTATIVE", method="COUNTER", DTSTART="DTSTART:20270101T010000Z", DTEND="DTEND:20270101T020000Z")
    letter = await post.gets(who.mail(counter))
    assert (letter.state, letter.why, letter.starts_at.hour) == ("waiting", "counter", 1)
    decline = DeclineCounter(meeting_id=post.meeting, letter_id=letter.id, reason="Chủ trì bận")
    with pytest.raises(NotFound):
        await perform(post.db, office.stranger, decline)
    await perform(post.db, office.secretary, decline)
    (mail,) = await post.mails("DECLINECOUNTER")
    assert (mail.facts["recipient_email"], mail.sequence, mail.facts["reason"]) == (who.address, who.sequence, "Chủ trì bận")
    again = await post.gets(who.mail(counter, head="Message-ID: <2@x>\r\n"))
    row = await meeting_row(post.db, post.meeting)
    form = office.form(date="2027-01-01")
    await perform(
        post.db, office.secretary, AcceptCounter(meeting_id=post.meeting, letter_id=again.id, form=form, revision=row.draft_revision)
    )
    assert (await meeting_row(post.db, post.meeting)).draft["date"] == "2027-01-01"
    assert await office.send(post.meeting) == {"invited": 5, "removed": 0, "agencies": 0}
    with pytest.raises(Conflict):
        await perform(post.db, office.secretary, DismissLetter(meeting_id=post.meeting, letter_id=again.id))


async def test_a_delegate_is_invited_when_the_secretary_agrees(post: Post):
    who = await post.who()
    him = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:ba@hue.example":mailto:{who.address}'
    named = f"{him}\r\nATTENDEE;CN=Lê Thị Ba:mailto:ba@hue.example"
    letter = await post.gets(who.mail(who.calendar("", ATTENDEE=named)))
    assert (letter.kind, letter.state, letter.delegate_name) == ("delegation", "waiting", "Lê Thị Ba")
    assert (await answer_of(post.db, who))[0] == "waiting"
    command = AcceptDelegation(meeting_id=post.meeting, letter_id=letter.id, name="Lê Thị Ba", sender=SENDER)
    await perform(post.db, post.office.secretary, command)
    assert (await answer_of(post.db, who))[0] == "substitute"
    delegate = await invited(post.db, post.meeting, "ba@hue.example")
    assert (await post.gets(delegate.mail(delegate.calendar("ACCEPTED")))).state == "applied"
    # While somebody is named, a mail does not send him away by itself.
    later = who.mail(who.calendar("ACCEPTED", stamp=clock.now() + timedelta(seconds=1)))
    letter = await post.gets(later)
    assert (letter.state, letter.why) == ("waiting", "substituted")
    await perform(post.db, post.office.secretary, TakeAnswer(meeting_id=post.meeting, letter_id=letter.id))
    assert (await answer_of(post.db, delegate))[0] == "accepted"
    assert [mail.participant_id for mail in await post.mails("CANCEL")] == [delegate.participant_id]


async def test_refresh_brings_the_invitation_once_more_to_that_one_alone(post: Post):
    who = await post.who()
    refresh = who.calendar("", method="REFRESH")
    assert (await post.gets(who.mail(refresh))).why == "resent_lately"
    async with post.db.transaction("outbox") as tx:
        await tx.write(sa.update(outbox).values(created_at=tx.now - timedelta(hours=1)))
    assert (await post.gets(who.mail(refresh, head="Message-ID: <2@x>\r\n"))).why == "resent"
    first, second = [mail for mail in await post.mails("REQUEST") if mail.participant_id == who.participant_id]
    assert (second.sequence, second.facts["uid"]) == (first.sequence, first.facts["uid"])
    assert second.facts["dtstamp"] > first.facts["dtstamp"]
    assert len(await post.mails("REQUEST")) == 6


def report(to: str, action: str = "failed") -> bytes:
    return (
        f"Return-Path: <>\r\nTo: {to}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; boundary=z\r\n\r\n--z\r\n"
        f"Content-Type: message/delivery-status\r\n\r\nAction: {action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no\r\n--z--\r\n"
    ).encode()


async def test_a_bounce_marks_its_own_mail_which_can_be_sent_again(post: Post):
    who = await post.who()
    async with post.db.transaction("outbox") as tx:
        await tx.write(sa.update(outbox).values(state="sent", sent_at=tx.now))
    (mail,) = [m for m in await post.mails("REQUEST") if m.participant_id == who.participant_id]
    bounces = mail_tokens.address_with(SETTINGS.answers_to, mail_tokens.token_of(SENDER.key, "b", mail.id))
    await post.gets(report(bounces, "delayed"))
    (mail,) = [m for m in await post.mails("REQUEST") if m.participant_id == who.participant_id]
    assert (mail.state, mail.error) == ("sent", "5.1.1 550 no")
    letter = await post.gets(report(bounces) + b"\r\n")
    assert (letter.kind, letter.state, letter.participant_id) == ("bounce", "kept", who.participant_id)
    states = {m.participant_id: m.state for m in await post.mails("REQUEST")}
    assert states.pop(who.participant_id) == "bounced"
    assert set(states.values()) == {"sent"}
    again = SendAgain(meeting_id=post.meeting, participant_id=who.participant_id)
    await perform(post.db, post.office.secretary, again)
    with pytest.raises(Conflict):
        await perform(post.db, post.office.secretary, SendAgain(meeting_id=post.meeting, participant_id=who.participant_id))
    assert (await answer_of(post.db, who))[0] == "waiting"


async def test_notices_and_words_are_told_apart(post: Post):
    who = await post.who()
    words = f"From: {who.address}\r\nTo: {who.to}\r\nSubject: =?utf-8?q?H=E1=BB=8Fi?=\r\n\r\nXe đỗ ở đâu?".encode()
    letter = await post.gets(words)
    assert (letter.kind, letter.state, letter.subject, letter.said) == ("text", "waiting", "Hỏi", "Xe đỗ ở đâu?")
    letter = await post.gets(b"Auto-Submitted: auto-replied\r\n" + words.replace(b"Xe", b"Tau"))
    assert (letter.kind, letter.state) == ("automatic", "kept")
    auto = await post.gets(who.google("ACCEPTED"))  # automatic, and an answer all the same
    assert (auto.kind, auto.state) == ("answer", "applied")


async def test_after_the_end_nothing_counts(post: Post):
    who = await post.who()
    await perform(post.db, post.office.secretary, CancelMeeting(meeting_id=post.meeting, reason="Bão", sender=SENDER))
    assert (await post.gets(who.mail(who.calendar("ACCEPTED")))).why == "closed"


async def test_mail_of_no_meeting_is_for_the_agency_it_came_to_or_for_administrators(post: Post):
    who = replace(await post.who(), uid="khac@x.example", to=mail_tokens.base_of(SETTINGS.answers_to))
    letter = await post.gets(who.mail(who.calendar("ACCEPTED")))
    assert (letter.meeting_id, letter.why, letter.agency_id) == (None, "unknown_meeting", None)
    dismiss = DismissUnmatched(letter_id=letter.id)
    with pytest.raises(NotFound):
        await perform(post.db, post.office.secretary, dismiss)
    await perform(post.db, replace(post.office.stranger, role="system_admin"), dismiss)
    by_agency = replace(SETTINGS, inbox_address="{agency}+*@hop.example")
    assert await Inbox(by_agency, post.db).take(who.mail(who.calendar("DECLINED"), to="a@hop.example"))
    async with post.db.reading() as r:
        letter = await r.one(sa.select(letters).where(letters.c.agency_id.is_not(None)))
    assert letter.agency_id == post.office.secretary.agency_id
    await perform(post.db, post.office.secretary, DismissUnmatched(letter_id=letter.id))


async def test_only_our_own_addresses_are_taken(post: Post):
    who = await post.who()
    assert await post.inbox.takes(who.to)
    assert await post.inbox.takes(who.to.upper())
    assert await post.inbox.takes(mail_tokens.base_of(SETTINGS.answers_to))
    for wrong in (who.to[:-30] + "aaa" + who.to[-27:], "hop@x.example", "ai@diemcau.example", "", "hop+r@diemcau.example"):
        assert not await post.inbox.takes(wrong)
    assert len(who.to.partition("@")[0]) <= 64


async def test_too_many_are_put_off(post: Post):
    who = await post.who()
    for number in range(MOST_AN_HOUR):
        assert await post.inbox.take(who.mail("x", words=str(number), head=f"Message-ID: <{number}@x>\r\n"))
    assert not await post.inbox.take(who.mail(who.calendar("ACCEPTED")))
    other = await post.who("c")
    assert await post.inbox.take(other.mail(other.calendar("ACCEPTED")))


async def test_raw_mail_is_forgotten_in_time_and_what_waits_is_not(post: Post):
    who = await post.who()
    await post.gets(who.mail(who.calendar("ACCEPTED")))
    await post.gets(who.mail("x", words="Hỏi"))
    await perform(post.db, system("mail"), ForgetRawMail(before=clock.now() + timedelta(days=1)))
    async with post.db.reading() as r:
        kept = {row.state: row.content for row in await r.all(sa.select(letters))}
    assert kept["applied"] is None
    assert kept["waiting"] is not None


async def test_nobody_but_organisers_decides(post: Post):
    who = await post.who()
    letter = await post.gets(who.mail("x", words="Hỏi"))
    guest = replace(post.office.secretary, person_id=post.office.people["b"], role="member", agency_id="0" * 32)
    for command in (
        DismissLetter(meeting_id=post.meeting, letter_id=letter.id), TakeAnswer(meeting_id=post.meeting, letter_id=letter.id),
        SendAgain(meeting_id=post.meeting, participant_id=who.participant_id),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            await perform(post.db, guest, command)
    substitute = NameSubstitute(
        meeting_id=post.meeting, participant_id=who.participant_id, name="X", email="x@x.example", sender=SENDER
    )
    with pytest.raises(NotAllowed):
        await perform(post.db, replace(guest, person_id=post.office.people["c"]), substitute)
