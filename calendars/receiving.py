"""The ways in which mail comes in, as the settings choose, for as long as the product runs."""

from __future__ import annotations

import asyncio

from meetings.settings import Settings

from . import lmtp, mailbox
from .inbox import Inbox


async def receive(settings: Settings, inbox: Inbox) -> None:
    """Until cancelled."""
    async with asyncio.TaskGroup() as ways:
        ways.create_task(inbox.forget(), name="old mail")
        if settings.inbox == "lmtp":
            ways.create_task(lmtp.listen(settings, inbox), name="lmtp")
        elif settings.inbox == "imap":
            ways.create_task(mailbox.watch(settings, inbox), name="mailbox")
