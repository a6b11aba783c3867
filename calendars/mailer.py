"""The outbox's postman: claims rows that are due, builds each mail off the event loop, hands it to the mail server, and
marks the row. A server that is down costs nothing but time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

import aiosmtplib

from meetings.errors import Unavailable
from meetings.mail_tokens import address_with, token_of
from meetings.notice import Notice
from meetings.outbox import SCOPE, Outbox, OutboxRow
from meetings.settings import Settings
from meetings.wakeups import WakeUps

from .message import message_of
from .notices import notice_message

log = logging.getLogger(__name__)
BATCH = 20
LOOK_AGAIN = 5.0  # seconds, when nothing wakes us


class Mailer:
    def __init__(self, settings: Settings, outbox: Outbox, wakeups: WakeUps) -> None:
        self._settings, self._outbox, self._wakeups = settings, outbox, wakeups
        self._key = settings.signing_key()

    async def run(self) -> None:
        """Until cancelled."""
        with self._wakeups.watch(SCOPE) as watch:
            while True:
                with contextlib.suppress(Unavailable):  # looked at again
                    while await self.send_due():
                        pass
                await watch.wait(LOOK_AGAIN)

    async def send_due(self) -> int:
        """One batch; how many rows it took."""
        rows = await self._outbox.claim(BATCH)
        if rows and self._settings.mail == "local":
            for row in rows:
                await self._outbox.keep(row.id, await asyncio.to_thread(_bytes, row))
                await self._outbox.sent(row)
        elif rows:
            await self._by_smtp(rows)
        return len(rows)

    async def _by_smtp(self, rows: list[OutboxRow]) -> None:
        try:
            async with self._connection() as server:
                for row in rows:
                    await self._send(server, row)
        except (aiosmtplib.SMTPException, OSError) as error:
            # The connection itself: rows that were not answered for are tried again later.
            log.warning("mail server: %s", error)
            for row in rows:
                await self._outbox.failed(row, str(error), permanent=False)

    async def _send(self, server: aiosmtplib.SMTP, row: OutboxRow) -> None:
        message = await asyncio.to_thread(_message, row)
        try:
            await server.send_message(message, sender=self._returns_to(row), recipients=[row.facts.recipient_email])
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPConnectError):
            raise
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            await self._outbox.failed(row, f"{refusal.code} {refusal.message}", permanent=refusal.code >= 500)
        except aiosmtplib.SMTPResponseException as error:
            await self._outbox.failed(row, f"{error.code} {error.message}", permanent=error.code >= 500)
        else:
            await self._outbox.sent(row)

    def _returns_to(self, row: OutboxRow) -> str:
        """The envelope's sender: an address of this one mail's own, so that a bounce tells by itself what could not be delivered."""
        if not self._settings.answers_to:
            return row.facts.organiser_email
        return address_with(self._settings.answers_to, token_of(self._key, "b", row.id))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        s = self._settings
        server = aiosmtplib.SMTP(
            hostname=s.smtp_host, port=s.smtp_port, username=s.smtp_user or None, password=s.smtp_password or None,
            use_tls=s.smtp_tls == "implicit", start_tls=s.smtp_tls == "starttls", timeout=30,
            tls_context=ssl.create_default_context() if s.smtp_tls != "none" else None,
        )  # fmt: skip
        async with server:
            yield server


def _message(row: OutboxRow) -> EmailMessage:
    if isinstance(row.facts, Notice):
        return notice_message(row.facts, row.message_id)
    return message_of(row.facts, row.message_id)


def _bytes(row: OutboxRow) -> bytes:
    return bytes(_message(row))
