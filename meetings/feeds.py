"""Calendars to subscribe to, of a person, an agency or a room: made, revoked, and read by their secret address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from . import links
from .agency_tree import administered
from .audit import Answer
from .commands import Actor, Command
from .database import Database, Reading, Row, Transaction
from .errors import Conflict, NotFound
from .models.feeds import WHOSE, feeds
from .models.organisation import accounts, agencies, people, rooms
from .standing import Standing
from .text import Id, OptionalLine

Owner = Literal["person", "agency", "room"]
MOST = 20  # of one owner, not counting revoked ones
NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFeed(Command):
    """`shows`: the meetings themselves, or only that one is busy. `label`: where it is subscribed, in the owner's words."""

    feed_id: Id
    whose: Owner
    owner_id: Id
    shows: Literal["meetings", "busy"] = "meetings"
    label: OptionalLine = ""
    language: Annotated[str, Field(pattern=r"^(vi|en)$")] = "vi"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeFeed(Command):
    """Whoever reads its address finds nothing from now on."""

    feed_id: Id


async def create_feed(tx: Transaction, by: Standing, command: CreateFeed) -> Answer:
    await require_owner(tx, by.actor, command.whose, command.owner_id)
    column = feeds.c[f"{command.whose}_id"]
    used = await tx.value(sa.select(sa.func.count()).where(column == command.owner_id, feeds.c.revoked_at.is_(None)))
    if used >= MOST:
        raise Conflict("feeds_too_many", "label", most=MOST)
    await tx.insert(
        feeds, id=command.feed_id, shows=command.shows, label=command.label, language=command.language, made_by=by.actor.name,
        created_at=tx.now, **{column.name: command.owner_id},
    )  # fmt: skip
    return {"feed_id": command.feed_id}


async def revoke_feed(tx: Transaction, by: Standing, command: RevokeFeed) -> Answer:
    row = await tx.get(feeds, command.feed_id)
    whose, owner_id = owner_of(row)
    await require_owner(tx, by.actor, whose, owner_id)
    if row.revoked_at is None:
        await tx.update(feeds, row.id, revoked_at=tx.now)
    return None


async def require_owner(reading: Reading, actor: Actor, whose: Owner, owner_id: str) -> Row:
    """The person, agency or room. Raises NotFound unless it is the actor himself, or he administers it: whoever administers people
    has no business with where they go."""
    if whose == "person":
        if owner_id != actor.person_id:
            raise NotFound
        return await reading.get(people, owner_id)
    row = await reading.get(agencies if whose == "agency" else rooms, owner_id)
    if (row.id if whose == "agency" else row.agency_id) not in await administered(reading, actor):
        raise NotFound
    return row


def owner_of(feed: Row) -> tuple[Owner, str]:
    name = next(name for name in WHOSE if getattr(feed, name) is not None)
    return name.removesuffix("_id"), getattr(feed, name)  # type: ignore[return-value]  # one of the three, as the table checks


async def feed_of_token(reading: Reading, key: bytes, token: str) -> Row:
    """Raises NotFound for a forged or revoked one, and where its owner is no longer there or may no longer sign in."""
    row = await reading.one(sa.select(feeds).where(feeds.c.id == links.holder_of(token), feeds.c.revoked_at.is_(None)))
    if not links.genuine(key, token, 1, "feed"):
        raise NotFound
    table = {"person": people, "agency": agencies, "room": rooms}[owner_of(row)[0]]
    await reading.one(sa.select(table.c.id).where(table.c.id == owner_of(row)[1], table.c.active))
    locked = sa.select(accounts.c.id).where(accounts.c.person_id == row.person_id, accounts.c.locked)
    if row.person_id and await reading.first(locked):
        raise NotFound
    return row


async def note_read(db: Database, feed: Row, etag: str, now: datetime) -> datetime:
    """When what is read now came to be, for Last-Modified; kept, so that every process and every restart says the same."""
    if feed.etag == etag and feed.changed_at is not None and feed.read_at and now - feed.read_at < NOTED_EVERY:
        return feed.changed_at  # type: ignore[no-any-return]  # an instant, as the column says
    async with db.transaction("feeds") as tx:
        mine = feeds.c.id == feed.id
        await tx.write(sa.update(feeds).where(mine, feeds.c.etag != etag).values(etag=etag, changed_at=tx.now))
        await tx.write(sa.update(feeds).where(mine).values(read_at=tx.now))
        changed: datetime = (await tx.get(feeds, feed.id)).changed_at
    return changed
