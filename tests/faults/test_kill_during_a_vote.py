"""The server is killed at each step between receiving a vote and acknowledging it: nothing is lost, nothing counted twice."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa

from meetings import audit, live_log
from meetings.database import open_database
from meetings.models.columns import new_id
from meetings.models.meeting import meetings
from meetings.models.room import ballots, votes
from tests.support.databases import drop_database, fresh_database_url
from tests.support.ports import free_port
from tests.support.room_client import RoomClient
from web.demo.people import PASSWORD

ROOT = Path(__file__).parent.parent.parent


@dataclass
class City:
    """The demo city in a database, and a server that can be started as it is or made to die."""

    data: Path
    database: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str) -> subprocess.Popen[bytes]:
        settings = {
            "DIEMCAU_DATA": str(self.data), "DIEMCAU_DATABASE": self.database, "DIEMCAU_PORT": str(self.port),
            "DIEMCAU_BASE_URL": self.url, "DIEMCAU_LOG_LEVEL": "warning",
        }  # fmt: skip
        with (self.data / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *arguments], cwd=ROOT, env={**os.environ, **settings}, stdout=log, stderr=log
            )

    async def start(self, *arguments: str) -> None:
        self.process = self.run(*arguments)
        async with aiohttp.ClientSession() as session:
            for _ in range(300):
                try:
                    async with session.get(f"{self.url}/health") as answer:
                        assert answer.status == 200
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
        raise AssertionError((self.data / "log").read_text(encoding="utf-8"))

    async def client(self, username: str) -> RoomClient:
        """Signed in, with the cookie of the session."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            async with session.get(f"{self.url}/sign-in") as answer:
                page = await answer.text()
            hidden = {name: value for name, value in _hidden(page)}
            form = hidden | {"username": username, "password": PASSWORD}
            async with session.post(
                f"{self.url}/sign-in", data=form, headers={"Origin": self.url}, allow_redirects=False
            ) as answer:
                assert answer.status == 303, await answer.text()
        cookie = "; ".join(f"{c.key}={c.value}" for c in jar)
        return RoomClient(self.url, cookie)


def _hidden(page: str) -> list[tuple[str, str]]:
    import re

    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def city(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[City]:
    found = City(tmp_path, await fresh_database_url(request.param, tmp_path), free_port())
    assert found.run("web", "demo", "--load-only").wait(120) == 0, (tmp_path / "log").read_text(encoding="utf-8")
    yield found
    if found.process is not None and found.process.poll() is None:
        found.process.terminate()
        found.process.wait(20)
    await drop_database(found.database)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.parametrize("step", ["received", "handled", "committed"])
async def test_a_vote_is_counted_once_whenever_the_server_dies(city: City, step: str) -> None:
    db = open_database(city.database)
    async with db.reading() as r:
        meeting = await r.value(sa.select(meetings.c.id).where(meetings.c.state == "live"))
        ballot = await r.value(sa.select(ballots.c.id).where(ballots.c.meeting_id == meeting, ballots.c.state == "prepared"))
    await city.start("tests.faults.dying_server", step)
    chair, voter = await city.client("chutri"), await city.client("sotaichinh")
    for client in (chair, voter):
        await client.wire.connect()
        assert (await client.join(meeting))["ok"]
    assert (await chair.do("OpenBallot", ballot_id=ballot))["ok"]
    vote = {"id": new_id(), "name": "CastVote", "ballot_id": ballot, "choice": "for"}
    with pytest.raises((ConnectionError, asyncio.TimeoutError)):
        await voter.wire.call("do", vote)
    assert city.process is not None
    assert city.process.wait(20) == -9

    for client in (chair, voter):
        await client.wire.cut()
    await city.start("web", "serve")
    await voter.wire.connect()
    assert (await voter.join(meeting))["ok"]
    known = voter.state["mandates"][ballot]["choice"]
    assert known == ("for" if step == "committed" else None)
    again = await voter.wire.call("do", vote)  # what the browser does: the same bytes
    assert again["ok"]
    third = await voter.wire.call("do", vote)
    assert third["answer"] == again["answer"]
    await voter.until(lambda: voter.state["mandates"][ballot]["receipt"] == again["answer"]["receipt"])
    assert voter.state["ballots"][ballot]["cast"] == 1
    async with db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(votes).where(votes.c.ballot_id == ballot)) == 1
        rows = await live_log.read_after(r, meeting, 0, 10_000)
        assert await audit.first_broken(r, meeting) is None
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert sum(row.kind == "vote.cast" and row.data["ballot_id"] == ballot for row in rows) == 1
    await voter.wire.cut()
    await db.close()
