"""Questioning (chất vấn): who asks whom what, in which order, how long the answer takes, and whether it was answered or is owed in
writing, which is a task like every conclusion."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .decisions import RecordConclusion, record_conclusion
from .errors import Conflict, Invalid, NotAllowed
from .floor import end_running_speech
from .invitees import GUESTS
from .models.columns import new_id
from .models.meeting import meetings, participants
from .models.room import questions
from .speaking import running_item
from .speaking_time import paused
from .standing import Standing, require_live, require_open
from .text import Id, OptionalParagraph, Paragraph
from .views import announce

MOST_WAITING = 5  # questions of one person


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterQuestion(MeetingCommand):
    """To a participant, or to an agency that is invited. A known `question_id` of one's own that still waits is replaced."""

    question_id: Id = field(default_factory=new_id)
    text: Annotated[Paragraph, Field(max_length=2000)]
    to_participant_id: Id | None = None
    to_agency_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawQuestion(MeetingCommand):
    question_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuestions(MeetingCommand):
    """`question_ids`: all that wait, in the new order."""

    question_ids: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseQuestionList(MeetingCommand):
    """No more questions; those that wait are still called. `closed` false opens it again."""

    closed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQuestion(MeetingCommand):
    """It is put, and whoever is asked answers. `seconds` 0: the running item's limit, or the meeting's default."""

    question_id: Id
    seconds: Annotated[int, Field(ge=0, le=7200)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseAnswer(MeetingCommand):
    question_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeAnswer(MeetingCommand):
    question_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseQuestion(MeetingCommand):
    """Answered, or to be answered in writing: then `text` is the task, with the agency that owes it and until when."""

    question_id: Id
    outcome: Literal["answered", "written"] = "answered"
    text: OptionalParagraph = ""
    agency_id: Id | None = None
    due_on: date | None = None


async def register_question(tx: Transaction, by: Standing, command: RegisterQuestion) -> Answer:
    require_open(by)
    if by.me is None or by.me.duty in GUESTS:
        raise NotAllowed("not_allowed")
    if by.meeting is not None and by.meeting.questions_closed and not by.runs:
        raise Conflict("questions_closed")
    await _require_addressee(tx, by, command)
    known = await tx.first(sa.select(questions).where(questions.c.id == command.question_id))
    if known is not None and (known.meeting_id != tx.scope or known.participant_id != by.me.id):
        raise Invalid("question_unknown", "question_id")
    said = {"text": command.text, "to_participant_id": command.to_participant_id, "to_agency_id": command.to_agency_id}
    if known is None:
        await _add(tx, by.me.id, command.question_id, said)
    else:
        _require(known, "waiting")
        await tx.update(questions, known.id, **said)
    await announce(tx, "question", [command.question_id])
    return {"question_id": command.question_id}


async def withdraw_question(tx: Transaction, by: Standing, command: WithdrawQuestion) -> Answer:
    question = await _question(tx, command.question_id)
    if not by.runs and (by.me is None or question.participant_id != by.me.id):
        raise NotAllowed("not_allowed")
    _require(question, "waiting")
    await tx.update(questions, question.id, state="withdrawn", ended_at=tx.now)
    await announce(tx, "question", [question.id])
    return None


async def order_questions(tx: Transaction, by: Standing, command: OrderQuestions) -> Answer:
    require_open(by)
    wanted = sa.select(questions).where(questions.c.meeting_id == tx.scope, questions.c.state == "waiting")
    waiting = await tx.all(wanted)
    if sorted(command.question_ids) != sorted(row.id for row in waiting):
        raise Conflict("queue_changed")
    for key, place in zip(command.question_ids, sorted(row.position for row in waiting), strict=True):
        await tx.update(questions, key, position=place)
    await announce(tx, "question", command.question_ids)
    return None


async def close_question_list(tx: Transaction, by: Standing, command: CloseQuestionList) -> Answer:
    require_open(by)
    await tx.update(meetings, command.meeting_id, questions_closed=command.closed)
    await announce(tx, "meeting", [command.meeting_id])
    return None


async def call_question(tx: Transaction, by: Standing, command: CallQuestion) -> Answer:
    require_live(by)
    question = await _question(tx, command.question_id)
    if question.state == "answering":
        return None
    _require(question, "waiting")
    if await tx.first(sa.select(questions.c.id).where(*_answering(tx.scope))):
        raise Conflict("question_running")
    await end_running_speech(tx, tx.scope)
    item = await running_item(tx)
    default = by.meeting.speaking_seconds if by.meeting is not None else 0
    limit = command.seconds or (item.speaking_seconds if item else 0) or default
    await tx.update(questions, question.id, state="answering", started_at=tx.now, limit_seconds=limit)
    await announce(tx, "question", [question.id])
    return None


async def pause_answer(tx: Transaction, by: Standing, command: PauseAnswer) -> Answer:
    question = await _question(tx, command.question_id)
    _require(question, "answering")
    if question.paused_at is None:
        await tx.update(questions, question.id, paused_at=tx.now)
        await announce(tx, "question", [question.id])
    return None


async def resume_answer(tx: Transaction, by: Standing, command: ResumeAnswer) -> Answer:
    question = await _question(tx, command.question_id)
    _require(question, "answering")
    if question.paused_at is not None:
        await tx.update(questions, question.id, paused_at=None, paused_seconds=paused(question, tx.now))
        await announce(tx, "question", [question.id])
    return None


async def close_question(tx: Transaction, by: Standing, command: CloseQuestion) -> Answer:
    question = await _question(tx, command.question_id)
    if question.state == command.outcome:
        return None
    _require(question, "answering", "waiting")
    if by.meeting is not None and by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    task = None
    if command.outcome == "written":
        task = await _owe_in_writing(tx, by, command)
    await tx.update(questions, question.id, state=command.outcome, ended_at=tx.now, conclusion_id=task)
    await announce(tx, "question", [question.id])
    return {"conclusion_id": task}


async def end_running_answer(tx: Transaction, meeting_id: str) -> None:
    """Whoever answers has done so."""
    ids = await tx.column(sa.select(questions.c.id).where(*_answering(meeting_id)))
    if ids:
        await tx.write(sa.update(questions).where(questions.c.id.in_(ids)).values(state="answered", ended_at=tx.now))
        await announce(tx, "question", ids)


async def _owe_in_writing(tx: Transaction, by: Standing, command: CloseQuestion) -> str:
    if not command.text:
        raise Invalid("required", "text")
    if command.agency_id is None:
        raise Invalid("required", "agency_id")
    if command.due_on is None:
        raise Invalid("required", "due_on")
    item = await running_item(tx)
    task = RecordConclusion(
        meeting_id=command.meeting_id, text=command.text, lead_agency_id=command.agency_id, due_on=command.due_on,
        item_id=item.id if item else None,
    )  # fmt: skip
    await record_conclusion(tx, by, task)
    return task.conclusion_id


async def _add(tx: Transaction, asker: str, key: str, said: dict[str, str | None]) -> None:
    here = questions.c.meeting_id == tx.scope
    mine = sa.and_(here, questions.c.participant_id == asker, questions.c.state == "waiting")
    if (await tx.value(sa.select(sa.func.count()).where(mine)) or 0) >= MOST_WAITING:
        raise Conflict("questions_many", most=MOST_WAITING)
    last = await tx.value(sa.select(sa.func.max(questions.c.position)).where(here))
    place = (last or 0) + 1
    await tx.insert(questions, id=key, meeting_id=tx.scope, participant_id=asker, position=place, asked_at=tx.now, **said)


async def _require_addressee(tx: Transaction, by: Standing, command: RegisterQuestion) -> None:
    """Raises Invalid unless exactly one of participant and agency is named, takes part here, and is not the asker."""
    if (command.to_participant_id is None) == (command.to_agency_id is None):
        raise Invalid("addressee_missing", "to")
    here = sa.and_(participants.c.meeting_id == tx.scope, ~participants.c.removed)
    if command.to_participant_id is not None:
        asked = participants.c.id == command.to_participant_id
        if by.me is not None and command.to_participant_id == by.me.id:
            raise Invalid("question_to_oneself", "to")
    else:
        asked = participants.c.agency_id == command.to_agency_id
    if await tx.first(sa.select(participants.c.id).where(here, asked)) is None:
        raise Invalid("participant_unknown", "to")


def _require(question: Row, *states: str) -> None:
    if question.state not in states:
        raise Conflict("question_past")


def _answering(meeting_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return questions.c.meeting_id == meeting_id, questions.c.state == "answering"


async def _question(tx: Transaction, question_id: str) -> Row:
    return await tx.one(sa.select(questions).where(questions.c.id == question_id, questions.c.meeting_id == tx.scope))
