"""Roll call: leave and reasons, each time somebody was there, late and early, and the quorum as it stood at each ballot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.agenda import EndMeeting, StartMeeting
from meetings.answers import AnswerInvitation
from meetings.attendance import CheckIn, LeaveMeeting, MarkAttendance
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Conflict, NotAllowed
from meetings.models.meeting import meetings, participants
from meetings.models.room import ballots
from meetings.perform import perform
from meetings.queries.attendance import stays_of
from meetings.roll_call import minutes_late, reason_of, roll_state
from meetings.views import View, meeting_view, participant_view
from meetings.voting import OpenBallot, PrepareBallot
from tests.support.meetings import Held, hold_meeting


async def live(db: Database, members: int = 3) -> Held:
    held = await hold_meeting(db, members)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held


async def mark(db: Database, held: Held, who: Actor, attendance: Any, absence: Any = "", reason: str = "", by: Actor | None = None) -> None:
    fields = {"participant_id": held.pid(who), "attendance": attendance, "absence": absence, "reason": reason}
    await perform(db, by or held.secretary, MarkAttendance(meeting_id=held.id, **fields))


async def person_of(db: Database, held: Held, who: Actor) -> tuple[View, View]:
    async with db.reading() as r:
        seen = participant_view(await r.get(participants, held.pid(who)))
        assert seen is not None
        return seen, meeting_view(await r.get(meetings, held.id))


async def state_of(db: Database, held: Held, who: Actor) -> str:
    return roll_state(*await person_of(db, held, who))


async def test_leave_is_asked_for_or_marked_and_after_the_end_nobody_is_awaited(db: Database):
    held = await live(db)
    one, two, three = held.members
    sick = AnswerInvitation(meeting_id=held.id, participant_id=held.pid(one), answer="declined", reason="ốm")
    await perform(db, one, sick)
    assert [await state_of(db, held, who) for who in (one, two, three)] == ["excused", "awaited", "awaited"]
    await mark(db, held, two, "absent", "excused", "đi công tác")
    assert (await state_of(db, held, two), reason_of((await person_of(db, held, two))[0])) == ("excused", "đi công tác")
    await mark(db, held, one, "absent", "unexcused")
    assert await state_of(db, held, one) == "unexcused"
    await mark(db, held, two, "room")  # came after all
    assert [await state_of(db, held, two), (await person_of(db, held, two))[0]["absence_reason"]] == ["room", ""]
    await perform(db, held.chair, EndMeeting(meeting_id=held.id))
    assert await state_of(db, held, three) == "unexcused"


async def test_each_time_somebody_was_there_is_kept(db: Database):
    held = await live(db)
    who = held.members[0]
    await perform(db, who, CheckIn(meeting_id=held.id, mode="room"))
    await perform(db, who, CheckIn(meeting_id=held.id, mode="room"))  # a second press is not a second stay
    await perform(db, who, CheckIn(meeting_id=held.id, mode="online"))
    await perform(db, who, LeaveMeeting(meeting_id=held.id))
    await mark(db, held, who, "room")
    async with db.reading() as r:
        stays = (await stays_of(r, held.id))[held.pid(who)]
    assert [(s.mode, s.how, s.left_at is None) for s in stays] == [
        ("room", "self", False), ("online", "self", False), ("room", "roll", True),
    ]  # fmt: skip
    assert stays[0].left_at == stays[1].came_at
    row, _ = await person_of(db, held, who)
    assert (row["arrived_at"], row["left_at"]) == (clock.iso(stays[0].came_at), None)


async def test_a_mistaken_mark_leaves_no_trace_but_whoever_stands_on_a_roll_was_there(db: Database):
    held = await live(db)
    who = held.members[0]
    await mark(db, held, who, "room")
    await mark(db, held, who, "mistaken")
    async with db.reading() as r:
        assert held.pid(who) not in await stays_of(r, held.id)
    assert await state_of(db, held, who) == "awaited"
    for member in held.members:
        await mark(db, held, member, "room")
    prepared = await perform(db, held.secretary, PrepareBallot(meeting_id=held.id, question="Thông qua?"))
    await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=prepared["ballot_id"]))
    with pytest.raises(Conflict, match="on_a_roll"):
        await mark(db, held, who, "mistaken")
    async with db.reading() as r:
        ballot = await r.get(ballots, prepared["ballot_id"])
    assert (ballot.present_total, ballot.members_total) == (3, 4)


async def test_after_the_end_reasons_can_still_be_given_but_nobody_comes(db: Database):
    held = await live(db)
    who = held.members[0]
    await perform(db, held.chair, EndMeeting(meeting_id=held.id))
    await mark(db, held, who, "absent", "excused", "đơn xin phép gửi sau")
    assert await state_of(db, held, who) == "excused"
    with pytest.raises(Conflict, match="check_in_closed"):
        await mark(db, held, who, "room")
    async with db.transaction(held.id) as tx:
        await tx.write(sa.update(meetings).where(meetings.c.id == held.id).values(minutes_state="approved"))
    with pytest.raises(Conflict, match="check_in_closed"):
        await mark(db, held, who, "absent", "unexcused")


async def test_nobody_else_marks(db: Database):
    held = await live(db)
    for by in (held.members[1], held.guest):
        with pytest.raises(NotAllowed):
            await mark(db, held, held.members[0], "room", by=by)


async def test_whoever_never_came_cannot_unsay_why_he_is_away_by_leaving(db: Database):
    held = await live(db)
    one = held.members[0]
    await mark(db, held, one, "absent", "unexcused", "không báo")
    await perform(db, one, LeaveMeeting(meeting_id=held.id))
    assert await state_of(db, held, one) == "unexcused"
    assert reason_of((await person_of(db, held, one))[0]) == "không báo"


@pytest.mark.parametrize(("after", "late"), [(-10, 0), (5, 0), (6, 6), (40.9, 40), (None, 0)])
def test_late_is_after_the_real_start_by_more_than_a_few_minutes(after: float | None, late: int):
    start = clock.now()
    arrived = None if after is None else clock.iso(start + timedelta(minutes=after))
    assert minutes_late({"arrived_at": arrived}, {"started_at": clock.iso(start)}) == late
