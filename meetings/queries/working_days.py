"""When agencies work, as it was entered for them, for those above them, or for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from ..agency_tree import above, administered, everywhere, parents
from ..commands import Actor
from ..database import Reading, Row
from ..models.organisation import agencies
from ..models.working import marked_days, working_hours
from ..working_time import ORDINARY, USUAL, Days, Hours, Working, hours_of


async def working_of(reading: Reading, agency_ids: Collection[str]) -> Mapping[str, Working]:
    """Of each of these agencies; equal ones are the same object."""
    tree = await parents(reading)
    hours = {row.agency_id: _hours(row) for row in await reading.all(sa.select(working_hours))}
    marks: dict[str | None, dict[date, bool]] = {}
    for row in await reading.all(sa.select(marked_days)):
        marks.setdefault(row.agency_id, {})[row.day] = row.works
    made: dict[tuple[str | None, ...], Working] = {}

    def of(agency_id: str) -> Working:
        line = list(above(tree, agency_id))
        at = next((one for one in line if one in hours), None)
        marking = [None, *(one for one in reversed(line) if one in marks)]
        key = (at, *marking)
        if key not in made:
            days = {day: works for one in marking for day, works in marks.get(one, {}).items()}
            made[key] = Working(hours.get(at, USUAL) if at else USUAL, Days(days) if days else ORDINARY)
        return made[key]

    return {one: of(one) for one in agency_ids}


async def own_hours(reading: Reading, agency_ids: Collection[str]) -> Mapping[str, Row]:
    """(agency_id, parts, weekdays) of those that have hours of their own."""
    rows = await reading.all(sa.select(working_hours).where(working_hours.c.agency_id.in_(list(agency_ids))))
    return {row.agency_id: row for row in rows}


async def marked(reading: Reading, actor: Actor, since: date) -> Sequence[Row]:
    """(day columns, agency_name, own: whether the actor may take it away) of the agencies that the actor administers and of those above
    them, from that day on."""
    mine = await administered(reading, actor)
    tree = await parents(reading)
    concerned = {up for one in mine for up in above(tree, one)}
    own = sa.true() if everywhere(actor) else marked_days.c.agency_id.in_(mine)
    joined = marked_days.outerjoin(agencies, agencies.c.id == marked_days.c.agency_id)
    columns = sa.select(marked_days, agencies.c.short_name.label("agency_name"), sa.func.coalesce(own, sa.false()).label("own"))
    which = sa.or_(marked_days.c.agency_id.is_(None), marked_days.c.agency_id.in_(concerned))
    wanted = columns.select_from(joined).where(which, marked_days.c.day >= since)
    return await reading.all(wanted.order_by(marked_days.c.day, agencies.c.position))


def _hours(row: Row) -> Hours:
    return hours_of(row.parts.split(","), map(int, row.weekdays))
