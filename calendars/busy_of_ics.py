"""From an iCalendar file to busy spans. Runs in a process of its own (`python -m calendars.busy_of_ics START END`), with little memory
and time, because a file of a few lines can ask for millions of occurrences. Reads calendars, one after the other, from standard input;
writes JSON: {"spans": [[start, end], ...]} or {"fault": code}."""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from meetings import clock
from meetings.spans import Span, clipped, merged

SECONDS, MEMORY = 20, 1 << 30
MOST_EVENTS, MOST_SPANS = 20_000, 50_000
_TOO_OFTEN = re.compile(rb"^RRULE[^\r\n]*[:;](FREQ=(SECONDLY|MINUTELY|HOURLY)|BY(SECOND|MINUTE|HOUR)=[0-9]+,)", re.I | re.M)
_FREE = ("FREE", "WORKINGELSEWHERE")


class TooMuch(Exception):
    """The code of what is too much."""


def busy_spans(content: bytes, start: datetime, end: datetime) -> list[Span]:
    """Between `start` and `end`, joined. Raises TooMuch, and ValueError for what is no calendar."""
    plain = re.sub(rb"\r?\n[ \t]", b"", content)
    if _TOO_OFTEN.search(plain):
        raise TooMuch("too_often")
    begun, ended = (plain.upper().count(mark) for mark in (b"BEGIN:VCALENDAR", b"END:VCALENDAR"))
    if begun != ended or (plain.strip() and not begun):  # cut off on the way, or something else
        raise ValueError("no whole calendar")
    if plain.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise TooMuch("too_many")
    spans: list[Span] = []
    for calendar in Calendar.from_ical(content, multiple=True):
        zone = _zone_of(calendar)
        found = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True).between(start, end)
        if len(found) + len(spans) > MOST_SPANS:
            raise TooMuch("too_many")
        spans += (span for event in found if _keeps_busy(event) and (span := _span(event, zone)))
        spans += _told_busy(calendar)
    return merged(clipped(spans, start, end))


def _zone_of(calendar: Any) -> ZoneInfo:
    """Of times without a zone: the calendar's own, or ours."""
    named = str(calendar.get("X-WR-TIMEZONE", ""))
    return ZoneInfo(named if named in clock.zones() else clock.HOME_ZONE)


def _keeps_busy(event: Any) -> bool:
    outlook = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    return not (cancelled or outlook in _FREE or str(event.get("TRANSP", "")).upper() == "TRANSPARENT")


def _span(event: Any, zone: ZoneInfo) -> Span | None:
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else start
    return _instant(start, zone), _instant(end, zone)


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), tzinfo=zone).astimezone(UTC)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _told_busy(calendar: Any) -> Iterator[Span]:
    """VFREEBUSY, as some servers publish instead of events."""
    for told in calendar.walk("VFREEBUSY"):
        given = told.get("FREEBUSY", [])
        for periods in given if isinstance(given, list) else [given]:
            if str(getattr(periods, "params", {}).get("FBTYPE", "BUSY")).upper() == "FREE":
                continue
            for period in getattr(periods, "dts", None) or [periods]:
                start, last = getattr(period, "dt", None) or (period.start, period.end)
                yield start.astimezone(UTC), (start + last if isinstance(last, timedelta) else last).astimezone(UTC)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    start, end = (clock.instant(text) for text in sys.argv[1:3])
    try:
        found: dict[str, Any] = {"spans": [[clock.iso(a), clock.iso(b)] for a, b in busy_spans(sys.stdin.buffer.read(), start, end)]}
    except TooMuch as error:
        found = {"fault": str(error)}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        found = {"fault": "no_calendar", "detail": type(error).__name__}
    except MemoryError:
        found = {"fault": "too_many"}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
