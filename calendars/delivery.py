"""Handing one mail to a mail server, so that afterwards it is known what became of it, or that it is not known (RFC 5321, 4.5.3.2)."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib

from meetings.outgoing import Claimed, Outcome, not_sent
from meetings.settings import Settings

from .building import Built

PATIENCE = 60.0  # seconds, for each answer of the server
LOST = "the mail server broke off before it said whether it took the mail"


@asynccontextmanager
async def connection(settings: Settings) -> AsyncIterator[aiosmtplib.SMTP]:
    s = settings
    server = aiosmtplib.SMTP(
        hostname=s.smtp_host, port=s.smtp_port, username=s.smtp_user or None, password=s.smtp_password or None,
        use_tls=s.smtp_tls == "implicit", start_tls=s.smtp_tls == "starttls", timeout=PATIENCE,
        tls_context=ssl.create_default_context() if s.smtp_tls != "none" else None,
    )  # fmt: skip
    async with server:
        await server.ehlo()
        yield server


class Post:
    """One connection. `open`: whether another mail may be handed over by it."""

    def __init__(self, server: aiosmtplib.SMTP) -> None:
        self._server = server
        self.open = True

    async def hand_over(self, row: Claimed, mail: Built) -> Outcome:
        """Until the server asks for the mail nothing was taken, so a broken connection is tried again; after it nobody can say."""
        if not self.open:
            return not_sent(row, LOST, permanent=False)
        try:
            await self._say(b"MAIL FROM:<" + mail.sender.encode("ascii") + b">\r\n")
            await self._say(b"RCPT TO:<" + mail.recipient.encode("ascii") + b">\r\n")
            await self._say(b"DATA\r\n")
        except (aiosmtplib.SMTPException, OSError) as error:
            return await self._refused(row, error)
        try:
            await self._say(mail.content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        except aiosmtplib.SMTPResponseException as error:
            return await self._refused(row, error)
        except (aiosmtplib.SMTPException, OSError):
            self.open = False
            return Outcome(row, "unsure", LOST)
        return Outcome(row, "sent")

    async def _say(self, line: bytes) -> None:
        # Not the library's `mail`, `rcpt` and `data`, which read each address and every line of the mail anew: ours are right as they
        # are (`building`), and the moment from which it is not known what became of a mail is told apart.
        if self._server.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected(LOST)
        self._server.protocol.write(line)
        answer = await self._server.protocol.read_response(PATIENCE)
        if answer.code >= 400:
            raise aiosmtplib.SMTPResponseException(answer.code, answer.message)

    async def _refused(self, row: Claimed, error: Exception) -> Outcome:
        if isinstance(error, aiosmtplib.SMTPResponseException):
            await self._start_over()
            return not_sent(row, f"{error.code} {error.message}", permanent=error.code >= 500)
        self.open = False
        return not_sent(row, str(error), permanent=False)

    async def _start_over(self) -> None:
        try:
            await self._server.rset()
        except (aiosmtplib.SMTPException, OSError):
            self.open = False
