"""What the secretary does with mail that waits for a person: take an answer over, accept a substitute or another time, decline
it, put it aside. Nothing of it happens by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from . import clock, outbox
from .answers import keep_answer, put_substitute
from .audit import Answer
from .commands import Command, MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, NotFound
from .invitation import Invitation
from .invitation_facts import Sender
from .meeting_form import Raw
from .models.meeting import participants
from .models.post import letters
from .scheduling import SaveDraft, save_draft
from .series_replies import answer_series
from .series_scope import require_locked
from .standing import Standing
from .text import Id, Line, OptionalLine, OptionalParagraph

ANSWERS = ("accepted", "declined", "tentative")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAnswer(MeetingCommand):
    """An answer that was not applied by itself: from another address, without its token, while a substitute is named."""

    letter_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptDelegation(MeetingCommand):
    """The substitute whom a mail names is invited."""

    letter_id: Id
    name: Line
    title: OptionalLine = ""
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptCounter(MeetingCommand):
    """`form`, `revision`: as for SaveDraft, with the time proposed. Nobody is told before it is sent."""

    letter_id: Id
    form: Raw
    revision: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineCounter(MeetingCommand):
    """Whoever proposed another time is told that it stays (DECLINECOUNTER)."""

    letter_id: Id
    reason: OptionalParagraph = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissLetter(MeetingCommand):
    letter_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissUnmatched(Command):
    """A letter of no meeting."""

    letter_id: Id


async def take_answer(tx: Transaction, by: Standing, command: TakeAnswer) -> Answer:
    letter = await _waiting(tx, command.meeting_id, command.letter_id)
    open_now = by.meeting is not None and (letter.of_series or by.meeting.state in ("invited", "live"))
    if not can_take(letter) or by.meeting is None or not open_now:
        raise Conflict("letter_cannot")
    require_locked(tx, by.meeting)
    row = await tx.get(participants, letter.participant_id) if letter.of_series else await _participant(tx, letter)
    if letter.of_series and by.meeting.series_id:
        await answer_series(tx, by.actor, command, by.meeting.series_id, row, letter.answer, letter.comment, "mail")
    else:
        await keep_answer(tx, row, letter.answer, letter.comment, "mail", withdraw=True)
    await _settle(tx, by, letter, "accepted")
    return {"participant_id": row.id, "answer": letter.answer, "channel": "mail"}


async def accept_delegation(tx: Transaction, by: Standing, command: AcceptDelegation) -> Answer:
    letter = await _waiting(tx, command.meeting_id, command.letter_id)
    if not can_delegate(letter) or by.meeting is None or by.meeting.state not in ("invited", "live"):
        raise Conflict("letter_cannot")
    row = await _participant(tx, letter)
    person = {"name": command.name, "title": command.title, "email": letter.delegate_email}
    key = await put_substitute(tx, row, person, letter.comment, "mail", command.sender)
    await _settle(tx, by, letter, "accepted")
    return {"participant_id": key}


async def accept_counter(tx: Transaction, by: Standing, command: AcceptCounter) -> Answer:
    letter = await _waiting(tx, command.meeting_id, command.letter_id)
    if not can_reschedule(letter):
        raise Conflict("letter_cannot")
    await _settle(tx, by, letter, "accepted")
    answer = await save_draft(tx, by, SaveDraft(meeting_id=command.meeting_id, form=command.form, revision=command.revision))
    if answer and answer["clashes"]:
        raise Conflict("draft_changed")
    return answer


async def decline_counter(tx: Transaction, by: Standing, command: DeclineCounter) -> Answer:
    letter = await _waiting(tx, command.meeting_id, command.letter_id)
    if not can_reschedule(letter):
        raise Conflict("letter_cannot")
    told = await outbox.latest(tx, letter.participant_id)
    if told is None or told.method != "REQUEST":
        raise Conflict("letter_cannot")
    said: dict[str, Any] = {"method": "DECLINECOUNTER", "whole": False, "changes": (), "dtstamp": clock.iso(tx.now)}
    facts = replace(Invitation.from_json(told.facts), sequence=letter.sequence, reason=command.reason, **said)
    await outbox.put(tx, letter.participant_id, facts)
    await _settle(tx, by, letter, "declined")
    return None


async def dismiss_letter(tx: Transaction, by: Standing, command: DismissLetter) -> Answer:
    await _settle(tx, by, await _waiting(tx, command.meeting_id, command.letter_id), "dismissed")
    return None


async def dismiss_unmatched(tx: Transaction, by: Standing, command: DismissUnmatched) -> Answer:
    letter = await tx.one(sa.select(letters).where(letters.c.id == command.letter_id, letters.c.meeting_id.is_(None)))
    mine = by.actor.staff and letter.agency_id is not None and letter.agency_id == by.actor.agency_id
    if not mine and not (letter.agency_id is None and by.actor.role == "system_admin"):
        raise NotFound
    _require_waiting(letter)
    await _settle(tx, by, letter, "dismissed")
    return None


def can_take(letter: Row) -> bool:
    """Whether its answer may be taken over by a person."""
    return bool(letter.kind == "answer" and letter.answer in ANSWERS and letter.participant_id)


def can_delegate(letter: Row) -> bool:
    return bool(letter.kind == "delegation" and letter.why == "delegation")


def can_reschedule(letter: Row) -> bool:
    return bool(letter.kind == "counter" and letter.why == "counter")


async def _waiting(tx: Transaction, meeting_id: str, letter_id: str) -> Row:
    """Raises NotFound, or Conflict when somebody was faster."""
    letter = await tx.one(sa.select(letters).where(letters.c.id == letter_id, letters.c.meeting_id == meeting_id))
    _require_waiting(letter)
    return letter


def _require_waiting(letter: Row) -> None:
    if letter.state != "waiting":
        raise Conflict("letter_settled")


async def _participant(tx: Transaction, letter: Row) -> Row:
    row = await tx.get(participants, letter.participant_id)
    if row.removed:
        raise Conflict("letter_cannot")
    return row


async def _settle(tx: Transaction, by: Standing, letter: Row, state: str) -> None:
    await tx.update(letters, letter.id, state=state, settled_by=by.actor.name, settled_at=tx.now)


def acts_of(letter: Row) -> Sequence[str]:
    """What a person may do with it: codes `letter.act_<code>`, the first the most sensible."""
    if letter.state != "waiting":
        return ()
    found = ("take",) if can_take(letter) else ("delegate",) if can_delegate(letter) else ()
    return (*found, *(("accept", "decline") if can_reschedule(letter) else ("dismiss",)))
