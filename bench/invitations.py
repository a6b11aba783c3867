"""Invitations of a meeting with 2,000 invited, each different, with agenda and VTIMEZONE: built and queued, and pages meanwhile."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from calendars.building import Builder
from meetings.commands import system
from meetings.database import Database
from meetings.invitation import Invitation
from meetings.models.columns import new_id
from meetings.models.organisation import accounts
from meetings.models.post import outbox
from meetings.outbox import Outbox
from meetings.perform import perform
from meetings.queries.sessions import token_hash
from meetings.sessions import StartSession
from meetings.settings import Settings
from tests.support.plain_mail import plain_message
from web.app import build_app
from web.middleware import COOKIE

from .figures import Figure
from .mail import PEOPLE, invited_city, mail_server
from .servers import database, listening

SECRET = "k" * 32
PLAIN = 200  # so many by the standard library, which takes long


async def run() -> list[Figure]:
    figures = []
    for kind in ("sqlite", "postgresql"):
        async with database(kind) as db:
            figures += await built_and_queued(kind, db)
        async with database(kind) as db:
            figures += await pages_meanwhile(kind, db)
    return figures


async def built_and_queued(kind: str, db: Database) -> list[Figure]:
    settings = Settings(secret=SECRET, mail="smtp")
    office, meeting = await invited_city(db, settings)
    stalls: list[float] = []
    watching = asyncio.create_task(_stalls(stalls))
    began = time.perf_counter()
    await office.send(meeting)
    queued = time.perf_counter() - began
    watching.cancel()
    builder, box, size, built = Builder(settings), Outbox(db), 0, 0.0
    while rows := await box.claim(200):
        began = time.perf_counter()
        size += sum(len(builder.build(row).content) for row in rows)
        built += time.perf_counter() - began
    async with db.reading() as reading:
        facts = [Invitation.from_json(one) for one in await reading.column(sa.select(outbox.c.facts).limit(PLAIN))]
    began = time.perf_counter()
    for one in facts:
        plain_message(one, "<1@bench>")
    plain = PLAIN / (time.perf_counter() - began)
    against = f"standard library's EmailMessage {plain:,.0f}/s"
    return [
        Figure(f"invitations, {kind}: built and queued", PEOPLE / (queued + built), "mails/s", f"{size // PEOPLE >> 10} KiB each", 400),
        Figure(f"invitations, {kind}: built", PEOPLE / built, "mails/s", against),
        Figure(f"invitations, {kind}: queued in", queued, "s", "one transaction for all"),
        Figure(f"invitations, {kind}: longest stall meanwhile", max(stalls) * 1e3, "ms", "of the event loop, while they are queued"),
    ]


async def _stalls(found: list[float]) -> None:
    """How much later than asked for the event loop comes back, again and again."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        found.append(time.perf_counter() - began - 0.001)


async def pages_meanwhile(kind: str, db: Database) -> list[Figure]:
    """One browser that asks for the meeting's list without pause, while nothing happens and while all are invited."""
    async with mail_server() as (port, file):
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data=Path(folder), secret=SECRET, mail="smtp", smtp_port=port)
            office, meeting = await invited_city(db, settings)
            cookie = await _signed_in(db, office.people["b"])
            async with listening(build_app(settings, db)) as at:
                idle = await _asked(at, cookie, 4)
                asking = asyncio.create_task(_asked(at, cookie, 5))
                await asyncio.sleep(0.5)
                began = time.perf_counter()
                await office.send(meeting)
                busy = await asking
                while file.read_bytes().count(b"\n") < PEOPLE:  # noqa: ASYNC110 - another process writes it
                    await asyncio.sleep(0.1)
                took = time.perf_counter() - began
    against = f"idle {idle:.1f} ms; all sent in {took:.1f} s"
    return [Figure(f"invitations, {kind}: pages meanwhile, p95", busy / idle, "times idle", against, 2, less=True)]


async def _signed_in(db: Database, person_id: str) -> str:
    key, token = new_id(), new_id()
    async with db.transaction("organisation") as tx:
        await tx.insert(accounts, id=key, person_id=person_id, username="b", role="member", created_at=tx.now)
    await perform(db, system("bench"), StartSession(account_id=key, token_hash=token_hash(token), csrf="x" * 32))
    return f"{COOKIE}={token}"


async def _asked(port: int, cookie: str, seconds: float) -> float:
    """p95 in ms."""
    arguments = ["-m", "bench.http_load", str(port), cookie, "/meetings", "1", str(seconds)]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=subprocess.PIPE)
    return float((await process.communicate())[0].split()[2])
