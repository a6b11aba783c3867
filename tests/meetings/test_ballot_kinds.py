"""Ballots with options: choosing, electing, for or against each candidate; ties for the last seat; weights; and each one's record
counted again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from meetings.ballot_words import outcome, result_line
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed
from meetings.i18n import translator
from meetings.models.room import ballots
from meetings.perform import perform
from meetings.views import ballot_view
from meetings.voting import CloseBallot, OrderBallots, PrepareBallot, RecordElder, SetWeight
from tests.support.ballots import ballot_of, exported, for_, rechained, verify, vote
from tests.support.meetings import Held, hold_meeting

NAMES = ["Trần An", "Lê Bình", "Hồ Chi"]
ELECTION: dict[str, Any] = {"kind": "election", "options": NAMES, "most": 2, "seats": 2}


async def close(db: Database, held: Held, ballot: str) -> dict[str, Any]:
    return (await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot)))["result"]


async def test_an_election_takes_more_than_half_of_all_members(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 6)  # seven with a vote
    ballot = await ballot_of(db, held, **ELECTION)
    for actor, marked in zip(held.members, (["1", "2"], ["1", "2"], ["1", "3"], ["1"], [], ["2"]), strict=True):
        await vote(db, held, ballot, actor, marks=for_(*marked))
    result = await close(db, held, ballot)
    assert (result["needed"], result["elected"], result["carried"]) == (4, ["1"], False)
    assert {key: sums["for"] for key, sums in result["options"].items()} == {"1": 4, "2": 3, "3": 1}
    assert (result["cast"], result["not_cast"], result["members"]) == (6, 1, 7)
    code, said = verify(tmp_path, await exported(db, held, ballot))
    assert code == 0, said
    assert "* 4 for: Trần An" in said


async def test_one_marks_no_more_than_the_ballot_lets_and_nothing_else(db: Database):
    held = await hold_meeting(db, 3)
    ballot = await ballot_of(db, held, **ELECTION)
    for marks, code in (
        (for_("1", "2", "3"), "too_many_marked"), (for_("4"), "option_unknown"), ({"1": "against"}, "too_many_marked"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=code):
            await vote(db, held, ballot, held.members[0], marks=marks)
    await vote(db, held, ballot, held.members[0], "for")  # a choice says nothing here: a blank ballot
    assert (await close(db, held, ballot))["options"]["1"] == {"for": 0, "against": 0}
    plain = await ballot_of(db, held)
    with pytest.raises(Invalid, match="choice_missing"):
        await vote(db, held, plain, held.members[0], marks=for_("1"))


async def test_each_candidate_is_voted_for_or_against(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 4)
    ballot = await ballot_of(db, held, kind="approval", options=NAMES)
    await vote(db, held, ballot, held.members[0], marks={"1": "for", "2": "against", "3": "for"})
    await vote(db, held, ballot, held.members[0], marks={"1": "for", "2": "against"})
    for actor in held.members[1:]:
        await vote(db, held, ballot, actor, marks={"1": "for", "2": "for", "3": "against"})
    result = await close(db, held, ballot)
    assert result["options"] == {"1": {"for": 4, "against": 0}, "2": {"for": 3, "against": 1}, "3": {"for": 0, "against": 3}}
    assert result["elected"] == ["1", "2"]
    assert verify(tmp_path, await exported(db, held, ballot))[0] == 0


async def test_the_elder_of_those_who_are_level_is_recorded_once(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 4)
    ballot = await ballot_of(db, held, **ELECTION | {"tie": "elder", "seats": 1, "most": 1, "base": "cast", "strict": False})
    for actor, marked in zip(held.members, ("1", "1", "2", "2"), strict=True):
        await vote(db, held, ballot, actor, marks=for_(marked))
    result = await close(db, held, ballot)
    assert (result["elected"], result["level"], result["tied"]) == ([], ["1", "2"], True)
    elder = RecordElder(meeting_id=held.id, ballot_id=ballot, option_ids=["3"])
    with pytest.raises(NotAllowed):
        await perform(db, held.members[0], elder)
    with pytest.raises(Invalid, match="elders_not_level"):
        await perform(db, held.secretary, elder)
    await perform(db, held.secretary, RecordElder(meeting_id=held.id, ballot_id=ballot, option_ids=["2"]))
    with pytest.raises(Conflict, match="nothing_to_decide"):
        await perform(db, held.chair, RecordElder(meeting_id=held.id, ballot_id=ballot, option_ids=["1"]))
    record = await exported(db, held, ballot)
    code, said = verify(tmp_path, record)
    assert code == 0, said
    assert "* 2 for: Lê Bình" in said
    assert record["entries"][-1]["data"]["name"] == held.secretary.name
    record["entries"][-1]["data"]["elders"] = ["1"]
    assert verify(tmp_path, rechained(record))[0] == 1


async def test_a_tie_that_asks_for_a_new_ballot_prepares_one_between_those_who_are_level(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 4)
    ballot = await ballot_of(db, held, **ELECTION | {"tie": "revote", "seats": 1, "most": 1, "base": "cast", "strict": False})
    for actor, marked in zip(held.members, ("1", "1", "2", "2"), strict=True):
        await vote(db, held, ballot, actor, marks=for_(marked))
    assert (await close(db, held, ballot))["tied"]
    again = PrepareBallot(meeting_id=held.id, question="Bầu lại", previous_id=ballot, kind="election", options=NAMES[:2], most=1, seats=1)
    await perform(db, held.chair, again)
    assert verify(tmp_path, await exported(db, held, ballot))[0] == 0


async def test_votes_have_the_weight_of_their_members(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 3)
    heavy = held.members[0]
    await perform(db, held.secretary, SetWeight(meeting_id=held.id, participant_id=held.pid(heavy), weight=10))
    with pytest.raises(NotAllowed):
        await perform(db, heavy, SetWeight(meeting_id=held.id, participant_id=held.pid(heavy), weight=99))
    ballot = await ballot_of(db, held, weighted=True)
    await vote(db, held, ballot, heavy, "for")
    for actor in (held.chair, *held.members[1:]):
        await vote(db, held, ballot, actor, "against")
    result = await close(db, held, ballot)
    assert (result["for"], result["against"], result["members"], result["needed"], result["carried"]) == (10, 3, 13, 7, True)
    record = await exported(db, held, ballot)
    assert verify(tmp_path, record)[0] == 0
    next(line for line in record["entries"][0]["data"]["roll"] if line["id"] == held.pid(heavy))["weight"] = 1
    assert verify(tmp_path, rechained(record))[0] == 1


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"kind": "choice", "options": ["Một"], "most": 1}, "options_missing"),
        ({"kind": "election", "options": [], "most": 1, "seats": 1}, "options_missing"),
        (ELECTION | {"options": ["An", "an", "Bình"]}, "options_twice"),
        (ELECTION | {"most": 0}, "most_impossible"),
        (ELECTION | {"most": 4}, "most_impossible"),
        (ELECTION | {"seats": 4}, "seats_impossible"),
        (ELECTION | {"seats": 0}, "seats_impossible"),
        (ELECTION | {"tie": "chair"}, "tie_of_another_kind"),
        ({"tie": "elder"}, "tie_of_another_kind"),
        ({"method": "hand", "seconds": 60}, "hand_count_plain"),
    ],
)
async def test_what_cannot_be_is_refused_when_it_is_prepared(db: Database, settings: dict[str, Any], code: str):
    held = await hold_meeting(db, 3)
    with pytest.raises(Invalid, match=code):
        await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="?", **settings))


async def test_prepared_ballots_are_changed_and_ordered_before_the_meeting(db: Database):
    held = await hold_meeting(db, 3)
    keys = [(await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question=f"Câu {n}")))["ballot_id"] for n in range(3)]
    order = OrderBallots(meeting_id=held.id, ballot_ids=[keys[2], keys[0], keys[1]])
    with pytest.raises(NotAllowed):
        await perform(db, held.members[0], order)
    await perform(db, held.chair, order)
    await perform(db, held.chair, PrepareBallot(meeting_id=held.id, ballot_id=keys[0], question="Câu mới"))
    opened = await ballot_of(db, held)
    with pytest.raises(Conflict, match="ballots_changed"):
        await perform(db, held.chair, OrderBallots(meeting_id=held.id, ballot_ids=keys[:2]))
    with pytest.raises(Conflict, match="ballot_already_opened"):
        await perform(db, held.chair, PrepareBallot(meeting_id=held.id, ballot_id=opened, question="Khác"))


@pytest.mark.parametrize(
    ("settings", "marks", "said"),
    [
        (ELECTION, (["1"], ["1", "2"], ["1"]), "Cần từ 3 phiếu, tính trên tổng số 4 thành viên. Trúng cử: Trần An."),
        (ELECTION, (["1"], ["2"], []), "Cần từ 3 phiếu, tính trên tổng số 4 thành viên. Không ai đủ số phiếu trúng cử."),
        (
            ELECTION | {"kind": "choice", "most": 1, "seats": 1, "threshold": (1, 3), "strict": False, "base": "cast", "tie": "revote"},
            (["1"], ["2"], []),
            "Cần từ 1 phiếu, tính trên 3 phiếu hợp lệ. Ngang phiếu, còn 1 chỗ: Trần An; Lê Bình. Cần biểu quyết lại giữa các mục này.",
        ),
    ],
)
async def test_minutes_and_pages_tell_the_arithmetic(db: Database, settings: dict[str, Any], marks: Any, said: str):
    held = await hold_meeting(db, 3)
    ballot = await ballot_of(db, held, **settings)
    for actor, marked in zip(held.members, marks, strict=True):
        await vote(db, held, ballot, actor, marks=for_(*marked))
    await close(db, held, ballot)
    async with db.reading() as reading:
        view = ballot_view(await reading.get(ballots, ballot))
    assert outcome(view, translator("vi")) == said
    assert said in result_line(view, translator("vi"))
    assert outcome(view, translator("en"))
