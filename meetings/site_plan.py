"""Bridge sites as they are planned: from the schedule form's list, whose agency sits there, when each tests its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import AwareDatetime, Field

from . import clock
from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Invalid
from .meeting_form import SiteForm
from .models.columns import new_id
from .models.meeting import participants, sites
from .models.organisation import agencies, sessions
from .sessions import end_sessions
from .sites import open_site, site_of
from .standing import Standing, require_open
from .text import Id, fold
from .views import announce

_NOTED = ("place", "lead", "lead_title", "technician", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSite(MeetingCommand):
    """Whose people sit there: they move to the site's list, and the staff of that agency acts for the site."""

    site_id: Id
    agency_id: Id | None = None
    test_at: AwareDatetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTestCalls(MeetingCommand):
    """One site after the other, in their order, each for so many minutes; 0: all at once."""

    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=0, le=240)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewSiteLink(MeetingCommand):
    """The old link, and whoever came in by it, are no longer good."""

    site_id: Id


async def plan_site(tx: Transaction, by: Standing, command: PlanSite) -> Answer:
    site = await open_site(tx, by, command.site_id)
    if command.agency_id and await tx.first(sa.select(agencies.c.id).where(agencies.c.id == command.agency_id)) is None:
        raise Invalid("agency_unknown", "agency_id")
    await tx.update(sites, site.id, test_at=command.test_at)
    if command.agency_id == site.agency_id:
        await announce(tx, "site", [site.id])
    else:
        moved = await _give_to(tx, site, command.agency_id)
        await announce(tx, "site", [site.id])
        seated = await seat_by_agency(tx, command.meeting_id)
        await announce(tx, "participant", sorted({*moved, *seated}))
    return None


async def plan_test_calls(tx: Transaction, by: Standing, command: PlanTestCalls) -> Answer:
    require_open(by, "site_closed")
    planned = await tx.column(sa.select(sites.c.id).where(_planned(command.meeting_id)).order_by(sites.c.position))
    for place, key in enumerate(planned):
        await tx.update(sites, key, test_at=command.starts_at + timedelta(minutes=place * command.minutes))
    await announce(tx, "site", planned)
    return {"sites": len(planned)}


async def renew_site_link(tx: Transaction, by: Standing, command: RenewSiteLink) -> Answer:
    site = await site_of(tx, command.meeting_id, command.site_id)
    await tx.update(sites, site.id, link_version=site.link_version + 1)
    await end_sessions(tx, sessions.c.site_id == site.id)
    return None


async def apply_sites(tx: Transaction, meeting_id: str, names: Sequence[str], parts: Mapping[str, SiteForm], zone: str) -> None:
    """The sites by name, in order; the first is the main one. One that was renamed is the same site, so that its link, contacts and
    people stay. What `parts` leave empty stays as it is, and so do place and contacts that the site itself has noted. Raises Invalid
    for an agency that is not there."""
    rows = await tx.all(sa.select(sites).where(sites.c.meeting_id == meeting_id).order_by(sites.c.position))
    wanted = list(dict.fromkeys(names))
    by_name = {row.name: row for row in rows} | {row.name: row for row in rows if not row.removed}
    renamed = _renamed([row for row in rows if not row.removed], wanted)
    called, by_id = await _agencies_called(tx) if wanted else {}, {row.id: row for row in rows}
    of_name = {part.name: (key, part) for key, part in parts.items()}
    kept: set[str] = set()
    for place, name in enumerate(wanted):
        key, part = of_name.get(name, ("", SiteForm()))
        row = by_id.get(key) or by_name.get(name) or renamed.get(name)
        if row is not None and row.id in kept:
            row = None
        values = {"name": name, "position": place, "main": place == 0, "removed": False} | _planned_part(part, row, zone)
        if part.agency and _plain(part.agency) not in called:
            raise Invalid("site_agency_unknown", f"site_parts.{key}.agency", name=part.agency)
        agency = called.get(_plain(part.agency or name))
        if row is None:
            await tx.insert(sites, id=new_id(), meeting_id=meeting_id, agency_id=agency, **values)
            continue
        kept.add(row.id)
        await tx.update(sites, row.id, **values)
        if part.agency and agency != row.agency_id:
            await _give_to(tx, row, agency)
    gone = [row.id for row in rows if row.id not in kept and not row.removed]
    await tx.write(sa.update(participants).where(participants.c.site_id.in_(gone)).values(site_id=None))
    await tx.write(sa.update(sites).where(sites.c.id.in_(gone)).values(removed=True, ready=False, link_version=sites.c.link_version + 1))
    if gone:
        await end_sessions(tx, sessions.c.site_id.in_(gone))
    await announce(tx, "site", gone)


async def seat_by_agency(tx: Transaction, meeting_id: str) -> list[str]:
    """People without a site go to that of their agency; who moved. One agency with several sites is left to the secretary."""
    places: dict[str, list[str]] = {}
    for row in await tx.all(sa.select(sites.c.id, sites.c.agency_id).where(_planned(meeting_id), sites.c.agency_id.is_not(None))):
        places.setdefault(row.agency_id, []).append(row.id)
    moved: list[str] = []
    for agency, found in places.items():
        if len(found) == 1:
            here = sa.and_(participants.c.meeting_id == meeting_id, participants.c.agency_id == agency, ~participants.c.removed)
            ids = await tx.column(sa.select(participants.c.id).where(here, participants.c.site_id.is_(None)))
            await tx.write(sa.update(participants).where(participants.c.id.in_(ids)).values(site_id=found[0]))
            moved += ids
    return moved


async def _give_to(tx: Transaction, site: Row, agency_id: str | None) -> list[str]:
    """To another agency: the people of the one before leave it; who did."""
    await tx.update(sites, site.id, agency_id=agency_id)
    leaving = sa.and_(participants.c.site_id == site.id, participants.c.agency_id == site.agency_id)
    moved = await tx.column(sa.select(participants.c.id).where(leaving, ~participants.c.removed))
    await tx.write(sa.update(participants).where(participants.c.id.in_(moved)).values(site_id=None))
    return moved


def _planned_part(part: SiteForm, row: Row | None, zone: str) -> dict[str, Any]:
    """What the form says and may say of this site."""
    test = {"test_at": clock.from_local(part.test_at, zone)} if part.test_at else {}
    if row is not None and row.filled_by:
        return test
    return {name: getattr(part, name) for name in _NOTED if getattr(part, name)} | test


def _planned(meeting_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(sites.c.meeting_id == meeting_id, ~sites.c.removed)


def _renamed(rows: Sequence[Row], wanted: Sequence[str]) -> dict[str, Row]:
    """New names that stand where an old one stood, in a list that is as long as before."""
    known = {row.name for row in rows}
    if len(rows) != len(wanted):
        return {}
    return {name: row for row, name in zip(rows, wanted, strict=True) if name not in known and row.name not in wanted}


async def _agencies_called(tx: Transaction) -> dict[str, str]:
    """Agencies by what a site at their seat would be called; without names that two of them share."""
    found: dict[str, set[str]] = {}
    for row in await tx.all(sa.select(agencies.c.id, agencies.c.name, agencies.c.short_name).where(agencies.c.active)):
        for text in (row.name, row.short_name):
            found.setdefault(_plain(text), set()).add(row.id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def _plain(name: str) -> str:
    return fold(name).removeprefix("diem cau ").removeprefix("ubnd ")
