"""Sending by SMTP, from the outbox through the workshop to a mail server on the other core: 2,000 different invitations."""

from __future__ import annotations

import os
import smtplib
import tempfile
import time
from pathlib import Path

from calendars.mailer import Mailer
from meetings.database import Database
from meetings.outbox import Outbox
from meetings.settings import Settings

from .figures import SERVER, Figure
from .mail import PEOPLE, invited_city, mail_server
from .servers import database

PLAIN = 400


async def run() -> list[Figure]:
    figures = []
    for kind in ("sqlite", "postgresql"):
        for name, number in (("", ""), (" with a PDF", "123/GM-VPUB")):
            async with database(kind) as db:
                rate, plain = await sent(db, number)
            against = f"smtplib, one connection, ready mails: {plain:,.0f}/s"
            figures.append(Figure(f"smtp, {kind}{name}", rate, "mails/s", against, None if number else 500))
    return figures


async def sent(db: Database, number: str) -> tuple[float, float]:
    os.sched_setaffinity(0, SERVER)
    async with mail_server() as (port, file):
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data=Path(folder), secret="k" * 32, mail="smtp", smtp_port=port)
            office, meeting = await invited_city(db, settings, number)
            await office.send(meeting)
            mailer = Mailer(settings, Outbox(db), db.wakeups)
            began = time.perf_counter()
            assert await mailer.send_due() == PEOPLE
            took = time.perf_counter() - began
            await mailer.close()
            lines = file.read_text().splitlines()
            assert len(set(lines)) == len(lines) == PEOPLE
            return PEOPLE / took, _plain(port)


def _plain(port: int) -> float:
    """The same server, by the standard library, one ready mail after the other."""
    mail = b"Subject: x\r\n\r\n" + (b"y" * 70 + b"\r\n") * 220  # as long as an invitation
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for _ in range(PLAIN):
            server.sendmail("a@b.example", ["c@d.example"], mail)
    return PLAIN / (time.perf_counter() - began)
