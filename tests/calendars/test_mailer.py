"""The postman against a real SMTP server: there, away and back, and saying no."""

from __future__ import annotations

import asyncio
import email
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import policy
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from calendars.mailer import Mailer
from meetings.database import Database
from meetings.models.post import kept_mail, outbox
from meetings.outbox import Outbox
from meetings.settings import Settings
from tests.support.ports import free_port
from tests.support.scheduled import open_office


class Postbox:
    """Keeps what it gets; refuses addresses that begin with `no`."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("b@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got += [(to, envelope.content) for to in envelope.rcpt_tos]
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, Controller]]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield box, controller
    if controller.server is not None:
        controller.stop()


def settings_for(controller: Controller) -> Settings:
    port = controller.server.sockets[0].getsockname()[1]
    return Settings(mail="smtp", smtp_host="127.0.0.1", smtp_port=port)


async def states(db: Database) -> dict[str, str]:
    async with db.reading() as r:
        rows = await r.all(sa.select(outbox.c.facts, outbox.c.state))
    return {row.facts["recipient_email"]: row.state for row in rows}


async def test_each_invitation_is_sent_once_and_a_refused_address_is_told_apart(db: Database, postbox):
    box, controller = postbox
    office = await open_office(db)
    await office.send(await office.draft())
    mailers = [Mailer(settings_for(controller), Outbox(db), db.wakeups) for _ in range(3)]
    await asyncio.gather(*(m.send_due() for m in mailers))
    found = await states(db)
    assert found.pop("b@hue.example") == "failed"
    assert set(found.values()) == {"sent"}
    assert sorted(to for to, _ in box.got) == sorted(found)
    parsed = email.message_from_bytes(box.got[0][1], policy=policy.default)
    assert parsed["Message-ID"].startswith("<")
    assert [p.get_content_type() for p in parsed.iter_parts()] == ["multipart/alternative", "application/ics"]


async def test_with_the_server_away_the_meeting_is_scheduled_and_mail_goes_out_once_when_it_is_back(db: Database, postbox):
    box, controller = postbox
    office = await open_office(db)
    settings = settings_for(controller)
    away = Mailer(replace(settings, smtp_port=1), Outbox(db), db.wakeups)
    await office.send(await office.draft())
    await away.send_due()
    assert set((await states(db)).values()) == {"queued"}
    async with db.transaction("outbox") as tx:  # the wait is over
        await tx.write(sa.update(outbox).values(next_at=tx.now - timedelta(seconds=1)))
    back = Mailer(settings, Outbox(db), db.wakeups)
    await back.send_due()
    assert len(box.got) == 4
    assert len({email.message_from_bytes(content)["Message-ID"] for _, content in box.got}) == 4


async def test_a_row_whose_sender_died_is_sent_after_its_lease(db: Database, postbox):
    box, controller = postbox
    office = await open_office(db)
    await office.send(await office.draft())
    claimed = await Outbox(db).claim(20)  # and then nothing more is heard
    assert len(claimed) == 5
    mailer = Mailer(settings_for(controller), Outbox(db), db.wakeups)
    assert await mailer.send_due() == 0
    async with db.transaction("outbox") as tx:
        await tx.write(sa.update(outbox).values(lease_until=tx.now - timedelta(seconds=1)))
    assert await mailer.send_due() == 5
    assert len(box.got) == 4


async def test_the_trial_outbox_keeps_what_would_have_been_sent(db: Database):
    office = await open_office(db)
    await office.send(await office.draft())
    with db.wakeups.watch("x"):
        mailer = Mailer(Settings(mail="local"), Outbox(db), db.wakeups)
        await mailer.send_due()
    async with db.reading() as r:
        kept = await r.column(sa.select(kept_mail.c.content))
    assert len(kept) == 5
    assert all(b"text/calendar" in content for content in kept)
