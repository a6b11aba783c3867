"""From a draft to invitations, and every change after: who gets which mail, with which SEQUENCE."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from meetings import advice, clock
from meetings.answers import AnswerInvitation, NameSubstitute
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound
from meetings.invitation import Invitation
from meetings.models.columns import new_id
from meetings.models.live import audit
from meetings.models.meeting import meetings, participants
from meetings.models.post import outbox
from meetings.papers import AddPaper
from meetings.perform import perform
from meetings.queries.scheduling import preview_of
from meetings.scheduling import CancelMeeting, DiscardDraft, SaveDraft, SendInvitations
from meetings.sent_form import form_of
from meetings.substitutes import DecideSubstitute
from meetings.video_door import OpenVideo
from tests.support.scheduled import SENDER, Office, open_office


async def mails(db: Database, after: int = 0) -> list[Invitation]:
    """What the outbox holds, in the order it was put there, without notices and the first `after`."""
    async with db.reading() as r:
        rows = await r.all(sa.select(outbox.c.facts).where(outbox.c.method != "NOTICE").order_by(outbox.c.created_at, outbox.c.sequence))
    return [Invitation.from_json(row.facts) for row in rows][after:]


def told(found: list[Invitation]) -> dict[str, tuple[str, int, tuple[str, ...]]]:
    return {m.recipient_email.partition("@")[0]: (m.method, m.sequence, m.changes) for m in found}


async def row(db: Database, meeting: str) -> sa.Row:
    async with db.reading() as r:
        return await r.get(meetings, meeting)


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def test_sending_invites_everybody_once_with_sequence_zero(office: Office):
    meeting = await office.draft()
    assert await office.send(meeting) == {"invited": 5, "removed": 0, "agencies": 0}
    found = told(await mails(office.db))
    assert found == {who: ("REQUEST", 0, ()) for who in ("chair", "secretary", "b", "c", "khach")}
    first = (await mails(office.db))[0]
    assert first.organiser_email == "a@hue.example"
    assert first.join_url.startswith("http://127.0.0.1:8080/j/")
    assert (await row(office.db, meeting)).state == "invited"


@pytest.mark.parametrize(
    ("change", "sequence", "codes"),
    [
        ({"start": "09:00"}, 1, ("time",)),
        ({"place": "Nơi khác"}, 1, ("place",)),
        ({"video_id": "123 456"}, 1, ("video",)),
        ({"title": "Tên mới"}, 0, ("title",)),
        ({"requests": "Đọc trước"}, 0, ("other",)),
        ({"sites": "Điểm cầu chính\nPhường Vỹ Dạ"}, 0, ("sites",)),
    ],
)
async def test_a_change_goes_to_all_and_raises_the_sequence_only_when_answers_become_worthless(
    office: Office, change, sequence, codes
):
    meeting = await office.draft()
    await office.send(meeting)
    async with office.db.reading() as r:
        key = await r.value(sa.select(participants.c.id).where(participants.c.email == "b@hue.example"))
        form = await form_of(r, meeting)
    await perform(office.db, _as_person(office, "b"), AnswerInvitation(meeting_id=meeting, participant_id=key, answer="accepted"))
    await office.change(meeting, form | change, (await row(office.db, meeting)).draft_revision)
    assert told(await mails(office.db, 5)) == {w: ("REQUEST", sequence, codes) for w in ("chair", "secretary", "b", "c", "khach")}
    async with office.db.reading() as r:
        answer = (await r.get(participants, key)).answer
    assert answer == ("waiting" if sequence else "accepted")


async def test_adding_tells_only_the_new_one_and_removing_only_the_removed(office: Office):
    meeting = await office.draft(guests="")
    await office.send(meeting)
    async with office.db.reading() as r:
        form = await form_of(r, meeting)
    await office.change(
        meeting, form | {"guests": "Bà Mới, Chuyên gia, moi@ngoai.example"}, (await row(office.db, meeting)).draft_revision
    )
    assert told(await mails(office.db, 4)) == {"moi": ("REQUEST", 0, ())}
    invited = {k: v for k, v in form["invited"].items() if k != office.people["c"]}
    changed = form | {"guests": "Bà Mới, Chuyên gia, moi@ngoai.example", "invited": invited}
    await office.change(meeting, changed, (await row(office.db, meeting)).draft_revision)
    (removed,) = await mails(office.db, 5)
    assert (removed.recipient_email, removed.method, removed.sequence, removed.whole) == ("c@hue.example", "CANCEL", 1, False)
    # Invited again: a REQUEST with the raised number.
    await office.change(meeting, changed | {"invited": form["invited"]}, (await row(office.db, meeting)).draft_revision)
    assert told(await mails(office.db, 6)) == {"c": ("REQUEST", 1, ())}


async def test_versions_of_one_sequence_are_dated_a_second_apart_however_fast_they_follow(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    await office.change(meeting, office.form(title="Lần hai"), 2)
    await office.change(meeting, office.form(title="Lần ba"), 4)
    stamps = [clock.instant(m.dtstamp).replace(microsecond=0) for m in await mails(office.db) if m.recipient_email == "b@hue.example"]
    assert stamps == sorted(set(stamps))
    assert len(stamps) == 3


async def test_nothing_new_means_no_mail(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    async with office.db.reading() as r:
        form = await form_of(r, meeting)
    assert await office.change(meeting, form, (await row(office.db, meeting)).draft_revision) == {"invited": 0, "removed": 0, "agencies": 0}
    with pytest.raises(Conflict, match="nothing_to_send"):
        await office.send(meeting)


async def test_a_moved_video_room_needs_no_mail_because_the_personal_link_leads_there(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    async with office.db.reading() as r:
        form = await form_of(r, meeting)
    changed = form | {"video_url": "https://meet.example/elsewhere"}
    revision = (await row(office.db, meeting)).draft_revision
    assert await office.change(meeting, changed, revision) == {"invited": 0, "removed": 0, "agencies": 0}
    opened = await perform(office.db, _as_person(office, "b"), OpenVideo(meeting_id=meeting))
    assert opened == {"url": "https://meet.example/elsewhere"}
    async with office.db.reading() as r:
        await r.one(sa.select(audit.c.seq).where(audit.c.scope == meeting, audit.c.command == "OpenVideo"))
        assert await r.column(sa.select(participants.c.attendance).distinct()) == ["absent"]  # ten days before
    async with office.db.transaction(meeting) as tx:
        await tx.update(meetings, meeting, starts_at=tx.now, ends_at=tx.now + timedelta(hours=1))
    for _ in range(2):
        await perform(office.db, _as_person(office, "b"), OpenVideo(meeting_id=meeting))
    async with office.db.reading() as r:
        assert await r.column(sa.select(participants.c.email).where(participants.c.attendance == "online")) == ["b@hue.example"]
    with pytest.raises((NotAllowed, NotFound)):
        await perform(office.db, office.stranger, OpenVideo(meeting_id=meeting))


async def test_the_formal_invitation_has_a_number_a_signer_and_the_agencies_when_they_are_shown(office: Office):
    formal = {"number": " Số: 5 / gm - vpub", "signer": "Nguyễn Văn Đức", "signer_title": "TL. CHỦ TỊCH\nCHÁNH VĂN PHÒNG"}
    meeting = await office.draft(**formal)
    await office.send(meeting)
    facts = (await mails(office.db))[0]
    assert (facts.number, facts.signer, facts.agencies) == ("05/GM-VPUB", "Nguyễn Văn Đức", ())
    async with office.db.reading() as r:
        form = await form_of(r, meeting)
    changed = form | {"agencies_shown": True, "title": "Tên mới"}
    await office.change(meeting, changed, (await row(office.db, meeting)).draft_revision)
    assert {m.agencies for m in await mails(office.db, 5)} == {("Cơ quan A", "Cơ quan B", "Cơ quan C")}
    wrong = await office.draft(number="số năm", signer="")
    with pytest.raises(Invalid) as refused:
        await office.send(wrong)
    assert {p.code for p in refused.value.problems} == {"number_form", "signer_missing"}


async def test_a_change_that_leaves_the_answer_standing_says_it(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    async with office.db.reading() as r:
        key = await r.value(sa.select(participants.c.id).where(participants.c.email == "b@hue.example"))
        form = await form_of(r, meeting)
    await perform(office.db, _as_person(office, "b"), AnswerInvitation(meeting_id=meeting, participant_id=key, answer="tentative"))
    for change, answer in (({"title": "Tên mới"}, "tentative"), ({"title": "Tên mới", "start": "09:00"}, "waiting")):
        sent = len(await mails(office.db))
        await office.change(meeting, form | change, (await row(office.db, meeting)).draft_revision)
        assert next(m.answer for m in await mails(office.db, sent) if m.recipient_email == "b@hue.example") == answer


async def test_cancelling_tells_everybody_with_the_sequence_raised(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    await perform(office.db, office.secretary, CancelMeeting(meeting_id=meeting, reason="Chủ trì bận", sender=SENDER))
    found = await mails(office.db, 5)
    assert {(m.method, m.sequence, m.whole, m.reason) for m in found} == {("CANCEL", 1, True, "Chủ trì bận")}
    assert len(found) == 5
    with pytest.raises(Conflict, match="meeting_over"):
        await office.send(meeting)


async def test_the_preview_is_exactly_what_is_sent_and_leaves_no_trace(office: Office):
    meeting = await office.draft()
    command = SendInvitations(meeting_id=meeting, sender=SENDER, jitsi="https://meet.example")
    preview = await preview_of(office.db, office.secretary, meeting, command)
    assert await mails(office.db) == []
    assert (await row(office.db, meeting)).state == "draft"
    await office.send(meeting)
    assert [m.facts.recipient_email for m in preview.mails] == [
        m.recipient_email
        for m in sorted(
            await mails(office.db), key=lambda m: [p.facts.recipient_email for p in preview.mails].index(m.recipient_email)
        )
    ]
    with pytest.raises((NotFound, NotAllowed)):
        await preview_of(office.db, office.stranger, meeting, command)


async def test_every_problem_of_a_draft_is_told_at_once_and_nothing_typed_is_lost(office: Office):
    wrong = office.form(title="hai\ndòng", end="07:00", contact="", guests="chỉ có tên", video_url="javascript:x")
    meeting = await office.draft(**wrong)
    with pytest.raises(Invalid) as refused:
        await office.send(meeting)
    assert {"title", "guests"} <= {p.where for p in refused.value.problems}
    kept = await row(office.db, meeting)
    assert kept.draft == wrong
    assert kept.state == "draft"
    right = wrong | {"title": "Một dòng", "guests": ""}
    await perform(office.db, office.secretary, SaveDraft(meeting_id=meeting, form=right, revision=kept.draft_revision))
    with pytest.raises(Invalid) as refused:
        await office.send(meeting)
    assert {p.code for p in refused.value.problems} == {"end_before_start", "contact_missing", "video_url"}


async def test_a_stranger_finds_no_draft_and_no_meeting(office: Office):
    meeting = await office.draft()
    for command in (
        SaveDraft(meeting_id=meeting, form={}, revision=1), DiscardDraft(meeting_id=meeting),
        SendInvitations(meeting_id=meeting, sender=SENDER), CancelMeeting(meeting_id=meeting, reason="x", sender=SENDER),
        AddPaper(meeting_id=meeting, title="x", file_name="x.txt", content=b"x"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await perform(office.db, office.stranger, command)


async def test_a_substitute_is_invited_without_a_vote_and_replaced_by_the_next(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    async with office.db.reading() as r:
        key = await r.value(sa.select(participants.c.id).where(participants.c.email == "b@hue.example"))
    head = _as_person(office, "b")
    for name in ("một", "hai"):
        command = NameSubstitute(
            meeting_id=meeting,
            participant_id=key,
            name=f"Người thay {name}",
            email=f"{'m' if name == 'một' else 'h'}@hue.example",
            reason="Đi công tác",
            sender=SENDER,
        )
        asked = (await perform(office.db, head, command) or {})["substitution_id"]
        agree = DecideSubstitute(meeting_id=meeting, substitution_id=asked, agreed=True, sender=SENDER)
        with pytest.raises(NotAllowed):
            await perform(office.db, head, agree)  # nobody consents to his own
        await perform(office.db, office.secretary, agree)
        with pytest.raises(Conflict, match="substitute_decided"):
            await perform(office.db, office.secretary, replace(agree, id=new_id()))
    async with office.db.reading() as r:
        stood_in = await r.all(sa.select(participants).where(participants.c.substitute_for_id == key))
    assert {(p.name, p.votes, p.removed) for p in stood_in} == {("Người thay một", False, True), ("Người thay hai", False, False)}
    assert [(m.recipient_email, m.method) for m in await mails(office.db, 5)] == [
        ("m@hue.example", "REQUEST"), ("m@hue.example", "CANCEL"), ("h@hue.example", "REQUEST"),
    ]  # fmt: skip
    with pytest.raises(Invalid, match="reason_missing"):
        await perform(office.db, head, AnswerInvitation(meeting_id=meeting, participant_id=key, answer="declined"))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "paper_type"), ("a.pdf", b"<html>", "paper_type"), ("a.docx", b"PK\x03\x04broken", "paper_type"),
        ("a.txt", b"\x00\x01", "paper_type"), ("a.txt", b"", "paper_empty"), ("Mật - kế hoạch.txt", b"x", "paper_secret"),
    ],
)  # fmt: skip
async def test_papers_that_are_not_taken(office: Office, name, content, code):
    meeting = await office.draft()
    with pytest.raises(Invalid, match=code):
        await perform(office.db, office.secretary, AddPaper(meeting_id=meeting, title="Tài liệu", file_name=name, content=content))


def test_working_days_of_notice_skip_weekends_and_holidays():
    friday = date(2026, 11, 27)
    assert advice.working_days_between(friday, date(2026, 12, 2)) == 3
    assert advice.earliest_day(friday) == date(2026, 12, 2)
    assert advice.working_days_between(date(2026, 8, 31), date(2026, 9, 3)) == 1  # 1 and 2 September are holidays
    assert advice.working_days_between(date(2026, 8, 21), date(2026, 8, 22)) == 1  # a Saturday worked instead of a Monday


def test_warnings_name_their_way_out():
    now = datetime(2026, 11, 26, 1, tzinfo=clock.UTC)
    start = datetime(2026, 11, 27, 1, tzinfo=clock.UTC)
    found = advice.of_time("business", False, start, start + timedelta(hours=6), now, "Asia/Ho_Chi_Minh")
    assert [a.code for a in found] == ["short_notice", "long"]
    assert [(way.name, way.value) for way in found[0].ways] == [("date", "2026-12-01")]
    assert advice.of_time("business", True, start, start + timedelta(hours=2), now, "Asia/Ho_Chi_Minh") == []
    assert [a.code for a in advice.of_agenda([90, 60], start, start + timedelta(hours=2))] == ["agenda_long"]


def _as_person(office: Office, key: str):
    return replace(office.secretary, person_id=office.people[key], agency_id="0" * 32, role="member", account_id="1" * 32)
