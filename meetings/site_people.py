"""Who sits at a bridge site: people of its list marked present, visitors by name, and whose list somebody is on."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from .attendance import mark, require_check_in
from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Conflict
from .models.meeting import participants, sites
from .roll_call import PRESENT
from .sites import SiteCommand, open_site, site_of
from .standing import Standing
from .text import Id, Line
from .views import announce

MOST_VISITORS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAtSite(SiteCommand):
    """Somebody of the site's list has come, or has gone. At the main site that is in the room, elsewhere online."""

    participant_id: Id
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NameVisitor(SiteCommand):
    """Somebody who sits there without being invited: a name for the minutes, without a vote."""

    visitor: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveVisitor(SiteCommand):
    visitor: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatAtSite(MeetingCommand):
    """Puts a participant on a site's list, or on none."""

    participant_id: Id
    site_id: Id | None


async def mark_at_site(tx: Transaction, by: Standing, command: MarkAtSite) -> Answer:
    site = await open_site(tx, by, command.site_id)
    require_check_in(tx, by.meeting)
    of_its_list = sa.and_(participants.c.id == command.participant_id, participants.c.site_id == site.id, ~participants.c.removed)
    row = await tx.one(sa.select(participants).where(participants.c.meeting_id == command.meeting_id, of_its_list))
    here = "room" if site.main else "online"
    if command.present == (row.attendance in PRESENT):
        return None  # came by himself already, in whichever way; or is away, for a reason that those who run the meeting marked
    await mark(tx, row, here if command.present else "absent", "site")
    return None


async def name_visitor(tx: Transaction, by: Standing, command: NameVisitor) -> Answer:
    site = await open_site(tx, by, command.site_id)
    if command.visitor in site.visitors:
        return None
    if len(site.visitors) >= MOST_VISITORS:
        raise Conflict("visitors_enough", most=MOST_VISITORS)
    await tx.update(sites, site.id, visitors=[*site.visitors, command.visitor])
    await announce(tx, "site", [site.id])
    return None


async def remove_visitor(tx: Transaction, by: Standing, command: RemoveVisitor) -> Answer:
    site = await open_site(tx, by, command.site_id)
    if command.visitor in site.visitors:
        await tx.update(sites, site.id, visitors=[name for name in site.visitors if name != command.visitor])
        await announce(tx, "site", [site.id])
    return None


async def seat_at_site(tx: Transaction, by: Standing, command: SeatAtSite) -> Answer:
    if command.site_id is not None:
        await site_of(tx, command.meeting_id, command.site_id)
    here = sa.and_(participants.c.id == command.participant_id, participants.c.meeting_id == command.meeting_id)
    row = await tx.one(sa.select(participants).where(here, ~participants.c.removed))
    if row.site_id != command.site_id:
        await tx.update(participants, row.id, site_id=command.site_id)
        await announce(tx, "participant", [row.id])
    return None
