"""Counting: a ballot closes, by hand or at its deadline, and its result is told with all that it follows from. Counted in the
hall, one of those who run the meeting enters the totals and another confirms the same. Where candidates are level and the rule
says the elder, whoever runs the meeting records who that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from ..audit import Answer
from ..ballot_record import Chain
from ..commands import MeetingCommand, secret
from ..database import Row, Transaction
from ..election import Outcome, Sums, elect, sums_of
from ..errors import Conflict, Invalid
from ..models.room import UNDER_WAY, ballot_entries, roll, votes
from ..standing import Standing
from ..tally import CHOICES, Choice, Result, Rule, Turnout, count
from ..text import Id
from .preparing import MOST_OPTIONS, OF_OPTIONS, ballot_of
from .running import is_due, tell

Number = Annotated[int, Field(ge=0, le=1_000_000)]
Sum = Annotated[dict[str, Number], Field(max_length=MOST_OPTIONS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseBallot(MeetingCommand):
    ballot_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDueBallot(MeetingCommand):
    """Its deadline has come. Nothing is done to one that is not due: it was paused, or closed, meanwhile."""

    ballot_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class HandCount:
    """`sums`: by for, against and abstain; or votes for each option. `against`: in a ballot for or against each candidate.
    `valid`, `invalid`: ballots, or hands. `chair`: how the chair voted, where that decides a tie."""

    sums: Sum
    against: Sum = field(default_factory=dict)
    valid: Number
    invalid: Number = 0
    chair: Choice | None = field(default=None, metadata=secret())


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterCount(MeetingCommand):
    ballot_id: Id
    count: HandCount


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmCount(MeetingCommand):
    """By another than who entered it, and the same numbers; closes the ballot."""

    ballot_id: Id
    count: HandCount


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordElder(MeetingCommand):
    """`option_ids`: of those who are level, the elder ones, as many as there are free seats."""

    ballot_id: Id
    option_ids: Annotated[list[str], Field(max_length=MOST_OPTIONS)]


async def close_ballot(tx: Transaction, by: Standing, command: CloseBallot) -> Answer:
    ballot = await ballot_of(tx, command.meeting_id, command.ballot_id)
    if ballot.state == "closed":
        return {"result": told_to_all(ballot.result)}
    if ballot.state not in UNDER_WAY:
        raise Conflict("ballot_not_open")
    if ballot.method == "hand":
        raise Conflict("count_not_confirmed")
    return await _close_cast(tx, ballot)


async def close_due_ballot(tx: Transaction, by: Standing, command: CloseDueBallot) -> Answer:
    ballot = await ballot_of(tx, command.meeting_id, command.ballot_id)
    return await _close_cast(tx, ballot, due=True) if is_due(ballot, tx.now) else None


async def enter_count(tx: Transaction, by: Standing, command: EnterCount) -> Answer:
    ballot = await _counted_by_hand(tx, command.meeting_id, command.ballot_id)
    _hand_result(ballot, command.count)
    await _record_count(tx, by, ballot, "counted", command.count)
    await tell(tx, ballot.id)
    return None


async def confirm_count(tx: Transaction, by: Standing, command: ConfirmCount) -> Answer:
    ballot = await _counted_by_hand(tx, command.meeting_id, command.ballot_id)
    entered = ballot.hand_count
    if entered is None:
        raise Conflict("count_missing")
    if by.me is None or entered["by"] == by.me.id:
        raise Conflict("count_needs_another")
    if entered["count"] != asdict(command.count):
        raise Conflict("count_differs")
    await _record_count(tx, by, ballot, "confirmed", command.count)
    ballot = await ballot_of(tx, command.meeting_id, command.ballot_id)
    return await _close(tx, ballot, _hand_result(ballot, command.count).to_json(), {}, command.count.valid)


async def record_elder(tx: Transaction, by: Standing, command: RecordElder) -> Answer:
    if by.meeting is None or by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    ballot = await ballot_of(tx, command.meeting_id, command.ballot_id)
    result = ballot.result
    if ballot.state != "closed" or ballot.tie != "elder" or not result.get("tied"):
        raise Conflict("nothing_to_decide")
    turnout = Turnout(result["members"], result["entitled"], result["cast"], result["invalid"])
    try:
        outcome = elect(result["options"], seats=ballot.seats, turnout=turnout, rule=_rule(ballot), elders=command.option_ids)
    except ValueError:
        raise Invalid("elders_not_level", "option_ids", n=result["free"]) from None
    chain = await Chain.of(tx, ballot)
    chain.add(tx.now, "decided", _who(by) | {"elders": command.option_ids, "result": outcome.to_json()})
    await chain.keep(tx, result=result | outcome.to_json())
    await tell(tx, ballot.id)
    return {"result": outcome.to_json()}


def told_to_all(result: Mapping[str, Any]) -> dict[str, Any]:
    """Without who voted how."""
    return {key: value for key, value in result.items() if key not in ("choices", "texts")}


async def _close_cast(tx: Transaction, ballot: Row, *, due: bool = False) -> Answer:
    joined = votes.join(roll, sa.and_(roll.c.ballot_id == votes.c.ballot_id, roll.c.participant_id == votes.c.participant_id))
    wanted = sa.select(votes.c.participant_id, votes.c.choice, votes.c.marks, votes.c.text, roll.c.weight).select_from(joined)
    cast = await tx.all(wanted.where(votes.c.ballot_id == ballot.id).order_by(votes.c.participant_id))
    first = sa.select(ballot_entries.c.data).where(ballot_entries.c.ballot_id == ballot.id, ballot_entries.c.seq == 1)
    result = _result(ballot, cast, (await tx.value(first))["chair"]).to_json()
    # Once closed, who voted how is part of the result; to whom it is shown, the ballot's disclosure says.
    names: dict[str, Any] = {"choices": {v.participant_id: v.marks if ballot.options else v.choice for v in cast}}
    if ballot.kind == "opinion":
        names["texts"] = {v.participant_id: v.text for v in cast if v.text}
    return await _close(tx, ballot, result, names, len(cast), due=due)


async def _close(
    tx: Transaction, ballot: Row, result: dict[str, Any], names: dict[str, Any], cast: int, *, due: bool = False
) -> Answer:
    chain = await Chain.of(tx, ballot)
    chain.add(tx.now, "closed", {"result": result, "due": due})
    await chain.keep(tx, state="closed", closed_at=tx.now, cast=cast, sums=None, result=result | names)
    await tell(tx, ballot.id)
    return {"result": result}


def _rule(ballot: Row) -> Rule:
    return Rule(ballot.base, Fraction(ballot.threshold_num, ballot.threshold_den), ballot.strict, ballot.tie)


def _result(ballot: Row, cast: Sequence[Row], chair_id: str | None) -> Result | Outcome:
    """Of votes (participant_id, choice, marks, weight)."""
    if ballot.kind in OF_OPTIONS:
        turnout = Turnout(ballot.weight_total, ballot.entitled_weight, sum(v.weight for v in cast))
        sums = sums_of([option["id"] for option in ballot.options], [(v.marks, v.weight) for v in cast])
        return elect(sums, seats=ballot.seats, turnout=turnout, rule=_rule(ballot))
    sums_by: dict[Choice, int] = {choice: sum(v.weight for v in cast if v.choice == choice) for choice in CHOICES}
    chair = {v.participant_id: v.choice for v in cast}.get(chair_id)
    return count(sums_by, entitled=ballot.entitled_weight, members=ballot.weight_total, rule=_rule(ballot), chair=chair)


def _hand_result(ballot: Row, counted: HandCount) -> Result | Outcome:
    """Raises Invalid where the account does not add up."""
    keys = {option["id"] for option in ballot.options} or set(CHOICES)
    known = counted.sums.keys() == keys and counted.against.keys() == (keys if ballot.kind == "approval" else set())
    if not known:
        raise Invalid("count_incomplete", "count")
    try:
        if ballot.kind not in OF_OPTIONS:
            return _plain_hand_result(ballot, counted)
        turnout = Turnout(ballot.weight_total, ballot.entitled_weight, counted.valid, counted.invalid)
        if ballot.kind != "approval" and sum(counted.sums.values()) > ballot.most * counted.valid:
            raise ValueError("more marks than the ballots hold")
        sums: Sums = {key: {"for": counted.sums[key], "against": counted.against.get(key, 0)} for key in _ids(ballot)}
        return elect(sums, seats=ballot.seats, turnout=turnout, rule=_rule(ballot))
    except ValueError:
        raise Invalid("count_does_not_add_up", "count", entitled=ballot.entitled) from None


def _plain_hand_result(ballot: Row, counted: HandCount) -> Result:
    if sum(counted.sums.values()) != counted.valid or (counted.chair and not counted.sums[counted.chair]):
        raise ValueError("the answers are not as many as the ballots")
    sums: dict[Choice, int] = {choice: counted.sums[choice] for choice in CHOICES}
    return count(
        sums, entitled=ballot.entitled_weight, members=ballot.weight_total, rule=_rule(ballot), chair=counted.chair,
        invalid=counted.invalid,
    )  # fmt: skip


def _ids(ballot: Row) -> list[str]:
    return [option["id"] for option in ballot.options]


async def _counted_by_hand(tx: Transaction, meeting_id: str, ballot_id: str) -> Row:
    ballot = await ballot_of(tx, meeting_id, ballot_id)
    if ballot.method != "hand" or ballot.state != "open":
        raise Conflict("ballot_not_open")
    return ballot


async def _record_count(tx: Transaction, by: Standing, ballot: Row, what: str, counted: HandCount) -> None:
    chain = await Chain.of(tx, ballot)
    chain.add(tx.now, what, _who(by) | {"count": asdict(counted)})
    await chain.keep(tx, cast=counted.valid, hand_count=_who(by) | {"count": asdict(counted)})


def _who(by: Standing) -> dict[str, str]:
    return {"by": by.me.id, "name": by.me.name} if by.me is not None else {}
