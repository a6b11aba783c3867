"""The arithmetic of a ballot with options or candidates, exact and pure: who reached the threshold, who of them has a seat, and
who is level for the last one.

A seat takes what the ballot's threshold says (by law and custom more than half of all members), and then the most votes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .tally import Rule, Turnout

Mark = Literal["for", "against"]
Sums = dict[str, dict[Mark, int]]  # by option id


@dataclass(frozen=True, slots=True)
class Outcome:
    options: Sums
    members: int
    entitled: int
    cast: int
    invalid: int
    not_cast: int
    base: int
    needed: int
    elected: list[str]  # option ids; most votes first
    level: list[str]  # as many votes each for `free` seats, fewer than they are
    free: int
    carried: bool  # every seat is taken; without a number of seats: somebody has one
    tied: bool  # a new ballot, or whoever runs the meeting, must decide between those who are level
    decided_by: Literal["votes", "elder"]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def sums_of(options: Sequence[str], votes: Sequence[tuple[Mapping[str, Mark], int]]) -> Sums:
    """Marks of each option; a vote is its marks and its weight."""
    sums: Sums = {key: {"for": 0, "against": 0} for key in options}
    for marks, weight in votes:
        for key, mark in marks.items():
            sums[key][mark] += weight
    return sums


def elect(sums: Sums, *, seats: int, turnout: Turnout, rule: Rule, elders: Sequence[str] | None = None) -> Outcome:
    """`seats` 0: all that reach the threshold. `elders`: those of the level ones who take the free seats, once told. Raises
    ValueError when an option has more votes than were cast, or the elders are not as many as the seats, or not level."""
    if any(sum(marks.values()) > turnout.cast or min(marks.values()) < 0 for marks in sums.values()):
        raise ValueError(f"{turnout.cast} votes: {sums}")
    told = turnout.told(rule)
    reached = [key for key in sums if sums[key]["for"] >= max(told["needed"], 1)]
    reached.sort(key=lambda key: -sums[key]["for"])
    elected, level, free = _seated(reached, sums, seats or len(sums))
    if elders is not None:
        if rule.tie != "elder" or len(set(elders)) != len(elders) or len(elders) != free or not set(elders) <= set(level) or not free:
            raise ValueError(f"{elders} of {level} for {free}")
        elected += elders
    return Outcome(
        options=sums, **told, elected=elected, level=level, free=free,
        carried=len(elected) == seats if seats else bool(elected),
        tied=bool(level) and elders is None and rule.tie in ("revote", "elder"),
        decided_by="votes" if elders is None else "elder",
    )  # fmt: skip


def _seated(reached: Sequence[str], sums: Sums, seats: int) -> tuple[list[str], list[str], int]:
    """(who has a seat, who is level for the rest, how many those are)"""
    if len(reached) <= seats:
        return list(reached), [], 0
    last = sums[reached[seats - 1]]["for"]
    sure = [key for key in reached if sums[key]["for"] > last]
    level = [key for key in reached if sums[key]["for"] == last]
    if len(sure) + len(level) == seats:
        return [*sure, *level], [], 0
    return sure, level, seats - len(sure)
