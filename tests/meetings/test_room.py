"""What is done in the room, through the one door, on both databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import cycle

import pytest
import sqlalchemy as sa
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from meetings import audit, live_log, minutes
from meetings.agenda import EndMeeting, FinishItem, StartItem, StartMeeting
from meetings.agenda_items import InsertItem, ReorderItems
from meetings.attendance import CheckIn, LeaveMeeting, MarkAttendance
from meetings.commands import Actor
from meetings.database import Database
from meetings.decisions import RecordConclusion, RemoveConclusion
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from meetings.floor import EndSpeech, GiveFloor
from meetings.minutes import AppendMinutesUpdate
from meetings.minutes_approval import ApproveMinutes
from meetings.minutes_document import digest
from meetings.models.columns import new_id
from meetings.models.meeting import items, participants
from meetings.models.room import ballots, speeches, votes
from meetings.perform import perform
from meetings.speaking import AskToSpeak, WithdrawRequest
from meetings.voting import CastVote, CloseBallot, OpenBallot, PrepareBallot, RemoveBallot
from tests.support.meetings import Held, hold_meeting


async def rows(db: Database, table: sa.Table, **where):
    async with db.reading() as r:
        return await r.all(sa.select(table).where(*(table.c[k] == v for k, v in where.items())))


async def live(db: Database, members: int = 3) -> Held:
    held = await hold_meeting(db, members)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    await asyncio.gather(*(perform(db, a, CheckIn(meeting_id=held.id, mode="room")) for a in [held.chair, *held.members]))
    return held


async def opened(db: Database, held: Held, **settings) -> str:
    prepared = await perform(db, held.secretary, PrepareBallot(meeting_id=held.id, question="Thông qua?", **settings))
    await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=prepared["ballot_id"]))
    return prepared["ballot_id"]


async def test_starting_an_item_finishes_the_one_before_and_time_adds_up(db: Database):
    held = await live(db)
    first, second, _ = held.items
    for key in (first, second, first):
        await perform(db, held.secretary, StartItem(meeting_id=held.id, item_id=key))
    states = {row.id: row.state for row in await rows(db, items, meeting_id=held.id)}
    assert states == {first: "running", second: "done", held.items[2]: "planned"}
    await perform(db, held.secretary, FinishItem(meeting_id=held.id, item_id=first))
    assert {r.state for r in await rows(db, items, id=first)} == {"done"}


async def test_items_are_inserted_and_reordered_without_gaps(db: Database):
    held = await live(db)
    a, b, c = held.items
    new = (await perform(db, held.chair, InsertItem(meeting_id=held.id, title="Phát sinh", after_id=a)))["item_id"]
    await perform(db, held.chair, ReorderItems(meeting_id=held.id, item_ids=[c, a, new, b]))
    found = {row.id: row.position for row in await rows(db, items, meeting_id=held.id)}
    assert found == {c: 0, a: 1, new: 2, b: 3}
    with pytest.raises(Conflict, match="agenda_changed"):
        await perform(db, held.chair, ReorderItems(meeting_id=held.id, item_ids=[c, a, b]))


async def test_only_chair_and_secretary_run_and_a_stranger_finds_nothing(db: Database):
    held = await live(db)
    with pytest.raises(NotAllowed):
        await perform(db, held.members[0], StartItem(meeting_id=held.id, item_id=held.items[0]))
    with pytest.raises(NotAllowed):
        await perform(db, held.secretary, EndMeeting(meeting_id=held.id))
    with pytest.raises(NotFound):
        await perform(db, held.stranger, StartItem(meeting_id=held.id, item_id=held.items[0]))


async def test_arrival_leave_and_return_are_kept_as_times(db: Database):
    held = await live(db)
    member = held.members[0]
    await perform(db, member, LeaveMeeting(meeting_id=held.id))
    (row,) = await rows(db, participants, id=held.pid(member))
    assert (row.attendance, row.left_at is not None) == ("absent", True)
    arrived = row.arrived_at
    await perform(db, held.secretary, MarkAttendance(meeting_id=held.id, participant_id=row.id, attendance="online"))
    (row,) = await rows(db, participants, id=row.id)
    assert (row.attendance, row.left_at, row.arrived_at) == ("online", None, arrived)


async def test_one_speaker_at_a_time_and_the_queue_keeps_its_order(db: Database):
    held = await live(db)
    asked = [(await perform(db, m, AskToSpeak(meeting_id=held.id, subject="góp ý")))["speech_id"] for m in held.members]
    again = await perform(db, held.members[0], AskToSpeak(meeting_id=held.id, subject="kinh phí"))
    assert again["speech_id"] == asked[0]
    await perform(db, held.chair, GiveFloor(meeting_id=held.id, speech_id=asked[0]))
    await perform(db, held.chair, GiveFloor(meeting_id=held.id, participant_id=held.pid(held.guest), seconds=60))
    found = {row.participant_id: row for row in await rows(db, speeches, meeting_id=held.id)}
    assert found[held.pid(held.members[0])].state == "done"
    assert found[held.pid(held.guest)].state == "speaking"
    with pytest.raises(NotAllowed):
        await perform(db, held.members[2], WithdrawRequest(meeting_id=held.id, speech_id=asked[1]))
    await perform(db, held.members[1], WithdrawRequest(meeting_id=held.id, speech_id=asked[1]))
    await perform(db, held.guest, EndSpeech(meeting_id=held.id, speech_id=found[held.pid(held.guest)].id))
    assert not await rows(db, speeches, meeting_id=held.id, state="speaking")


async def test_three_hundred_votes_at_once_are_each_counted_once(db: Database):
    held = await live(db, members=300)
    ballot = await opened(db, held)
    choices = dict(zip([m.person_id for m in held.members], cycle(["for", "for", "against", "abstain"]), strict=False))
    cast = [CastVote(meeting_id=held.id, ballot_id=ballot, choice=choices[m.person_id]) for m in held.members]
    twice = [(m, c) for m, c in zip(held.members, cast, strict=True) for _ in range(2)]  # each sent twice
    receipts = await asyncio.gather(*(perform(db, m, c) for m, c in twice))
    assert all(receipts[i] == receipts[i + 1] for i in range(0, len(receipts), 2))
    result = (await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot)))["result"]
    assert {k: result[k] for k in ("for", "against", "abstain")} == dict(Counter(choices.values()))
    assert (result["entitled"], result["not_cast"], result["members"]) == (301, 1, 301)
    async with db.reading() as r:
        told = [row for row in await live_log.read_after(r, held.id, 0, 5000) if row.kind == "vote.cast"]
        everything = await live_log.read_after(r, held.id, 0, 5000)
        assert await audit.first_broken(r, held.id) is None
    assert [row.data["cast"] for row in told] == list(range(1, 301))
    assert [row.seq for row in everything] == list(range(1, len(everything) + 1))


async def test_no_vote_is_acknowledged_after_the_close(db: Database):
    held = await live(db, members=60)
    ballot = await opened(db, held)
    cast = [perform(db, m, CastVote(meeting_id=held.id, ballot_id=ballot, choice="for")) for m in held.members]
    close = perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot))
    outcomes = await asyncio.gather(*cast[:30], close, *cast[30:], return_exceptions=True)
    counted = next(o["result"]["for"] for o in outcomes if isinstance(o, dict) and "result" in o)
    acknowledged = sum(isinstance(o, dict) and "receipt" in o for o in outcomes)
    assert acknowledged == counted == len(await rows(db, votes, ballot_id=ballot))
    late = [o for o in outcomes if isinstance(o, Exception)]
    assert all(isinstance(o, Refusal) and o.code == "ballot_closed" for o in late)


async def test_a_vote_is_changed_only_where_the_ballot_lets_it(db: Database):
    held = await live(db)
    voter = held.members[0]
    free = await opened(db, held, change_allowed=True)
    for choice in ("against", "for"):
        await perform(db, voter, CastVote(meeting_id=held.id, ballot_id=free, choice=choice))
    (vote,) = await rows(db, votes, ballot_id=free)
    assert (vote.choice, vote.changes) == ("for", 1)
    await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=free))
    fixed = await opened(db, held, change_allowed=False)
    await perform(db, voter, CastVote(meeting_id=held.id, ballot_id=fixed, choice="against"))
    with pytest.raises(Conflict, match="already_voted"):
        await perform(db, voter, CastVote(meeting_id=held.id, ballot_id=fixed, choice="for"))


async def test_the_roll_is_frozen_at_opening(db: Database):
    held = await live(db)
    late = held.members[0]
    await perform(db, late, LeaveMeeting(meeting_id=held.id))
    ballot = await opened(db, held)
    await perform(db, late, CheckIn(meeting_id=held.id, mode="online"))
    for stranger_to_roll in (late, held.secretary, held.guest):
        with pytest.raises(NotAllowed, match="not_on_roll"):
            await perform(db, stranger_to_roll, CastVote(meeting_id=held.id, ballot_id=ballot, choice="for"))
    (row,) = await rows(db, ballots, id=ballot)
    assert (row.entitled, row.members_total) == (3, 4)


async def test_a_ballot_needs_its_quorum_and_runs_alone(db: Database):
    held = await live(db, members=5)
    for member in held.members[:3]:
        await perform(db, member, LeaveMeeting(meeting_id=held.id))
    with pytest.raises(Conflict, match="no_quorum") as refused:
        await opened(db, held)
    assert refused.value.params == {"present": 3, "members": 6, "needed": 4}
    await opened(db, held, quorum=(1, 2))
    with pytest.raises(Conflict, match="another_ballot_open"):
        await opened(db, held, quorum=(1, 2))
    with pytest.raises(Conflict, match="ballot_still_open"):
        await perform(db, held.chair, EndMeeting(meeting_id=held.id))


async def test_an_impossible_share_is_refused_and_a_prepared_ballot_can_be_removed(db: Database):
    held = await live(db)
    with pytest.raises(Invalid, match="share_impossible"):
        await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="?", threshold=(1, 1), strict=True))
    made = await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="?", threshold=(1, 1), strict=False))
    await perform(db, held.chair, RemoveBallot(meeting_id=held.id, ballot_id=made["ballot_id"]))
    assert not await rows(db, ballots, meeting_id=held.id)


async def test_how_somebody_voted_is_not_in_the_audit(db: Database):
    held = await live(db)
    ballot = await opened(db, held)
    await perform(db, held.members[0], CastVote(meeting_id=held.id, ballot_id=ballot, choice="against"))
    async with db.reading() as r:
        from meetings.models.live import audit as table

        (fields,) = await r.column(sa.select(table.c.fields).where(table.c.command == "CastVote"))
    assert fields == {"ballot_id": ballot, "mandate_id": None}


async def test_a_conclusion_is_recorded_replaced_and_removed(db: Database):
    held = await live(db)
    agency = held.chair.agency_id
    made = RecordConclusion(meeting_id=held.id, text="Giao Sở A", lead_agency_id=agency, support_agency_ids=[agency])
    await perform(db, held.secretary, made)
    change = RecordConclusion(meeting_id=held.id, conclusion_id=made.conclusion_id, text="Giao Sở A chủ trì")
    await perform(db, held.secretary, change)
    with pytest.raises(Invalid, match="agency_unknown"):
        await perform(db, held.chair, RecordConclusion(meeting_id=held.id, text="x", lead_agency_id=new_id()))
    other = await live(db)
    with pytest.raises(Invalid, match="conclusion_unknown"):
        await perform(
            db, other.chair, RecordConclusion(meeting_id=other.id, conclusion_id=made.conclusion_id, text="chiếm")
        )
    await perform(db, held.chair, RemoveConclusion(meeting_id=held.id, conclusion_id=made.conclusion_id))


def update_with(item: str, text: str) -> bytes:
    doc = Doc()
    fragment = doc.get(minutes.section_name(item), type=XmlFragment)
    fragment.children.append(XmlElement("paragraph", contents=[XmlText(text)]))
    return doc.get_update()


async def test_minutes_of_two_secretaries_converge_and_are_locked_when_both_approved(db: Database):
    held = await live(db)
    item = held.items[0]
    both: list[Actor] = [held.chair, held.secretary]
    texts = [f"Ý kiến {n} về Huế ữ" for n in range(450)]
    await asyncio.gather(
        *(
            perform(db, both[n % 2], AppendMinutesUpdate(meeting_id=held.id, update=update_with(item, text)))
            for n, text in enumerate(texts)
        )
    )
    with pytest.raises(NotAllowed):
        await perform(db, held.members[0], AppendMinutesUpdate(meeting_id=held.id, update=update_with(item, "x")))
    with pytest.raises(Invalid, match="minutes_update_broken"):
        await perform(db, held.chair, AppendMinutesUpdate(meeting_id=held.id, update=b"\x07garbage"))
    async with db.reading() as r:
        doc, upto = await minutes.load(r, held.id)
        unfinished = await digest(r, held.id)
    assert upto == 450
    assert sorted(b["content"][0]["text"] for b in minutes.blocks(doc, item)) == sorted(texts)
    with pytest.raises(Conflict, match="meeting_not_finished"):
        await perform(db, held.chair, ApproveMinutes(meeting_id=held.id, sha256=unfinished))
    await perform(db, held.chair, EndMeeting(meeting_id=held.id))
    async with db.reading() as r:
        before = await digest(r, held.id)
    await perform(db, held.chair, ApproveMinutes(meeting_id=held.id, sha256=before))
    await perform(db, held.secretary, AppendMinutesUpdate(meeting_id=held.id, update=update_with(item, "thêm")))
    with pytest.raises(Conflict, match="minutes_changed"):
        await perform(db, held.secretary, ApproveMinutes(meeting_id=held.id, sha256=before))
    async with db.reading() as r:
        after = await digest(r, held.id)
    for actor in both:  # the chair's first approval was of another text and does not count
        await perform(db, actor, ApproveMinutes(meeting_id=held.id, sha256=after))
    with pytest.raises(Conflict, match="minutes_locked"):
        await perform(db, held.secretary, AppendMinutesUpdate(meeting_id=held.id, update=update_with(item, "muộn")))
    with pytest.raises(Conflict, match="minutes_locked"):
        await perform(db, held.secretary, RecordConclusion(meeting_id=held.id, text="muộn"))
