"""Passes invitations on to whoever holds a post now, as soon as an administrator has said so."""

from __future__ import annotations

import contextlib
import logging

from meetings.commands import system
from meetings.database import Database
from meetings.errors import Unavailable
from meetings.invitation_facts import Sender
from meetings.people import POSTS
from meetings.perform import perform
from meetings.posts import FollowPosts, meetings_to_follow
from meetings.settings import Settings

log = logging.getLogger(__name__)
LOOK_AGAIN = 300.0  # seconds, when nothing wakes us
FOLLOWER = system("posts")


async def follow_in_time(settings: Settings, db: Database) -> None:
    """Until cancelled."""
    sender = Sender.of(settings, settings.signing_key())
    with db.wakeups.watch(POSTS) as watch:
        while True:
            with contextlib.suppress(Unavailable):  # looked at again
                await follow_now(db, sender)
            await watch.wait(LOOK_AGAIN)


async def follow_now(db: Database, sender: Sender) -> None:
    async with db.reading() as reading:
        found = await meetings_to_follow(reading)
    for meeting_id in found:
        try:
            await perform(db, FOLLOWER, FollowPosts(meeting_id=meeting_id, sender=sender))
        except Exception:  # the others are followed all the same
            log.exception("the posts of meeting %s were not followed", meeting_id)
