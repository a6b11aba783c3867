"""The demo city served by a process of its own, which can be killed and started again."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import aiohttp
import sqlalchemy as sa

from meetings.commands import system
from meetings.database import open_database
from meetings.models.columns import new_id
from meetings.models.organisation import accounts
from meetings.perform import perform
from meetings.queries.sessions import token_hash
from meetings.sessions import StartSession
from tests.support.room_client import RoomClient
from web.demo.people import PASSWORD
from web.middleware import COOKIE

ROOT = Path(__file__).parent.parent.parent
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


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
            for _ in range(1200):
                try:
                    async with session.get(f"{self.url}/health") as answer:
                        assert answer.status == 200
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
        raise AssertionError((self.data / "log").read_text(encoding="utf-8"))

    async def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    async def cookies(self, usernames: Sequence[str], count: int) -> list[str]:
        """Of so many sessions, each of a browser of its own, of these people in turn."""
        db = open_database(self.database)
        async with db.reading() as reading:
            rows = await reading.all(sa.select(accounts.c.id, accounts.c.username).where(accounts.c.username.in_(usernames)))
        known = {row.username: row.id for row in rows}
        tokens = [new_id() for _ in range(count)]
        sessions = [
            StartSession(account_id=known[name], token_hash=token_hash(token), csrf=new_id())
            for name, token in zip(cycle(usernames), tokens, strict=False)
        ]
        await asyncio.gather(*(perform(db, system("tests"), session) for session in sessions))
        await db.close()
        return [f"{COOKIE}={token}" for token in tokens]

    async def client(self, username: str) -> RoomClient:
        """Signed in, with the cookie of the session."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            async with session.get(f"{self.url}/sign-in") as answer:
                page = await answer.text()
            form = dict(_HIDDEN.findall(page)) | {"username": username, "password": PASSWORD}
            async with session.post(
                f"{self.url}/sign-in", data=form, headers={"Origin": self.url}, allow_redirects=False
            ) as answer:
                assert answer.status == 303, await answer.text()
        cookie = "; ".join(f"{c.key}={c.value}" for c in jar)
        return RoomClient(self.url, cookie)
