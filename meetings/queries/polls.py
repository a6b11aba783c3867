"""What a page shows of asking for a time: to whoever organises the meeting everybody's answers, to those asked their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..models.meeting import meetings, participants
from ..models.organisation import agencies
from ..models.poll import poll_answers, poll_slots, polls
from ..polls import asked_in, may_answer, slots_of
from ..standing import standings


@dataclass(frozen=True, slots=True)
class SlotSum:
    """`counts`: how many answered so. `needed_no`: those who must come and cannot."""

    slot: Row
    counts: Mapping[str, int]
    waiting: int
    needed_no: Sequence[Row]


@dataclass(frozen=True, slots=True)
class PollPage:
    """`asked`: whom the actor sees, in the order of the list; `mine`: of these, whom he may answer for. `answers` by (participant, slot).
    `best`: the slot to propose, by fewest who must come and cannot, then fewest who cannot."""

    meeting: Row
    host: Row
    poll: Row
    organises: bool
    title: str
    slots: Sequence[SlotSum]
    asked: Sequence[Row]
    mine: frozenset[str]
    answers: Mapping[tuple[str, str], str]
    answered: frozenset[str]
    best: str


async def poll_page(reading: Reading, actor: Actor, meeting_id: str) -> PollPage:
    """The last poll of the meeting. Raises NotFound to whoever neither organises the meeting nor answers for somebody who is asked."""
    (by,) = await standings(reading, meeting_id, [actor])
    if by.meeting is None:
        raise NotFound
    poll = await reading.first(sa.select(polls).where(polls.c.meeting_id == meeting_id).order_by(polls.c.made_at.desc()))
    everybody = await asked_in(reading, meeting_id)
    mine = frozenset(row.id for row in everybody if may_answer(by, row))
    if poll is None or not (by.organises or mine):
        raise NotFound
    shown = [row for row in everybody if by.organises or row.id in mine]
    slots = await slots_of(reading, poll.id)
    rows = await reading.all(sa.select(poll_answers).where(poll_answers.c.slot_id.in_([one.id for one in slots])))
    answers = {(row.participant_id, row.slot_id): row.answer for row in rows}
    sums = [_sum(slot, everybody, answers) for slot in slots] if by.organises else [SlotSum(slot, {}, 0, ()) for slot in slots]
    best = min(sums, key=lambda one: (len(one.needed_no), one.counts.get("no", 0), -one.counts.get("yes", 0)), default=None)
    host = await reading.get(agencies, by.meeting.host_agency_id)
    return PollPage(
        by.meeting, host, poll, by.organises, by.meeting.title, sums, shown, mine,
        {key: answer for key, answer in answers.items() if by.organises or key[0] in mine},
        frozenset(row.participant_id for row in rows), best.slot.id if best and rows and by.organises else "",
    )  # fmt: skip


def _sum(slot: Row, everybody: Sequence[Row], answers: Mapping[tuple[str, str], str]) -> SlotSum:
    said = [(row, answers.get((row.id, slot.id))) for row in everybody]
    counts = {choice: sum(answer == choice for _, answer in said) for choice in ("yes", "maybe", "no")}
    needed = [row for row, answer in said if answer == "no" and row.required]
    return SlotSum(slot, counts, sum(answer is None for _, answer in said), needed)


async def polls_to_answer(reading: Reading, actor: Actor, now: datetime) -> Sequence[Row]:
    """(meeting_id, title, deadline_at, host_name) of those in which the actor himself has not answered."""
    said = poll_answers.join(poll_slots, poll_slots.c.id == poll_answers.c.slot_id)
    answered = sa.exists().select_from(said).where(
        poll_slots.c.poll_id == polls.c.id, poll_answers.c.participant_id == participants.c.id
    )  # fmt: skip
    joined = polls.join(participants, participants.c.meeting_id == polls.c.meeting_id).join(meetings, meetings.c.id == polls.c.meeting_id)
    joined = joined.join(agencies, agencies.c.id == meetings.c.host_agency_id)
    mine = sa.and_(participants.c.person_id == actor.person_id, ~participants.c.removed, polls.c.state == "open", polls.c.deadline_at > now)
    columns = sa.select(polls.c.meeting_id, meetings.c.title, polls.c.deadline_at, agencies.c.short_name.label("host_name"))
    return await reading.all(columns.select_from(joined).where(mine, ~answered).order_by(polls.c.deadline_at).limit(10))


async def open_poll_of(reading: Reading, meeting_id: str) -> Row | None:
    """(poll columns, asked, answered) of the poll that is being held."""
    poll = await reading.first(sa.select(polls).where(polls.c.meeting_id == meeting_id, polls.c.state == "open"))
    if poll is None:
        return None
    said = poll_answers.join(poll_slots, poll_slots.c.id == poll_answers.c.slot_id)
    answered = sa.select(sa.func.count(poll_answers.c.participant_id.distinct())).select_from(said).where(poll_slots.c.poll_id == poll.id)
    asked = sa.select(sa.func.count()).select_from(participants).where(participants.c.meeting_id == meeting_id, ~participants.c.removed)
    wanted = sa.select(polls, answered.scalar_subquery().label("answered"), asked.scalar_subquery().label("asked"))
    return await reading.first(wanted.where(polls.c.id == poll.id))
