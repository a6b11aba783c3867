"""The weekly schedule as it is read: a published version with what changed, or what its office prepares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from ..agency_tree import above, parents
from ..commands import Actor
from ..database import Reading, Row
from ..models.organisation import agencies
from ..models.work_week import work_week_revisions, work_weeks
from ..work_week import entries_of
from ..work_week_rules import Entry, Marked, digest, for_everybody, marked

FEED_WEEKS = 12  # before the present one


@dataclass(frozen=True, slots=True)
class WeekPage:
    """`revision`: the one shown, None where there is none that the reader may see. `revisions`: all of them that he may, the newest
    first. `insider`: of the agency, or below it."""

    agency: Row
    monday: date
    revision: Row | None
    revisions: Sequence[Row]
    lines: Sequence[Marked]
    insider: bool


@dataclass(frozen=True, slots=True)
class WeekDraft:
    """What the office prepares. `week`: None while nothing was entered. `lines`: marked against what was published last."""

    agency: Row
    week: Row | None
    last: Row | None
    lines: Sequence[Marked]
    digest: str


async def published_week(reading: Reading, actor: Actor | None, agency_id: str, monday: date, number: int | None = None) -> WeekPage:
    """`number`: of an older version. Raises NotFound where there is no such agency. While the newest version is for the agency alone,
    everybody else sees none."""
    agency = await reading.one(sa.select(agencies).where(agencies.c.id == agency_id, agencies.c.active))
    insider = await is_insider(reading, actor, agency_id)
    joined = work_week_revisions.join(work_weeks, work_weeks.c.id == work_week_revisions.c.week_id)
    mine = sa.and_(work_weeks.c.agency_id == agency_id, work_weeks.c.monday == monday)
    wanted = sa.select(work_week_revisions).select_from(joined).where(mine).order_by(work_week_revisions.c.number.desc())
    every = await reading.all(wanted)
    seen = every if insider else [row for row in every if row.public] if every and every[0].public else []
    shown = next((row for row in seen if number is None or row.number == number), None)
    before = next((row for row in seen if shown is not None and row.number < shown.number), None)
    lines = marked(_entries(shown, insider), _entries(before, insider) if before else None) if shown else []
    return WeekPage(agency, monday, shown, seen, lines, insider)


async def is_insider(reading: Reading, actor: Actor | None, agency_id: str) -> bool:
    if actor is None or actor.kind != "account":
        return False
    return agency_id in set(above(await parents(reading), actor.agency_id))


async def week_draft(reading: Reading, agency_id: str, monday: date) -> WeekDraft:
    """For those who keep it. Raises NotFound."""
    agency = await reading.get(agencies, agency_id)
    week = await reading.first(sa.select(work_weeks).where(work_weeks.c.agency_id == agency_id, work_weeks.c.monday == monday))
    if week is None:
        return WeekDraft(agency, None, None, [], digest([]))
    here = sa.and_(work_week_revisions.c.week_id == week.id, work_week_revisions.c.number == week.revision)
    last = await reading.first(sa.select(work_week_revisions).where(here))
    entries = await entries_of(reading, week.id)
    return WeekDraft(agency, week, last, marked(entries, _entries(last, True) if last else None), digest(entries))


async def published_weeks(reading: Reading, agency_id: str, since: date, *, insider: bool) -> Sequence[tuple[Row, Sequence[Entry]]]:
    """(newest version, its entries) of each week from `since` on that the reader may see, in order."""
    newest = work_week_revisions.c.number == work_weeks.c.revision
    joined = work_weeks.join(work_week_revisions, sa.and_(work_week_revisions.c.week_id == work_weeks.c.id, newest))
    wanted = sa.select(work_week_revisions).select_from(joined).where(work_weeks.c.agency_id == agency_id, work_weeks.c.monday >= since)
    rows = await reading.all(wanted.order_by(work_weeks.c.monday))
    return [(row, _entries(row, insider)) for row in rows if insider or row.public]


async def last_published(reading: Reading, agency_id: str) -> datetime | None:
    """When the agency last published anything, for whomever."""
    joined = work_week_revisions.join(work_weeks, work_weeks.c.id == work_week_revisions.c.week_id)
    wanted = sa.select(work_week_revisions.c.published_at).select_from(joined).where(work_weeks.c.agency_id == agency_id)
    found: datetime | None = await reading.value(wanted.order_by(work_week_revisions.c.published_at.desc()).limit(1))
    return found


async def public_agencies(reading: Reading, monday: date) -> Sequence[Row]:
    """Those whose schedule of this week is for everybody."""
    newest = sa.and_(work_week_revisions.c.week_id == work_weeks.c.id, work_week_revisions.c.number == work_weeks.c.revision)
    joined = agencies.join(work_weeks, work_weeks.c.agency_id == agencies.c.id).join(work_week_revisions, newest)
    wanted = sa.select(agencies.c.id, agencies.c.name).select_from(joined)
    return await reading.all(wanted.where(work_weeks.c.monday == monday, work_week_revisions.c.public).order_by(agencies.c.position))


def _entries(revision: Row, insider: bool) -> list[Entry]:
    entries = [Entry(**said) for said in revision.entries]
    return entries if insider else for_everybody(entries)
