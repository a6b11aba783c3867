"""A meeting with two thousand invited, each with a mail of his own, and a mail server on the other core: what the benches of outgoing
mail share."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from meetings.database import Database
from meetings.invitation_facts import Sender
from meetings.models.columns import new_id
from meetings.models.organisation import people
from meetings.settings import Settings
from meetings.text import name_sort_key
from tests.support.dovecot import listens
from tests.support.ports import free_port
from tests.support.scheduled import Office, open_office

from .figures import LOAD

PEOPLE = 2000
ITEMS = 8


async def invited_city(db: Database, settings: Settings, number: str = "") -> tuple[Office, str]:
    """An office and its draft; `number` of the formal invitation, which is then attached."""
    office = replace(await open_office(db), sender=Sender.of(settings, settings.signing_key()))
    rows = []
    for n in range(PEOPLE - 3):  # and the chair, the secretary and a guest
        name = f"Nguyễn Thị Phương Thảo {n}"
        rows.append({
            "id": new_id(), "name": name, "name_key": name_sort_key(name), "email": f"p{n}@hue.example", "honorific": "Bà",
            "agency_id": office.secretary.agency_id,
        })  # fmt: skip
    async with db.transaction("organisation") as tx:
        await tx.insert_many(people, rows)
    agenda = [{"id": new_id(), "title": f"Báo cáo kết quả thực hiện nhiệm vụ số {n}", "minutes": "15"} for n in range(ITEMS)]
    formal = {"number": number, "signer": "Nguyễn Văn Đức", "signer_title": "CHÁNH VĂN PHÒNG"} if number else {}
    return office, await office.draft(invited={row["id"]: "attend" for row in rows}, items=agenda, **formal)


@asynccontextmanager
async def mail_server() -> AsyncIterator[tuple[int, Path]]:
    """(port, file with a line a mail)"""
    with tempfile.TemporaryDirectory() as folder:
        port, file = free_port(), Path(folder) / "taken"
        arguments = ["-m", "tests.support.smtp_sink", str(port), str(file)]
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, preexec_fn=lambda: os.sched_setaffinity(0, LOAD))
        try:
            await listens(port)
            yield port, file
        finally:
            process.kill()
            await process.wait()
