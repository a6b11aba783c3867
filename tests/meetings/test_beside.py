"""Presenting, openings of papers, private notes, announcements, messages, breaks: who may, and what is kept and told."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import sqlalchemy as sa

from meetings import clock, live_log
from meetings.agenda import StartMeeting
from meetings.announcements import Announce, WithdrawAnnouncement
from meetings.breaks import EndBreak, TakeBreak
from meetings.commands import Actor
from meetings.database import Database, Row
from meetings.deputy import DismissDeputy, NameDeputy
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound
from meetings.models.beside import messages, notes, paper_openings, presentations
from meetings.models.columns import new_id
from meetings.models.live import audit
from meetings.models.meeting import meetings, paper_contents, papers, participants
from meetings.notes import SaveNote
from meetings.paper_openings import OpenPaper
from meetings.papers import RemovePaper
from meetings.perform import perform
from meetings.presenting import NamePresenter, ShowPage, StopPresenting
from meetings.queries import talk
from meetings.queries.talk import letters_of, older
from meetings.removal import remove
from meetings.standing import standings
from meetings.talk import RATES, RemoveMessage, SendMessage, SwitchMessages
from tests.support.meetings import Held, hold_meeting


async def rows(db: Database, table: sa.Table, **where: Any) -> list[Row]:
    wanted = [table.c[name] == value for name, value in where.items()]
    async with db.reading() as reading:
        return list(await reading.all(sa.select(table).where(*wanted)))


async def events(db: Database, held: Held, kind: str) -> list[Row]:
    async with db.reading() as reading:
        return [row for row in await live_log.read_after(reading, held.id, 0, 5000) if row.kind == kind]


async def paper_of(db: Database, held: Held, media_type: str = "application/pdf") -> str:
    key = new_id()
    async with db.transaction(held.id) as tx:
        await tx.insert(paper_contents, sha256=key * 2, content=b"x")
        paper = {"id": key, "meeting_id": held.id, "title": "Tờ trình", "file_name": "a.pdf", "media_type": media_type}
        await tx.insert(papers, **paper, sha256=key * 2, added_at=clock.now())
    return key


async def live(db: Database, members: int = 3) -> Held:
    held = await hold_meeting(db, members=members)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held


# --- presenting ---


async def test_those_who_run_and_whom_they_name_turn_the_pages(db: Database):
    held = await live(db)
    paper = await paper_of(db, held)
    member = held.members[0]
    with pytest.raises(NotAllowed, match="not_presenting"):
        await perform(db, member, ShowPage(meeting_id=held.id, paper_id=paper))
    await perform(db, held.secretary, NamePresenter(meeting_id=held.id, participant_id=held.pid(member)))
    for page in (1, 2, 7):
        await perform(db, member, ShowPage(meeting_id=held.id, paper_id=paper, page=page))
    (row,) = await rows(db, presentations)
    assert (row.participant_id, row.paper_id, row.page) == (held.pid(member), paper, 7)
    with pytest.raises(NotAllowed, match="not_presenting"):
        await perform(db, held.members[1], StopPresenting(meeting_id=held.id))
    # Whoever runs takes over; then the other turns no more pages.
    await perform(db, held.chair, ShowPage(meeting_id=held.id, paper_id=paper, page=3))
    with pytest.raises(NotAllowed, match="not_presenting"):
        await perform(db, member, ShowPage(meeting_id=held.id, paper_id=paper, page=8))
    await perform(db, held.chair, StopPresenting(meeting_id=held.id))
    assert not await rows(db, presentations)
    assert [row.data["id"] for row in await events(db, held, "presentation.removed")] == [held.id]


async def test_the_page_of_a_presenter_who_is_taken_off_the_list_is_no_longer_shown(db: Database):
    held = await live(db)
    member = held.members[0]
    await perform(db, held.secretary, NamePresenter(meeting_id=held.id, participant_id=held.pid(member)))
    await perform(db, member, ShowPage(meeting_id=held.id, paper_id=await paper_of(db, held)))
    async with db.transaction(held.id) as tx:
        await remove(tx, [held.pid(held.members[1])])
    assert len(await rows(db, presentations)) == 1
    async with db.transaction(held.id) as tx:
        await remove(tx, [held.pid(member)])
    assert await rows(db, presentations) == []
    assert len(await events(db, held, "presentation.removed")) == 1


async def test_only_what_a_browser_draws_of_this_meeting_is_shown(db: Database):
    held, other = await live(db), await live(db)
    spreadsheet = await paper_of(db, held, "application/vnd.ms-excel")
    with pytest.raises(Invalid, match="paper_not_shown"):
        await perform(db, held.chair, ShowPage(meeting_id=held.id, paper_id=spreadsheet))
    with pytest.raises(NotFound):
        await perform(db, held.chair, ShowPage(meeting_id=held.id, paper_id=await paper_of(db, other)))
    with pytest.raises(Invalid, match="participant_unknown"):
        await perform(db, held.chair, NamePresenter(meeting_id=held.id, participant_id=other.pid(other.members[0])))


async def test_a_paper_taken_away_is_shown_no_longer(db: Database):
    held = await live(db)
    paper = await paper_of(db, held)
    await perform(db, held.chair, ShowPage(meeting_id=held.id, paper_id=paper))
    await perform(db, held.secretary, RemovePaper(meeting_id=held.id, paper_id=paper))
    assert not await rows(db, presentations)


# --- who has opened what ---


async def test_openings_are_counted_once_a_person_and_told_to_nobody(db: Database):
    held = await live(db, members=6)
    paper = await paper_of(db, held)
    said = len(await events(db, held, "paper.changed"))
    everybody = [*held.members, *held.members, held.members[0]]
    await asyncio.gather(*(perform(db, actor, OpenPaper(meeting_id=held.id, paper_id=paper)) for actor in everybody))
    found = {row.participant_id: row.times for row in await rows(db, paper_openings)}
    assert found == {held.pid(actor): 2 for actor in held.members} | {held.pid(held.members[0]): 3}
    (first,) = await rows(db, paper_openings, participant_id=held.pid(held.members[0]))
    await perform(db, held.members[0], OpenPaper(meeting_id=held.id, paper_id=paper))
    (again,) = await rows(db, paper_openings, participant_id=held.pid(held.members[0]))
    assert (again.first_at, again.times) == (first.first_at, 4) and again.last_at >= first.last_at
    assert len(await events(db, held, "paper.changed")) == said
    with pytest.raises(NotFound):
        await perform(db, held.members[0], OpenPaper(meeting_id=held.id, paper_id=new_id()))
    with pytest.raises(NotFound):
        await perform(db, held.stranger, OpenPaper(meeting_id=held.id, paper_id=paper))


# --- notes ---


async def test_a_note_stands_nowhere_but_with_its_owner(db: Database):
    held = await live(db)
    told = "Việc này cần hỏi lại anh Hải"
    answer = await perform(db, held.members[0], SaveNote(meeting_id=held.id, about="item", about_id=held.items[0], text=told))
    assert answer == {"revision": 1}
    (row,) = await rows(db, notes)
    assert (row.text, row.owner) == (told, f"person:{held.members[0].person_id}")
    assert not [row for row in await rows(db, audit) if told in json.dumps(row.fields, ensure_ascii=False)]
    kept = next(row for row in await rows(db, audit) if row.command == "SaveNote")
    assert held.items[0] not in json.dumps(kept.fields)
    async with db.reading() as reading:
        log = await live_log.read_after(reading, held.id, 0, 5000)
    assert not [row for row in log if told in json.dumps(row.data, ensure_ascii=False)]
    with pytest.raises(NotFound):
        await perform(db, held.stranger, SaveNote(meeting_id=held.id, text="x"))


async def test_a_note_never_overwrites_what_another_device_wrote(db: Database):
    held = await live(db)
    member = held.members[0]
    await perform(db, member, SaveNote(meeting_id=held.id, text="máy bàn"))
    with pytest.raises(Conflict, match="note_changed"):
        await perform(db, member, SaveNote(meeting_id=held.id, text="điện thoại"))
    assert await perform(db, member, SaveNote(meeting_id=held.id, text="cả hai", revision=1)) == {"revision": 2}
    # The same person by his personal link.
    guest = Actor(kind="link", name="x", participant_id=held.pid(member), meeting_id=held.id)
    assert await perform(db, guest, SaveNote(meeting_id=held.id, text="ba", revision=2)) == {"revision": 3}
    assert len(await rows(db, notes)) == 1
    assert await perform(db, member, SaveNote(meeting_id=held.id, text="", revision=3)) == {"revision": 0}
    assert not await rows(db, notes)


async def test_a_note_is_about_something_of_this_meeting(db: Database):
    held, other = await live(db), await live(db)
    for about, key in (("item", other.items[0]), ("paper", await paper_of(db, other)), ("item", None)):
        with pytest.raises(Invalid, match="note_about_nothing"):
            await perform(db, held.chair, SaveNote(meeting_id=held.id, about=about, about_id=key, text="x"))  # type: ignore[arg-type]


# --- announcements and breaks ---


async def test_announcements_are_made_and_withdrawn_by_those_who_run(db: Database):
    held = await live(db)
    with pytest.raises(NotAllowed):
        await perform(db, held.members[0], Announce(meeting_id=held.id, text="Nghỉ"))
    key = (await perform(db, held.secretary, Announce(meeting_id=held.id, text="Nghỉ giải lao 15 phút")))["announcement_id"]
    await perform(db, held.chair, WithdrawAnnouncement(meeting_id=held.id, announcement_id=key))
    assert [row.data for row in await events(db, held, "announcement.removed")] == [{"id": key}]
    other = await live(db)
    with pytest.raises(NotFound):
        await perform(db, other.chair, WithdrawAnnouncement(meeting_id=other.id, announcement_id=key))


async def test_a_break_has_its_end(db: Database):
    held = await live(db)
    await perform(db, held.chair, TakeBreak(meeting_id=held.id, minutes=15))
    (row,) = await rows(db, meetings, id=held.id)
    assert 14 * 60 < (row.break_until - clock.now()).total_seconds() <= 15 * 60
    await perform(db, held.chair, EndBreak(meeting_id=held.id))
    (row,) = await rows(db, meetings, id=held.id)
    assert row.break_until is None


# --- messages ---


async def test_a_letter_goes_to_its_two_sides_only(db: Database):
    held = await live(db)
    a, b = held.members[:2]
    await perform(db, a, SendMessage(meeting_id=held.id, text="Xin bản in", thread_id=held.pid(a)))
    await perform(db, held.secretary, SendMessage(meeting_id=held.id, text="Có ngay", thread_id=held.pid(a)))
    await perform(db, b, SendMessage(meeting_id=held.id, text="Chào cả phòng"))
    with pytest.raises(NotAllowed):
        await perform(db, b, SendMessage(meeting_id=held.id, text="chen vào", thread_id=held.pid(a)))
    told = await events(db, held, "letter.changed")
    assert [sorted(row.audience) for row in told] == [sorted([held.pid(a), held.pid(held.chair), held.pid(held.secretary)])] * 2
    assert [(row.data["text"], row.audience) for row in await events(db, held, "message.changed")] == [("Chào cả phòng", None)]
    async with db.reading() as reading:
        read = {}
        for name, by in zip("abs", await standings(reading, held.id, [a, b, held.secretary]), strict=True):
            read[name] = [[each["number"] for each in await older(reading, by, 99, thread)] for thread in (False, True)]
    assert read == {"a": [[3], [1, 2]], "b": [[3], []], "s": [[3], [1, 2]]}


async def test_who_joins_gets_the_latest_letters_of_his_own_thread(db: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(talk, "LATEST", 2)
    held = await live(db)
    a, b, c = (held.pid(member) for member in held.members)
    for thread, text in ((a, "một"), (a, "hai"), (b, "riêng"), (a, "ba")):
        await perform(db, held.secretary, SendMessage(meeting_id=held.id, text=text, thread_id=thread))
    async with db.reading() as reading:
        found = await letters_of(reading, held.id, [a, b, c])
    assert {key: [view["text"] for view in views.values()] for key, views in found.items()} == {a: ["hai", "ba"], b: ["riêng"]}


async def test_a_deputy_reads_letters_while_he_runs_the_meeting(db: Database):
    held = await live(db)
    a, deputy = held.members[:2]
    await perform(db, held.chair, NameDeputy(meeting_id=held.id, participant_id=held.pid(deputy)))
    await perform(db, a, SendMessage(meeting_id=held.id, text="một", thread_id=held.pid(a)))
    await perform(db, held.chair, DismissDeputy(meeting_id=held.id))
    await perform(db, a, SendMessage(meeting_id=held.id, text="hai", thread_id=held.pid(a)))
    assert [held.pid(deputy) in row.audience for row in await events(db, held, "letter.changed")] == [True, False]


async def test_nobody_floods_the_room(db: Database):
    held = await live(db)
    most, _ = RATES[0]
    for n in range(most):
        await perform(db, held.members[0], SendMessage(meeting_id=held.id, text=str(n)))
    with pytest.raises(Conflict, match="messages_too_fast"):
        await perform(db, held.members[0], SendMessage(meeting_id=held.id, text="nữa"))
    await perform(db, held.members[1], SendMessage(meeting_id=held.id, text="người khác"))
    assert [row.number for row in await rows(db, messages)] == list(range(1, most + 2))


async def test_messages_can_be_switched_off_and_taken_away(db: Database):
    held = await live(db)
    member = held.members[0]
    key = (await perform(db, member, SendMessage(meeting_id=held.id, text="lời lẽ không phù hợp")))["message_id"]
    with pytest.raises(NotAllowed):
        await perform(db, member, RemoveMessage(meeting_id=held.id, message_id=key))
    await perform(db, held.secretary, RemoveMessage(meeting_id=held.id, message_id=key))
    last = (await events(db, held, "message.changed"))[-1].data
    assert (last["removed"], last["text"]) == (True, "")
    await perform(db, held.secretary, SwitchMessages(meeting_id=held.id, on=False))
    with pytest.raises(Conflict, match="messages_off"):
        await perform(db, member, SendMessage(meeting_id=held.id, text="còn không", thread_id=held.pid(member)))
    await perform(db, held.secretary, SendMessage(meeting_id=held.id, text="Tạm tắt tin nhắn"))


async def test_whoever_is_no_longer_invited_writes_and_presents_nothing(db: Database):
    held = await live(db)
    member = held.members[0]
    await perform(db, held.chair, NamePresenter(meeting_id=held.id, participant_id=held.pid(member)))
    paper = await paper_of(db, held)
    async with db.transaction(held.id) as tx:
        await tx.update(participants, held.pid(member), removed=True)
    said = {"meeting_id": held.id, "text": "x"}
    for command in (ShowPage(meeting_id=held.id, paper_id=paper), SendMessage(**said), SaveNote(**said)):
        with pytest.raises(NotFound):
            await perform(db, member, command)
