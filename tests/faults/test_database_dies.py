"""PostgreSQL is killed, loses its connections or stands still at each step of a vote: the product tells everybody to ask again,
recovers without a restart of its own, and every vote counts once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from meetings import group_commit, perform
from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.database import Database, Transaction, open_database
from meetings.voting import CastVote, CloseBallot, OpenBallot, PrepareBallot, cast_votes
from tests.support.live_rooms import live_rooms
from tests.support.meetings import Held, hold_meeting
from tests.support.organisation import make_agency, make_user
from tests.support.site import running_site

from .history import History, assert_true
from .own_postgres import OwnPostgres, own_postgres
from .rounds import ROUNDS

VOTERS = 8
STEPS = ("received", "handled", "written", "committed")
KINDS = ("killed", "cut off", "frozen")


async def open_ballot(db: Database) -> tuple[Held, str]:
    held = await hold_meeting(db, VOTERS)
    await perform.perform(db, held.chair, StartMeeting(meeting_id=held.id))
    await asyncio.gather(*(perform.perform(db, one, CheckIn(meeting_id=held.id, mode="room")) for one in held.members))
    prepared = await perform.perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="Thông qua?"))
    ballot = str((prepared or {})["ballot_id"])
    await perform.perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=ballot))
    return held, ballot


class Killer:
    """Does it once, at its step; then the server is started again, or wakes."""

    def __init__(self, postgres: OwnPostgres, kind: str) -> None:
        self._postgres, self._kind = postgres, kind
        self.again: asyncio.Task[None] | None = None

    def strike(self) -> None:
        if self.again is not None:
            return
        deed = {"killed": self._postgres.kill, "cut off": self._postgres.kill_backends, "frozen": self._freeze}[self._kind]
        deed()
        self.again = asyncio.create_task(self._back())

    def _freeze(self) -> None:
        self._postgres.signal(signal.SIGSTOP)

    async def _back(self) -> None:
        await asyncio.sleep(0.4)
        if self._kind == "frozen":
            self._postgres.signal(signal.SIGCONT)
        await self._postgres.start()


def arm(step: str, strike: Callable[[], None], patch: pytest.MonkeyPatch) -> None:
    settle, flush = group_commit._settle, Transaction.flush

    async def handled(tx: Any, given: Any) -> Any:
        if step == "received":
            strike()
        outcomes = await cast_votes(tx, given)
        if step == "handled":
            strike()
        return outcomes

    async def written(tx: Transaction) -> None:
        await flush(tx)
        if step == "written":
            strike()

    def committed(future: Any, outcome: Any) -> None:
        if step == "committed" and isinstance(outcome, dict) and "receipt" in outcome:
            strike()
        settle(future, outcome)

    patch.setitem(perform.MANY, CastVote, handled)
    patch.setattr(Transaction, "flush", written)
    patch.setattr(group_commit, "_settle", committed)


async def vote_through(db: Database, postgres: OwnPostgres, step: str, kind: str) -> None:
    held, ballot = await open_ballot(db)
    async with live_rooms(db) as rooms:
        clients = [await rooms.joined(member, held.id) for member in held.members]
        killer, history = Killer(postgres, kind), History()
        with pytest.MonkeyPatch.context() as patch:
            arm(step, killer.strike, patch)
            await asyncio.gather(*(history.vote(client, ballot, "for") for client in clients))
        assert killer.again is not None, (step, kind, history.acts)
        await killer.again
        assert [act.outcome for act in history.acts] == ["ok"] * VOTERS, (step, kind)
        assert await perform.perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot))
        fresh = await rooms.joined(held.members[0], held.id)
        await clients[0].until_known(fresh.known)
        assert clients[0].state == fresh.state
    await assert_true(history, db, held.chair, held.id, ballot)


@pytest.fixture
async def postgres() -> AsyncIterator[OwnPostgres]:
    # Not in pytest's own folders, into which only who runs the tests may look.
    with TemporaryDirectory() as folder:
        async with own_postgres(Path(folder)) as running:
            yield running


@pytest.mark.postgres
async def test_every_vote_counts_once_whenever_the_database_dies(postgres: OwnPostgres):
    db = open_database(postgres.url)
    await db.create_tables()
    for _ in range(ROUNDS):
        for step in STEPS:
            for kind in KINDS:
                await vote_through(db, postgres, step, kind)
    await db.close()


@pytest.mark.postgres
async def test_pages_say_that_the_database_is_away_and_go_on_when_it_is_back(postgres: OwnPostgres, tmp_path: Path):
    db = open_database(postgres.url)
    await db.create_tables()
    await make_user(db, await make_agency(db), "thuky")
    async with running_site(db, tmp_path) as site:
        browser = await site.signed_in("thuky")
        postgres.kill()
        for path in ("/", "/health"):
            page = await browser.get(path)
            assert page.status == 503
            assert page.headers["Retry-After"] == "3"
        assert "gửi lại sau ít giây" in (await browser.get("/")).text
        await postgres.start()
        assert (await browser.get("/")).status == 200
    await db.close()
