"""A bridge site (điểm cầu) reports of itself: its test call, that it is ready, whom to ring, how many sit there.

Whether a ready site is lost is told by presence, not kept: every screen works it out from who is connected now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Row, Transaction
from .errors import Conflict
from .models.meeting import sites
from .standing import Standing, require_open
from .text import Id, OptionalLine
from .views import announce

Checked = Literal["", "ok", "bad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCommand(MeetingCommand):
    """Of one site; given by the site itself, the staff of its agency, or those who run the meeting."""

    site_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTest(SiteCommand):
    """How the test call goes. `trouble`: what does not work, in words. A site with something bad is no longer ready."""

    sound: Checked = ""
    picture: Checked = ""
    network: Checked = ""
    trouble: OptionalLine = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReady(SiteCommand):
    """Once all was tested. Those who run the meeting may say so of a site that has rung them: it is vouched for."""

    ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepContact(SiteCommand):
    """`place`: the room, None: as it was; `lead`: who leads at the site; `phone`: the technician's. What the site itself has noted, the
    schedule form does not change any more."""

    place: OptionalLine | None = None
    lead: OptionalLine = ""
    lead_title: OptionalLine = ""
    technician: OptionalLine = ""
    phone: Annotated[OptionalLine, Field(max_length=40)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountHeads(SiteCommand):
    heads: Annotated[int, Field(ge=0, le=100_000)]


async def report_test(tx: Transaction, by: Standing, command: ReportTest) -> Answer:
    site = await open_site(tx, by, command.site_id)
    results = (command.sound, command.picture, command.network)
    works = set(results) == {"ok"}
    values = {
        "sound": command.sound, "picture": command.picture, "network": command.network, "ready": site.ready and works,
        "trouble": command.trouble if "bad" in results else "", "tested_at": (site.tested_at or tx.now) if works else None,
    }  # fmt: skip
    await _change(tx, site, values | ({} if works else {"vouched": False, "ready_at": None}))
    return None


async def report_ready(tx: Transaction, by: Standing, command: ReportReady) -> Answer:
    site = await open_site(tx, by, command.site_id)
    its_own = any(site.id == own.id for own in by.sites)
    if command.ready and its_own and not tested(site):
        raise Conflict("site_not_tested")
    ready = {"ready": True, "ready_at": site.ready_at or tx.now, "vouched": not its_own}
    await _change(tx, site, ready if command.ready else {"ready": False, "ready_at": None, "vouched": False})
    return None


async def keep_contact(tx: Transaction, by: Standing, command: KeepContact) -> Answer:
    site = await open_site(tx, by, command.site_id)
    values = {"lead": command.lead, "lead_title": command.lead_title, "technician": command.technician, "phone": command.phone}
    values |= {"place": command.place} if command.place is not None else {}
    values |= {"filled_by": by.actor.name} if by.acts_for(site.id) else {}
    await _change(tx, site, values)
    return None


async def count_heads(tx: Transaction, by: Standing, command: CountHeads) -> Answer:
    await _change(tx, await open_site(tx, by, command.site_id), {"heads": command.heads})
    return None


def tested(site: Row) -> bool:
    return {site.sound, site.picture, site.network} == {"ok"}


def troubled(site: Row) -> bool:
    return "bad" in (site.sound, site.picture, site.network)


async def site_of(reading: Reading, meeting_id: str, site_id: str) -> Row:
    """Raises NotFound for a site that is not planned in this meeting (any more)."""
    return await reading.one(sa.select(sites).where(sites.c.id == site_id, sites.c.meeting_id == meeting_id, ~sites.c.removed))


async def open_site(tx: Transaction, by: Standing, site_id: str) -> Row:
    """The site, while its meeting is ahead or under way."""
    return await site_of(tx, require_open(by, "site_closed").id, site_id)


async def _change(tx: Transaction, site: Row, values: Mapping[str, object]) -> None:
    """Says nothing when nothing is new: a button pressed twice does not wake every screen."""
    if all(getattr(site, name) == value for name, value in values.items()):
        return
    await tx.update(sites, site.id, **values)
    await announce(tx, "site", [site.id])
