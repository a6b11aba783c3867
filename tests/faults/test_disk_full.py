"""The disk is full in the middle of a ballot: it is said in words, everything can be read, nothing acknowledged is lost, and when
there is room again everything goes on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa

from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.database import Database, open_database
from meetings.errors import Unavailable
from meetings.perform import perform
from meetings.speaking import AskToSpeak
from meetings.voting import CloseBallot, OpenBallot, PrepareBallot
from tests.support.live_rooms import live_rooms
from tests.support.meetings import Held, hold_meeting
from tests.support.requirements import need

from .history import History, assert_true, insist
from .own_postgres import own_postgres

Change = Callable[[], Awaitable[None]]
LOG = "x" * 200


@asynccontextmanager
async def limited_sqlite() -> AsyncIterator[tuple[Database, Change, Change]]:
    """(database, fill it up, make room)"""
    with TemporaryDirectory() as folder:
        db = open_database(f"sqlite+aiosqlite:///{folder}/test.sqlite3")
        await db.create_tables()

        async def limit(pages: str) -> None:
            async with db.engine.connect() as connection:  # the one that writes
                used = (await connection.exec_driver_sql("PRAGMA page_count")).scalar()
                await connection.exec_driver_sql(f"PRAGMA max_page_count={pages.format(used)}")

        yield db, lambda: limit("{}"), lambda: limit("1000000")
        await db.close()


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", folder]
        mounted = os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0
        need("mounting a small disk", mounted)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=False)


@asynccontextmanager
async def limited_postgres() -> AsyncIterator[tuple[Database, Change, Change]]:
    with small_disk(96) as disk:
        async with own_postgres(disk) as postgres:
            db = open_database(postgres.url)
            await db.create_tables()
            ballast = disk / "ballast"

            async def fill() -> None:
                with ballast.open("wb", buffering=0) as file:
                    try:
                        while file.write(bytes(1 << 16)):
                            pass
                    except OSError:
                        return

            async def room() -> None:
                ballast.unlink()
                await postgres.start()  # without room for its log it stops

            yield db, fill, room
            await db.close()


async def until_full(db: Database, held: Held) -> Unavailable:
    for n in range(5000):
        try:
            await perform(db, held.members[n % 4], AskToSpeak(meeting_id=held.id, subject=LOG[: 100 + n % 100]))
        except Unavailable as refusal:
            return refusal
    raise AssertionError("never full")


@pytest.mark.parametrize("limited", [limited_sqlite, pytest.param(limited_postgres, marks=pytest.mark.postgres)])
async def test_a_full_disk_loses_nothing_that_was_acknowledged(limited: Any):
    async with limited() as (db, fill, room), live_rooms(db) as rooms:
        held = await hold_meeting(db, 4)
        await perform(db, held.chair, StartMeeting(meeting_id=held.id))
        for member in held.members:
            await perform(db, member, CheckIn(meeting_id=held.id, mode="room"))
        ballot = (await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="Thông qua?")) or {})["ballot_id"]
        await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=ballot))
        clients, history = [await rooms.joined(member, held.id) for member in held.members], History()
        assert (await history.vote(clients[0], ballot, "for")).outcome == "ok"
        await fill()
        code = (await until_full(db, held)).code
        assert code == "disk_full"
        await history.vote(clients[1], ballot, "for", attempts=2)  # may still fit in
        if limited is limited_sqlite:
            assert history.acts[1].outcome == "unknown"
            assert (await clients[2].do("CastVote", ballot_id=ballot, choice="for"))["again"]
            newcomer = await rooms.joined(held.chair, held.id)  # reads as ever
            assert newcomer.state["ballots"][ballot]["cast"] == 1
        await room()
        kept = history.acts[1]
        again = {"id": kept.id, "name": "CastVote", "ballot_id": ballot, "choice": "for"}
        kept.outcome, kept.receipt = "ok", (await insist(clients[1], again))["answer"]["receipt"]
        for client in clients[2:]:
            assert (await history.vote(client, ballot, "against")).outcome == "ok"
        await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot))
        await assert_true(history, db, held.chair, held.id, ballot)
        async with db.reading() as reading:
            assert await reading.value(sa.text("SELECT count(*) FROM votes")) == 4
