"""A room's plan: a grid of seats, tables, a podium, doors and a screen; seats have labels. Pure: what a plan must be, how seats are
labelled, who sits nearest to the head of the table, and the usual shapes to start from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from string import ascii_uppercase
from typing import Annotated, Any, Literal

from pydantic import Field

from .errors import Invalid

WIDEST, DEEPEST = 40, 30
Kind = Literal["seat", "head", "table", "podium", "door", "screen"]  # head: where the chair and the secretaries sit
SEATS = ("seat", "head")
Label = Annotated[str, Field(pattern=r"^[\w.\- ]{0,8}$")]


@dataclass(frozen=True, slots=True)
class Cell:
    x: Annotated[int, Field(ge=0, lt=WIDEST)]
    y: Annotated[int, Field(ge=0, lt=DEEPEST)]
    kind: Kind
    label: Label = ""


@dataclass(frozen=True, slots=True)
class Plan:
    width: Annotated[int, Field(ge=3, le=WIDEST)]
    height: Annotated[int, Field(ge=3, le=DEEPEST)]
    cells: Annotated[tuple[Cell, ...], Field(max_length=WIDEST * DEEPEST)]

    def to_json(self) -> dict[str, Any]:
        cells = [{"x": c.x, "y": c.y, "kind": c.kind, "label": c.label} for c in self.cells]
        return {"width": self.width, "height": self.height, "cells": cells}


def plan_of(data: dict[str, Any]) -> Plan:
    """A plan that was kept."""
    return Plan(data["width"], data["height"], tuple(Cell(**cell) for cell in data["cells"]))


def checked(plan: Plan) -> Plan:
    """With a label on every seat, and on nothing else. Raises Invalid for what lies outside or on another, or has another's label."""
    if any(cell.x >= plan.width or cell.y >= plan.height for cell in plan.cells):
        raise Invalid("plan_outside", "plan")
    if len({(cell.x, cell.y) for cell in plan.cells}) < len(plan.cells):
        raise Invalid("plan_overlaps", "plan")
    cells = [replace(cell, label=cell.label.strip() if cell.kind in SEATS else "") for cell in plan.cells]
    given = [cell.label for cell in cells if cell.label]
    if twice := next((label for label in given if given.count(label) > 1), ""):
        raise Invalid("plan_label_twice", "plan", label=twice)
    return replace(plan, cells=tuple(labelled(cells)))


def labelled(cells: Iterable[Cell]) -> list[Cell]:
    """Seats without a label get one: A1, A2 ... in the first row that has seats, B1 ... in the next."""
    ordered = sorted(cells, key=lambda cell: (cell.y, cell.x))
    taken = {cell.label for cell in ordered}
    rows = {y: _letters(n) for n, y in enumerate(sorted({cell.y for cell in ordered if cell.kind in SEATS}))}
    found = []
    for cell in ordered:
        if cell.kind in SEATS and not cell.label:
            label = next(name for n in count(1) if (name := f"{rows[cell.y]}{n}") not in taken)
            taken.add(label)
            cell = replace(cell, label=label)
        found.append(cell)
    return found


def relabelled(plan: Plan) -> Plan:
    return replace(plan, cells=tuple(labelled(replace(cell, label="") for cell in plan.cells)))


def seats_in_order(plan: Plan) -> tuple[list[str], list[str]]:
    """Labels of the head seats and of the others, each from the middle outwards, row by row away from the head."""
    heads = [cell for cell in plan.cells if cell.kind == "head"]
    others = [cell for cell in plan.cells if cell.kind == "seat"]
    first = heads or [cell for cell in others if cell.y == min(other.y for other in others)]
    if not first:
        return [], []
    middle = (sum(cell.x for cell in first) / len(first), sum(cell.y for cell in first) / len(first))

    def away(cell: Cell) -> tuple[float, float, int]:
        return (abs(cell.y - middle[1]), abs(cell.x - middle[0]), cell.x)

    return [cell.label for cell in sorted(heads, key=away)], [cell.label for cell in sorted(others, key=away)]


def arranged(people: Sequence[tuple[str, bool]], plan: Plan, taken: set[str]) -> dict[str, str]:
    """A free seat for each (id, whether at the head) in their order; whoever finds none has none."""
    head, rest = ([label for label in labels if label not in taken] for labels in seats_in_order(plan))
    placed: dict[str, str] = {}
    for key, leads in people:
        pool = head if leads and head else rest
        if pool:
            placed[key] = pool.pop(0)
    return placed


def shape(name: str, seats: int) -> Plan:
    """One of SHAPES with about so many seats. Raises Invalid when the room would be larger than a plan can be."""
    plan = SHAPES[name](seats)
    if plan.width > WIDEST or plan.height > DEEPEST:
        raise Invalid("plan_too_large", "seats")
    return relabelled(plan)


def _u(seats: int) -> Plan:
    """The head at the closed end, the screen at the open one."""
    arm = min(max(1, -(-(seats - 7) // 2)), 24)
    across = max(7, seats - 2 * arm) | 1  # odd: the head has a middle
    middle, last = across // 2 + 2, across + 3
    cells = [Cell(x, 0, "head" if abs(x - middle) <= 1 else "seat") for x in range(2, across + 2)] + _tables(range(1, last), [1])
    for y in range(2, 2 + arm):
        cells += [Cell(0, y, "seat"), Cell(1, y, "table"), Cell(last - 1, y, "table"), Cell(last, y, "seat")]
    return Plan(last + 1, arm + 4, (*cells, *(Cell(x, arm + 3, "screen") for x in range(middle - 1, middle + 2))))


def _rows(seats: int, wing: int, step: int) -> Plan:
    """Two wings with an aisle between, before the head's table; `step` 2: a table before each row."""
    rows = max(1, -(-(seats - 3) // (2 * wing)))
    middle, xs = wing + 1, [*range(1, wing + 1), *range(wing + 2, 2 * wing + 2)]
    head = range(middle - 1, middle + 2)
    cells = [Cell(x, 1, "head") for x in head] + _tables(head, [2]) + [Cell(1, 1, "podium"), Cell(middle, 0, "screen")]
    for row in range(rows):
        y = 4 + row * step + step - 1
        cells += [Cell(x, y, "seat") for x in xs] + (_tables(xs, [y - 1]) if step == 2 else [])
    depth = 4 + rows * step
    return Plan(2 * wing + 3, depth + 1, (*cells, Cell(0, depth, "door")))


def _round(seats: int) -> Plan:
    """Around one large table."""
    side = max(1, round(seats / 6))
    long = max(3, -(-(seats - 2 * side) // 2))
    middle = (long + 1) // 2
    cells = [Cell(x, 0, "head" if x == middle else "seat") for x in range(1, long + 1)]
    cells += [Cell(x, side + 1, "seat") for x in range(1, long + 1)]
    cells += [Cell(x, y, "seat") for x in (0, long + 1) for y in range(1, side + 1)]
    return Plan(long + 2, max(3, side + 2), (*cells, *_tables(range(1, long + 1), range(1, side + 1))))


def _tables(xs: Iterable[int], ys: Iterable[int]) -> list[Cell]:
    rows = list(ys)
    return [Cell(x, y, "table") for x in xs for y in rows]


def _letters(n: int) -> str:
    """A, B ... Z, AA ..."""
    return (_letters(n // 26 - 1) if n >= 26 else "") + ascii_uppercase[n % 26]


SHAPES: dict[str, Callable[[int], Plan]] = {
    "u": _u, "classroom": lambda seats: _rows(seats, 4, 2), "theatre": lambda seats: _rows(seats, 6, 1), "round": _round,
}  # fmt: skip
