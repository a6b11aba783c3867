"""Who says whom an agency sends to a meeting: its staff, and those to whom they passed that right for this meeting."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from .commands import Actor
from .database import Reading, Row
from .models.meeting import nominations, nominators
from .models.organisation import accounts, people

BY_ROLE = ("agency_admin", "secretary")  # who is told: the administrators of the agency, or where it has none, its secretaries


def nominates(actor: Actor) -> sa.ColumnElement[bool]:
    """Of rows of `nominations` that still stand, those in which the actor may say who comes."""
    passed = sa.exists().where(nominators.c.nomination_id == nominations.c.id, nominators.c.person_id == actor.person_id)
    own = sa.or_(nominations.c.agency_id == actor.agency_id, passed) if actor.staff else passed
    return sa.and_(~nominations.c.removed, own)


async def may_nominate(reading: Reading, actor: Actor, nomination_id: str | None) -> bool:
    if actor.kind != "account" or nomination_id is None:
        return False
    wanted = sa.select(nominations.c.id).where(nominations.c.id == nomination_id, nominates(actor))
    return await reading.first(wanted) is not None


async def to_be_told(reading: Reading, asked: Collection[Row]) -> dict[str, Sequence[Row]]:
    """Rows of `people` by the id of the nomination; of rows of `nominations`."""
    staff = await staff_of(reading, {row.agency_id for row in asked})
    joined = nominators.join(people, people.c.id == nominators.c.person_id)
    wanted = sa.select(people, nominators.c.nomination_id).select_from(joined).where(people.c.active).order_by(people.c.name_key)
    passed = await reading.all(wanted.where(nominators.c.nomination_id.in_([row.id for row in asked])))
    found: dict[str, Sequence[Row]] = {}
    for row in asked:
        both = [*staff.get(row.agency_id, ()), *(one for one in passed if one.nomination_id == row.id)]
        found[row.id] = list({one.id: one for one in both}.values())
    return found


async def staff_of(reading: Reading, agency_ids: Collection[str]) -> dict[str, Sequence[Row]]:
    """The people of each agency who are told when it is asked; an agency without any is not among the keys."""
    joined = people.join(accounts, accounts.c.person_id == people.c.id)
    there = sa.and_(people.c.active, ~accounts.c.locked, people.c.agency_id.in_(agency_ids), accounts.c.role.in_(BY_ROLE))
    rows = await reading.all(sa.select(people, accounts.c.role).select_from(joined).where(there).order_by(people.c.name_key, people.c.id))
    found: dict[str, Sequence[Row]] = {}
    for agency in agency_ids:
        by_role = ([row for row in rows if row.agency_id == agency and row.role == role] for role in BY_ROLE)
        if some := next(filter(None, by_role), None):
            found[agency] = some
    return found
