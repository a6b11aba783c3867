"""Taking somebody out of a meeting, or his personal link away from whoever holds it. Both are at once: what he asked to say is
withdrawn, his stay ends, and the room lets go of his connections as soon as it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from . import clock, outbox
from .attendance import end_stays
from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .invitation import Invitation
from .invitation_facts import Sender, facts_of, joined_series
from .models.meeting import meetings, participants
from .models.organisation import sessions
from .models.room import questions, speeches
from .presenting import end_presenting_of
from .series_mail import in_series, tell_again
from .series_scope import require_locked
from .sessions import end_sessions
from .standing import Standing, require_open
from .telling import raised
from .text import Id
from .views import announce

SILENCED = {"waiting": "withdrawn", "speaking": "done"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewLink(MeetingCommand):
    """The personal link that went out is worthless from now on, and whoever came in by it is out; a new one goes out by mail."""

    participant_id: Id
    sender: Sender


async def remove(tx: Transaction, participant_ids: Sequence[str]) -> None:
    """No longer invited. Kept as rows, because answers and votes refer to them: a vote that was cast stands, and a mandate on the
    frozen roll of an open ballot counts as not used."""
    gone = participants.c.id.in_(participant_ids)
    # Whoever is invited again later has his seat and his part in running the meeting from those who decide then.
    values = {"removed": True, "attendance": "absent", "seat": None, "deputy": False, "link_version": participants.c.link_version + 1}
    await tx.write(sa.update(participants).where(gone).values(**values))
    await end_stays(tx, participant_ids)
    await _silence(tx, participant_ids)
    await end_presenting_of(tx, participant_ids)
    await announce(tx, "participant", participant_ids)


async def uninvite(tx: Transaction, meeting_id: str, participant_ids: Sequence[str]) -> None:
    """Takes them out, and whoever attends in their place, and tells each by a CANCEL of his own."""
    here = sa.and_(participants.c.substitute_for_id.in_(participant_ids), ~participants.c.removed)
    gone = [*participant_ids, *await tx.column(sa.select(participants.c.id).where(here))]
    if not gone:
        return
    sequence = await raised(tx, await tx.get(meetings, meeting_id))
    last: dict[str, Any] = {"method": "CANCEL", "whole": False, "sequence": sequence, "dtstamp": clock.iso(tx.now), "changes": ()}
    for key in gone:
        told = await outbox.latest(tx, key)
        if told is not None and told.method == "REQUEST":
            await outbox.put(tx, key, replace(Invitation.from_json(told.facts), **last))
    await remove(tx, gone)


async def renew_link(tx: Transaction, by: Standing, command: RenewLink) -> Answer:
    meeting = require_open(by, "answers_closed")
    here = sa.and_(participants.c.meeting_id == command.meeting_id, participants.c.id == command.participant_id, ~participants.c.removed)
    row = await tx.one(sa.select(participants).where(here))
    require_locked(tx, meeting)
    series = await joined_series(tx, meeting)
    if series is not None:  # one link opens all his dates, so all are renewed
        theirs = await tx.column(sa.select(participants.c.id).where(in_series(series.id, row)))
        await tx.write(_renewed(participants.c.id.in_(theirs)))
        await end_sessions(tx, sessions.c.participant_id.in_(theirs))
        await tell_again(tx, series.id, row, command.sender)
        return None
    await tx.write(_renewed(participants.c.id == row.id))
    await end_sessions(tx, sessions.c.participant_id == row.id)
    facts = await facts_of(tx, meeting, command.sender)
    if row.id in facts:
        await outbox.put(tx, row.id, facts[row.id])
    return None


def _renewed(whose: sa.ColumnElement[bool]) -> sa.Update:
    return sa.update(participants).where(whose).values(link_version=participants.c.link_version + 1)


async def _silence(tx: Transaction, participant_ids: Sequence[str]) -> None:
    theirs = sa.and_(speeches.c.participant_id.in_(participant_ids), speeches.c.state.in_(SILENCED))
    for row in await tx.all(sa.select(speeches.c.id, speeches.c.state).where(theirs)):
        await tx.update(speeches, row.id, state=SILENCED[row.state], ended_at=tx.now)
        await announce(tx, "speech", [row.id])
    asked = sa.and_(questions.c.participant_id.in_(participant_ids), questions.c.state == "waiting")
    waiting = await tx.column(sa.select(questions.c.id).where(asked))
    if waiting:
        await tx.write(sa.update(questions).where(questions.c.id.in_(waiting)).values(state="withdrawn", ended_at=tx.now))
        await announce(tx, "question", waiting)
