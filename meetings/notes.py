"""Private notes of a meeting, an item or a paper: of their owner alone. They stand in no snapshot, no event and no audit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand, secret
from .database import Transaction
from .errors import Conflict, Invalid, NotAllowed
from .models.beside import notes
from .models.columns import new_id
from .models.meeting import items, papers
from .standing import Standing
from .text import Id, OptionalParagraph


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveNote(MeetingCommand):
    """The whole note as it now is; empty: removed. `revision`: of the text that it was made from, 0 for a new one, so that what
    was written on another device meanwhile is never overwritten."""

    about: Literal["meeting", "item", "paper"] = field(default="meeting", metadata=secret())
    about_id: Id | None = field(default=None, metadata=secret())
    text: OptionalParagraph = field(metadata=secret())
    revision: int = 0


def owner_of(by: Standing) -> str:
    """The same for a person's account and personal link. Empty for whoever is not invited."""
    if by.me is None:
        return ""
    return f"person:{by.me.person_id}" if by.me.person_id else f"participant:{by.me.id}"


async def save_note(tx: Transaction, by: Standing, command: SaveNote) -> Answer:
    owner = owner_of(by)
    if not owner:
        raise NotAllowed("not_allowed")
    about_id = command.about_id or ""
    mine = sa.and_(
        notes.c.meeting_id == command.meeting_id, notes.c.owner == owner, notes.c.about == command.about, notes.c.about_id == about_id
    )
    known = await tx.first(sa.select(notes).where(mine))
    if command.revision != (known.revision if known else 0):
        raise Conflict("note_changed", "text")
    if known is None:
        await _require_known(tx, command)
    if not command.text:
        await tx.write(sa.delete(notes).where(mine))
        return {"revision": 0}
    said = {"text": command.text, "revision": command.revision + 1, "changed_at": tx.now}
    if known:
        await tx.update(notes, known.id, **said)
    else:
        place = {"meeting_id": command.meeting_id, "owner": owner, "about": command.about, "about_id": about_id}
        await tx.insert(notes, id=new_id(), **place, **said)
    return {"revision": command.revision + 1}


async def _require_known(tx: Transaction, command: SaveNote) -> None:
    """Raises Invalid for an item or paper of another meeting."""
    if command.about == "meeting":
        if command.about_id is not None:
            raise Invalid("invalid", "about_id")
        return
    table = items if command.about == "item" else papers
    here = sa.and_(table.c.id == command.about_id, table.c.meeting_id == command.meeting_id)
    if await tx.first(sa.select(table.c.id).where(here)) is None:
        raise Invalid("note_about_nothing", "about_id")
