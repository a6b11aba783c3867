"""Sends the mail of the morning: looks every minute whether somebody has not got today's."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import datetime

from meetings import clock
from meetings.commands import system
from meetings.database import Database
from meetings.digests import OPENS, SHUTS, Reader, SendDigest, readers_of
from meetings.errors import Unavailable
from meetings.i18n import date_text, time_text, translator, worded
from meetings.notice import Notice
from meetings.perform import perform
from meetings.queries.todo import Waiting, waiting_for
from meetings.settings import Settings
from meetings.working_time import ORDINARY

log = logging.getLogger(__name__)
LOOK_AGAIN = 60.0  # seconds
MORNING = system("digest")


def due(now: datetime, zone: str) -> bool:
    """In the morning of a working day."""
    local = clock.local(now, zone)
    return OPENS <= local.time() < SHUTS and ORDINARY.works(local.date())


async def send_digests_in_time(settings: Settings, db: Database) -> None:
    """Until cancelled."""
    nothing: set[tuple[object, str]] = set()  # (day, account) for whom there was nothing to say
    while True:
        if due(clock.now(), settings.zone):
            with contextlib.suppress(Unavailable):  # looked at again
                await send_digests(settings, db, nothing)
        await asyncio.sleep(LOOK_AGAIN)


async def send_digests(settings: Settings, db: Database, nothing: set[tuple[object, str]]) -> int:
    """How many were sent. One after the other, so that pages are answered in between."""
    day, sent = clock.today(settings.zone), 0
    nothing -= {one for one in nothing if one[0] != day}
    async with db.reading() as reading:
        readers = await readers_of(reading, day)
    for reader in readers:
        account = str(reader.actor.account_id)
        if (day, account) in nothing:
            continue
        try:
            async with db.reading() as reading:
                found = await waiting_for(reading, reader.actor, settings.zone)
            if not found.todos and not found.meetings:
                nothing.add((day, account))
                continue
            command = SendDigest(account_id=account, day=day, notice=notice_of(settings, reader, found, clock.now()))
            sent += bool((await perform(db, MORNING, command) or {})["sent"])
        except Unavailable:
            raise
        except Exception:  # the others get theirs all the same
            log.exception("no morning mail for account %s", account)
        await asyncio.sleep(0)
    return sent


def notice_of(settings: Settings, reader: Reader, found: Waiting, now: datetime) -> Notice:
    language = reader.actor.language
    t = translator(language)
    said = []
    if found.meetings:
        lines = [f"- {time_text(start, zone)} {title}" for start, zone, title, _ in found.meetings]
        said.append("\n".join([t("todo.meetings_today"), *lines]))
    for late, head in ((True, "todo.late"), (False, "todo.to_do")):
        lines = [f"- {t(f'todo.{one.kind}', **worded(one.params, language, settings.zone))}" for one in found.todos if one.late is late]
        said += ["\n".join([t(head), *lines])] if lines else []
    said.append(t("todo.off"))
    day = date_text(clock.local(now, settings.zone).date(), language)
    return Notice(
        language=language, title=t("todo.subject", day=day, n=len(found.todos)), paragraphs=tuple(said), join_url=f"{settings.base_url}/",
        link_text=t("todo.open"), host_agency=settings.name, organiser_name=settings.name, organiser_email=settings.mail_from, reply_to="",
        recipient_name=reader.name, recipient_email=reader.email, dtstamp=clock.iso(now), domain=settings.mail_domain, personal=False,
    )  # fmt: skip
