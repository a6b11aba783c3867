"""The minutes on their way round: who has answered what, and what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from .. import clock
from ..access import standing, visible
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..minutes_circulation import latest
from ..models.meeting import meetings, participants
from ..models.minutes import minutes_circulations, minutes_readers, minutes_remarks
from ..standing import Standing


@dataclass(frozen=True, slots=True)
class Thread:
    remark: Row
    answers: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Round:
    """`circulation`: the last one, if any. `readers`: (participant, agreed, answered_at) of it. `threads`: those that the actor may
    read, oldest first; `over`: its time has passed, or the minutes are approved."""

    by: Standing
    meeting: Row
    circulation: Row | None
    readers: Sequence[Row]
    threads: Sequence[Thread]
    names: dict[str, str]

    @property
    def over(self) -> bool:
        late = self.circulation is None or clock.now() > self.circulation.deadline_at
        return late or self.meeting.minutes_state == "approved"

    @property
    def mine(self) -> Row | None:
        """The actor's own row among the readers."""
        return next((row for row in self.readers if self.by.me is not None and row.id == self.by.me.id), None)


async def round_of(reading: Reading, actor: Actor, meeting_id: str) -> Round:
    """Those who run the meeting see all; others their own. Raises NotFound."""
    by = await standing(reading, meeting_id, actor)
    if by.meeting is None or by.meeting.state == "draft":
        raise NotFound
    circulation = await latest(reading, meeting_id)
    people = await reading.all(sa.select(participants.c.id, participants.c.name).where(participants.c.meeting_id == meeting_id))
    readers = await _readers(reading, circulation.id) if circulation is not None else []
    if not by.runs:
        readers = [row for row in readers if by.me is not None and row.id == by.me.id]
    return Round(by, by.meeting, circulation, readers, await _threads(reading, by, meeting_id), {row.id: row.name for row in people})


async def to_remark(reading: Reading, actor: Actor) -> Sequence[Row]:
    """Minutes that wait for the actor's answer: rows (id, title, deadline_at), the nearest deadline first."""
    if actor.kind != "account":
        return []
    joined = (
        minutes_readers.join(participants, participants.c.id == minutes_readers.c.participant_id)
        .join(minutes_circulations, minutes_circulations.c.id == minutes_readers.c.circulation_id)
        .join(meetings, meetings.c.id == minutes_circulations.c.meeting_id)
    )
    newer = minutes_circulations.alias("newer")
    later = sa.exists().where(newer.c.meeting_id == meetings.c.id, newer.c.sent_at > minutes_circulations.c.sent_at)
    wanted = sa.select(meetings.c.id, meetings.c.title, minutes_circulations.c.deadline_at).select_from(joined)
    return await reading.all(
        wanted.where(
            participants.c.person_id == actor.person_id, ~participants.c.removed, minutes_readers.c.answered_at.is_(None),
            minutes_circulations.c.deadline_at >= clock.now(), meetings.c.minutes_state == "open", visible(actor), ~later,
        ).order_by(minutes_circulations.c.deadline_at)
    )  # fmt: skip


async def _readers(reading: Reading, circulation_id: str) -> Sequence[Row]:
    wanted = sa.select(
        participants.c.id, participants.c.name, participants.c.title, participants.c.agency_name, minutes_readers.c.agreed,
        minutes_readers.c.answered_at,
    ).join(minutes_readers, minutes_readers.c.participant_id == participants.c.id)  # fmt: skip
    mine = minutes_readers.c.circulation_id == circulation_id
    return await reading.all(wanted.where(mine).order_by(participants.c.position, participants.c.name_key))


async def _threads(reading: Reading, by: Standing, meeting_id: str) -> list[Thread]:
    mine = sa.select(minutes_remarks).where(minutes_remarks.c.meeting_id == meeting_id)
    rows = await reading.all(mine.order_by(minutes_remarks.c.made_at, minutes_remarks.c.id))
    threads = [Thread(row, [answer for answer in rows if answer.parent_id == row.id]) for row in rows if row.parent_id is None]
    own = by.me.id if by.me is not None else ""
    return [thread for thread in threads if by.runs or thread.remark.participant_id == own]
