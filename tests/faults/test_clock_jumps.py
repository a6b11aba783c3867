"""The machine's clock jumps an hour forward and back during a speech and a ballot: nobody loses the floor, no session ends, and the
record keeps its order; and it keeps it even when the jump lasts."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.agenda import StartItem, StartMeeting
from meetings.attendance import CheckIn
from meetings.commands import Actor
from meetings.database import Database
from meetings.floor import EndSpeech, GiveFloor, PauseSpeech, ResumeSpeech
from meetings.models.meeting import items
from meetings.models.room import speeches
from meetings.perform import perform
from meetings.sessions import SESSION_IDLE
from meetings.speaking_time import seconds_spoken
from meetings.voting import CastVote, CloseBallot, OpenBallot, PauseBallot, PrepareBallot, ResumeBallot
from tests.support.meetings import Held, hold_meeting
from tests.support.organisation import make_agency, make_user
from tests.support.site import running_site

from .history import Act, History, assert_true

HOUR = 3600.0


class Jumping:
    """Every command is given with the machine's clock at another hour."""

    def __init__(self, db: Database, held: Held, patch: pytest.MonkeyPatch) -> None:
        self._db, self._held, self._jumps = db, held, cycle((HOUR, -HOUR, 0.0))
        self.ahead = 0.0
        patch.setattr(clock, "_CLOCK", clock.Clock(lambda: time.time() + self.ahead, time.monotonic))

    async def do(self, actor: Actor, command: type[Any], **fields: Any) -> dict[str, Any]:
        self.ahead = next(self._jumps)
        return await perform(self._db, actor, command(meeting_id=self._held.id, **fields)) or {}


async def ballot(machine: Jumping, held: Held, history: History) -> str:
    key = str((await machine.do(held.chair, PrepareBallot, question="Thông qua?"))["ballot_id"])
    await machine.do(held.chair, OpenBallot, ballot_id=key)
    for member in held.members:
        act = Act(f"{len(history.acts):032x}", "for", time.monotonic())
        answer = await machine.do(member, CastVote, ballot_id=key, choice="for", id=act.id)
        act.outcome, act.ended, act.receipt = "ok", time.monotonic(), answer["receipt"]
        history.acts.append(act)
        await machine.do(held.chair, PauseBallot, ballot_id=key)
        await machine.do(held.chair, ResumeBallot, ballot_id=key)
    await machine.do(held.chair, CloseBallot, ballot_id=key)
    return key


async def begun(db: Database) -> Held:
    held = await hold_meeting(db, 4)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    await asyncio.gather(*(perform(db, member, CheckIn(meeting_id=held.id, mode="room")) for member in held.members))
    return held


async def test_floors_items_and_the_record_know_nothing_of_a_jump(db: Database, monkeypatch: pytest.MonkeyPatch):
    held = await begun(db)
    machine, history = Jumping(db, held, monkeypatch), History()
    await machine.do(held.chair, StartItem, item_id=held.items[0])
    speech = (await machine.do(held.chair, GiveFloor, participant_id=held.pid(held.members[0]), seconds=60))["speech_id"]
    for command in (PauseSpeech, ResumeSpeech, EndSpeech):
        await machine.do(held.chair, command, speech_id=speech)
    key = await ballot(machine, held, history)
    await machine.do(held.chair, StartItem, item_id=held.items[1])
    async with db.reading() as reading:
        spoken = seconds_spoken(await reading.all(sa.select(speeches)), clock.now())
        spent = await reading.value(sa.select(items.c.spent_seconds).where(items.c.id == held.items[0]))
    assert set(spoken.values()) <= set(range(30))
    assert spent in range(30)
    await assert_true(history, db, held.chair, held.id, key)


async def test_the_record_keeps_its_order_even_over_machines_whose_clocks_differ(db: Database, monkeypatch: pytest.MonkeyPatch):
    held = await begun(db)
    machine, history = Jumping(db, held, monkeypatch), History()
    monkeypatch.setattr(clock, "BELIEVED_AFTER", -1.0)  # each command as if another machine carried it out
    record = await assert_true(history, db, held.chair, held.id, await ballot(machine, held, history))
    times = [clock.instant(entry["at"]) for entry in record["entries"]]
    assert max(times) - min(times) > timedelta(minutes=50)


async def test_a_session_outlives_a_jump(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    await make_user(db, await make_agency(db), "thuky")
    ahead = 0.0
    monkeypatch.setattr(clock, "_CLOCK", clock.Clock(lambda: time.time() + ahead, time.monotonic))
    async with running_site(db, tmp_path) as site:
        browser = await site.signed_in("thuky")
        for ahead in (2 * SESSION_IDLE.total_seconds(), -HOUR, 0.0):  # noqa: B007 - the clock above reads it
            assert (await browser.get("/")).path == "/"
