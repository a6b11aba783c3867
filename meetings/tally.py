"""The arithmetic of a ballot for or against something, exact and pure: what the threshold is a share of, how many votes it
takes, who carried.

The law counts all members, so absence and abstention weigh like "no" (Law on organisation of local government);
a body's rules may differ, so base, share and strictness are settings of each ballot, frozen when it opens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Literal

Base = Literal["all", "present", "cast"]
Choice = Literal["for", "against", "abstain"]
Tie = Literal["fails", "chair", "revote", "elder"]
CHOICES: tuple[Choice, ...] = ("for", "against", "abstain")


@dataclass(frozen=True, slots=True)
class Rule:
    """`share` of `base` (all members, those entitled at opening, or valid votes cast); `strict`: more than it, not just as much.
    `tie`: when as many are for as against, "chair" lets the side of the chair's vote prevail (a People's Committee decides
    so: Law on organisation of local government), "revote" asks for a new ballot, "fails" leaves it to the share. "elder" is for
    elections."""

    base: Base
    share: Fraction
    strict: bool
    tie: Tie = "fails"


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many could vote and did; in votes, so in weights where a ballot is weighted. `cast` are the valid ones."""

    members: int
    entitled: int
    cast: int
    invalid: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError when the numbers cannot be: more votes than mandates, or more mandates than members."""
        if min(self.cast, self.invalid) < 0 or self.cast + self.invalid > self.entitled or self.entitled > self.members:
            raise ValueError(f"{self.cast} votes, {self.invalid} invalid, {self.entitled} mandates, {self.members} members")

    def told(self, rule: Rule) -> dict[str, int]:
        """What every result says: the account, the number that the share is taken of, and how many votes for it takes."""
        of = {"all": self.members, "present": self.entitled, "cast": self.cast}[rule.base]
        return {
            "members": self.members, "entitled": self.entitled, "cast": self.cast, "invalid": self.invalid,
            "not_cast": self.entitled - self.cast - self.invalid, "base": of, "needed": needed(of, rule),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    for_: int
    against: int
    abstain: int
    members: int
    entitled: int
    cast: int
    invalid: int
    not_cast: int
    base: int  # the number that the share is taken of
    needed: int  # votes for, at least
    carried: bool
    tied: bool  # a new ballot must decide
    decided_by: Literal["votes", "chair"]

    def to_json(self) -> dict[str, Any]:
        values = asdict(self)
        values["for"] = values.pop("for_")
        return values


def needed(of: int, rule: Rule) -> int:
    """The smallest number of votes for that satisfies the rule: more than half of 27 is 14; two thirds of 9 are 6."""
    exact = rule.share * of
    if rule.strict:
        return exact.numerator // exact.denominator + 1
    return -(-exact.numerator // exact.denominator)


def count(
    votes: Mapping[Choice, int], *, entitled: int, members: int, rule: Rule, chair: Choice | None = None, invalid: int = 0
) -> Result:
    """`chair`: how the chair voted, if at all. Raises ValueError when the numbers cannot be."""
    if any(n < 0 for n in votes.values()):
        raise ValueError(f"votes: {votes}")
    told = Turnout(members, entitled, sum(votes.get(choice, 0) for choice in CHOICES), invalid).told(rule)
    in_favour, against = votes.get("for", 0), votes.get("against", 0)
    level = 0 < in_favour == against
    by_chair = level and rule.tie == "chair" and chair in ("for", "against")
    carried = chair == "for" if by_chair else in_favour >= max(told["needed"], 1)
    return Result(
        for_=in_favour, against=against, abstain=votes.get("abstain", 0), **told, carried=carried,
        tied=level and rule.tie == "revote" and not carried, decided_by="chair" if by_chair else "votes",
    )  # fmt: skip
