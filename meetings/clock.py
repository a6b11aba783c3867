"""The time, in one place. Times in the domain are aware and in UTC; a zone is a name kept beside them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

HOME_ZONE = "Asia/Ho_Chi_Minh"
STEP = 2.0  # seconds: what differs less from the steady clock is adjustment, not a step
BELIEVED_AFTER = 300.0  # seconds
log = logging.getLogger(__name__)


class Clock:
    """The wall clock, except that a step of it is followed only when it has lasted: until then time goes on as it went, so that
    no floor, deadline or session ends early, or never, because somebody set the machine's clock. Both sources in seconds."""

    def __init__(self, wall: Callable[[], float], steady: Callable[[], float]) -> None:
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()
        self._stepped: float | None = None  # when, on the steady clock, the wall clock was first seen to differ

    def now(self) -> float:
        wall, steady = self._wall(), self._steady()
        step = wall - steady - self._offset
        if abs(step) <= STEP:
            self._stepped = None
        elif self._stepped is None:
            self._stepped = steady
            log.warning("the machine's clock went %+.0f s; followed if it stays so for %.0f s", step, BELIEVED_AFTER)
        if self._stepped is not None and steady - self._stepped < BELIEVED_AFTER:
            return steady + self._offset
        self._offset, self._stepped = wall - steady, None
        return wall


def _steady() -> float:
    """Goes on while the machine sleeps, where the system can say that."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


_CLOCK = Clock(time.time, _steady)


def now() -> datetime:
    """The present instant, aware, UTC, whole milliseconds (what every database and browser keeps)."""
    instant = datetime.fromtimestamp(_CLOCK.now(), UTC)
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
