"""The search: what is found, in which order, by whom; and its index is true after any course of things."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
import sqlalchemy as sa

from meetings import search_index
from meetings.commands import Actor
from meetings.database import Database
from meetings.decisions import RecordConclusion, RemoveConclusion
from meetings.models.columns import new_id
from meetings.models.meeting import meetings, nominations
from meetings.models.search import search_documents
from meetings.nominations import PassOnNomination
from meetings.papers import AddPaper
from meetings.perform import perform
from meetings.queries.search import search
from meetings.scheduling import DiscardDraft
from meetings.search_index import index_missing
from meetings.search_marks import SHOWN, Typed
from tests.support.meetings import hold_meeting
from tests.support.organisation import make_account
from tests.support.room_script import Script
from tests.support.scheduled import SENDER, Office, open_office


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def found(office: Office, actor: Actor, text: str, only: str = "") -> dict[str, list[str]]:
    async with office.db.reading() as r:
        results = await search(r, actor, text, only)
    return {kind: ["".join(piece for piece, _ in hit.pieces) for hit in hits] for kind, hits in results.kinds.items()}


def item(title: str) -> dict[str, str]:
    return {"id": new_id(), "title": title, "minutes": "30"}


async def test_each_kind_is_found_with_and_without_marks_and_by_the_beginning_of_the_last_word(office: Office):
    held = await office.draft(title="Họp về đầu tư công", items=[item("Báo cáo giải ngân quý IV")])
    paper = AddPaper(meeting_id=held, title="Phụ lục số liệu", file_name="phu-luc.txt", content=b"1")
    await perform(office.db, office.secretary, paper)
    await office.send(held)
    assert (await found(office, office.secretary, "phu luc"))["paper"] == ["Phụ lục số liệu"]
    for text in ("đầu tư", "dau tu", "ĐẦU TƯ C", "tư đầu"):
        assert (await found(office, office.secretary, text))["title"] == ["Họp về đầu tư công"], text
    assert await found(office, office.secretary, "giai ng") == {
        "title": ["Họp về đầu tư công"], "item": ["Báo cáo giải ngân quý IV"],
    }  # fmt: skip
    assert (await found(office, office.secretary, "nguyen thi b"))["person"] == ["Nguyễn Thị B"]
    assert (await found(office, office.secretary, "thị b"))["person"] == ["Nguyễn Thị B"]
    assert (await found(office, office.secretary, "đầu giải"))["title"] == ["Họp về đầu tư công"]  # of two of its parts
    for text in ("", " *\"' ", "không có", "đ", "%", "a" * 100, "ư)(|&!:*", "AND OR NOT", "① 𞤀x ẞ"):
        assert await found(office, office.secretary, text) == {}, text


async def test_nobody_finds_what_he_may_not_see(office: Office):
    draft = await office.draft(title="Họp kín về nhân sự")
    assert (await found(office, office.secretary, "nhân sự"))["title"] == ["Họp kín về nhân sự"]
    member = replace(office.secretary, person_id=office.people["b"], agency_id=None, role="member")
    assert await found(office, member, "nhân sự") == {}  # not yet sent
    await office.send(draft)
    assert (await found(office, member, "nhân sự"))["title"] == ["Họp kín về nhân sự"]
    for stranger in (office.stranger, replace(office.stranger, role="member"), replace(office.stranger, role="system_admin")):
        assert await found(office, stranger, "nhân sự") == {}
        assert await found(office, stranger, "nguyễn thị") == {}
    form = office.form(title="Họp kín về nhân sự", invited={office.people["c"]: "attend"})
    await office.change(draft, form, 2)
    assert await found(office, member, "nhân sự") == {}  # no longer invited


async def test_an_agency_that_is_asked_to_send_people_finds_the_meeting_and_so_does_who_may_choose_them(office: Office):
    agency = office.stranger.agency_id
    assert agency is not None
    invited = {f"agency:{agency}": "vote", office.people["b"]: "vote"}
    draft = await office.draft(title="Họp về cải cách hành chính", invited=invited, seats={f"agency:{agency}": "2"})
    await office.send(draft)
    assert (await found(office, office.stranger, "cải cách"))["title"] == ["Họp về cải cách hành chính"]
    member = replace(office.stranger, role="member")
    assert await found(office, member, "cải cách") == {}
    async with office.db.reading() as r:
        nomination = (await r.one(sa.select(nominations))).id
    assert member.person_id is not None
    await make_account(office.db, member.person_id, "duoc-cu")
    passed = PassOnNomination(meeting_id=draft, nomination_id=nomination, person_id=member.person_id, sender=SENDER)
    await perform(office.db, replace(office.stranger, role="agency_admin"), passed)
    assert (await found(office, member, "cải cách"))["title"] == ["Họp về cải cách hành chính"]


async def test_what_is_nearer_to_what_was_typed_comes_first(office: Office):
    for title in ("Cống thoát nước, đầu mối tư vấn", "Họp về đầu tư công", "Họp về đầu tư cồng chiêng"):
        await office.send(await office.draft(title=title))
    expected = ["Họp về đầu tư công", "Họp về đầu tư cồng chiêng", "Cống thoát nước, đầu mối tư vấn"]
    assert (await found(office, office.secretary, "đầu tư công"))["title"] == expected
    assert len((await found(office, office.secretary, "đầu tư công", "title"))["title"]) == 3


async def test_what_changes_or_goes_is_no_longer_found(office: Office):
    draft = await office.draft(title="Họp bàn về cầu Gia Hội")
    await perform(office.db, office.secretary, DiscardDraft(meeting_id=draft))
    assert await found(office, office.secretary, "gia hội") == {}
    held = await hold_meeting(office.db, state="live")
    text = "Giao Sở A trình phương án cải tạo đường Lê Lợi"
    made = await perform(office.db, held.secretary, RecordConclusion(meeting_id=held.id, text=text)) or {}
    assert await found(office, held.members[0], "cải tạo") == {"title": ["Họp thử"], "conclusion": [text]}
    assert await found(office, held.stranger, "cải tạo") == {}
    await perform(office.db, held.secretary, RemoveConclusion(meeting_id=held.id, conclusion_id=made["conclusion_id"]))
    assert await found(office, held.members[0], "cải tạo") == {}


@pytest.mark.parametrize("seed", [3, 4])
async def test_the_index_is_true_after_any_course_of_a_meeting(db: Database, seed: int):
    held = await hold_meeting(db, members=4, state="live")
    await index_missing(db)
    script = Script(db, held, seed)
    for _ in range(80):
        await script.step()
    await perform(db, held.secretary, RecordConclusion(meeting_id=held.id, text="Xong"))  # what came from outside
    await assert_true(db)


async def assert_true(db: Database) -> None:
    """As if it were made anew."""
    async with db.reading() as r:
        ids = await r.column(sa.select(meetings.c.id))
        documents = await search_index._documents(r, ids)
        digests = dict(await search_index._digests(r, ids))
    assert set(documents) == set(digests)
    for key, tokens in documents.items():
        assert hashlib.sha256(" ".join(sorted(tokens)).encode()).hexdigest() == digests[key]


async def test_meetings_from_before_there_was_a_search_are_found(office: Office, monkeypatch: pytest.MonkeyPatch):
    for n in range(5):
        await office.send(await office.draft(title=f"Họp số {n}"))
    async with office.db.transaction("organisation") as tx:
        await tx.write(sa.delete(search_documents))
    assert await found(office, office.secretary, "họp") == {}
    monkeypatch.setattr(search_index, "AT_ONCE", 2)
    await index_missing(office.db)
    assert len((await found(office, office.secretary, "họp số"))["title"]) == 5
    await assert_true(office.db)


@pytest.mark.parametrize(("typed", "text", "marked"), [
    ("đầu tư", "Họp về Đầu tư công", ["Đầu", "tư"]),
    ("cong ng", "Công nghệ, ngân sách", ["Công", "ng", "ng"]),
    ("a", "an a ă", ["a", "ă"]),
])  # fmt: skip
def test_what_was_typed_is_marked(typed: str, text: str, marked: list[str]):
    pieces = Typed.of(typed).marked(text)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, hit in pieces if hit] == marked


def test_a_long_text_is_cut_around_what_was_typed():
    text = "từ " * 300 + "cần tìm " + "khác " * 300
    pieces = Typed.of("cần tìm").marked(text)
    assert [piece for piece, hit in pieces if hit] == ["cần", "tìm"]
    assert pieces[0][0] == pieces[-1][0][-1] == "…"
    assert sum(len(piece) for piece, _ in pieces) <= SHOWN + 2
