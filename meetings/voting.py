"""Open ballots: for / against / abstain, or agree / disagree / another opinion in words. The roll, the base, the threshold,
the tie rule and the quorum are frozen when a ballot opens; one vote a mandate; it may be changed until the close if the ballot
says so. Nothing is acknowledged after the close, because casting and closing run under the same lock. A ballot is never opened
again: a new one names the old.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from . import live_log
from .attendance import quorum_of
from .audit import Answer
from .ballot_record import Chain, receipt_of
from .commands import MeetingCommand, secret
from .database import Row, Transaction
from .errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from .models.columns import new_id
from .models.meeting import items, participants
from .models.room import UNDER_WAY, ballot_entries, ballots, recusals, roll, votes
from .roll_call import PRESENT
from .standing import Standing, require_live
from .tally import Base, Choice, Rule, Tie, count
from .text import Id, OptionalParagraph, Paragraph
from .views import announce

Share = tuple[Annotated[int, Field(ge=0, le=1000)], Annotated[int, Field(ge=1, le=1000)]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareBallot(MeetingCommand):
    """Fractions are (numerator, denominator). A quorum of (0, 1) asks for none. `previous_id`: the ballot it repeats, which is
    closed or void."""

    question: Paragraph
    kind: Literal["motion", "opinion"] = "motion"
    item_id: Id | None = None
    base: Base = "all"
    threshold: Share = (1, 2)
    strict: bool = True
    quorum: Share = (2, 3)
    change_allowed: bool = True
    disclosure: Literal["named", "totals"] = "named"
    tie: Tie = "fails"
    previous_id: Id | None = None


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
    choice: Choice = field(metadata=secret())  # how one voted is in the votes and the record alone
    text: OptionalParagraph = field(default="", metadata=secret())


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseBallot(MeetingCommand):
    """Nobody can vote until it is resumed; or closed."""

    ballot_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeBallot(MeetingCommand):
    ballot_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseBallot(MeetingCommand):
    ballot_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidBallot(MeetingCommand):
    """Without effect, open or closed, for a reason that stays on record."""

    ballot_id: Id
    reason: Paragraph


async def prepare_ballot(tx: Transaction, by: Standing, command: PrepareBallot) -> Answer:
    if by.meeting is None or by.meeting.state not in ("invited", "live"):
        raise Conflict("meeting_not_live")
    for name, share in (("threshold", command.threshold), ("quorum", command.quorum)):
        if share[0] > share[1] or (share[0] == share[1] and name == "threshold" and command.strict):
            raise Invalid("share_impossible", name)
    if command.item_id is not None:
        await tx.one(sa.select(items.c.id).where(items.c.id == command.item_id, items.c.meeting_id == command.meeting_id))
    if command.previous_id is not None and (await _ballot(tx, command.meeting_id, command.previous_id)).state not in ("closed", "void"):
        raise Conflict("ballot_not_over")
    key = new_id()
    last = await tx.value(sa.select(sa.func.max(ballots.c.position)).where(ballots.c.meeting_id == command.meeting_id))
    await tx.insert(
        ballots, id=key, meeting_id=command.meeting_id, item_id=command.item_id, question=command.question,
        base=command.base, threshold_num=command.threshold[0], threshold_den=command.threshold[1], strict=command.strict,
        quorum_num=command.quorum[0], quorum_den=command.quorum[1], change_allowed=command.change_allowed,
        kind=command.kind, disclosure=command.disclosure, tie=command.tie, previous_id=command.previous_id,
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
    """Freezes the roll: every member with a vote who is present now and did not recuse himself from the item. Refused without
    quorum, or while another is open."""
    require_live(by)
    ballot = await _ballot(tx, command.meeting_id, command.ballot_id)
    if ballot.state == "open":
        return None
    if ballot.state != "prepared":
        raise Conflict("ballot_closed")
    here = ballots.c.meeting_id == command.meeting_id
    if await tx.first(sa.select(ballots.c.id).where(here, ballots.c.state.in_(UNDER_WAY))):
        raise Conflict("another_ballot_open")
    members = await tx.all(sa.select(participants).where(participants.c.meeting_id == command.meeting_id))
    quorate = quorum_of(members, ballot.quorum_num, ballot.quorum_den)
    if not quorate.reached or not quorate.present:
        raise Conflict("no_quorum", present=quorate.present, members=quorate.members, needed=max(quorate.needed, 1))
    recused = set(await tx.column(sa.select(recusals.c.participant_id).where(recusals.c.item_id == ballot.item_id)))
    present = [m for m in members if m.votes and not m.removed and m.attendance in PRESENT and m.id not in recused]
    entitled = [m.id for m in present]
    await tx.insert_many(roll, [{"ballot_id": ballot.id, "participant_id": key} for key in entitled])
    frozen = {"members_total": quorate.members, "present_total": quorate.present, "entitled": len(entitled)}
    settings = {name: getattr(ballot, name) for name in ("question", "kind", "disclosure", "base", "strict", "tie", "change_allowed")}
    chain = Chain(ballot)
    chain.add(tx.now, "opened", {
        "ballot_id": ballot.id, "meeting_id": ballot.meeting_id, "settings": settings | {
            "threshold": [ballot.threshold_num, ballot.threshold_den], "quorum": [ballot.quorum_num, ballot.quorum_den],
        },
        "members": quorate.members, "present": quorate.present, "chair": next((m.id for m in members if m.duty == "chair"), None),
        "roll": [{"id": m.id, "name": m.name, "agency": m.agency_name} for m in present],
    })  # fmt: skip
    await chain.keep(tx, state="open", opened_at=tx.now, **frozen)
    await announce(tx, "ballot", [ballot.id])
    live_log.append(tx, "mandate.changed", mandate_view(ballot.id), audience=entitled)
    return {"entitled": len(entitled)}


async def pause_ballot(tx: Transaction, by: Standing, command: PauseBallot) -> Answer:
    return await _turn(tx, await _ballot(tx, command.meeting_id, command.ballot_id), "open", "paused", "paused")


async def resume_ballot(tx: Transaction, by: Standing, command: ResumeBallot) -> Answer:
    return await _turn(tx, await _ballot(tx, command.meeting_id, command.ballot_id), "paused", "open", "resumed")


async def _turn(tx: Transaction, ballot: Row, before: str, after: str, what: str) -> Answer:
    if ballot.state == after:
        return None
    if ballot.state != before:
        raise Conflict("ballot_not_open")
    chain = Chain(ballot)
    chain.add(tx.now, what, {})
    await chain.keep(tx, state=after)
    await announce(tx, "ballot", [ballot.id])
    return None


async def void_ballot(tx: Transaction, by: Standing, command: VoidBallot) -> Answer:
    ballot = await _ballot(tx, command.meeting_id, command.ballot_id)
    if ballot.state == "void":
        return None
    if by.meeting is not None and by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    if ballot.state == "prepared":
        raise Conflict("ballot_not_open")
    chain = Chain(ballot)
    chain.add(tx.now, "void", {"reason": command.reason})
    await chain.keep(tx, state="void", void_reason=command.reason)
    await announce(tx, "ballot", [ballot.id])
    return None


async def close_ballot(tx: Transaction, by: Standing, command: CloseBallot) -> Answer:
    ballot = await _ballot(tx, command.meeting_id, command.ballot_id)
    if ballot.state == "closed":
        return {"result": ballot.result}
    if ballot.state not in UNDER_WAY:
        raise Conflict("ballot_not_open")
    cast = await tx.all(sa.select(votes.c.participant_id, votes.c.choice, votes.c.text).where(votes.c.ballot_id == ballot.id))
    sums: dict[Choice, int] = {}
    for vote in cast:
        sums[vote.choice] = sums.get(vote.choice, 0) + 1
    rule = Rule(ballot.base, Fraction(ballot.threshold_num, ballot.threshold_den), ballot.strict, ballot.tie)
    first = sa.select(ballot_entries.c.data).where(ballot_entries.c.ballot_id == ballot.id, ballot_entries.c.seq == 1)
    chair = {v.participant_id: v.choice for v in cast}.get((await tx.value(first))["chair"])
    counted = count(sums, entitled=ballot.entitled, members=ballot.members_total, rule=rule, chair=chair)
    # Once closed, who voted how is part of the result; to whom it is shown, the ballot's disclosure says.
    result = counted.to_json() | {"choices": {v.participant_id: v.choice for v in sorted(cast)}}
    if ballot.kind == "opinion":
        result["texts"] = {v.participant_id: v.text for v in sorted(cast) if v.text}
    chain = Chain(ballot)
    chain.add(tx.now, "closed", {"result": counted.to_json()})
    await chain.keep(tx, state="closed", closed_at=tx.now, cast=counted.cast, result=result)
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
    for key in {ballot_id for ballot_id, _ in box.changed}:
        await box.chains[key].keep(tx, cast=box.totals[key])
    return outcomes


def mandate_view(ballot_id: str, vote: dict[str, Any] | None = None) -> dict[str, Any]:
    """One's own mandate in one ballot, as `mandate.changed` tells it."""
    seen = {"ballot_id": ballot_id, "entitled": True, "choice": None, "text": "", "receipt": None}
    return seen | {k: vote[k] for k in ("choice", "text", "receipt")} if vote else seen


class _Box:
    """The ballots as they stand while a group of votes is put in, one after the other."""

    def __init__(
        self, tx: Transaction, found: dict[str, Row], entitled: set[tuple[Any, ...]], cast: dict[tuple[str, str], dict[str, Any]]
    ) -> None:
        self._tx, self._found, self._entitled, self._cast = tx, found, entitled, cast
        self.changed: dict[tuple[str, str], dict[str, Any]] = {}
        self.totals = {key: row.cast for key, row in found.items()}
        self.chains = {key: Chain(row) for key, row in found.items()}

    def put(self, by: Standing, command: CastVote) -> Answer | Refusal:
        ballot = self._found.get(command.ballot_id)
        if ballot is None or by.me is None:
            return NotFound()
        if ballot.state != "open":
            return Conflict({"prepared": "ballot_not_open", "paused": "ballot_paused"}.get(ballot.state, "ballot_closed"))
        text = command.text if ballot.kind == "opinion" and command.choice == "abstain" else ""
        if ballot.kind == "opinion" and command.choice == "abstain" and not text:
            return Invalid("opinion_missing", "text")
        key = (ballot.id, by.me.id)
        if key not in self._entitled:
            return NotAllowed("not_on_roll")
        before = self._cast.get(key)
        if before and (before["choice"], before["text"]) == (command.choice, text):
            return {"receipt": before["receipt"]}
        if before and not ballot.change_allowed:
            return Conflict("already_voted")
        return self._keep(key, command, text, before)

    def _keep(self, key: tuple[str, str], command: CastVote, text: str, before: dict[str, Any] | None) -> Answer:
        receipt = receipt_of(*key, command.choice, text, command.id)
        vote = {
            "ballot_id": key[0], "participant_id": key[1], "choice": command.choice, "text": text, "receipt": receipt,
            "changes": before["changes"] + 1 if before else 0, "cast_at": self._tx.now,
        }  # fmt: skip
        said = {"participant_id": key[1], "choice": command.choice, "text": text, "command_id": command.id, "receipt": receipt}
        self.chains[key[0]].add(self._tx.now, "vote", said)
        self._cast[key] = self.changed[key] = vote
        if before is None:
            self.totals[key[0]] += 1
            told = {"ballot_id": key[0], "cast": self.totals[key[0]], "participant_id": key[1]}
            live_log.append(self._tx, "vote.cast", told)
        live_log.append(self._tx, "mandate.changed", mandate_view(key[0], vote), audience=[key[1]])
        return {"receipt": receipt}


async def _ballot(tx: Transaction, meeting_id: str, ballot_id: str) -> Row:
    return await tx.one(sa.select(ballots).where(ballots.c.id == ballot_id, ballots.c.meeting_id == meeting_id))
