"""Questioning: who may ask whom, the order, one answer at a time, and the task that an answer in writing becomes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from meetings.agenda import EndMeeting, StartMeeting
from meetings.commands import Actor
from meetings.database import Database, Row
from meetings.deputy import NameDeputy
from meetings.errors import Conflict, Invalid, NotAllowed
from meetings.models.meeting import participants
from meetings.models.room import conclusions, questions
from meetings.perform import perform
from meetings.questioning import (
    MOST_WAITING,
    CallQuestion,
    CloseQuestion,
    CloseQuestionList,
    OrderQuestions,
    PauseAnswer,
    RegisterQuestion,
    ResumeAnswer,
    WithdrawQuestion,
)
from meetings.removal import remove
from tests.support.meetings import Held, hold_meeting


async def live(db: Database) -> Held:
    held = await hold_meeting(db, members=3)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held


async def ask(db: Database, held: Held, by: Actor, to: Actor, **more: Any) -> str:
    said = {"text": "Bao giờ xong?", "to_participant_id": held.pid(to)} | more
    return str(((await perform(db, by, RegisterQuestion(meeting_id=held.id, **said))) or {})["question_id"])


async def row_of(db: Database, key: str) -> Row:
    async with db.reading() as r:
        return await r.get(questions, key)


async def test_a_question_is_put_answered_and_the_next_follows(db: Database):
    held = await live(db)
    a, b, c = held.members
    first, second = await ask(db, held, a, c), await ask(db, held, b, c)
    await perform(db, held.chair, OrderQuestions(meeting_id=held.id, question_ids=(second, first)))
    assert (await row_of(db, second)).position < (await row_of(db, first)).position
    with pytest.raises(Conflict, match="queue_changed"):
        await perform(db, held.chair, OrderQuestions(meeting_id=held.id, question_ids=(first,)))
    with pytest.raises(NotAllowed):
        await perform(db, a, CallQuestion(meeting_id=held.id, question_id=first))
    await perform(db, held.chair, CallQuestion(meeting_id=held.id, question_id=second, seconds=180))
    with pytest.raises(Conflict, match="question_running"):
        await perform(db, held.chair, CallQuestion(meeting_id=held.id, question_id=first))
    await perform(db, held.chair, PauseAnswer(meeting_id=held.id, question_id=second))
    await perform(db, held.chair, ResumeAnswer(meeting_id=held.id, question_id=second))
    await perform(db, held.secretary, CloseQuestion(meeting_id=held.id, question_id=second))
    row = await row_of(db, second)
    assert (row.state, row.limit_seconds, row.paused_at) == ("answered", 180, None)
    with pytest.raises(Conflict, match="question_past"):
        await perform(db, b, WithdrawQuestion(meeting_id=held.id, question_id=second))
    await perform(db, a, WithdrawQuestion(meeting_id=held.id, question_id=first))
    assert (await row_of(db, first)).state == "withdrawn"


async def test_what_is_owed_in_writing_becomes_a_task(db: Database):
    held = await live(db)
    question = await ask(db, held, held.members[0], held.members[1])
    await perform(db, held.chair, CallQuestion(meeting_id=held.id, question_id=question))
    owed: dict[str, Any] = {"text": "Trả lời bằng văn bản.", "agency_id": held.chair.agency_id, "due_on": date(2027, 1, 15)}
    for missing in owed:
        with pytest.raises(Invalid, match="required"):
            given = {k: v for k, v in owed.items() if k != missing}
            await perform(db, held.chair, CloseQuestion(meeting_id=held.id, question_id=question, outcome="written", **given))
    assert (await row_of(db, question)).state == "answering"
    await perform(db, held.chair, CloseQuestion(meeting_id=held.id, question_id=question, outcome="written", **owed))
    row = await row_of(db, question)
    async with db.reading() as r:
        task = await r.get(conclusions, row.conclusion_id)
    assert (row.state, task.text, task.lead_agency_id, task.due_on) == ("written", *owed.values())


async def test_who_may_ask_whom(db: Database):
    held, elsewhere = await live(db), await live(db)
    a, b, _ = held.members
    with pytest.raises(NotAllowed):
        await ask(db, held, held.guest, a)
    with pytest.raises(Invalid, match="question_to_oneself"):
        await ask(db, held, a, a)
    with pytest.raises(Invalid, match="participant_unknown"):
        await ask(db, held, a, b, to_participant_id=elsewhere.pid(elsewhere.members[0]))
    with pytest.raises(Invalid, match="participant_unknown"):
        await ask(db, held, a, b, to_participant_id=None, to_agency_id=held.stranger.agency_id)
    for both_or_none in ({"to_agency_id": held.chair.agency_id}, {"to_participant_id": None}):
        with pytest.raises(Invalid, match="addressee_missing"):
            await ask(db, held, a, b, **both_or_none)
    to_agency = await ask(db, held, a, b, to_participant_id=None, to_agency_id=held.chair.agency_id)
    with pytest.raises(Invalid, match="question_unknown"):  # of somebody else
        await ask(db, held, b, a, question_id=to_agency)
    await ask(db, held, a, b, question_id=to_agency, text="Câu khác")
    row = await row_of(db, to_agency)
    assert (row.text, row.to_participant_id, row.to_agency_id) == ("Câu khác", held.pid(b), None)
    for _ in range(MOST_WAITING - 1):
        await ask(db, held, a, b)
    with pytest.raises(Conflict, match="questions_many"):
        await ask(db, held, a, b)


async def test_a_closed_list_and_the_end_of_the_meeting(db: Database):
    held = await live(db)
    a, b, _ = held.members
    running, left = await ask(db, held, a, b), await ask(db, held, a, b)
    await perform(db, held.chair, CloseQuestionList(meeting_id=held.id))
    with pytest.raises(Conflict, match="questions_closed"):
        await ask(db, held, a, b)
    await perform(db, held.chair, CallQuestion(meeting_id=held.id, question_id=running))
    await perform(db, held.chair, EndMeeting(meeting_id=held.id))
    assert [(await row_of(db, key)).state for key in (running, left)] == ["answered", "waiting"]
    # What nobody came to can still be given to an agency to answer in writing.
    owed: dict[str, Any] = {"text": "Trả lời.", "agency_id": held.chair.agency_id, "due_on": date(2027, 1, 15)}
    await perform(db, held.chair, CloseQuestion(meeting_id=held.id, question_id=left, outcome="written", **owed))
    async with db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(conclusions).where(conclusions.c.meeting_id == held.id)) == 1


async def test_whoever_is_taken_off_the_list_asks_nothing_and_runs_nothing(db: Database):
    held = await live(db)
    deputy, asked = held.members[:2]
    await perform(db, held.chair, NameDeputy(meeting_id=held.id, participant_id=held.pid(deputy)))
    waiting, put = await ask(db, held, deputy, asked), await ask(db, held, deputy, asked)
    await perform(db, held.chair, CallQuestion(meeting_id=held.id, question_id=put))
    async with db.transaction(held.id) as tx:
        await remove(tx, [held.pid(deputy)])
    assert [(await row_of(db, key)).state for key in (waiting, put)] == ["withdrawn", "answering"]
    async with db.transaction(held.id) as tx:
        await tx.update(participants, held.pid(deputy), removed=False)
    with pytest.raises(NotAllowed):
        await perform(db, deputy, CloseQuestion(meeting_id=held.id, question_id=put))
