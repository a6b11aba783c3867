"""Earlier versions of the minutes: kept through folding, compared, and brought back without deleting anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from pycrdt import XmlElement, XmlText

from meetings import clock, minutes
from meetings.agenda import StartMeeting
from meetings.database import Database
from meetings.errors import Conflict, NotAllowed, NotFound
from meetings.minutes_history import RestoreMinutes, compared, text_at, versions
from meetings.minutes_moments import moments
from meetings.models.meeting import meetings
from meetings.models.minutes import minutes_updates
from meetings.perform import perform
from tests.support.meetings import Held, hold_meeting
from tests.support.minutes_text import texts, write

START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@dataclass
class Row:
    seq: int
    added_at: datetime
    participant_id: str | None = "a"
    begun_at: datetime | None = None
    authors: list[str] | None = None
    restored: int | None = None


def at(minutes_later: float) -> datetime:
    return START + timedelta(minutes=minutes_later)


def test_a_moment_ends_with_a_pause_or_after_ten_minutes_and_names_all_who_wrote():
    rows = [Row(1, at(0)), Row(2, at(1), "b"), Row(3, at(2), "a"), Row(4, at(5), "b"), Row(5, at(6), restored=2), Row(6, at(6))]
    assert [(m.seq, m.authors) for m in moments(rows)] == [(3, ["a", "b"]), (4, ["b"]), (5, ["a"]), (6, ["a"])]
    steady = [Row(n, at(n)) for n in range(1, 25)]
    assert [m.seq for m in moments(steady)] == [11, 22, 24]
    folded = [Row(9, at(4), None, at(0), ["a", "b"]), Row(10, at(5), "c")]
    assert [(m.begun_at, m.authors) for m in moments(folded)] == [(at(0), ["a", "b", "c"])]


def test_a_changed_passage_is_compared_by_words_and_a_new_one_is_marked_whole():
    assert compared(["Giao Sở A chủ trì", "Hết"], ["Giao Sở B chủ trì", "Hết", "Thêm"]) == [
        [("", "Giao Sở"), ("del", "A"), ("ins", "B"), ("", "chủ trì")], [("", "Hết")], [("ins", "Thêm")],
    ]  # fmt: skip
    assert compared(["một"], []) == [[("del", "một")]]
    long = " ".join(["chữ"] * 1000)
    assert compared([long], [long + " nữa"]) == [[("del", long)], [("ins", long + " nữa")]]


async def live(db: Database) -> Held:
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held


async def put_back(db: Database, held: Held, upto: int, by: timedelta) -> None:
    """Makes the updates up to this number older."""
    mine = sa.and_(minutes_updates.c.meeting_id == held.id, minutes_updates.c.seq <= upto)
    async with db.transaction(held.id) as tx:
        await tx.write(sa.update(minutes_updates).where(mine).values(added_at=clock.now() - by))


async def test_history_survives_folding(db: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(minutes, "FOLD_EVERY", 10)
    monkeypatch.setattr(minutes, "KEPT", 2)
    held = await live(db)
    item = held.items[0]
    for n in range(4):
        await write(db, (held.chair, held.secretary)[n % 2], held.id, item, f"trước {n}")
    await put_back(db, held, 4, timedelta(hours=1))
    for n in range(16):
        await write(db, held.secretary, held.id, item, f"sau {n}")
    async with db.reading() as r:
        rows = sa.select(minutes_updates.c.seq).where(minutes_updates.c.meeting_id == held.id)
        kept = await r.column(rows.order_by(minutes_updates.c.seq))
        found = await versions(r, held.id)
        then = minutes.blocks(await text_at(r, held.id, 4), item)
        with pytest.raises(NotFound):
            await text_at(r, held.id, 3)
    assert kept == [4, 18, 19, 20]
    assert [(v.seq, v.authors) for v in found] == [(4, [held.pid(held.chair), held.pid(held.secretary)]), (20, [held.pid(held.secretary)])]
    assert [block["content"][0]["text"] for block in then] == [f"trước {n}" for n in range(4)]
    assert await texts(db, held.id, item) == [f"trước {n}" for n in range(4)] + [f"sau {n}" for n in range(16)]


async def test_an_older_version_is_brought_back_as_a_change_with_all_of_its_form(db: Database):
    held = await live(db)
    item = held.items[0]
    rich = XmlElement("paragraph", contents=[XmlText("đậm")])
    entry = XmlElement("list_item", contents=[XmlElement("paragraph", contents=[XmlText("một")])])
    listed = XmlElement("ordered_list", {"order": "3"}, [entry])
    await write(db, held.secretary, held.id, item, "đầu", rich, listed)
    async with db.reading() as r:
        doc, _ = await minutes.load(r, held.id)
    before = doc.get_state()
    doc.get(minutes.section_name(item), type=minutes.XmlFragment).children[1].children[0].format(0, 3, {"strong": {}})
    await perform(db, held.secretary, minutes.AppendMinutesUpdate(meeting_id=held.id, update=doc.get_update(before)))
    async with db.reading() as r:
        wanted = minutes.blocks(await text_at(r, held.id, 2), item)
    assert wanted[1]["content"][0]["marks"] == ["strong"]
    before = doc.get_state()
    del doc.get(minutes.section_name(item), type=minutes.XmlFragment).children[1:3]
    await perform(db, held.secretary, minutes.AppendMinutesUpdate(meeting_id=held.id, update=doc.get_update(before)))
    await write(db, held.secretary, held.id, item, "cuối")
    await perform(db, held.chair, RestoreMinutes(meeting_id=held.id, seq=2))
    async with db.reading() as r:
        doc, _ = await minutes.load(r, held.id)
        assert minutes.blocks(doc, item) == wanted
        found = await versions(r, held.id)
        assert [block["content"][0]["text"] for block in minutes.blocks(await text_at(r, held.id, 4), item)] == ["đầu", "cuối"]
    assert (found[-1].restored, found[-1].authors) == (2, [held.pid(held.chair)])


async def test_nobody_else_brings_anything_back_and_nothing_comes_back_after_approval(db: Database):
    held, other = await live(db), await live(db)
    await write(db, held.secretary, held.id, held.items[0], "một")
    await write(db, other.secretary, other.id, other.items[0], "khác")
    for actor in (held.members[0], held.guest):
        with pytest.raises(NotAllowed):
            await perform(db, actor, RestoreMinutes(meeting_id=held.id, seq=1))
    with pytest.raises(NotFound):
        await perform(db, held.stranger, RestoreMinutes(meeting_id=held.id, seq=1))
    with pytest.raises(NotFound):
        await perform(db, held.chair, RestoreMinutes(meeting_id=held.id, seq=2))
    async with db.transaction(held.id) as tx:
        await tx.update(meetings, held.id, minutes_state="approved")
    with pytest.raises(Conflict, match="minutes_locked"):
        await perform(db, held.chair, RestoreMinutes(meeting_id=held.id, seq=1))
