"""Mail handed over by the mail server (LMTP, RFC 2033): nothing is accepted that is not kept, and unknown addresses are refused
while the sender is still there to be told."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from meetings.errors import Unavailable
from meetings.settings import Settings

from .inbox import Inbox
from .mime import LARGEST

log = logging.getLogger(__name__)
PORT = 8024
AFTER_A_FAULT = 15.0  # seconds


class _Handler:
    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_RCPT(self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if len(envelope.rcpt_tos) >= 10:
            return "452 4.5.3 one after the other, please"
        try:
            if not await self._inbox.takes(address):
                return "550 5.1.1 no such address"
        except Unavailable:
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """One answer a recipient, in their order. What the last delivery must write down (RFC 5321, 4.4) is written on top, so
        that whatever the sender wrote of the kind comes after it."""
        content, answers = envelope.original_content or b"", []
        for address in envelope.rcpt_tos:
            head = f"Return-Path: <{envelope.mail_from or ''}>\r\nDelivered-To: {address}\r\n"
            try:
                kept = await self._inbox.take(head.encode("utf-8", "replace") + content)
            except Exception:  # the sending server keeps the mail and tries again
                log.exception("a mail could not be kept")
                kept = False
            answers.append("250 2.0.0 kept" if kept else "451 4.3.0 try again later")
        return "\r\n".join(answers)


async def listen(settings: Settings, inbox: Inbox) -> None:
    """Until cancelled. Of several processes one has the port; another takes it over when that one ends."""
    handler = _Handler(inbox)
    while True:
        try:
            async with await _serve(settings, handler) as server:
                await server.serve_forever()
        except OSError as error:
            log.warning("LMTP: %s", error)
            await asyncio.sleep(AFTER_A_FAULT)


async def _serve(settings: Settings, handler: _Handler) -> asyncio.Server:
    loop = asyncio.get_running_loop()

    def protocol() -> LMTP:
        return LMTP(handler, data_size_limit=8 * LARGEST, hostname="diemcau", ident="Diem Cau", timeout=60, loop=loop, enable_SMTPUTF8=True)

    return await loop.create_server(protocol, settings.inbox_host, settings.inbox_port or PORT)
