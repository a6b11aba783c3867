"""The record of a ballot, counted again by the stand-alone verifier; and whatever is done to it, found out."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meetings.agenda import EndMeeting, StartMeeting
from meetings.attendance import CheckIn
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from meetings.models.columns import new_id
from meetings.models.meeting import meetings
from meetings.perform import perform
from meetings.queries.ballots import record_of
from meetings.recusals import DeclareRecusal, WithdrawRecusal
from meetings.voting import CloseBallot, OpenBallot, PauseBallot, PrepareBallot, ResumeBallot, VoidBallot
from tests.support.ballots import Record, alterations, ballot_of, exported, rechained, verify, vote
from tests.support.meetings import hold_meeting
from web.static import verify_ballot


@pytest.fixture
async def closed(db: Database) -> Record:
    """Eight members and the chair: votes, a change, a pause, one who does not vote, the close."""
    held = await hold_meeting(db, 8)
    ballot = await ballot_of(db, held, disclosure="totals")
    for actor, choice in zip(held.members, ("for", "for", "against", "abstain", "for"), strict=False):
        await vote(db, held, ballot, actor, choice)
    await perform(db, held.chair, PauseBallot(meeting_id=held.id, ballot_id=ballot))
    with pytest.raises(Conflict, match="ballot_paused"):
        await vote(db, held, ballot, held.members[5], "for")
    await perform(db, held.chair, ResumeBallot(meeting_id=held.id, ballot_id=ballot))
    await vote(db, held, ballot, held.members[2], "for")
    await vote(db, held, ballot, held.chair, "for")
    await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot))
    return await exported(db, held, ballot)


async def test_a_true_record_is_counted_to_the_same_result(closed: Record, tmp_path: Path):
    code, said = verify(tmp_path, closed)
    assert (code, said.splitlines()[0]) == (0, "OK"), said
    assert "5 for, 0 against, 1 abstaining, 3 not voting; of 9, at least 5 needed" in said
    assert [entry["what"] for entry in closed["entries"]] == ["opened", *["vote"] * 5, "paused", "resumed", *["vote"] * 2, "closed"]


async def test_no_value_of_a_record_can_be_altered(closed: Record):
    for forged in alterations(closed):
        with pytest.raises(verify_ballot.Wrong):
            verify_ballot.verify(forged)


def _drop_vote(entries: list[Any]) -> None:
    del entries[1]


def _turn_vote(entries: list[Any]) -> None:
    entries[1]["data"]["choice"] = "against"


def _tell_another_result(entries: list[Any]) -> None:
    entries[-1]["data"]["result"]["carried"] = False


def _add_a_stranger(entries: list[Any]) -> None:
    data = entries[1]["data"] | {"participant_id": "f" * 32}
    entries.insert(2, entries[1] | {"data": data})


def _vote_after_the_close(entries: list[Any]) -> None:
    entries.append(entries[1] | {"at": entries[-1]["at"]})


def _vote_while_paused(entries: list[Any]) -> None:
    paused = next(n for n, entry in enumerate(entries) if entry["what"] == "paused")
    entries.insert(paused, entries.pop(1) | {"at": entries[paused]["at"]})


def _forbid_changes(entries: list[Any]) -> None:
    entries[0]["data"]["settings"]["change_allowed"] = False


def _shrink_the_body(entries: list[Any]) -> None:
    entries[0]["data"]["members"] = 5


def _lose_the_opening(entries: list[Any]) -> None:
    del entries[0]


@pytest.mark.parametrize(
    "forge",
    [
        _drop_vote, _turn_vote, _tell_another_result, _add_a_stranger, _vote_after_the_close, _vote_while_paused, _forbid_changes,
        _shrink_the_body, _lose_the_opening,
    ],
)  # fmt: skip
async def test_a_forgery_whose_hashes_were_made_again_does_not_add_up(closed: Record, forge: Any, tmp_path: Path):
    forged = copy.deepcopy(closed)
    forge(forged["entries"])
    code, said = verify(tmp_path, rechained(forged))
    assert code == 1
    assert said.startswith("WRONG: ")


HOLLOW = ("", "[]", "{}", '{"format": "diemcau-ballot/2"}', '{"format": "diemcau-ballot/2", "entries": [], "seal": ""}')


@pytest.mark.parametrize("said", HOLLOW)
def test_what_is_no_record_is_said_to_be_none(said: str, tmp_path: Path):
    (tmp_path / "x.json").write_text(said, encoding="utf-8")
    assert verify_ballot.main([str(tmp_path / "x.json")]) == 1


async def test_a_tie_is_decided_by_the_chair_where_the_ballot_says_so(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 5)
    ballot = await ballot_of(db, held, tie="chair", disclosure="named")
    for actor, choice in zip((held.chair, *held.members), ("for", "for", "for", "against", "against", "against"), strict=True):
        await vote(db, held, ballot, actor, choice)
    result = (await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot)))["result"]
    assert (result["needed"], result["carried"], result["decided_by"]) == (4, True, "chair")
    code, said = verify(tmp_path, await exported(db, held, ballot))
    assert code == 0
    assert "carried by the chair's vote" in said


async def test_a_void_ballot_stays_on_record_and_a_new_one_names_it(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 3)
    ballot = await ballot_of(db, held)
    await vote(db, held, ballot, held.members[0], "for")
    with pytest.raises(Conflict, match="ballot_not_over"):
        await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="Lại?", previous_id=ballot))
    with pytest.raises(NotAllowed):
        await perform(db, held.secretary, VoidBallot(meeting_id=held.id, ballot_id=ballot, reason="nhầm"))
    await perform(db, held.chair, VoidBallot(meeting_id=held.id, ballot_id=ballot, reason="Nêu nhầm phương án"))
    for command in (OpenBallot, CloseBallot, ResumeBallot):
        with pytest.raises(Refusal):
            await perform(db, held.chair, command(meeting_id=held.id, ballot_id=ballot))
    with pytest.raises(Conflict, match="ballot_closed"):
        await vote(db, held, ballot, held.members[1], "for")
    again = await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="Lại?", previous_id=ballot))
    await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=again["ballot_id"]))
    code, said = verify(tmp_path, await exported(db, held, ballot))
    assert code == 0
    assert "declared void: Nêu nhầm phương án" in said


async def test_what_approved_minutes_tell_is_not_voided_any_more(db: Database):
    held = await hold_meeting(db, 3)
    ballot = await ballot_of(db, held)
    await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot))
    async with db.transaction(held.id) as tx:
        await tx.update(meetings, held.id, minutes_state="approved")
    with pytest.raises(Conflict, match="minutes_locked"):
        await perform(db, held.chair, VoidBallot(meeting_id=held.id, ballot_id=ballot, reason="nhầm"))


async def test_a_paused_ballot_keeps_the_meeting_open_and_can_be_closed(db: Database):
    held = await hold_meeting(db, 3)
    ballot = await ballot_of(db, held)
    await perform(db, held.chair, PauseBallot(meeting_id=held.id, ballot_id=ballot))
    with pytest.raises(Conflict, match="ballot_still_open"):
        await perform(db, held.chair, EndMeeting(meeting_id=held.id))
    assert (await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot)))["result"]["not_cast"] == 4


async def test_another_opinion_needs_words_and_they_are_counted_apart(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 3)
    ballot = await ballot_of(db, held, kind="opinion")
    with pytest.raises(Invalid, match="opinion_missing"):
        await vote(db, held, ballot, held.members[0], "abstain")
    await vote(db, held, ballot, held.members[0], "abstain", "Cần thêm số liệu")
    changed = await vote(db, held, ballot, held.members[0], "abstain", "Cần thêm số liệu và kinh phí")
    again = await vote(db, held, ballot, held.members[0], "abstain", "Cần thêm số liệu và kinh phí")
    assert again == changed
    await vote(db, held, ballot, held.members[1], "for", "không được giữ")
    await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot))
    record = await exported(db, held, ballot)
    assert verify(tmp_path, record)[0] == 0
    assert [e["data"]["text"] for e in record["entries"] if e["what"] == "vote"][1:] == ["Cần thêm số liệu và kinh phí", ""]


async def test_whoever_recused_himself_is_not_on_the_roll_of_that_item(db: Database):
    held = await hold_meeting(db, 4)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    await asyncio.gather(*(perform(db, a, CheckIn(meeting_id=held.id, mode="room")) for a in (held.chair, *held.members)))
    first, second = held.members[:2]
    declare = DeclareRecusal(meeting_id=held.id, item_id=held.items[0], participant_id=held.pid(first), reason="Người thân dự tuyển")
    with pytest.raises(NotAllowed):
        await perform(db, second, declare)
    recusal = (await perform(db, first, replace(declare, id=new_id())))["recusal_id"]
    ballot = (await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="?", item_id=held.items[0])))["ballot_id"]
    assert (await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=ballot)))["entitled"] == 4
    with pytest.raises(NotAllowed, match="not_on_roll"):
        await vote(db, held, ballot, first, "for")
    with pytest.raises(Conflict, match="another_ballot_open"):
        await perform(db, first, WithdrawRecusal(meeting_id=held.id, recusal_id=recusal))
    result = (await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot)))["result"]
    assert (result["members"], result["entitled"]) == (5, 4)
    await perform(db, first, WithdrawRecusal(meeting_id=held.id, recusal_id=recusal))


async def test_the_record_is_for_those_who_run_or_organise_the_meeting(db: Database):
    held = await hold_meeting(db, 3)
    ballot = await ballot_of(db, held)
    async with db.reading() as reading:
        with pytest.raises(NotAllowed):
            await record_of(reading, held.members[0], held.id, ballot)
        with pytest.raises(NotFound):
            await record_of(reading, held.stranger, held.id, ballot)
