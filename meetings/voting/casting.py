"""Casting a vote: one a mandate, by whoever the roll says; changed until the close if the ballot says so. Nothing is
acknowledged after the close or the deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from .. import live_log
from ..audit import Answer
from ..ballot_record import Chain, receipt_of
from ..commands import MeetingCommand, secret
from ..database import Row, Transaction
from ..election import Mark
from ..errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from ..models.meeting import participants
from ..models.room import ballots, roll, votes
from ..standing import Standing
from ..tally import Choice
from ..text import Id, OptionalParagraph
from .preparing import MOST_OPTIONS, OF_OPTIONS
from .running import is_due, mandate_view

Marks = Annotated[dict[str, Mark], Field(max_length=MOST_OPTIONS)]
Key = tuple[str, str]  # ballot and mandate


@dataclass(frozen=True, slots=True, kw_only=True)
class CastVote(MeetingCommand):
    """`choice`, with `text` for another opinion; or, in a ballot with options, `marks` of them (none: a blank ballot).
    `mandate_id`: whose mandate, when not one's own."""

    ballot_id: Id
    choice: Choice | None = field(default=None, metadata=secret())  # how one voted is in the votes and the record alone
    marks: Marks = field(default_factory=dict, metadata=secret())
    text: OptionalParagraph = field(default="", metadata=secret())
    mandate_id: Id | None = None


async def cast_votes(tx: Transaction, given: Sequence[tuple[Standing, CastVote]]) -> list[Answer | Refusal]:
    """All votes that wait, in order, with a handful of statements however many there are."""
    wanted = sorted({command.ballot_id for _, command in given})
    here = sa.and_(ballots.c.id.in_(wanted), ballots.c.meeting_id == tx.scope)
    found = {row.id: row for row in await tx.all(sa.select(ballots).where(here))}
    mandates = sorted({command.mandate_id or by.me.id for by, command in given if by.me is not None})
    stands = sa.and_(participants.c.votes, ~participants.c.removed).label("stands")
    on_roll = sa.select(roll, stands).join(participants, participants.c.id == roll.c.participant_id)
    lines = await tx.all(on_roll.where(roll.c.ballot_id.in_(wanted), roll.c.participant_id.in_(mandates)))
    cast = await tx.all(sa.select(votes).where(votes.c.ballot_id.in_(wanted), votes.c.participant_id.in_(mandates)))
    entitled = {(line.ballot_id, line.participant_id): line for line in lines}
    chains = {key: await Chain.of(tx, row) for key, row in found.items()}
    box = _Box(tx, found, chains, entitled, {(v.ballot_id, v.participant_id): dict(v._mapping) for v in cast})
    outcomes = [box.put(by, command) for by, command in given]
    await tx.upsert(votes, list(box.changed.values()), key=["ballot_id", "participant_id"])
    for key in {ballot_id for ballot_id, _ in box.changed}:
        await box.chains[key].keep(tx, cast=box.totals[key], sums=box.sums[key])
    return outcomes


def vote_of(ballot: Row, command: CastVote) -> tuple[Choice, Mapping[str, Mark], str]:
    """(choice, marks, text) as the ballot's kind takes them. Raises Invalid."""
    if ballot.kind not in OF_OPTIONS:
        if command.choice is None or command.marks:
            raise Invalid("choice_missing", "choice")
        text = command.text if ballot.kind == "opinion" and command.choice == "abstain" else ""
        if ballot.kind == "opinion" and command.choice == "abstain" and not text:
            raise Invalid("opinion_missing", "text")
        return command.choice, {}, text
    marked = [mark for mark in command.marks.values() if mark == "for"]
    if not command.marks.keys() <= {option["id"] for option in ballot.options}:
        raise Invalid("option_unknown", "marks")
    if ballot.kind != "approval" and (len(marked) > ballot.most or len(marked) < len(command.marks)):
        raise Invalid("too_many_marked", "marks", most=ballot.most)
    return "for" if command.marks else "abstain", command.marks, ""


class _Box:
    """The ballots as they stand while a group of votes is put in, one after the other."""

    def __init__(
        self, tx: Transaction, found: dict[str, Row], chains: dict[str, Chain], entitled: dict[Key, Row], cast: dict[Key, dict[str, Any]]
    ) -> None:
        self._tx, self._found, self._entitled, self._cast = tx, found, entitled, cast
        self.changed: dict[Key, dict[str, Any]] = {}
        self.totals = {key: row.cast for key, row in found.items()}
        self.sums = {key: row.sums for key, row in found.items()}
        self.chains = chains

    def put(self, by: Standing, command: CastVote) -> Answer | Refusal:
        ballot = self._found.get(command.ballot_id)
        if ballot is None or by.me is None:
            return NotFound()
        if ballot.state != "open" or is_due(ballot, self._tx.now):
            return Conflict({"prepared": "ballot_not_open", "paused": "ballot_paused"}.get(ballot.state, "ballot_closed"))
        key = (ballot.id, command.mandate_id or by.me.id)
        line = self._entitled.get(key)
        if line is None or line.voter_id != by.me.id:
            return NotAllowed("not_on_roll")
        if not (line.stands and by.me.votes):  # taken away since: the roll and its base stand, the mandate is not used
            return NotAllowed("vote_taken_away")
        if ballot.method == "hand":
            return Conflict("counted_by_hand")
        try:
            said = vote_of(ballot, command)
        except Invalid as invalid:
            return invalid
        before = self._cast.get(key)
        if before and (before["choice"], before["marks"], before["text"]) == said:
            return {"receipt": before["receipt"]}
        if before and not ballot.change_allowed:
            return Conflict("already_voted")
        return self._keep(ballot, line, command, said, before)

    def _keep(
        self, ballot: Row, line: Row, command: CastVote, said: tuple[Choice, Mapping[str, Mark], str], before: dict[str, Any] | None
    ) -> Answer:
        choice, marks, text = said
        key: Key = (ballot.id, line.participant_id)
        receipt = receipt_of(*key, choice, marks, text, command.id)
        what = {"choice": choice, "marks": marks, "text": text, "receipt": receipt}
        changes = before["changes"] + 1 if before else 0
        vote = {"ballot_id": key[0], "participant_id": key[1], **what, "changes": changes, "cast_at": self._tx.now}
        told = {"participant_id": key[1], "voter_id": line.voter_id, **what, "command_id": command.id}
        self.chains[ballot.id].add(self._tx.now, "vote", told)
        self._cast[key] = self.changed[key] = vote
        self._tell(ballot, line, vote, before)
        return {"receipt": receipt}

    def _tell(self, ballot: Row, line: Row, vote: dict[str, Any], before: dict[str, Any] | None) -> None:
        told: dict[str, Any] = {"ballot_id": ballot.id, "cast": self.totals[ballot.id], "participant_id": line.participant_id}
        if before is None:
            told["cast"] = self.totals[ballot.id] = self.totals[ballot.id] + 1
        if ballot.progress == "votes":
            sums = moved(self.sums[ballot.id] or {}, before, -line.weight)
            told["sums"] = self.sums[ballot.id] = moved(sums, vote, line.weight)
        if before is None or ballot.progress == "votes":
            live_log.append(self._tx, "vote.cast", told)
        whose = None if line.voter_id == line.participant_id else line.participant_id
        live_log.append(self._tx, "mandate.changed", mandate_view(ballot.id, whose, vote), audience=[line.voter_id])


def moved(sums: Mapping[str, int], vote: Mapping[str, Any] | None, weight: int) -> dict[str, int]:
    """`sums` with a vote of this weight put in, or with a negative one taken out: by choice; by `<option>:<mark>` where there
    are options."""
    keys = [] if vote is None else [f"{key}:{mark}" for key, mark in vote["marks"].items()] or [vote["choice"]]
    return {**sums, **{key: sums.get(key, 0) + weight for key in keys}}
