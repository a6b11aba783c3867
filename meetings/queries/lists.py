"""Lists of meetings, a page at a time. All of them start from what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from .. import clock
from ..access import organised, part_of, visible
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import meetings
from ..text import fold
from .listing import HELD, in_state, involved, listing, own_listing

PAGE = 25
LONGEST = timedelta(days=60)  # a meeting left open for longer is found among the past ones
COUNTED, MOST_PAGES = 200, 8  # more than so many are not counted: what nobody pages through need not be
WHOSE = ("all", "host", "attend", "prepare", "mine")
WHEN = ("upcoming", "past", "drafts")
STATES_OF = {"upcoming": HELD, "past": ("invited", "finished", "cancelled"), "drafts": ()}  # what can be asked for in each


@dataclass(frozen=True, slots=True)
class Filter:
    """`whose`: that our agency hosts, is invited to, prepares; that I am invited to; or all that I may see. `text` is found in
    titles, with and without Vietnamese marks. `state`: a state's name or empty. `host`: an agency's id or empty. `since`, `until`:
    days, both included."""

    when: str = "upcoming"
    text: str = ""
    whose: str = "all"
    state: str = ""
    host: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """`more`: there are more than `total`, which stopped counting."""

    rows: Sequence[Row]
    total: int
    more: bool

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


async def listed(reading: Reading, actor: Actor, filter: Filter, zone: str = clock.HOME_ZONE) -> Listed:
    """One page of the meetings that fit; the next first, of past ones the last first."""
    wanted = [visible(actor), *_when(actor, filter), *_between(filter, zone)]
    if filter.whose in ("host", "attend", "prepare"):
        wanted.append(part_of(filter.whose, actor.agency_id))
    if not actor.staff:  # what anybody may see by himself is little: begin there
        wanted.append(meetings.c.id.in_(involved(actor)))
    if filter.text:
        wanted.append(meetings.c.title_folded.contains(fold(filter.text), autoescape=True))
    if filter.state:
        wanted.append(meetings.c.state == filter.state)
    if filter.host:
        wanted.append(meetings.c.host_agency_id == filter.host)
    found = (own_listing(actor) if filter.whose == "mine" else listing(actor)).where(*wanted)
    counted = await reading.value(sa.select(sa.func.count()).select_from(_bare(found).limit(COUNTED + 1).subquery())) or 0
    page = found.order_by(*_order(filter)).limit(PAGE).offset((filter.page - 1) * PAGE)
    return Listed(await reading.all(page), min(counted, COUNTED), counted > COUNTED)


def _bare(found: sa.Select[Any]) -> sa.Select[Any]:
    return found.with_only_columns(meetings.c.id)


def _when(actor: Actor, filter: Filter) -> list[sa.ColumnElement[bool]]:
    now = clock.now()
    if filter.when == "drafts":
        return [meetings.c.state == "draft", organised(actor)]
    if filter.when == "past":
        return [meetings.c.state != "draft", sa.or_(meetings.c.ends_at < now, meetings.c.state.in_(("finished", "cancelled")))]
    # Bounded by the start, so that the index by time is read from there and no further than one page.
    return [in_state(*HELD), meetings.c.starts_at > now - LONGEST, sa.or_(meetings.c.ends_at >= now, meetings.c.state == "live")]


def _between(filter: Filter, zone: str) -> list[sa.ColumnElement[bool]]:
    found = []
    if filter.since:
        found.append(meetings.c.ends_at > _midnight(filter.since, zone))
    if filter.until:
        found.append(meetings.c.starts_at < _midnight(filter.until + timedelta(days=1), zone))
    return found


def _midnight(day: date, zone: str) -> datetime:
    return clock.from_local(datetime.combine(day, time()), zone)


def _order(filter: Filter) -> tuple[Any, ...]:
    if filter.when == "drafts":
        return (meetings.c.draft_saved_at.desc(), meetings.c.id)
    return (meetings.c.starts_at.desc() if filter.when == "past" else meetings.c.starts_at.asc(), meetings.c.id)
