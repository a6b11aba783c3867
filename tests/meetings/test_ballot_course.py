"""The course of a ballot beyond opening and closing: deadlines, proxies, counts by hand, votes told as they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from meetings import clock, live_log
from meetings.attendance import MarkAttendance
from meetings.commands import system
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound
from meetings.models.columns import new_id
from meetings.models.room import ballots
from meetings.perform import perform
from meetings.recusals import DeclareRecusal
from meetings.voting import (
    AllowProxies,
    CloseBallot,
    CloseDueBallot,
    ConfirmCount,
    EnterCount,
    GiveProxy,
    HandCount,
    OpenBallot,
    PauseBallot,
    PrepareBallot,
    ResumeBallot,
    WithdrawProxy,
)
from tests.support.ballots import ballot_of, exported, for_, rechained, verify, vote
from tests.support.meetings import Held, hold_meeting
from web.deadlines import close_due

CLOSER = system("deadlines")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock on by so many seconds."""
    now = clock.now
    ahead = [0.0]
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(seconds=ahead[0]))

    def move(seconds: float) -> None:
        ahead[0] += seconds

    return move


async def state_of(db: Database, ballot: str) -> str:
    async with db.reading() as reading:
        return str(await reading.value(sa.select(ballots.c.state).where(ballots.c.id == ballot)))


async def test_nothing_is_accepted_after_the_deadline_even_if_the_close_is_late(db: Database, later: Any, tmp_path: Path):
    held = await hold_meeting(db, 3)
    ballot = await ballot_of(db, held, seconds=60)
    await vote(db, held, ballot, held.members[0], "for")
    assert (await close_due(db) or clock.now()) > clock.now()
    assert await state_of(db, ballot) == "open"
    later(61)
    with pytest.raises(Conflict, match="ballot_closed"):
        await vote(db, held, ballot, held.members[1], "for")
    with pytest.raises(Conflict, match="ballot_not_open"):
        await perform(db, held.chair, PauseBallot(meeting_id=held.id, ballot_id=ballot))
    assert await close_due(db) is None
    assert await state_of(db, ballot) == "closed"
    record = await exported(db, held, ballot)
    assert record["entries"][-1]["data"]["due"]
    assert verify(tmp_path, record)[0] == 0
    vote_entry = next(entry for entry in record["entries"] if entry["what"] == "vote")
    vote_entry["at"] = record["entries"][-1]["at"]
    assert verify(tmp_path, rechained(record))[0] == 1


async def test_a_pause_moves_the_deadline(db: Database, later: Any, tmp_path: Path):
    held = await hold_meeting(db, 3)
    ballot = await ballot_of(db, held, seconds=60)
    later(30)
    await perform(db, held.chair, PauseBallot(meeting_id=held.id, ballot_id=ballot))
    later(100)
    assert await close_due(db) is None
    await perform(db, held.chair, ResumeBallot(meeting_id=held.id, ballot_id=ballot))
    later(25)
    await vote(db, held, ballot, held.members[0], "for")
    await perform(db, CLOSER, CloseDueBallot(meeting_id=held.id, ballot_id=ballot))
    assert await state_of(db, ballot) == "open"
    later(10)
    await close_due(db)
    record = await exported(db, held, ballot)
    assert verify(tmp_path, record)[0] == 0
    resumed = next(entry for entry in record["entries"] if entry["what"] == "resumed")
    resumed["data"]["closes_at"] = record["entries"][-1]["at"]
    assert verify(tmp_path, rechained(record))[0] == 1


async def test_nobody_but_the_system_closes_what_is_due(db: Database):
    held = await hold_meeting(db, 3)
    ballot = await ballot_of(db, held, seconds=60)
    with pytest.raises(NotAllowed):
        await perform(db, held.chair, CloseDueBallot(meeting_id=held.id, ballot_id=ballot))


async def with_proxy(db: Database, held: Held) -> tuple[Any, Any]:
    """(the absent one, who holds the proxy)"""
    absent, holder = held.members[:2]
    await perform(db, held.secretary, AllowProxies(meeting_id=held.id, allowed=True))
    given = GiveProxy(meeting_id=held.id, participant_id=held.pid(absent), holder_id=held.pid(holder))
    with pytest.raises(NotAllowed):  # nobody takes another's mandate
        await perform(db, holder, given)
    await perform(db, absent, replace(given, id=new_id()))
    return absent, holder


async def opened_without(db: Database, held: Held, absent: Any, **settings: Any) -> str:
    first = await ballot_of(db, held)
    await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=first))
    await perform(db, held.chair, MarkAttendance(meeting_id=held.id, participant_id=held.pid(absent), attendance="absent"))
    ballot = (await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="?", **settings)))["ballot_id"]
    await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=ballot))
    return str(ballot)


async def test_a_proxy_is_one_more_mandate_that_its_holder_alone_casts(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 4)
    absent, holder = await with_proxy(db, held)
    ballot = await opened_without(db, held, absent)
    mandate = held.pid(absent)
    await vote(db, held, ballot, holder, "for")
    await vote(db, held, ballot, holder, "against", mandate_id=mandate)
    for thief in (held.members[2], held.chair, absent):
        with pytest.raises(NotAllowed, match="not_on_roll"):
            await vote(db, held, ballot, thief, "for", mandate_id=mandate)
    with pytest.raises(NotAllowed, match="not_on_roll"):
        await vote(db, held, ballot, absent, "for")
    result = (await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot)))["result"]
    assert (result["for"], result["against"], result["entitled"], result["members"]) == (1, 1, 5, 5)
    record = await exported(db, held, ballot)
    assert verify(tmp_path, record)[0] == 0
    cast = [entry for entry in record["entries"] if entry["what"] == "vote"]
    cast[-1]["data"]["voter_id"] = held.pid(held.chair)
    assert verify(tmp_path, rechained(record))[0] == 1


async def test_whoever_comes_votes_himself_and_a_recused_holder_votes_for_nobody(db: Database):
    held = await hold_meeting(db, 4)
    absent, holder = await with_proxy(db, held)
    ballot = await ballot_of(db, held)  # with everybody present
    with pytest.raises(NotAllowed, match="not_on_roll"):
        await vote(db, held, ballot, holder, "for", mandate_id=held.pid(absent))
    await vote(db, held, ballot, absent, "for")
    await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot))
    item = held.items[0]
    await perform(db, holder, DeclareRecusal(meeting_id=held.id, item_id=item, participant_id=held.pid(holder), reason="người thân"))
    ballot = await opened_without(db, held, absent, item_id=item)
    with pytest.raises(NotAllowed, match="not_on_roll"):
        await vote(db, held, ballot, holder, "for", mandate_id=held.pid(absent))


async def test_a_proxy_is_given_only_where_the_rules_allow_it_and_by_whose_mandate_it_is(db: Database):
    held = await hold_meeting(db, 3)
    giver, holder, other = held.members
    given = GiveProxy(meeting_id=held.id, participant_id=held.pid(giver), holder_id=held.pid(holder))
    with pytest.raises(Conflict, match="proxies_not_allowed"):
        await perform(db, giver, given)
    with pytest.raises(NotAllowed):
        await perform(db, giver, AllowProxies(meeting_id=held.id, allowed=True))
    await perform(db, held.chair, AllowProxies(meeting_id=held.id, allowed=True))
    for wrong, code in ((held.pid(giver), "proxy_for_oneself"), (held.pid(held.guest), "has_no_vote")):
        with pytest.raises(Conflict, match=code):
            await perform(db, giver, replace(given, id=new_id(), holder_id=wrong))
    with pytest.raises(NotFound):
        await perform(db, giver, replace(given, id=new_id(), holder_id=new_id()))
    proxy = (await perform(db, giver, replace(given, id=new_id())))["proxy_id"]
    for stranger in (holder, other):
        with pytest.raises(NotAllowed):
            await perform(db, stranger, WithdrawProxy(meeting_id=held.id, proxy_id=proxy))
    await perform(db, giver, WithdrawProxy(meeting_id=held.id, proxy_id=proxy))


HANDS = HandCount(sums={"for": 3, "against": 1, "abstain": 0}, valid=4)


async def test_two_of_those_who_run_the_meeting_count_by_hand(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 4)
    ballot = await ballot_of(db, held, method="hand")
    with pytest.raises(Conflict, match="counted_by_hand"):
        await vote(db, held, ballot, held.members[0], "for")
    with pytest.raises(Conflict, match="count_not_confirmed"):
        await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot))
    enter = EnterCount(meeting_id=held.id, ballot_id=ballot, count=HANDS)
    confirm = ConfirmCount(meeting_id=held.id, ballot_id=ballot, count=HANDS)
    with pytest.raises(NotAllowed):
        await perform(db, held.members[0], enter)
    with pytest.raises(Conflict, match="count_missing"):
        await perform(db, held.chair, confirm)
    await perform(db, held.secretary, replace(enter, id=new_id()))
    with pytest.raises(Conflict, match="count_needs_another"):
        await perform(db, held.secretary, replace(confirm, id=new_id()))
    other = HandCount(sums={"for": 2, "against": 2, "abstain": 0}, valid=4)
    with pytest.raises(Conflict, match="count_differs"):
        await perform(db, held.chair, replace(confirm, id=new_id(), count=other))
    result = (await perform(db, held.chair, replace(confirm, id=new_id())))["result"]
    assert (result["for"], result["not_cast"], result["needed"], result["carried"]) == (3, 1, 3, True)
    record = await exported(db, held, ballot)
    assert verify(tmp_path, record)[0] == 0
    record["entries"][2]["data"]["by"] = record["entries"][1]["data"]["by"]
    assert verify(tmp_path, rechained(record))[0] == 1


@pytest.mark.parametrize(
    ("count", "code"),
    [
        (HandCount(sums={"for": 3, "against": 1, "abstain": 0}, valid=5), "count_does_not_add_up"),
        (HandCount(sums={"for": 3, "against": 2, "abstain": 0}, valid=5, invalid=1), "count_does_not_add_up"),
        (HandCount(sums={"for": 3, "against": 0, "abstain": 0}, valid=3, chair="against"), "count_does_not_add_up"),
        (HandCount(sums={"for": 3}, valid=3), "count_incomplete"),
        (HandCount(sums={"1": 3}, valid=3), "count_incomplete"),
    ],
)
async def test_a_count_by_hand_must_add_up(db: Database, count: HandCount, code: str):
    held = await hold_meeting(db, 4)
    ballot = await ballot_of(db, held, method="hand")
    with pytest.raises(Invalid, match=code):
        await perform(db, held.secretary, EnterCount(meeting_id=held.id, ballot_id=ballot, count=count))


async def test_an_election_counted_by_hand(db: Database, tmp_path: Path):
    held = await hold_meeting(db, 4)
    ballot = await ballot_of(db, held, method="hand", kind="election", options=["An", "Bình"], most=1, seats=1, tie="elder")
    too_many = HandCount(sums={"1": 3, "2": 3}, valid=4, invalid=1)
    with pytest.raises(Invalid, match="count_does_not_add_up"):
        await perform(db, held.secretary, EnterCount(meeting_id=held.id, ballot_id=ballot, count=too_many))
    count = HandCount(sums={"1": 1, "2": 3}, valid=4, invalid=1)
    await perform(db, held.secretary, EnterCount(meeting_id=held.id, ballot_id=ballot, count=count))
    result = (await perform(db, held.chair, ConfirmCount(meeting_id=held.id, ballot_id=ballot, count=count)))["result"]
    assert (result["elected"], result["invalid"], result["cast"]) == (["2"], 1, 4)
    code, said = verify(tmp_path, await exported(db, held, ballot))
    assert code == 0, said
    assert "4 valid, 1 invalid" in said


@pytest.mark.parametrize(("progress", "told"), [("turnout", None), ("votes", {"1:for": 2, "abstain": 0, "2:for": 1})])
async def test_votes_are_told_as_they_come_only_where_the_ballot_says_so(db: Database, progress: str, told: dict[str, int] | None):
    held = await hold_meeting(db, 4)
    ballot = await ballot_of(db, held, kind="choice", options=["An", "Bình"], most=1, progress=progress)
    for actor, marked in ((held.members[0], "1"), (held.members[1], "1"), (held.members[2], "")):
        await vote(db, held, ballot, actor, marks=for_(*marked))
    await vote(db, held, ballot, held.members[2], marks=for_("2"))
    async with db.reading() as reading:
        log = [row.data for row in await live_log.read_after(reading, held.id, 0, 1000) if row.kind == "vote.cast"]
    assert log[-1].get("sums") == told
    assert log[-1]["cast"] == 3
    assert len(log) == (3 if told is None else 4)
