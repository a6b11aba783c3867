"""Agencies, people and rooms, as forms offer them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..database import Reading, Row
from ..models.organisation import accounts, agencies, people, positions, rooms


async def all_agencies(reading: Reading, *, active: bool = True) -> Sequence[Row]:
    wanted = sa.select(agencies).order_by(agencies.c.position, agencies.c.name)
    return await reading.all(wanted.where(agencies.c.active) if active else wanted)


async def all_positions(reading: Reading) -> Sequence[Row]:
    return await reading.all(sa.select(positions).order_by(positions.c.rank, positions.c.name))


async def all_rooms(reading: Reading, agency_id: str | None = None) -> Sequence[Row]:
    joined = rooms.join(agencies, agencies.c.id == rooms.c.agency_id)
    wanted = sa.select(rooms, agencies.c.short_name.label("agency_name")).select_from(joined)
    wanted = wanted.order_by(agencies.c.position, rooms.c.name)
    return await reading.all(wanted.where(rooms.c.agency_id == agency_id) if agency_id else wanted)


def people_query() -> sa.Select[tuple[object, ...]]:
    """People with their position, agency and account."""
    joined = (
        people.join(agencies, agencies.c.id == people.c.agency_id)
        .outerjoin(positions, positions.c.id == people.c.position_id)
        .outerjoin(accounts, accounts.c.person_id == people.c.id)
    )
    return sa.select(
        people, positions.c.name.label("title"), positions.c.rank, agencies.c.name.label("agency_name"),
        accounts.c.username, accounts.c.role, accounts.c.locked,
    ).select_from(joined)  # fmt: skip
