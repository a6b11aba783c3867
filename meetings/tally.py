"""The arithmetic of a ballot, exact and pure: what the threshold is a share of, how many votes it takes, who carried.

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
Tie = Literal["fails", "chair"]
CHOICES: tuple[Choice, ...] = ("for", "against", "abstain")


@dataclass(frozen=True, slots=True)
class Rule:
    """`share` of `base` (all members, those present at opening, or votes cast); `strict`: more than it, not just as much.
    `tie`: when as many are for as against, "chair" lets the side of the chair's vote prevail (a People's Committee decides
    so: Law on organisation of local government); "fails" leaves it to the share."""

    base: Base
    share: Fraction
    strict: bool
    tie: Tie = "fails"


@dataclass(frozen=True, slots=True)
class Result:
    for_: int
    against: int
    abstain: int
    cast: int
    not_cast: int
    entitled: int
    members: int
    base: int  # the number that the share is taken of
    needed: int  # votes for, at least
    carried: bool
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


def count(votes: Mapping[Choice, int], *, entitled: int, members: int, rule: Rule, chair: Choice | None = None) -> Result:
    """`chair`: how the chair voted, if at all. Raises ValueError when the numbers cannot be: more votes than mandates, or more
    mandates than members."""
    cast = sum(votes.get(choice, 0) for choice in CHOICES)
    if cast > entitled or entitled > members or any(n < 0 for n in votes.values()):
        raise ValueError(f"{cast} votes, {entitled} mandates, {members} members")
    of = {"all": members, "present": entitled, "cast": cast}[rule.base]
    least = needed(of, rule)
    in_favour, against = votes.get("for", 0), votes.get("against", 0)
    by_chair = rule.tie == "chair" and 0 < in_favour == against and chair in ("for", "against")
    return Result(
        for_=in_favour, against=against, abstain=votes.get("abstain", 0), cast=cast,
        not_cast=entitled - cast, entitled=entitled, members=members, base=of, needed=least,
        carried=chair == "for" if by_chair else in_favour >= max(least, 1),
        decided_by="chair" if by_chair else "votes",
    )  # fmt: skip
