"""At most once, whatever dies: several real mailer processes, one of them killed, and a mail server that dies while it takes mail."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from calendars.mailer import WINDOW
from meetings.database import Database
from meetings.models.columns import new_id
from meetings.models.organisation import people
from meetings.models.post import outbox
from meetings.settings import Settings
from tests.support.dovecot import listens
from tests.support.ports import free_port
from tests.support.scheduled import open_office

PEOPLE, WORKERS, CONNECTIONS = 150, 3, 4


@asynccontextmanager
async def process(*arguments: str, environment: dict[str, str] | None = None) -> AsyncIterator[asyncio.subprocess.Process]:
    started = await asyncio.create_subprocess_exec(sys.executable, "-m", *arguments, env=os.environ | (environment or {}), stderr=-3)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def states(db: Database) -> dict[str, str]:
    """By Message-ID."""
    async with db.reading() as r:
        return {row.message_id: row.state for row in await r.all(sa.select(outbox.c.message_id, outbox.c.state))}


async def set_back(db: Database, state: str, column: str) -> None:
    """The wait of those that are queued, or the lease of those that are being sent, is over."""
    async with db.transaction("outbox") as tx:
        await tx.write(sa.update(outbox).where(outbox.c.state == state).values({column: tx.now - timedelta(seconds=1)}))


async def until_settled(db: Database) -> dict[str, str]:
    """Whoever lives sends what he can; only then do the leases of the dead run out."""
    still, before = 0, {}
    for _ in range(600):
        found = await states(db)
        if set(found.values()) <= {"sent", "unsure"}:
            return found
        still = still + 1 if found == before else 0
        before = found
        await set_back(db, "queued", "next_at")
        if still > 10 and "queued" not in found.values():
            await set_back(db, "sending", "lease_until")
        await asyncio.sleep(0.1)
    raise AssertionError(Counter(found.values()))


async def test_each_mail_is_taken_at_most_once_though_workers_and_the_mail_server_die(db: Database, tmp_path: Path):
    office = await open_office(db)
    rows = [
        {"id": new_id(), "name": f"Người {n}", "name_key": "x", "email": f"p{n}@hue.example", "agency_id": office.secretary.agency_id}
        for n in range(PEOPLE)
    ]
    async with db.transaction("organisation") as tx:
        await tx.insert_many(people, rows)
    await office.send(await office.draft(invited={row["id"]: "attend" for row in rows}))
    port, taken = free_port(), tmp_path / "taken"
    settings = Settings(
        data=tmp_path, secret="k" * 32, mail="smtp", smtp_port=port, smtp_connections=CONNECTIONS, mail_domain="diemcau.example",
        database=db.engine.url.render_as_string(hide_password=False),
    )  # fmt: skip
    sink = ("tests.support.smtp_sink", str(port), str(taken))
    worker = ("tests.support.mailing_process",)
    async with process(*sink, "40") as dying:
        await listens(port)
        async with (
            process(*worker, environment=settings.environ()) as victim,
            process(*worker, environment=settings.environ()),
            process(*worker, environment=settings.environ()),
        ):
            await dying.wait()  # in the midst of a mail that it had taken
            victim.kill()
            await victim.wait()
            async with process(*sink):
                await listens(port)
                found = await until_settled(db)
    lines = [line.split()[1] for line in taken.read_text(encoding="ascii").splitlines()]
    assert not [key for key, times in Counter(lines).items() if times > 1]
    assert {key for key, state in found.items() if state == "sent"} <= set(lines)
    unsure = {key for key, state in found.items() if state == "unsure"}
    assert set(found) - set(lines) <= unsure  # nothing is lost without a word
    assert 1 <= len(unsure) <= WORKERS * CONNECTIONS + CONNECTIONS * WINDOW
