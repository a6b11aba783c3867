"""The list of speakers: its rules, its order, pauses, and how long each one spoke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from meetings.agenda import StartMeeting
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Conflict, NotAllowed
from meetings.floor import EndSpeech, ExtendSpeech, GiveFloor, PauseSpeech, ResumeSpeech
from meetings.models.room import speeches
from meetings.perform import perform
from meetings.speaking import AskToSpeak, CloseSpeakingList, OrderQueue
from meetings.speaking_time import seconds_spoken
from tests.support.meetings import Held, hold_meeting

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@dataclass
class Speech:
    participant_id: str
    started_at: datetime | None = START
    ended_at: datetime | None = None
    paused_at: datetime | None = None
    paused_seconds: int = 0


@pytest.mark.parametrize(
    ("speech", "after", "seconds"),
    [
        (Speech("a", None), 60, None),
        (Speech("a"), 60, 60),
        (Speech("a", ended_at=START + timedelta(seconds=40)), 60, 40),
        (Speech("a", paused_seconds=15), 60, 45),
        (Speech("a", paused_at=START + timedelta(seconds=50), paused_seconds=15), 60, 35),
        (Speech("a", ended_at=START + timedelta(seconds=55), paused_at=START + timedelta(seconds=50)), 900, 50),
    ],
)
def test_pauses_do_not_count(speech: Any, after: int, seconds: int | None):
    assert seconds_spoken([speech], START + timedelta(seconds=after)) == ({} if seconds is None else {"a": seconds})


async def live(db: Database, members: int = 3) -> Held:
    held = await hold_meeting(db, members)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held


async def ask(db: Database, held: Held, actor: Actor, kind: str = "request") -> str:
    return str((await perform(db, actor, AskToSpeak(meeting_id=held.id, kind=kind)))["speech_id"])  # type: ignore[arg-type, index]


async def waiting(db: Database, held: Held) -> list[str]:
    async with db.reading() as r:
        wanted = sa.select(speeches.c.id).where(speeches.c.meeting_id == held.id, speeches.c.state == "waiting")
        return await r.column(wanted.order_by(speeches.c.position))


async def test_a_closed_list_takes_points_of_order_only_until_it_is_opened_again(db: Database):
    held = await live(db)
    first, second, _ = held.members
    with pytest.raises(NotAllowed):
        await perform(db, first, CloseSpeakingList(meeting_id=held.id))
    await perform(db, held.chair, CloseSpeakingList(meeting_id=held.id))
    with pytest.raises(Conflict, match="speaking_closed"):
        await ask(db, held, first)
    order = await ask(db, held, second, "order")
    assert await waiting(db, held) == [order]
    await perform(db, held.chair, CloseSpeakingList(meeting_id=held.id, closed=False))
    request = await ask(db, held, first)
    assert await waiting(db, held) == [order, request]


async def test_the_queue_is_ordered_by_hand_by_request_or_fairly(db: Database):
    held = await live(db)
    first, second, third = held.members
    spoke = await ask(db, held, first)
    await perform(db, held.chair, GiveFloor(meeting_id=held.id, speech_id=spoke))
    await perform(db, held.chair, EndSpeech(meeting_id=held.id, speech_id=spoke))
    async with db.transaction(held.id) as tx:  # as if it had taken two minutes
        before = tx.now - timedelta(minutes=2)
        await tx.update(speeches, spoke, started_at=before)
    a, b, c = [await ask(db, held, member) for member in (first, second, third)]
    await perform(db, held.chair, OrderQueue(meeting_id=held.id, rule="fair"))
    assert await waiting(db, held) == [b, c, a]
    await perform(db, held.chair, OrderQueue(meeting_id=held.id, speech_ids=(c, a, b)))
    assert await waiting(db, held) == [c, a, b]
    with pytest.raises(Conflict, match="queue_changed"):
        await perform(db, held.chair, OrderQueue(meeting_id=held.id, speech_ids=(c, a)))
    await perform(db, held.secretary, OrderQueue(meeting_id=held.id, rule="request"))
    assert await waiting(db, held) == [a, b, c]


async def test_the_time_given_stands_still_while_paused(db: Database):
    held = await live(db)
    speech = await ask(db, held, held.members[0])
    with pytest.raises(Conflict, match="speech_not_running"):
        await perform(db, held.chair, PauseSpeech(meeting_id=held.id, speech_id=speech))
    await perform(db, held.chair, GiveFloor(meeting_id=held.id, speech_id=speech))
    with pytest.raises(NotAllowed):
        await perform(db, held.members[1], PauseSpeech(meeting_id=held.id, speech_id=speech))
    await perform(db, held.chair, PauseSpeech(meeting_id=held.id, speech_id=speech))
    async with db.transaction(held.id) as tx:
        await tx.update(speeches, speech, started_at=tx.now - timedelta(seconds=90), paused_at=tx.now - timedelta(seconds=30))
    await perform(db, held.chair, ResumeSpeech(meeting_id=held.id, speech_id=speech))
    async with db.reading() as r:
        row = await r.get(speeches, speech)
    assert row.paused_at is None
    assert 30 <= row.paused_seconds < 35
    await perform(db, held.members[0], EndSpeech(meeting_id=held.id, speech_id=speech))
    with pytest.raises(Conflict, match="speech_not_running"):
        await perform(db, held.chair, ResumeSpeech(meeting_id=held.id, speech_id=speech))


async def states(db: Database, held: Held) -> dict[str, str]:
    async with db.reading() as r:
        return {row.id: row.state for row in await r.all(sa.select(speeches).where(speeches.c.meeting_id == held.id))}


async def test_an_interjection_holds_the_speech_which_goes_on_after_it(db: Database):
    held = await live(db)
    first, second, third = held.members
    with pytest.raises(Conflict, match="nobody_speaks"):
        await ask(db, held, second, "interjection")
    speech, waiting_one = await ask(db, held, first), await ask(db, held, third)
    await perform(db, held.chair, GiveFloor(meeting_id=held.id, speech_id=speech))
    word = await ask(db, held, second, "interjection")
    await perform(db, held.chair, GiveFloor(meeting_id=held.id, speech_id=word))
    assert await states(db, held) == {speech: "held", word: "speaking", waiting_one: "waiting"}
    # A second word takes the place of the first, and leaves the request that its speaker has.
    called = GiveFloor(meeting_id=held.id, participant_id=held.pid(third), interjection=True, seconds=30)
    another = str((await perform(db, held.chair, called) or {})["speech_id"])
    assert await states(db, held) == {speech: "held", word: "done", another: "speaking", waiting_one: "waiting"}
    async with db.transaction(held.id) as tx:  # as if it had taken forty seconds
        await tx.update(speeches, speech, started_at=tx.now - timedelta(seconds=100), paused_at=tx.now - timedelta(seconds=40))
    await perform(db, third, EndSpeech(meeting_id=held.id, speech_id=another))
    assert (await states(db, held))[speech] == "speaking"
    async with db.reading() as r:
        row = await r.get(speeches, speech)
    assert row.paused_at is None
    assert 40 <= row.paused_seconds < 45
    await perform(db, held.chair, ExtendSpeech(meeting_id=held.id, speech_id=speech, seconds=60))
    async with db.reading() as r:
        assert (await r.get(speeches, speech)).limit_seconds == 360


async def test_whoever_is_called_next_ends_the_interjection_and_what_it_held(db: Database):
    held = await live(db)
    first, second, third = held.members
    speech, following = await ask(db, held, first), await ask(db, held, third)
    await perform(db, held.chair, GiveFloor(meeting_id=held.id, speech_id=speech))
    called = GiveFloor(meeting_id=held.id, participant_id=held.pid(second), interjection=True)
    word = str((await perform(db, held.chair, called) or {})["speech_id"])
    await perform(db, held.chair, GiveFloor(meeting_id=held.id, speech_id=following))
    assert await states(db, held) == {speech: "done", word: "done", following: "speaking"}
