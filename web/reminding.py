"""Looks every minute of which meetings, of which questions about a time and of which papers somebody is to be reminded."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from meetings import clock
from meetings.commands import Command, system
from meetings.database import Database
from meetings.errors import Unavailable
from meetings.invitation_facts import Sender
from meetings.paper_requests import ChasePapers, meetings_to_chase
from meetings.perform import perform
from meetings.polls import RemindOfPoll, polls_to_remind_of
from meetings.reminders import RemindOfMeeting, meetings_to_remind_of
from meetings.settings import Settings

log = logging.getLogger(__name__)
LOOK_AGAIN = 60.0  # seconds
REMINDER = system("reminders")


async def remind_in_time(settings: Settings, db: Database) -> None:
    """Until cancelled."""
    while True:
        with contextlib.suppress(Unavailable):  # looked at again
            await remind_due(settings, db)
        await asyncio.sleep(LOOK_AGAIN)


async def remind_due(settings: Settings, db: Database) -> None:
    sender = Sender.of(settings, settings.signing_key())
    async with db.reading() as reading:
        now = clock.now()
        found: list[Command] = [RemindOfMeeting(meeting_id=one, sender=sender) for one in await meetings_to_remind_of(reading, now)]
        found += [RemindOfPoll(meeting_id=one, sender=sender) for one in await polls_to_remind_of(reading, now)]
        found += [ChasePapers(meeting_id=one, sender=sender) for one in await meetings_to_chase(reading, now)]
    for command in found:
        try:
            await perform(db, REMINDER, command)
        except Unavailable:
            raise
        except Exception:  # the others are reminded all the same
            log.exception("%s failed, meeting %s", type(command).__name__, command.scope)
