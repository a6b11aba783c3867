"""The agenda while it runs: skipped items, changed items, items split off to another meeting, and the limit of each item's speeches."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from meetings.agenda import FinishItem, SkipItem, StartItem, StartMeeting
from meetings.agenda_items import EditItem
from meetings.database import Database, Row
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound
from meetings.floor import GiveFloor
from meetings.models.meeting import items, meetings, papers
from meetings.models.room import speeches
from meetings.papers import AddPaper
from meetings.perform import perform
from meetings.splitting import SplitOffItems
from tests.support.meetings import Held, hold_meeting
from tests.support.scheduled import open_office


async def live(db: Database) -> Held:
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held


async def item_rows(db: Database, meeting: str) -> list[Row]:
    async with db.reading() as r:
        return list(await r.all(sa.select(items).where(items.c.meeting_id == meeting).order_by(items.c.position)))


async def test_a_skipped_item_keeps_its_time_and_can_be_returned_to_or_planned_again(db: Database):
    held = await live(db)
    first, second, _ = held.items
    await perform(db, held.chair, StartItem(meeting_id=held.id, item_id=first))
    await perform(db, held.chair, SkipItem(meeting_id=held.id, item_id=first))
    await perform(db, held.secretary, SkipItem(meeting_id=held.id, item_id=second))
    assert [row.state for row in await item_rows(db, held.id)] == ["skipped", "skipped", "planned"]
    await perform(db, held.chair, SkipItem(meeting_id=held.id, item_id=second, skipped=False))
    await perform(db, held.chair, StartItem(meeting_id=held.id, item_id=first))
    assert [row.state for row in await item_rows(db, held.id)] == ["running", "planned", "planned"]
    # Planning again is for what was skipped: it takes nothing from the item that runs.
    await perform(db, held.chair, SkipItem(meeting_id=held.id, item_id=first, skipped=False))
    assert (await item_rows(db, held.id))[0].state == "running"
    await perform(db, held.chair, FinishItem(meeting_id=held.id, item_id=first))
    with pytest.raises(Conflict, match="item_already_discussed"):
        await perform(db, held.chair, SkipItem(meeting_id=held.id, item_id=first))
    with pytest.raises(NotAllowed):
        await perform(db, held.members[0], SkipItem(meeting_id=held.id, item_id=second))


async def test_a_changed_item_gives_its_limit_to_each_speech(db: Database):
    held = await live(db)
    other = await live(db)
    change: dict[str, Any] = {"title": "Nội dung sửa", "minutes": 25, "presenter": "Sở Y tế", "speaking_seconds": 120}
    await perform(db, held.secretary, EditItem(meeting_id=held.id, item_id=held.items[0], **change))
    with pytest.raises(NotFound):
        await perform(db, held.secretary, EditItem(meeting_id=held.id, item_id=other.items[0], **change))
    row = (await item_rows(db, held.id))[0]
    assert (row.title, row.minutes, row.presenter, row.speaking_seconds) == ("Nội dung sửa", 25, "Sở Y tế", 120)
    limits = []
    for item in held.items[:2]:
        await perform(db, held.chair, StartItem(meeting_id=held.id, item_id=item))
        given = await perform(db, held.chair, GiveFloor(meeting_id=held.id, participant_id=held.pid(held.members[0])))
        async with db.reading() as r:
            limits.append((await r.get(speeches, (given or {})["speech_id"])).limit_seconds)
    assert limits == [120, 300]


async def test_items_split_off_begin_a_draft_of_the_same_host_with_their_papers(db: Database):
    office = await open_office(db)
    three = [{"id": f"{n:032x}", "title": f"Việc {n}", "minutes": "20"} for n in range(3)]
    meeting = await office.draft(items=three)
    await office.send(meeting)
    paper = AddPaper(meeting_id=meeting, title="Tờ trình", file_name="a.txt", content=b"x", item_id=three[2]["id"])
    await perform(db, office.secretary, paper)
    await perform(db, office.secretary, StartMeeting(meeting_id=meeting))
    for number in (0, 1):
        await perform(db, office.secretary, StartItem(meeting_id=meeting, item_id=three[number]["id"]))
    split = SplitOffItems(meeting_id=meeting, item_ids=(three[1]["id"], three[2]["id"]), title="Họp tiếp về việc 1 và 2")
    made = ((await perform(db, office.secretary, split)) or {})["meeting_id"]

    here = await item_rows(db, meeting)
    assert [(row.state, row.moved_to_id) for row in here] == [("done", None), ("moved", made), ("moved", made)]
    async with db.reading() as r:
        draft = await r.get(meetings, made)
        copies = await r.all(sa.select(papers).where(papers.c.meeting_id == made))
        kept = await r.all(sa.select(papers).where(papers.c.meeting_id == meeting))
    assert (draft.state, draft.title, draft.split_from_id) == ("draft", "Họp tiếp về việc 1 và 2", meeting)
    assert draft.created_by == office.people["secretary"]
    assert [row["title"] for row in draft.draft["items"]] == ["Việc 1", "Việc 2"]
    assert set(draft.draft["invited"]) >= {office.people["b"], office.people["c"]}
    assert [copy.item_id for copy in copies] == [draft.draft["items"][1]["id"]]
    assert len(kept) == 1
    # The draft can be sent as it is, and the items are other items.
    await office.send(made)
    assert {row.id for row in await item_rows(db, made)}.isdisjoint(row.id for row in here)
    with pytest.raises(Conflict, match="item_already_discussed"):
        await perform(db, office.secretary, SplitOffItems(meeting_id=meeting, item_ids=(three[1]["id"],), title="Lần nữa"))
    with pytest.raises(Invalid, match="item_unknown"):
        await perform(db, office.secretary, SplitOffItems(meeting_id=meeting, item_ids=("f" * 32,), title="Không có"))
