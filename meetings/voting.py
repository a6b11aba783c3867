"""Open ballots: named, for / against / abstain. The roll, the base, the threshold and the quorum are frozen when a ballot
opens; one vote a mandate; it may be changed until the close if the ballot says so. Nothing is acknowledged after the close,
because casting and closing run under the same lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from . import live_log
from .agenda import require_live
from .attendance import PRESENT, quorum_of
from .audit import Answer
from .commands import MeetingCommand, secret
from .database import Row, Transaction
from .errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from .models.columns import new_id
from .models.meeting import items, participants
from .models.room import ballots, roll, votes
from .standing import Standing
from .tally import Base, Choice, Rule, count
from .text import Id, Paragraph
from .views import announce

Share = tuple[Annotated[int, Field(ge=0, le=1000)], Annotated[int, Field(ge=1, le=1000)]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareBallot(MeetingCommand):
    """Fractions are (numerator, denominator). A quorum of (0, 1) asks for none."""

    question: Paragraph
    item_id: Id | None = None
    base: Base = "all"
    threshold: Share = (1, 2)
    strict: bool = True
    quorum: Share = (2, 3)
    change_allowed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveBallot(MeetingCommand):
    """Only one that was never opened."""

    ballot_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBallot(MeetingCommand):
    ballot_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class CastVote(MeetingCommand):
    ballot_id: Id
    choice: Choice = field(metadata=secret())  # how one voted is in the votes alone


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseBallot(MeetingCommand):
    ballot_id: Id


async def prepare_ballot(tx: Transaction, by: Standing, command: PrepareBallot) -> Answer:
    if by.meeting is None or by.meeting.state not in ("invited", "live"):
        raise Conflict("meeting_not_live")
    for name, share in (("threshold", command.threshold), ("quorum", command.quorum)):
        if share[0] > share[1] or (share[0] == share[1] and name == "threshold" and command.strict):
            raise Invalid("share_impossible", name)
    if command.item_id is not None:
        await tx.one(sa.select(items.c.id).where(items.c.id == command.item_id, items.c.meeting_id == command.meeting_id))
    key = new_id()
    last = await tx.value(sa.select(sa.func.max(ballots.c.position)).where(ballots.c.meeting_id == command.meeting_id))
    await tx.insert(
        ballots, id=key, meeting_id=command.meeting_id, item_id=command.item_id, question=command.question,
        base=command.base, threshold_num=command.threshold[0], threshold_den=command.threshold[1], strict=command.strict,
        quorum_num=command.quorum[0], quorum_den=command.quorum[1], change_allowed=command.change_allowed,
        position=(last or 0) + 1,
    )  # fmt: skip
    await announce(tx, "ballot", [key])
    return {"ballot_id": key}


async def remove_ballot(tx: Transaction, by: Standing, command: RemoveBallot) -> Answer:
    ballot = await _ballot(tx, command.meeting_id, command.ballot_id)
    if ballot.state != "prepared":
        raise Conflict("ballot_already_opened")
    await tx.write(sa.delete(ballots).where(ballots.c.id == ballot.id))
    await announce(tx, "ballot", [ballot.id])
    return None


async def open_ballot(tx: Transaction, by: Standing, command: OpenBallot) -> Answer:
    """Freezes the roll: every member with a vote who is present now. Refused without quorum, or while another is open."""
    require_live(by)
    ballot = await _ballot(tx, command.meeting_id, command.ballot_id)
    if ballot.state == "open":
        return None
    if ballot.state == "closed":
        raise Conflict("ballot_closed")
    here = ballots.c.meeting_id == command.meeting_id
    if await tx.first(sa.select(ballots.c.id).where(here, ballots.c.state == "open")):
        raise Conflict("another_ballot_open")
    members = await tx.all(sa.select(participants).where(participants.c.meeting_id == command.meeting_id))
    quorate = quorum_of(members, ballot.quorum_num, ballot.quorum_den)
    if not quorate.reached or not quorate.present:
        raise Conflict("no_quorum", present=quorate.present, members=quorate.members, needed=max(quorate.needed, 1))
    entitled = [m.id for m in members if m.votes and not m.removed and m.attendance in PRESENT]
    await tx.insert_many(roll, [{"ballot_id": ballot.id, "participant_id": key} for key in entitled])
    frozen = {"members_total": quorate.members, "entitled": len(entitled)}
    await tx.update(ballots, ballot.id, state="open", opened_at=tx.now, **frozen)
    await announce(tx, "ballot", [ballot.id])
    live_log.append(tx, "mandate.changed", mandate_view(ballot.id), audience=entitled)
    return {"entitled": len(entitled)}


async def close_ballot(tx: Transaction, by: Standing, command: CloseBallot) -> Answer:
    ballot = await _ballot(tx, command.meeting_id, command.ballot_id)
    if ballot.state == "closed":
        return {"result": ballot.result}
    if ballot.state != "open":
        raise Conflict("ballot_not_open")
    cast = await tx.all(sa.select(votes.c.participant_id, votes.c.choice).where(votes.c.ballot_id == ballot.id))
    sums: dict[Choice, int] = {}
    for vote in cast:
        sums[vote.choice] = sums.get(vote.choice, 0) + 1
    rule = Rule(ballot.base, Fraction(ballot.threshold_num, ballot.threshold_den), ballot.strict)
    counted = count(sums, entitled=ballot.entitled, members=ballot.members_total, rule=rule)
    # Named ballots: once closed, who voted how is part of the result.
    result = counted.to_json() | {"choices": {v.participant_id: v.choice for v in sorted(cast)}}
    await tx.update(ballots, ballot.id, state="closed", closed_at=tx.now, cast=counted.cast, result=result)
    await announce(tx, "ballot", [ballot.id])
    return {"result": counted.to_json()}


async def cast_votes(tx: Transaction, given: Sequence[tuple[Standing, CastVote]]) -> list[Answer | Refusal]:
    """All votes that wait, in order, with a handful of statements however many there are."""
    wanted = sorted({command.ballot_id for _, command in given})
    here = sa.and_(ballots.c.id.in_(wanted), ballots.c.meeting_id == tx.scope)
    found = {row.id: row for row in await tx.all(sa.select(ballots).where(here))}
    voters = sorted({by.me.id for by, _ in given if by.me is not None})
    entitled = await tx.all(sa.select(roll).where(roll.c.ballot_id.in_(wanted), roll.c.participant_id.in_(voters)))
    cast = await tx.all(sa.select(votes).where(votes.c.ballot_id.in_(wanted), votes.c.participant_id.in_(voters)))
    box = _Box(tx, found, {tuple(row) for row in entitled}, {(v.ballot_id, v.participant_id): dict(v._mapping) for v in cast})
    outcomes = [box.put(by, command) for by, command in given]
    await tx.upsert(votes, list(box.changed.values()), key=["ballot_id", "participant_id"])
    for key, total in box.totals.items():
        if total != found[key].cast:
            await tx.update(ballots, key, cast=total)
    return outcomes


def mandate_view(ballot_id: str, vote: dict[str, Any] | None = None) -> dict[str, Any]:
    """One's own mandate in one ballot, as `mandate.changed` tells it."""
    seen = {"ballot_id": ballot_id, "entitled": True, "choice": None, "receipt": None}
    return seen | {k: vote[k] for k in ("choice", "receipt")} if vote else seen


class _Box:
    """The ballots as they stand while a group of votes is put in, one after the other."""

    def __init__(
        self, tx: Transaction, found: dict[str, Row], entitled: set[tuple[Any, ...]], cast: dict[tuple[str, str], dict[str, Any]]
    ) -> None:
        self._tx, self._found, self._entitled, self._cast = tx, found, entitled, cast
        self.changed: dict[tuple[str, str], dict[str, Any]] = {}
        self.totals = {key: row.cast for key, row in found.items()}

    def put(self, by: Standing, command: CastVote) -> Answer | Refusal:
        ballot = self._found.get(command.ballot_id)
        if ballot is None or by.me is None:
            return NotFound()
        if ballot.state != "open":
            return Conflict("ballot_closed" if ballot.state == "closed" else "ballot_not_open")
        key = (ballot.id, by.me.id)
        if key not in self._entitled:
            return NotAllowed("not_on_roll")
        before = self._cast.get(key)
        if before and before["choice"] == command.choice:
            return {"receipt": before["receipt"]}
        if before and not ballot.change_allowed:
            return Conflict("already_voted")
        return self._keep(key, command, before)

    def _keep(self, key: tuple[str, str], command: CastVote, before: dict[str, Any] | None) -> Answer:
        said = "|".join((*key, command.choice, command.id))
        receipt = hashlib.sha256(said.encode()).hexdigest()
        vote = {
            "ballot_id": key[0], "participant_id": key[1], "choice": command.choice, "receipt": receipt,
            "changes": before["changes"] + 1 if before else 0, "cast_at": self._tx.now,
        }  # fmt: skip
        self._cast[key] = self.changed[key] = vote
        if before is None:
            self.totals[key[0]] += 1
            told = {"ballot_id": key[0], "cast": self.totals[key[0]], "participant_id": key[1]}
            live_log.append(self._tx, "vote.cast", told)
        live_log.append(self._tx, "mandate.changed", mandate_view(key[0], vote), audience=[key[1]])
        return {"receipt": receipt}


async def _ballot(tx: Transaction, meeting_id: str, ballot_id: str) -> Row:
    return await tx.one(sa.select(ballots).where(ballots.c.id == ballot_id, ballots.c.meeting_id == meeting_id))
