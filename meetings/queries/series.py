"""The dates of a series, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..access import visible
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import meetings, participants
from ..series_mail import in_series


async def dates_of(reading: Reading, actor: Actor, series_id: str | None) -> Sequence[Row]:
    """(id, state, starts_at, ends_at, zone) of each date of the series that the actor may know of."""
    if series_id is None:
        return []
    mine = sa.and_(meetings.c.series_id == series_id, visible(actor))
    return await reading.all(sa.select(*_SHOWN).where(mine).order_by(meetings.c.starts_at))


async def dates_of_participant(reading: Reading, row: Row) -> Sequence[Row]:
    """The same of the dates to which this person is invited, with his participant_id and link_version in each."""
    p = participants.c
    wanted = sa.select(*_SHOWN, p.id.label("participant_id"), p.link_version).select_from(_JOINED)
    return await reading.all(wanted.where(_own(row), ~p.removed).order_by(meetings.c.starts_at))


def next_of(dates: Sequence[Row], now: datetime) -> Row | None:
    """The date that is on or comes next, else the last."""
    ahead = (one for one in dates if one.state == "live" or (one.state == "invited" and one.ends_at > now))
    return next(ahead, dates[-1] if dates else None)


_SHOWN: Sequence[sa.ColumnElement[Any]] = tuple(meetings.c[name] for name in ("id", "state", "starts_at", "ends_at", "zone"))
_JOINED = participants.join(meetings, meetings.c.id == participants.c.meeting_id)


def _own(row: Row) -> sa.ColumnElement[bool]:
    here = sa.select(meetings.c.series_id).where(meetings.c.id == row.meeting_id).scalar_subquery()
    return sa.or_(participants.c.id == row.id, in_series(here, row))
