"""Who spoke how much across meetings: of those present, in meetings of this host that whoever asks may see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import NotAllowed, NotFound
from meetings.floor import EndSpeech, GiveFloor
from meetings.models.meeting import meetings, participants
from meetings.models.room import speeches
from meetings.perform import perform
from meetings.queries.speaking_history import SpeakingHistory, speaking_history
from tests.support.meetings import Held, hold_meeting


async def speech(db: Database, held: Held, actor: Actor, seconds: int) -> None:
    given = (await perform(db, held.chair, GiveFloor(meeting_id=held.id, participant_id=held.pid(actor)))) or {}
    await perform(db, held.chair, EndSpeech(meeting_id=held.id, speech_id=given["speech_id"]))
    async with db.transaction(held.id) as tx:
        row = await tx.get(speeches, given["speech_id"])
        await tx.update(speeches, row.id, started_at=row.ended_at - timedelta(seconds=seconds))


async def history(db: Database, actor: Actor, held: Held) -> SpeakingHistory:
    async with db.reading() as r:
        return await speaking_history(r, actor, held.id)


async def test_it_counts_who_is_present_in_meetings_of_this_host_that_one_may_see(db: Database):
    now, before, hidden = [await hold_meeting(db, members=2) for _ in range(3)]
    a, b = now.members
    async with db.transaction("organisation") as tx:
        host = (await tx.get(meetings, now.id)).host_agency_id
        for earlier in (before, hidden):
            start = (await tx.get(meetings, earlier.id)).starts_at - timedelta(days=1)
            await tx.update(meetings, earlier.id, host_agency_id=host, starts_at=start)
            await tx.update(participants, earlier.pid(earlier.members[0]), person_id=a.person_id)
        await tx.update(participants, before.pid(before.members[1]), person_id=now.chair.person_id)
    for held in (now, before, hidden):
        await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    for actor in now.members:
        await perform(db, actor, CheckIn(meeting_id=now.id, mode="room"))
    await speech(db, now, a, 30)
    before.participant[a.person_id or ""] = before.pid(before.members[0])
    hidden.participant[a.person_id or ""] = hidden.pid(hidden.members[0])
    await speech(db, before, a, 60)
    await speech(db, hidden, a, 600)  # the chair of now is not invited there

    found = await history(db, now.chair, now)
    assert [row.id for row in found.meetings] == [now.id, before.id]
    assert [(p.name, p.times, p.meetings, p.seconds) for p in found.people] == [(a.name, 2, 2, 90), (b.name, 0, 0, 0)]
    with pytest.raises(NotAllowed):
        await history(db, a, now)
    with pytest.raises(NotFound):
        await history(db, now.stranger, now)
