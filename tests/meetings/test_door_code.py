"""The code at the door: signed, short-lived, of one meeting; it checks in whoever scanned it, once, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetings import clock, door
from meetings.agenda import EndMeeting, StartMeeting
from meetings.attendance import CheckIn, MarkAttendance
from meetings.commands import Actor
from meetings.database import Database
from meetings.door import CheckInAtDoor
from meetings.errors import Conflict, NotAllowed, NotFound
from meetings.models.meeting import participants
from meetings.perform import perform
from meetings.queries.attendance import stays_of
from tests.support.meetings import Held, hold_meeting

KEY, MEETING = b"k" * 32, "a" * 32


def test_a_code_is_genuine_for_its_meeting_only_and_shows_nothing_when_altered():
    code = door.code_of(KEY, MEETING, 58_000_000)
    assert door.step_of(KEY, MEETING, code) == 58_000_000
    altered = [code[:-1] + ("A" if code[-1] != "A" else "B"), code.replace("58000000", "58000001"), f"0{code}", code + "A", "", "x-y"]
    for wrong in altered:
        assert door.step_of(KEY, MEETING, wrong) is None, wrong
    assert door.step_of(KEY, "b" * 32, code) is None
    assert door.step_of(b"l" * 32, MEETING, code) is None


def test_a_code_lives_for_a_minute_at_most():
    shown = clock.now().replace(second=0)
    step = door.step_at(shown)
    assert [door.fresh(step, shown + timedelta(seconds=s)) for s in (0, 29, 59, 60, 300)] == [True, True, True, False, False]


async def enter(db: Database, held: Held, who: Actor, step: int) -> None:
    await perform(db, who, CheckInAtDoor(meeting_id=held.id, step=step))


async def attendance_of(db: Database, held: Held, who: Actor) -> str:
    async with db.reading() as r:
        return str((await r.get(participants, held.pid(who))).attendance)


async def test_many_scan_the_same_code_and_each_checks_in_as_himself(db: Database):
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    step = door.step_at(clock.now())
    await perform(db, held.members[1], CheckIn(meeting_id=held.id, mode="online"))
    for who in held.members:
        await enter(db, held, who, step)
    await enter(db, held, held.members[0], step)  # a second press is harmless
    assert [await attendance_of(db, held, who) for who in [*held.members, held.chair]] == ["room", "room", "room", "absent"]
    async with db.reading() as r:
        stays = await stays_of(r, held.id)
    assert [stay.how for stay in stays[held.pid(held.members[1])]] == ["self", "door"]


async def test_an_old_code_and_a_used_one_let_nobody_in(db: Database):
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    who, step = held.members[0], door.step_at(clock.now())
    with pytest.raises(Conflict, match="door_code_old"):
        await enter(db, held, who, step - 2)
    await enter(db, held, who, step)
    gone = MarkAttendance(meeting_id=held.id, participant_id=held.pid(who), attendance="absent")
    await perform(db, held.secretary, gone)
    with pytest.raises(Conflict, match="door_code_used"):
        await enter(db, held, who, step)
    assert await attendance_of(db, held, who) == "absent"


async def test_strangers_and_ended_meetings_have_no_door(db: Database):
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    step = door.step_at(clock.now())
    with pytest.raises(NotFound):
        await enter(db, held, held.stranger, step)
    staff = Actor(kind="account", name="Văn thư", account_id="1" * 32, person_id="2" * 32, agency_id=held.chair.agency_id, role="secretary")
    with pytest.raises(NotAllowed):
        await enter(db, held, staff, step)
    await perform(db, held.chair, EndMeeting(meeting_id=held.id))
    with pytest.raises(Conflict, match="check_in_closed"):
        await enter(db, held, held.members[0], step)
