"""An agency's lists of invitees, and how much of each a form invites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ..commands import Actor
from ..database import Reading, Row
from ..models.invitee_lists import invitee_lists
from .invitees import chosen


@dataclass(frozen=True, slots=True)
class ListInvited:
    """Most of a list is invited. `without`: who of it is not, by name or agency."""

    row: Row
    invited: int
    total: int
    without: Sequence[str]


async def lists_of(reading: Reading, actor: Actor) -> Sequence[Row]:
    """Of the actor's agency, for its staff; by name."""
    if not actor.staff:
        return []
    return await reading.all(sa.select(invitee_lists).where(invitee_lists.c.agency_id == actor.agency_id).order_by(invitee_lists.c.name))


async def list_of(reading: Reading, actor: Actor, list_id: str) -> Row | None:
    return next((row for row in await lists_of(reading, actor) if row.id == list_id), None)


async def invited_lists(reading: Reading, lists: Sequence[Row], invited: Mapping[str, str]) -> list[ListInvited]:
    """Those of which more than half is invited."""
    found = []
    for row in lists:
        missing = [key for key in row.invited if key not in invited]
        if len(missing) * 2 < len(row.invited):
            groups = await chosen(reading, missing)
            names = [line.name if line.kind == "person" else group.agency.short_name for group in groups for line in group.lines]
            total = len(row.invited) - len(missing) + len(names)  # without those who are no longer in the directory
            found.append(ListInvited(row, len(row.invited) - len(missing), total, names))
    return found
