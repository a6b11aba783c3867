"""Mail that comes in, from whichever way: read, matched, and given to `perform`. What is returned is kept for good."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import timedelta

from meetings import clock
from meetings.commands import Actor, Command, system
from meetings.database import Database
from meetings.errors import Conflict, Unavailable
from meetings.inbox import ForgetRawMail, KeepUnmatched, ReceiveMail
from meetings.perform import perform
from meetings.queries.letters import Addressee, addressee_of, is_ours
from meetings.reply import Reply
from meetings.settings import Settings

from .mime import LARGEST
from .replies import reply_of

log = logging.getLogger(__name__)


class Inbox:
    def __init__(self, settings: Settings, db: Database) -> None:
        self._settings, self._db, self._key = settings, db, settings.signing_key()

    async def takes(self, address: str) -> bool:
        """Whether mail to this address is ours."""
        async with self._db.reading() as reading:
            return await is_ours(reading, self._key, self._settings.answers_to, address.lower())

    async def take(self, raw: bytes) -> bool:
        """After it is kept: True. False: too much came from there lately, or the database is away; try again later. The same mail
        again changes nothing."""
        raw = raw[:LARGEST]
        reply = await asyncio.to_thread(reply_of, raw, self._settings.inbox_authority)
        try:
            async with self._db.reading() as reading:
                to = await addressee_of(reading, self._key, self._settings.answers_to, reply)
            answer = await perform(self._db, _by(to, reply), _command(to, reply, raw)) or {}
        except (Conflict, Unavailable) as refusal:
            log.warning("mail: %s", refusal.code)
            return False
        log.info("mail: %s", {k: v for k, v in answer.items() if k not in ("from", "letter_id")})
        return True

    async def forget(self) -> None:
        """Once a day: texts whose time is over."""
        while True:
            before = clock.now() - timedelta(days=self._settings.inbox_days)
            with contextlib.suppress(Unavailable):
                await perform(self._db, system("mail"), ForgetRawMail(before=before))
            await asyncio.sleep(24 * 3600)


def _by(to: Addressee, reply: Reply) -> Actor:
    """As the history names it: whose answer it is, or says to be."""
    name = to.participant_name or reply.sender_name or reply.sender
    return Actor(kind="system", name=name, participant_id=to.participant_id or "mail")


def _command(to: Addressee, reply: Reply, raw: bytes) -> Command:
    number = reply.fingerprint[:32]
    if not to.meeting_id:
        return KeepUnmatched(id=number, agency_id=to.agency_id, reply=reply, raw=raw)
    return ReceiveMail(
        id=number, meeting_id=to.meeting_id, participant_id=to.participant_id, token=to.token, outbox_id=to.outbox_id,
        reply=reply, raw=raw,
    )  # fmt: skip
