"""Mail that is fetched from a mailbox (IMAP). What was read is marked with a keyword of our own, so that nothing is missed when a
person reads the same mailbox, and nothing is deleted."""

from __future__ import annotations

import asyncio
import logging

from meetings.settings import Settings

from .imap import Imap, ImapError
from .inbox import Inbox
from .mime import LARGEST

log = logging.getLogger(__name__)
READ = "$DiemCau"
LOOK_AGAIN = 60.0  # seconds; waiting is never longer, whatever the server does
AFTER_A_FAULT = 15.0
AT_ONCE = 8  # mails handed on together, so that they share a COMMIT


async def watch(settings: Settings, inbox: Inbox) -> None:
    """Until cancelled; a server that is away is tried again."""
    while True:
        try:
            await _one_connection(settings, inbox)
        except (ImapError, OSError, EOFError, TimeoutError, ValueError) as error:
            log.warning("mailbox: %s", error or type(error).__name__)
        except Exception:  # a fault of ours must not end the reading of mail; it begins again
            log.exception("mailbox")
        await asyncio.sleep(AFTER_A_FAULT)


async def _one_connection(settings: Settings, inbox: Inbox) -> None:
    port = settings.inbox_port or (993 if settings.inbox_tls == "implicit" else 143)
    imap = await Imap.connect(settings.inbox_host, port, settings.inbox_tls)
    try:
        await imap.login(settings.inbox_user, settings.inbox_password)
        idles = await imap.can_idle()
        await imap.do("SELECT", f'"{settings.inbox_folder}"')
        read: set[str] = set()
        while True:
            if await read_new(imap, inbox, read):
                continue
            if idles:
                await imap.idle(LOOK_AGAIN)
            else:
                await asyncio.sleep(LOOK_AGAIN)
                await imap.do("NOOP")
    finally:
        imap.close()


async def read_new(imap: Imap, inbox: Inbox, read: set[str]) -> int:
    """How many mails were taken. One that may not be taken now stays unread for later. `read`: what this connection has taken, for
    servers that keep no keywords."""
    taken = 0
    uids = [uid for uid in await imap.search("UNKEYWORD", READ) if uid not in read]
    for group in (uids[n : n + AT_ONCE] for n in range(0, len(uids), AT_ONCE)):
        mails = [await imap.fetch(uid, LARGEST) for uid in group]
        kept = await asyncio.gather(*(inbox.take(mail) for mail in mails))
        done = [uid for uid, yes in zip(group, kept, strict=True) if yes]
        if done:
            await imap.do("UID STORE", ",".join(done), f"+FLAGS.SILENT ({READ} \\Seen)")
        read.update(done)
        taken += len(done)
    return taken
