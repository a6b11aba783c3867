"""How a figure is printed, and the two cores: the server under test on one, whoever asks it on the other."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

CORES = sorted(os.sched_getaffinity(0))
SERVER, LOAD = {CORES[0]}, {CORES[-1]}


@dataclass(frozen=True)
class Figure:
    """`goal`: what `value` should reach (at least, or at most when `less`), or None when it is only told."""

    name: str
    value: float
    unit: str
    against: str
    goal: float | None = None
    less: bool = False

    @property
    def met(self) -> bool:
        return self.goal is None or (self.value <= self.goal if self.less else self.value >= self.goal)

    def __str__(self) -> str:
        goal = "-" if self.goal is None else f"{'<=' if self.less else '>='} {self.goal:g}"
        verdict = "" if self.goal is None else "ok" if self.met else "short"
        return f"{self.name:<42} {self.value:>10,.2f} {self.unit:<12} {self.against:<52} {goal:<10} {verdict}".rstrip()


def quantile(ordered: Sequence[float], part: float) -> float:
    """Of a list in ascending order; `part` from 0 to 1."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


HEADER = f"{'name':<42} {'value':>10} {'unit':<12} {'against':<52} {'goal':<10}"
