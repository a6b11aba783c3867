"""The time, in one place. Times in the domain are aware and in UTC; a zone is a name kept beside them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

HOME_ZONE = "Asia/Ho_Chi_Minh"


def now() -> datetime:
    """The present instant, aware, UTC, whole milliseconds (what every database and browser keeps)."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def local(instant: datetime, zone: str = HOME_ZONE) -> datetime:
    """`instant` on the wall clock of `zone`."""
    return instant.astimezone(ZoneInfo(zone))


def today(zone: str = HOME_ZONE) -> date:
    return local(now(), zone).date()


@cache
def zones() -> frozenset[str]:
    """The names of all time zones (IANA)."""
    return frozenset(available_timezones())


def from_local(wall: datetime, zone: str) -> datetime:
    """A naive wall-clock time of `zone` as an aware UTC instant. Raises ValueError for an unknown zone."""
    if zone not in zones():
        raise ValueError(zone)
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def iso(instant: datetime) -> str:
    """`2026-11-24T07:00:00.000Z`: the one form in which times travel in JSON."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """The inverse of `iso`. Raises ValueError for anything that is not an aware ISO 8601 time."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
