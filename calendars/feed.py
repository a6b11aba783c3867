"""Subscribed calendars as bytes (RFC 5545, RFC 7986), written line by line: a library that builds objects of each property takes
four times as long for thousands of events. The same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from meetings import clock
from meetings.database import Row
from meetings.i18n import translator
from meetings.queries.feeds import FeedContent, FeedState
from meetings.spans import Span

from .feed_series import recurring
from .invitations import PRODUCT

EVERY = "PT1H"  # how often programs are asked to look
_HOME_OFFSET = timedelta(hours=7)
_HOME_ZONE = (
    "BEGIN:VTIMEZONE", f"TZID:{clock.HOME_ZONE}", "BEGIN:STANDARD", "DTSTART:19760101T000000", "TZNAME:+07", "TZOFFSETFROM:+0700",
    "TZOFFSETTO:+0700", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


def calendar_bytes(feed: Row, state: FeedState, content: FeedContent, base_url: str, address: str) -> bytes:
    """`address`: the organiser's of agencies that have none of their own."""
    t = translator(feed.language)
    busy = feed.shows == "busy"
    title = t("feed.busy_of", name=state.name) if busy else t("feed.meetings_of", name=state.name)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"NAME:{_text(title)}",
        f"X-WR-CALNAME:{_text(title)}", f"X-WR-TIMEZONE:{clock.HOME_ZONE}", f"REFRESH-INTERVAL;VALUE=DURATION:{EVERY}",
        f"X-PUBLISHED-TTL:{EVERY}", *_HOME_ZONE,
    ]  # fmt: skip
    organisers = {key: _organiser(host.name, host.email or address) for key, host in state.agencies.items()}
    nobody, nothing = f"ORGANIZER:mailto:{address}", (f"SUMMARY:{_text(t('feed.busy'))}", "CLASS:PRIVATE", "END:VEVENT")
    host, coming = t("feed.host"), t("feed.coming")

    def frame(row: Row, uid: str, sequence: int, changed: datetime, start: datetime, end: datetime) -> Iterable[str]:
        return _frame(row, uid, sequence, changed, start, end, organisers[row.host_agency_id] if row.known else nobody)

    def details(row: Row, link: str) -> tuple[str, ...]:
        return nothing if busy or not row.known else _details(row, state, content, link, host, coming)

    for series, rows in _grouped(content):
        if series is not None:
            lines += recurring(series, rows, base_url, frame, details, _moment)
            continue
        for row in rows:  # the identifier of what one may not know tells nothing
            lines += frame(row, row.uid if row.known else row.id, row.sequence, row.changed_at, row.starts_at, row.ends_at)
            lines += details(row, f"{base_url}/meetings/{row.id}")
    lines.append("END:VCALENDAR")
    return folded(lines)


def _grouped(content: FeedContent) -> Iterable[tuple[Row | None, Sequence[Row]]]:
    """Dates of one series together, where there are several that the reader may know of; else the meeting alone."""
    dates: dict[str, list[Row]] = {}
    for row in content.rows if content.series else ():
        if not row.is_block and row.known and row.series_id in content.series:
            dates.setdefault(row.series_id, []).append(row)
    several = {key: rows for key, rows in dates.items() if len(rows) > 1}
    yield from ((content.series[key], rows) for key, rows in several.items())
    yield None, [row for row in content.rows if row.is_block or not row.known or row.series_id not in several]


def _frame(
    row: Row, uid: str, sequence: int, changed: datetime, start: datetime, end: datetime, organiser: str
) -> Iterable[str]:
    """What every event says, whatever its reader may know."""
    stamp = _utc(changed)
    return (
        "BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}",
        f"SEQUENCE:{sequence}", _moment("DTSTART", start, row.zone), _moment("DTEND", end, row.zone),
        "TRANSP:OPAQUE", organiser,
    )  # fmt: skip


def _organiser(name: str, email: str) -> str:
    label = " ".join(name.replace('"', "'").split())
    return f'ORGANIZER;CN="{label}":mailto:{email}'


def _details(row: Row, state: FeedState, content: FeedContent, link: str, host: str, coming: str) -> tuple[str, ...]:
    room = state.rooms.get(row.room_id)
    place = ", ".join(part for part in ((room.name, room.address) if room else ()) + (row.place,) if part)
    names = content.coming.get(row.id)
    said = f"{host}: {state.agencies[row.host_agency_id].name}\n" + (f"{coming}: {', '.join(names)}\n" if names else "")
    return (
        f"SUMMARY:{_text(row.title)}", f"STATUS:{'TENTATIVE' if row.id in content.waiting else 'CONFIRMED'}",
        *((f"LOCATION:{_text(place)}",) if place else ()), f"DESCRIPTION:{_text(said + link)}", f"URL:{link}", "END:VEVENT",
    )  # fmt: skip


def freebusy_bytes(name: str, spans: Sequence[Span], start: datetime, end: datetime, address: str, key: str) -> bytes:
    """VFREEBUSY (RFC 5545, 3.6.4): busy only, in UTC. `key`: names the calendar in the identifier."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "BEGIN:VFREEBUSY",
        f"UID:{key}", f"DTSTAMP:{_utc(start)}", _organiser(name, address), f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(end)}", *(f"FREEBUSY;FBTYPE=BUSY:{_utc(a)}/{_utc(b)}" for a, b in spans), "END:VFREEBUSY", "END:VCALENDAR",
    ]  # fmt: skip
    return folded(lines)


def folded(lines: Iterable[str]) -> bytes:
    """CRLF, UTF-8, no line longer than 75 octets and none cut within a letter (RFC 5545, 3.1)."""
    return ("\r\n".join([line if len(line) <= 75 and line.isascii() else _fold(line.encode()) for line in lines]) + "\r\n").encode()


def _fold(content: bytes) -> str:
    parts, start, room = [], 0, 75
    while len(content) - start > room:
        end = start + room
        while content[end] & 0xC0 == 0x80:  # within a letter
            end -= 1
        parts.append(content[start:end])
        start, room = end, 74
    return b"\r\n ".join([*parts, content[start:]]).decode()


def _text(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _utc(at: datetime) -> str:
    """Of a time in UTC, as all of the domain are."""
    return at.isoformat()[:19].replace("-", "").replace(":", "") + "Z"


def _moment(name: str, instant: datetime, zone: str) -> str:
    """In our own zone with its VTIMEZONE, whose one offset is the zone's since 1976; elsewhere in UTC, as in invitations."""
    if zone != clock.HOME_ZONE:
        return f"{name}:{_utc(instant)}"
    return f"{name};TZID={zone}:{_utc(instant + _HOME_OFFSET)[:-1]}"
