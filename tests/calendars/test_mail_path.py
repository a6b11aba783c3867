"""The whole way of an answer through real servers: SMTP out, then Dovecot (LMTP in, IMAP back), or our own LMTP."""

from __future__ import annotations

import asyncio
import contextlib
import email
import smtplib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email import policy
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from calendars import mailbox
from calendars.inbox import Inbox
from calendars.mailer import Mailer
from calendars.receiving import receive
from meetings.database import Database
from meetings.inbox import MOST_AN_HOUR
from meetings.invitation_facts import Sender
from meetings.models.post import letters, outbox
from meetings.outbox import Outbox
from meetings.settings import Settings
from tests.support.dovecot import listens, running_dovecot
from tests.support.mail_programs import Invited, answer_of, invited
from tests.support.ports import free_port
from tests.support.scheduled import open_office


class Sent:
    """An SMTP server that keeps (envelope sender, recipient, mail)."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got += [(envelope.mail_from, to, envelope.content) for to in envelope.rcpt_tos]
        return "250 OK"


async def sent_by_smtp(db: Database, settings: Settings) -> tuple[Invited, tuple[str, str, bytes]]:
    """Person b as invited by a mail that an SMTP server took, and that mail with its envelope."""
    box = Sent()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        office = replace(await open_office(db), sender=Sender.of(settings, settings.signing_key()))
        meeting = await office.draft()
        await office.send(meeting)
        port = controller.server.sockets[0].getsockname()[1]
        await Mailer(replace(settings, smtp_host="127.0.0.1", smtp_port=port), Outbox(db), db.wakeups).send_due()
    finally:
        controller.stop()
    return await invited(db, meeting, "b@hue.example"), next(mail for mail in box.got if mail[1] == "b@hue.example")


@asynccontextmanager
async def receiving(db: Database, settings: Settings) -> AsyncIterator[None]:
    task = asyncio.create_task(receive(settings, Inbox(settings, db)))
    try:
        if settings.inbox == "lmtp":
            await listens(settings.inbox_port)
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(400):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come")


def settings_for(**more: Any) -> Settings:
    return Settings(mail="smtp", secret="k" * 32, inbox_tls="none", **more)


async def count(db: Database) -> int:
    async with db.reading() as r:
        return int(await r.value(sa.select(sa.func.count()).select_from(letters)))


async def test_an_answer_comes_back_through_dovecot_by_waiting_not_by_looking(db: Database, monkeypatch: pytest.MonkeyPatch):
    async with running_dovecot() as dovecot:
        settings = settings_for(inbox="imap", inbox_port=dovecot.imap, inbox_user="hop@diemcau.example", inbox_password=dovecot.password)
        who, (returns_to, _, mail) = await sent_by_smtp(db, settings)
        organiser = email.message_from_bytes(mail, policy=policy.default)["From"].addresses[0].addr_spec
        assert organiser == who.to
        await dovecot.deliver(who.exchange("TENTATIVE"), organiser)
        monkeypatch.setattr(mailbox, "LOOK_AGAIN", 600.0)  # so that only IDLE can tell
        async with receiving(db, settings):
            await until(lambda: answered(db, who, "tentative"))
            await asyncio.sleep(0.3)  # it waits now
            await dovecot.deliver(who.thunderbird(), organiser)
            await until(lambda: answered(db, who, "accepted"))
            report = (
                f"To: {returns_to}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; boundary=z\r\n\r\n--z\r\n"
                "Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n--z--\r\n"
            )
            await dovecot.deliver(report.encode(), returns_to, sender="")
            await until(lambda: bounced(db, who))
        seen = await count(db)
        async with receiving(db, settings):  # what was read is not read again, what comes later is
            await dovecot.deliver(who.google("DECLINED"), organiser)
            await until(lambda: answered(db, who, "declined"))
        assert await count(db) == seen + 1


class Forgetful:
    """A mailbox whose server keeps no keywords of ours."""

    async def search(self, *criteria: str) -> list[str]:
        return ["1", "2"]

    async def fetch(self, uid: str, most: int) -> bytes:
        return uid.encode()

    async def do(self, *words: str) -> list[bytes]:
        return []


class Taker:
    """An inbox that puts the second mail off."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    async def take(self, raw: bytes) -> bool:
        self.asked.append(raw)
        return raw != b"2"


async def test_where_keywords_are_not_kept_nothing_is_read_for_ever():
    inbox, read = Taker(), set[str]()
    assert await mailbox.read_new(Forgetful(), inbox, read) == 1  # type: ignore[arg-type]
    assert await mailbox.read_new(Forgetful(), inbox, read) == 0  # type: ignore[arg-type]
    assert inbox.asked == [b"1", b"2", b"2"]


def test_an_address_that_cannot_carry_a_secret_is_refused_at_the_start():
    assert Settings(inbox="lmtp").answers_to == "hop+*@diemcau.example"
    assert Settings(mail="smtp").answers_to == ""
    for wrong in ({"mail_from": "vanphonguybannhandan@x.example"}, {"inbox_address": "hop@x.example"}, {"inbox": "pop3"}):
        with pytest.raises(ValueError, match="DIEMCAU_INBOX"):
            Settings(**({"inbox": "lmtp"} | wrong))


async def answered(db: Database, who: Invited, expected: str) -> bool:
    return bool((await answer_of(db, who))[0] == expected)


async def bounced(db: Database, who: Invited) -> bool:
    async with db.reading() as r:
        states = await r.column(sa.select(outbox.c.state).where(outbox.c.participant_id == who.participant_id))
    return states == ["bounced"]


async def test_our_own_lmtp_keeps_before_it_says_yes_and_refuses_strangers(db: Database):
    settings = settings_for(inbox="lmtp", inbox_port=free_port())
    who, (returns_to, _, _) = await sent_by_smtp(db, settings)
    async with receiving(db, settings):
        await asyncio.to_thread(deliver, settings, who.exchange(), [who.to])
        assert await answer_of(db, who) == ("accepted", "Sẽ dự, đến muộn", "mail")
        words = f"From: {who.address}\r\nSubject: Vắng mặt\r\nAuto-Submitted: auto-replied\r\n\r\nTôi đi vắng".encode()
        # A mail that names no address of ours in its headers: the envelope does.
        answers = await asyncio.to_thread(deliver, settings, words, [returns_to, "ai@diemcau.example"])
        assert answers == {"ai@diemcau.example": 550}
        async with db.reading() as r:
            kept = await r.one(sa.select(letters).where(letters.c.kind == "automatic"))
        assert (kept.participant_id, kept.state) == (who.participant_id, "kept")
        assert kept.content.startswith(b"Return-Path: <toi@hue.example>\r\nDelivered-To: ")
        for number in range(MOST_AN_HOUR):
            last = await asyncio.to_thread(deliver, settings, words + b"%d" % number, [who.to])
        assert last == {who.to: 451}


def deliver(settings: Settings, mail: bytes, to: list[str]) -> dict[str, int]:
    """The refusals, by address."""
    refused: dict[str, int] = {}
    with smtplib.LMTP("127.0.0.1", settings.inbox_port) as server:
        server.ehlo_or_helo_if_needed()
        server.mail("toi@hue.example")
        taken = []
        for address in to:
            code, _ = server.rcpt(address)
            if code == 250:
                taken.append(address)
            else:
                refused[address] = code
        server.putcmd("data")
        assert server.getreply()[0] == 354
        server.send(smtplib._fix_eols(mail.decode()).encode() + b"\r\n.\r\n")
        for address in taken:
            code, _ = server.getreply()
            if code != 250:
                refused[address] = code
    return refused
