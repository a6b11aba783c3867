"""The minutes as one document: facts follow the room until approval, and what was approved never changes afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meetings.agenda import EndMeeting, StartItem, StartMeeting
from meetings.attendance import CheckIn, LeaveMeeting
from meetings.commands import Actor, system
from meetings.database import Database
from meetings.decisions import RecordConclusion
from meetings.errors import Conflict, Invalid, NotAllowed
from meetings.floor import EndSpeech, GiveFloor
from meetings.i18n import translator
from meetings.minutes_approval import ApproveMinutes
from meetings.minutes_document import digest, document_of, facts_in_words
from meetings.minutes_facts import every_fact, lines, room_of
from meetings.minutes_templates import SaveMinutesTemplate, parsed, template_of
from meetings.models.organisation import agencies
from meetings.perform import perform
from meetings.speaking import AskToSpeak
from meetings.voting import CastVote, CloseBallot, OpenBallot, PrepareBallot
from tests.support.meetings import Held, hold_meeting
from tests.support.minutes_text import fact, write

ADMIN = system("test")


async def held_with_everything(db: Database) -> tuple[Held, str]:
    """Live: two of four members there, one spoke, one ballot was carried, one conclusion stands; all of them in the text."""
    held = await hold_meeting(db)
    item = held.items[1]
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    for actor, mode in ((held.chair, "room"), (held.members[0], "online"), (held.members[1], "room")):
        await perform(db, actor, CheckIn(meeting_id=held.id, mode=mode))
    await perform(db, held.chair, StartItem(meeting_id=held.id, item_id=item))
    asked = (await perform(db, held.members[0], AskToSpeak(meeting_id=held.id, subject="học bạ số")) or {})["speech_id"]
    await perform(db, held.chair, GiveFloor(meeting_id=held.id, speech_id=asked))
    await perform(db, held.chair, EndSpeech(meeting_id=held.id, speech_id=asked))
    prepare = PrepareBallot(meeting_id=held.id, question="Thông qua kế hoạch?", item_id=item)
    ballot = (await perform(db, held.secretary, prepare) or {})["ballot_id"]
    await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=ballot))
    for actor in (held.chair, held.members[0], held.members[1]):
        await perform(db, actor, CastVote(meeting_id=held.id, ballot_id=ballot, choice="for"))
    await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot))
    await conclude(db, held, "Giao Sở A thực hiện.")
    named = (("attendance", ""), ("speech", asked), ("speakers", item), ("results", item), ("conclusions", item))
    nodes = [fact(kind, of) for kind, of in named]
    await write(db, held.secretary, held.id, item, "Thảo luận.", *nodes)
    return held, item


async def conclude(db: Database, held: Held, text: str) -> None:
    lead = held.chair.agency_id
    await perform(db, held.secretary, RecordConclusion(meeting_id=held.id, item_id=held.items[1], text=text, lead_agency_id=lead))


async def text_of(db: Database, held: Held) -> str:
    async with db.reading() as r:
        return json.dumps(await document_of(r, held.id), ensure_ascii=False)


async def approve(db: Database, held: Held, *actors: Actor) -> None:
    async with db.reading() as r:
        sha256 = await digest(r, held.id)
    for actor in actors:
        await perform(db, actor, ApproveMinutes(meeting_id=held.id, sha256=sha256))


async def test_facts_in_the_text_follow_the_room(db: Database):
    held, _ = await held_with_everything(db)
    said = await text_of(db, held)
    for text in (
        "Có mặt 3 trên 4 thành viên, trong đó 1 dự trực tuyến.", "phát biểu về học bạ số",
        "3 tán thành trên tổng số 4 thành viên, cần từ 3.", "Được thông qua.",
        "Giao Sở A thực hiện. Chủ trì thực hiện: Sở A.", "Niêm phong hồ sơ biểu quyết",
    ):  # fmt: skip
        assert text in said, text
    await conclude(db, held, "Báo cáo trước ngày 30.")
    await perform(db, held.members[1], LeaveMeeting(meeting_id=held.id))
    said = await text_of(db, held)
    assert "1. Giao Sở A thực hiện." in said
    assert "2. Báo cáo trước ngày 30." in said
    assert "về lúc" in said


async def test_every_fact_has_words_in_both_languages_and_an_unknown_one_has_none(db: Database):
    held, item = await held_with_everything(db)
    async with db.reading() as r:
        room = await room_of(r, held.id)
    vi, en = every_fact(room, translator("vi")), every_fact(room, translator("en"))
    assert vi.keys() == en.keys()
    assert vi[f"results:{item}"] != en[f"results:{item}"]
    assert lines("results", "0" * 32, room, translator("vi")) == []
    assert lines("__class__", item, room, translator("vi")) == []


async def test_what_was_approved_stays_as_it_was(db: Database):
    held, item = await held_with_everything(db)
    await perform(db, held.chair, EndMeeting(meeting_id=held.id))
    before = await text_of(db, held)
    await approve(db, held, held.chair, held.secretary)
    async with db.transaction("organisation") as tx:
        await tx.update(agencies, held.chair.agency_id, name="Sở đã đổi tên")
    await perform(db, ADMIN, SaveMinutesTemplate(meeting_type="business", frame="# Khác\n{diễn biến}", item=""))
    assert await text_of(db, held) == before
    async with db.reading() as r:
        facts = await facts_in_words(r, held.id, "en")
    assert "Có mặt 3 trên 4" in facts["attendance:"][0]
    assert facts[f"conclusions:{item}"] == ["Giao Sở A thực hiện. Chủ trì thực hiện: Sở A."]


async def test_a_fact_that_changes_between_two_approvals_needs_both_again(db: Database):
    held, _ = await held_with_everything(db)
    await perform(db, held.chair, EndMeeting(meeting_id=held.id))
    async with db.reading() as r:
        read = await digest(r, held.id)
    await perform(db, held.chair, ApproveMinutes(meeting_id=held.id, sha256=read))
    await conclude(db, held, "Kết luận đến sau.")
    with pytest.raises(Conflict, match="minutes_changed"):
        await perform(db, held.secretary, ApproveMinutes(meeting_id=held.id, sha256=read))
    await approve(db, held, held.secretary)
    async with db.reading() as r:
        assert (await r.one(held_state(held))).minutes_state == "open"


def held_state(held: Held) -> Any:
    from meetings.models.meeting import meetings

    return meetings.select().where(meetings.c.id == held.id)


async def test_a_template_lays_the_document_out_and_parts_with_nothing_in_them_are_left_out(db: Database):
    held, _ = await held_with_everything(db)
    frame = "Căn cứ chương trình công tác.\n# Ai dự\n{điểm danh}\n# Nội dung\n{diễn biến}\n# Ý kiến\n{PHÁT  BIỂU}\n# Trống\n"
    await perform(db, ADMIN, SaveMinutesTemplate(meeting_type="business", frame=frame, item="{phát biểu}"))
    async with db.reading() as r:
        document = await document_of(r, held.id)
        assert (await template_of(r, "business")).item == "{phát biểu}"
    parts = [f"{part['number']} {part['heading']}" for part in document["parts"]]
    assert parts == [" ", "I Ai dự", "II Nội dung", "III Ý kiến"]
    await perform(db, ADMIN, SaveMinutesTemplate(meeting_type="business", frame="", item=""))
    async with db.reading() as r:
        assert not (await template_of(r, "business")).own


async def test_a_template_that_would_lose_what_was_written_is_refused(db: Database):
    held = await hold_meeting(db)
    with pytest.raises(Invalid) as refused:
        await perform(db, ADMIN, SaveMinutesTemplate(meeting_type="business", frame="{kết quả}", item="{thành phần}"))
    assert [(p.code, p.where) for p in refused.value.problems] == [
        ("template_place", "frame"), ("template_course", "frame"), ("template_place", "item"),
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        await perform(db, held.secretary, SaveMinutesTemplate(meeting_type="business", frame="{diễn biến}", item=""))


def test_template_lines_are_read_as_people_type_them():
    assert [(line.kind, line.text) for line in parsed("#  Mở đầu \n\n { Diễn  biến }\nchữ {thường}")] == [
        ("heading", "Mở đầu"), ("place", "diễn biến"), ("text", "chữ {thường}"),
    ]  # fmt: skip
