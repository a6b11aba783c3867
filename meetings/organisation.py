"""Agencies as a tree, and positions: what administrators keep. People are in `people.py`, rooms in `rooms.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from . import agency_tree
from .audit import Answer
from .commands import Command
from .database import Row, Transaction
from .errors import Conflict, Invalid
from .models.columns import new_id
from .models.organisation import agencies, people, positions
from .standing import Standing
from .text import Id, Line, OptionalEmail, OptionalLine, fold

Kind = Literal["department", "committee", "office", "commune", "other"]
KINDS: tuple[Kind, ...] = ("department", "committee", "office", "commune", "other")
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAgency(Command):
    """New, and last among its siblings, when `agency_id` is None. Not `active`: retired, kept for what refers to it."""

    agency_id: Id | None = None
    parent_id: Id | None = None
    name: Line
    short_name: Line
    code: Code
    kind: Kind = "department"
    email: OptionalEmail = ""
    address: OptionalLine = ""
    phone: OptionalLine = ""
    position: Annotated[int, Field(ge=0, le=100_000)] | None = None  # None: where it stands
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAgency(Command):
    """One place up or down among its siblings, in protocol order."""

    agency_id: Id
    direction: Literal["up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePosition(Command):
    position_id: Id | None = None
    name: Line
    rank: Annotated[int, Field(ge=0, le=100_000)] = 0
    active: bool = True


def agency_values(command: SaveAgency) -> dict[str, Any]:
    """The columns of an agency, but for its place among its siblings."""
    return {
        "parent_id": command.parent_id, "name": command.name, "short_name": command.short_name, "code": command.code,
        "kind": command.kind, "email": command.email, "address": command.address, "phone": command.phone,
        "active": command.active, "folded": f"{fold(command.name)} {fold(command.short_name)}",
    }  # fmt: skip


async def save_agency(tx: Transaction, by: Standing, command: SaveAgency) -> Answer:
    key = command.agency_id or new_id()
    if await tx.first(sa.select(agencies.c.id).where(agencies.c.code == command.code, agencies.c.id != key)):
        raise Conflict("agency_code_taken", "code", taken=command.code)
    await _require_tree(tx, key, command.parent_id, command.active)
    if not command.active:
        await _require_empty(tx, key)
    values = agency_values(command)
    before = await tx.get(agencies, key) if command.agency_id else None
    if command.position is not None:
        values["position"] = command.position
    elif before is None or before.parent_id != command.parent_id:
        values["position"] = await _last_place(tx, command.parent_id)
    await _save(tx, agencies, command.agency_id, key, values)
    return {"agency_id": key}


async def move_agency(tx: Transaction, by: Standing, command: MoveAgency) -> Answer:
    agency = await tx.get(agencies, command.agency_id)
    order = [row.id for row in await _siblings(tx, agency.parent_id)]
    here = order.index(agency.id)
    there = here - 1 if command.direction == "up" else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    for place, key in enumerate(order, 1):
        await tx.update(agencies, key, position=place)
    return None


async def save_position(tx: Transaction, by: Standing, command: SavePosition) -> Answer:
    key = command.position_id or new_id()
    if await tx.first(sa.select(positions.c.id).where(positions.c.name == command.name, positions.c.id != key)):
        raise Conflict("position_name_taken", "name", name=command.name)
    values = {"name": command.name, "rank": command.rank, "active": command.active, "folded": fold(command.name)}
    await _save(tx, positions, command.position_id, key, values)
    return {"position_id": key}


async def _save(tx: Transaction, table: sa.Table, known: str | None, key: str, values: dict[str, Any]) -> None:
    if known:
        await tx.update(table, known, **values)
    else:
        await tx.insert(table, id=key, **values)


async def _siblings(tx: Transaction, parent_id: str | None) -> list[Row]:
    wanted = sa.select(agencies.c.id, agencies.c.position).where(agencies.c.parent_id == parent_id)
    return list(await tx.all(wanted.order_by(agencies.c.position, agencies.c.name, agencies.c.id)))


async def _last_place(tx: Transaction, parent_id: str | None) -> int:
    return max((row.position for row in await _siblings(tx, parent_id)), default=0) + 1


async def _require_tree(tx: Transaction, key: str, parent_id: str | None, active: bool) -> None:
    """Raises Invalid when the agency would stand under itself, or under none that is in use."""
    tree = await agency_tree.parents(tx)
    if parent_id is not None and parent_id not in tree:
        raise Invalid("agency_unknown", "parent_id")
    if parent_id is not None and active and not (await tx.get(agencies, parent_id)).active:
        raise Invalid("agency_retired", "parent_id")
    if key in agency_tree.above(tree, parent_id):
        raise Invalid("agency_under_itself", "parent_id")


async def _require_empty(tx: Transaction, key: str) -> None:
    """Raises Conflict when somebody still works there, or an agency in use stands under it: they are moved first."""
    staff = await tx.value(sa.select(sa.func.count()).where(people.c.agency_id == key, people.c.active))
    under = await tx.value(sa.select(sa.func.count()).where(agencies.c.parent_id == key, agencies.c.active))
    if staff or under:
        raise Conflict("agency_in_use", "active", people=staff, agencies=under)
