"""Presenting: one person turns the pages of a paper, and everybody who follows sees the page that he is on. Those who run the
meeting present, or name who does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Invalid, NotAllowed
from .models.beside import presentations
from .models.meeting import papers, participants
from .standing import Standing, require_open
from .text import Id
from .views import announce

SHOWN_IN_BROWSER = ("application/pdf", "image/png", "image/jpeg")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePresenter(MeetingCommand):
    """From now on this participant turns the pages; what is shown stays until he shows something else."""

    participant_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPage(MeetingCommand):
    """Begins presenting, turns a page, or goes to another paper. Whoever runs the meeting takes over by it."""

    paper_id: Id
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPresenting(MeetingCommand):
    pass


async def name_presenter(tx: Transaction, by: Standing, command: NamePresenter) -> Answer:
    require_open(by, "room_closed")
    here = sa.and_(participants.c.meeting_id == command.meeting_id, ~participants.c.removed)
    who = await tx.first(sa.select(participants.c.id).where(here, participants.c.id == command.participant_id))
    if who is None:
        raise Invalid("participant_unknown", "participant_id")
    await _put(tx, command.meeting_id, participant_id=who.id)
    return None


async def show_page(tx: Transaction, by: Standing, command: ShowPage) -> Answer:
    require_open(by, "room_closed")
    await _require_presents(tx, by)
    here = sa.and_(papers.c.meeting_id == command.meeting_id, papers.c.state == "approved", ~papers.c.removed)
    paper = await tx.one(sa.select(papers.c.id, papers.c.media_type).where(here, papers.c.id == command.paper_id))
    if paper.media_type not in SHOWN_IN_BROWSER:
        raise Invalid("paper_not_shown", "paper_id")
    me = by.me.id if by.me is not None else None
    await _put(tx, command.meeting_id, participant_id=me, paper_id=paper.id, page=command.page)
    return None


async def stop_presenting(tx: Transaction, by: Standing, command: StopPresenting) -> Answer:
    await _require_presents(tx, by)
    await _end(tx, presentations.c.id == command.meeting_id)
    return None


async def end_presenting_of(tx: Transaction, participant_ids: Sequence[str]) -> None:
    """Whoever presented is no longer in the meeting."""
    await _end(tx, sa.and_(presentations.c.id == tx.scope, presentations.c.participant_id.in_(participant_ids)))


async def end_showing(tx: Transaction, paper_id: str) -> None:
    """The paper is no longer there."""
    await _end(tx, presentations.c.paper_id == paper_id)


async def _put(tx: Transaction, meeting_id: str, **values: object) -> None:
    await tx.upsert(presentations, [{"id": meeting_id, "meeting_id": meeting_id, **values}], key=["id"])
    await announce(tx, "presentation", [meeting_id])


async def _end(tx: Transaction, which: sa.ColumnElement[bool]) -> None:
    for key in await tx.column(sa.select(presentations.c.id).where(which)):
        await tx.write(sa.delete(presentations).where(presentations.c.id == key))
        await announce(tx, "presentation", [key])


async def _require_presents(tx: Transaction, by: Standing) -> None:
    if by.runs:
        return
    presents = sa.and_(presentations.c.id == tx.scope, presentations.c.participant_id == (by.me.id if by.me is not None else ""))
    if await tx.first(sa.select(presentations.c.id).where(presents)) is None:
        raise NotAllowed("not_presenting")


