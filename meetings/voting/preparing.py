"""Preparing ballots, before the meeting or on the spot: what is asked, how it is answered and counted; the order in which they
are gone through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from ..audit import Answer
from ..commands import MeetingCommand
from ..database import Row, Transaction
from ..errors import Conflict, Invalid, Problem
from ..models.columns import new_id
from ..models.meeting import items
from ..models.room import ballots
from ..standing import Standing, require_open
from ..tally import Base, Tie
from ..text import Id, Line, Paragraph
from ..views import announce

Share = tuple[Annotated[int, Field(ge=0, le=1000)], Annotated[int, Field(ge=1, le=1000)]]
Kind = Literal["motion", "opinion", "choice", "election", "approval"]
OF_OPTIONS = ("choice", "election", "approval")
TIES = {"motion": ("fails", "chair", "revote"), "opinion": ("fails", "chair", "revote")}
MOST_OPTIONS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareBallot(MeetingCommand):
    """Fractions are (numerator, denominator). A quorum of (0, 1) asks for none. `ballot_id`: one that is prepared and now
    changes. `previous_id`: the ballot it repeats, which is closed or void. `options`, `most` (that one may mark) and `seats` (0:
    all that reach the threshold) belong to the last three kinds. `seconds`: until it closes by itself; 0: by hand."""

    ballot_id: Id | None = None
    question: Paragraph
    kind: Kind = "motion"
    options: Annotated[list[Line], Field(max_length=MOST_OPTIONS)] = field(default_factory=list)
    most: Annotated[int, Field(ge=0, le=MOST_OPTIONS)] = 0
    seats: Annotated[int, Field(ge=0, le=MOST_OPTIONS)] = 0
    item_id: Id | None = None
    base: Base = "all"
    threshold: Share = (1, 2)
    strict: bool = True
    quorum: Share = (2, 3)
    change_allowed: bool = True
    disclosure: Literal["named", "totals"] = "named"
    progress: Literal["turnout", "votes"] = "turnout"
    method: Literal["online", "hand"] = "online"
    weighted: bool = False
    seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    tie: Tie = "fails"
    previous_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBallots(MeetingCommand):
    """`ballot_ids`: every prepared ballot, in the new order."""

    ballot_ids: list[Id]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveBallot(MeetingCommand):
    """Only one that was never opened."""

    ballot_id: Id


async def prepare_ballot(tx: Transaction, by: Standing, command: PrepareBallot) -> Answer:
    require_open(by, "meeting_not_live")
    if problems := problems_of(command):
        raise Invalid.of(problems)
    if command.item_id is not None:
        await tx.one(sa.select(items.c.id).where(items.c.id == command.item_id, items.c.meeting_id == command.meeting_id))
    if command.previous_id is not None:
        previous = await ballot_of(tx, command.meeting_id, command.previous_id)
        if previous.state not in ("closed", "void"):
            raise Conflict("ballot_not_over")
    if command.ballot_id is not None:
        key = (await _prepared(tx, command.meeting_id, command.ballot_id)).id
        await tx.update(ballots, key, **_settings(command))
    else:
        key = new_id()
        last = await tx.value(sa.select(sa.func.max(ballots.c.position)).where(ballots.c.meeting_id == command.meeting_id))
        await tx.insert(ballots, id=key, meeting_id=command.meeting_id, position=(last or 0) + 1, **_settings(command))
    await announce(tx, "ballot", [key])
    return {"ballot_id": key}


async def order_ballots(tx: Transaction, by: Standing, command: OrderBallots) -> Answer:
    here = sa.and_(ballots.c.meeting_id == command.meeting_id, ballots.c.state == "prepared")
    places = {row.id: row.position for row in await tx.all(sa.select(ballots.c.id, ballots.c.position).where(here))}
    if sorted(places) != sorted(command.ballot_ids):
        raise Conflict("ballots_changed")
    for key, place in zip(command.ballot_ids, sorted(places.values()), strict=True):
        await tx.update(ballots, key, position=place)
    await announce(tx, "ballot", command.ballot_ids)
    return None


async def remove_ballot(tx: Transaction, by: Standing, command: RemoveBallot) -> Answer:
    ballot = await _prepared(tx, command.meeting_id, command.ballot_id)
    await tx.write(sa.delete(ballots).where(ballots.c.id == ballot.id))
    await announce(tx, "ballot", [ballot.id])
    return None


def problems_of(command: PrepareBallot) -> list[Problem]:
    """What no field shows by itself; all of it at once."""
    found = []
    for name, share in (("threshold", command.threshold), ("quorum", command.quorum)):
        if share[0] > share[1] or (share[0] == share[1] and name == "threshold" and command.strict):
            found.append(Problem("share_impossible", name))
    if command.tie not in TIES.get(command.kind, ("fails", "revote", "elder")):
        found.append(Problem("tie_of_another_kind", "tie"))
    if command.method == "hand" and (command.weighted or command.seconds or command.progress == "votes"):
        found.append(Problem("hand_count_plain", "method"))
    return found + (_problems_of_options(command) if command.kind in OF_OPTIONS else [])


def _problems_of_options(command: PrepareBallot) -> list[Problem]:
    n = len(command.options)
    found = []
    if n < (2 if command.kind == "choice" else 1):
        found.append(Problem("options_missing", "options"))
    if len({text.casefold() for text in command.options}) < n:
        found.append(Problem("options_twice", "options"))
    if command.kind != "approval" and not 1 <= command.most <= max(n, 1):
        found.append(Problem("most_impossible", "most", {"n": n}))
    if command.seats > n or (command.kind == "election" and not command.seats):
        found.append(Problem("seats_impossible", "seats", {"n": n}))
    return found


def _settings(command: PrepareBallot) -> dict[str, Any]:
    """The columns that it fills. Options are numbered from 1, for good: records and results name them so."""
    with_options, marked = command.kind in OF_OPTIONS, command.kind in ("choice", "election")
    options = [{"id": str(number), "text": text} for number, text in enumerate(command.options, 1)] if with_options else []
    same = (
        "question", "kind", "item_id", "base", "strict", "change_allowed", "disclosure", "progress", "method", "weighted",
        "seconds", "tie", "previous_id",
    )  # fmt: skip
    return {name: getattr(command, name) for name in same} | {
        "options": options, "most": command.most if marked else 0, "seats": command.seats if with_options else 0,
        "threshold_num": command.threshold[0], "threshold_den": command.threshold[1],
        "quorum_num": command.quorum[0], "quorum_den": command.quorum[1],
    }  # fmt: skip


async def _prepared(tx: Transaction, meeting_id: str, ballot_id: str) -> Row:
    ballot = await ballot_of(tx, meeting_id, ballot_id)
    if ballot.state != "prepared":
        raise Conflict("ballot_already_opened")
    return ballot


async def ballot_of(tx: Transaction, meeting_id: str, ballot_id: str) -> Row:
    """Raises NotFound."""
    return await tx.one(sa.select(ballots).where(ballots.c.id == ballot_id, ballots.c.meeting_id == meeting_id))
