"""A new meeting after an old one: with what was chosen of it, and what it left unfinished."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.agenda import EndMeeting, FinishItem, StartItem, StartMeeting
from meetings.cloning import CloneMeeting
from meetings.commands import Actor
from meetings.database import Database
from meetings.decisions import RecordConclusion
from meetings.errors import NotFound
from meetings.models.columns import new_id
from meetings.models.meeting import items, meetings, papers
from meetings.models.post import outbox
from meetings.papers import AddPaper
from meetings.perform import perform
from tests.support.scheduled import Office, open_office

DAY = clock.today() + timedelta(days=20)


async def held(db: Database) -> tuple[Office, str]:
    """With two items, of which the first is done; a task given; a paper of the second item and one of all."""
    office = await open_office(db)
    two = [{"id": new_id(), "title": title, "minutes": "30"} for title in ("Xong", "Chưa xong")]
    meeting = await office.draft(items=two, number="12/GM-VP", signer="Ông Ký", signer_title="Chánh Văn phòng", sites="Trụ sở\nPhường")
    for name, item in (("a.txt", two[1]["id"]), ("b.txt", None)):
        paper = AddPaper(meeting_id=meeting, title=name, file_name=name, content=b"x", item_id=item)
        await perform(db, office.secretary, paper)
    await office.send(meeting)
    async with db.reading() as r:
        first = await r.value(sa.select(items.c.id).where(items.c.meeting_id == meeting).order_by(items.c.position))
    task = RecordConclusion(meeting_id=meeting, text="Rà soát\nđê điều", lead_agency_id=office.secretary.agency_id)
    for command in (
        StartMeeting(meeting_id=meeting), StartItem(meeting_id=meeting, item_id=first), FinishItem(meeting_id=meeting, item_id=first),
        task, EndMeeting(meeting_id=meeting),
    ):  # fmt: skip
        by = office.secretary if not isinstance(command, EndMeeting) else _chair(office)
        await perform(db, by, command)
    return office, meeting


def _chair(office: Office) -> Actor:
    return replace(office.secretary, person_id=office.people["chair"], account_id=new_id())


async def cloned(office: Office, meeting: str, day: date = DAY, **choices: bool):
    answer = await perform(office.db, office.secretary, CloneMeeting(meeting_id=meeting, date=day, **choices)) or {}
    async with office.db.reading() as r:
        return await r.get(meetings, answer["meeting_id"])


async def test_what_is_unfinished_and_the_tasks_given_come_into_the_next_agenda(db: Database):
    office, meeting = await held(db)
    new = await cloned(office, meeting, carry=True, people=True, settings=True)
    assert [(i["title"], i["kind"]) for i in new.draft["items"]] == [
        ("Báo cáo kết quả việc đã giao: Rà soát đê điều", "report"), ("Chưa xong", "discussion"),
    ]  # fmt: skip
    assert new.draft["items"][0]["presenter"] == "A"
    assert (new.state, new.draft["date"], new.draft.get("number", "")) == ("draft", DAY.isoformat(), "")
    assert "sites" not in new.draft
    async with db.reading() as r:
        sent = await r.value(sa.select(sa.func.count()).select_from(outbox).where(outbox.c.meeting_id == new.id))
        ids = set(await r.column(sa.select(items.c.id).where(items.c.meeting_id == meeting)))
    assert sent == 0
    assert not ids & {i["id"] for i in new.draft["items"]}
    assert (await office.send(new.id))["invited"] == 5


async def test_only_what_was_chosen_is_taken_and_papers_follow_their_items(db: Database):
    office, meeting = await held(db)
    bare = await cloned(office, meeting)
    assert bare.draft["items"] == []
    assert not {"invited", "guests", "contact", "sites", "chair_id"} & bare.draft.keys()
    assert bare.draft["secretary_id"] == office.people["secretary"]
    whole = await cloned(office, meeting, agenda=True, sites=True, papers=True)
    assert [i["title"] for i in whole.draft["items"]] == ["Xong", "Chưa xong"]
    async with db.reading() as r:
        copies = await r.all(sa.select(papers.c.title, papers.c.item_id).where(papers.c.meeting_id == whole.id))
    assert {(p.title, p.item_id) for p in copies} == {("a.txt", whole.draft["items"][1]["id"]), ("b.txt", None)}


async def test_a_stranger_cannot_take_a_meeting_for_a_model(db: Database):
    office, meeting = await held(db)
    with pytest.raises(NotFound):
        await perform(db, office.stranger, CloneMeeting(meeting_id=meeting, date=DAY, agenda=True))
