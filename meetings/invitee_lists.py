"""Lists of invitees that an agency keeps by name, to be put into the form of a meeting at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import Command
from .database import Transaction
from .errors import Conflict, Invalid
from .invitees import How, Key
from .meeting_form import Seats
from .models.columns import new_id
from .models.invitee_lists import invitee_lists
from .standing import Standing
from .text import Id, Line, OptionalLine

MOST = 60  # of one agency
LARGEST = 2000  # keys


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveInviteeList(Command):
    """Of the actor's own agency; one that has this name already is replaced. The other fields are those of `meeting_form.Fields`."""

    name: Annotated[Line, Field(max_length=120)]
    invited: Annotated[dict[Key, How], Field(max_length=LARGEST)]
    optional: Annotated[list[Key], Field(max_length=LARGEST)] = field(default_factory=list)
    seats: Annotated[dict[Key, Seats], Field(max_length=LARGEST)] = field(default_factory=dict)
    wish: Annotated[dict[Key, OptionalLine], Field(max_length=LARGEST)] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveInviteeList(Command):
    """Meetings that were made from it stay as they are."""

    list_id: Id


async def save_invitee_list(tx: Transaction, by: Standing, command: SaveInviteeList) -> Answer:
    if not command.invited:
        raise Invalid("list_empty", "list_name")
    own = invitee_lists.c.agency_id == by.actor.agency_id
    before = await tx.value(sa.select(invitee_lists.c.id).where(own, invitee_lists.c.name == command.name))
    if before is None and await tx.value(sa.select(sa.func.count()).select_from(invitee_lists).where(own)) >= MOST:
        raise Conflict("lists_too_many", "list_name", most=MOST)
    values = {
        "invited": command.invited, "optional": [key for key in command.optional if key in command.invited],
        "seats": {key: n for key, n in command.seats.items() if key in command.invited},
        "wish": {key: words for key, words in command.wish.items() if key in command.invited},
        "saved_by": by.actor.name, "saved_at": tx.now,
    }  # fmt: skip
    if before:
        await tx.update(invitee_lists, before, **values)
    else:
        before = new_id()
        await tx.insert(invitee_lists, id=before, agency_id=by.actor.agency_id, name=command.name, **values)
    return {"list_id": before}


async def remove_invitee_list(tx: Transaction, by: Standing, command: RemoveInviteeList) -> Answer:
    """Harmless where it is gone already."""
    own = sa.and_(invitee_lists.c.id == command.list_id, invitee_lists.c.agency_id == by.actor.agency_id)
    await tx.write(sa.delete(invitee_lists).where(own))
    return None
