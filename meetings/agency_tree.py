"""Agencies stand in a tree; whoever administers one administers those below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from .commands import Actor
from .database import Reading
from .errors import NotAllowed
from .models.organisation import agencies

Parents = Mapping[str, str | None]


async def parents(reading: Reading) -> Parents:
    """Each agency's parent."""
    return {row.id: row.parent_id for row in await reading.all(sa.select(agencies.c.id, agencies.c.parent_id))}


def above(tree: Parents, agency_id: str | None) -> Iterable[str]:
    """The agency itself, its parent, and so on to the top."""
    passed: set[str] = set()
    while agency_id is not None and agency_id not in passed:
        passed.add(agency_id)
        yield agency_id
        agency_id = tree.get(agency_id)


def below(tree: Parents, agency_id: str) -> set[str]:
    """The agency itself and all under it."""
    return {one for one in tree if agency_id in above(tree, one)}


def everywhere(actor: Actor) -> bool:
    return actor.kind == "system" or (actor.kind == "account" and actor.role == "system_admin")


async def administered(reading: Reading, actor: Actor) -> set[str]:
    """Ids of the agencies whose people and rooms the actor keeps."""
    tree = await parents(reading)
    if everywhere(actor):
        return set(tree)
    administers = actor.kind == "account" and actor.role == "agency_admin"
    return below(tree, actor.agency_id) if administers and actor.agency_id else set()


async def require_agency(reading: Reading, actor: Actor, agency_id: str) -> None:
    """Raises NotAllowed unless the actor administers this agency."""
    if not everywhere(actor) and agency_id not in await administered(reading, actor):
        raise NotAllowed("not_allowed")
