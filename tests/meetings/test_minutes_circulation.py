"""The minutes go round for remarks, and remarks are threads that only those concerned read."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from meetings import clock, minutes_remarks
from meetings.agenda import EndMeeting, StartMeeting
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound
from meetings.minutes_approval import ApproveMinutes
from meetings.minutes_circulation import AgreeToMinutes, CirculateMinutes, RemindReaders, latest
from meetings.minutes_document import digest
from meetings.minutes_remarks import AddRemark, SettleRemark, WithdrawRemark
from meetings.models.columns import new_id
from meetings.models.minutes import minutes_circulations
from meetings.models.post import outbox
from meetings.notice import Notice
from meetings.outbox import Outbox
from meetings.perform import perform
from meetings.queries.minutes import Round, round_of, to_remark
from tests.support.meetings import Held, hold_meeting
from tests.support.minutes_text import write
from tests.support.scheduled import SENDER

SOON = clock.today() + timedelta(days=3)


async def finished(db: Database) -> Held:
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    await write(db, held.secretary, held.id, held.items[0], "Như đã họp.")
    await perform(db, held.chair, EndMeeting(meeting_id=held.id))
    return held


async def circulated(db: Database) -> tuple[Held, str]:
    held = await finished(db)
    sent = await perform(db, held.secretary, CirculateMinutes(meeting_id=held.id, due_on=SOON, note="Xin đọc kỹ.", sender=SENDER))
    return held, (sent or {})["circulation_id"]


async def seen_by(db: Database, held: Held, actor: object) -> Round:
    async with db.reading() as r:
        return await round_of(r, actor, held.id)  # type: ignore[arg-type]


async def late(db: Database, held: Held) -> None:
    async with db.transaction(held.id) as tx:
        past = sa.update(minutes_circulations).values(deadline_at=tx.now - timedelta(minutes=1))
        await tx.write(past)


async def test_every_member_is_mailed_what_was_written_then(db: Database):
    held, key = await circulated(db)
    await write(db, held.secretary, held.id, held.items[0], "Sửa sau khi gửi.")
    notices = [Notice.from_json(json.loads(row.facts)) for row in await Outbox(db).claim(20)]
    assert sorted(notice.recipient_email for notice in notices) == sorted(await emails(db, held))
    assert all("Xin đọc kỹ." in notice.paragraphs and notice.join_url.endswith("/minutes") for notice in notices)
    async with db.reading() as r:
        kept = await latest(r, held.id)
        waiting = await to_remark(r, held.members[0])
        assert not await to_remark(r, held.chair)
    assert kept is not None
    assert kept.id == key
    assert "Sửa sau khi gửi." not in str(kept.document)
    assert [row.id for row in waiting] == [held.id]


async def emails(db: Database, held: Held) -> list[str]:
    from meetings.models.meeting import participants

    async with db.reading() as r:
        mine = sa.and_(participants.c.meeting_id == held.id, participants.c.duty == "participant")
        return await r.column(sa.select(participants.c.email).where(mine))


async def test_members_agree_or_make_remarks_until_the_deadline(db: Database):
    held, key = await circulated(db)
    one, two, three = held.members
    await perform(db, one, AgreeToMinutes(meeting_id=held.id, circulation_id=key))
    remark = AddRemark(meeting_id=held.id, item_id=held.items[0], text="Thiếu ý kiến của tôi", anchor=("AQ==", "AQ=="))
    await perform(db, two, remark)
    found = await seen_by(db, held, held.secretary)
    assert [(row.agreed, row.answered_at is not None) for row in found.readers] == [(True, True), (False, True), (False, False)]
    assert found.threads[0].remark.anchor is None  # only those who write the minutes pin remarks to passages
    for outsider in (held.guest, held.chair):
        with pytest.raises(NotAllowed, match="not_asked_for_remarks"):
            await perform(db, outsider, AgreeToMinutes(meeting_id=held.id, circulation_id=key))
    with pytest.raises(NotAllowed):
        await perform(db, held.guest, AddRemark(meeting_id=held.id, text="Khách góp ý"))
    with pytest.raises(NotFound):
        await perform(db, held.stranger, AddRemark(meeting_id=held.id, text="người lạ"))
    await late(db, held)
    for command in (AgreeToMinutes(meeting_id=held.id, circulation_id=key), AddRemark(meeting_id=held.id, text="muộn")):
        with pytest.raises(Conflict, match="circulation_over"):
            await perform(db, three, command)
    assert (await seen_by(db, held, three)).over


async def test_a_thread_is_read_by_its_author_and_those_who_run_the_meeting(db: Database):
    held, _ = await circulated(db)
    one, two, _three = held.members
    remark = AddRemark(meeting_id=held.id, text="Ý kiến")
    await perform(db, one, remark)
    await perform(db, held.secretary, AddRemark(meeting_id=held.id, parent_id=remark.remark_id, text="Đã sửa"))
    with pytest.raises(NotAllowed):
        await perform(db, two, AddRemark(meeting_id=held.id, parent_id=remark.remark_id, text="chen vào"))
    with pytest.raises(NotAllowed):
        await perform(db, one, SettleRemark(meeting_id=held.id, remark_id=remark.remark_id, state="taken"))
    with pytest.raises(Conflict, match="remark_answered"):
        await perform(db, one, WithdrawRemark(meeting_id=held.id, remark_id=remark.remark_id))
    await perform(db, held.chair, SettleRemark(meeting_id=held.id, remark_id=remark.remark_id, state="taken"))
    (thread,) = (await seen_by(db, held, one)).threads
    assert (thread.remark.state, [answer.text for answer in thread.answers]) == ("taken", ["Đã sửa"])
    assert not (await seen_by(db, held, two)).threads
    assert [row.id for row in (await seen_by(db, held, two)).readers] == [held.pid(two)]
    other, _ = await circulated(db)
    with pytest.raises(NotFound):
        await perform(db, other.secretary, SettleRemark(meeting_id=other.id, remark_id=remark.remark_id, state="settled"))
    with pytest.raises(Invalid, match="item_unknown"):
        await perform(db, held.chair, AddRemark(meeting_id=held.id, item_id=other.items[0], text="x"))


async def test_a_remark_that_nobody_answered_can_be_withdrawn_by_its_author_alone(db: Database):
    held, _ = await circulated(db)
    one, two, _ = held.members
    remark = AddRemark(meeting_id=held.id, text="Nhầm")
    await perform(db, one, remark)
    for other in (two, held.secretary):
        with pytest.raises(NotAllowed):
            await perform(db, other, WithdrawRemark(meeting_id=held.id, remark_id=remark.remark_id))
    await perform(db, one, WithdrawRemark(meeting_id=held.id, remark_id=remark.remark_id))
    assert not (await seen_by(db, held, held.chair)).threads


async def test_only_those_who_are_silent_are_reminded_and_not_twice_in_an_hour(db: Database):
    held, key = await circulated(db)
    await perform(db, held.members[0], AgreeToMinutes(meeting_id=held.id, circulation_id=key))
    await perform(db, held.secretary, RemindReaders(meeting_id=held.id, sender=SENDER))
    async with db.reading() as r:
        told = await r.column(sa.select(outbox.c.participant_id).where(outbox.c.meeting_id == held.id).order_by(outbox.c.created_at))
    assert sorted(told[3:]) == sorted(held.pid(actor) for actor in held.members[1:])
    with pytest.raises(Conflict, match="reminded_lately"):
        await perform(db, held.secretary, RemindReaders(meeting_id=held.id, sender=SENDER))


async def test_what_can_not_go_round(db: Database):
    held = await hold_meeting(db)
    with pytest.raises(Conflict, match="meeting_not_finished"):
        await perform(db, held.secretary, CirculateMinutes(meeting_id=held.id, due_on=SOON, sender=SENDER))
    held = await finished(db)
    for day in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=90)):
        with pytest.raises(Invalid, match="circulation_deadline"):
            await perform(db, held.secretary, CirculateMinutes(meeting_id=held.id, due_on=day, sender=SENDER))
    with pytest.raises(NotAllowed):
        await perform(db, held.members[0], CirculateMinutes(meeting_id=held.id, due_on=SOON, sender=SENDER))


async def test_after_approval_nothing_is_agreed_remarked_or_settled(db: Database):
    held, key = await circulated(db)
    remark = AddRemark(meeting_id=held.id, text="Ý kiến")
    await perform(db, held.members[0], remark)
    async with db.reading() as r:
        sha256 = await digest(r, held.id)
    for actor in (held.chair, held.secretary):
        await perform(db, actor, ApproveMinutes(meeting_id=held.id, sha256=sha256))
    tried = [
        (held.members[1], AgreeToMinutes(meeting_id=held.id, circulation_id=key)),
        (held.members[1], AddRemark(meeting_id=held.id, text="x")),
        (held.members[0], WithdrawRemark(meeting_id=held.id, remark_id=remark.remark_id)),
        (held.chair, SettleRemark(meeting_id=held.id, remark_id=remark.remark_id, state="taken")),
        (held.chair, RemindReaders(meeting_id=held.id, sender=SENDER)), (held.chair, AddRemark(meeting_id=held.id, id=new_id(), text="y")),
        (held.chair, CirculateMinutes(meeting_id=held.id, due_on=SOON, sender=SENDER)),
    ]  # fmt: skip
    for actor, command in tried:
        with pytest.raises(Conflict, match="minutes_locked"):
            await perform(db, actor, command)


async def test_nobody_floods_the_minutes_with_remarks(db: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(minutes_remarks, "MOST_BY_ONE", 2)
    held, _ = await circulated(db)
    for actor in (held.members[0], held.secretary):
        for text in ("một", "hai"):
            await perform(db, actor, AddRemark(meeting_id=held.id, text=text))
    with pytest.raises(Conflict, match="remarks_many"):
        await perform(db, held.members[0], AddRemark(meeting_id=held.id, text="ba"))
    for actor in (held.members[1], held.secretary):
        await perform(db, actor, AddRemark(meeting_id=held.id, text="ba"))
