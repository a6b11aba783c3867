"""The published weekly schedule as PDF, as agencies print it, and as a calendar to subscribe to: in Vietnamese, as official documents
are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Event

from meetings import clock
from meetings.database import Row
from meetings.i18n import translator
from meetings.queries.work_week import WeekPage
from meetings.work_week_rules import COLUMNS, Entry, Marked, by_day

from .invitations import PRODUCT
from .typst_pdf import pdf

WIDTHS = {"time": 7, "content": 28, "chair": 13, "attendees": 18, "preparing": 11, "place": 13, "note": 9}
LENGTH = timedelta(hours=2)  # in calendars, of what only the beginning is known


def columns_of(lines: Sequence[Marked]) -> list[str]:
    """Of COLUMNS, what is printed: the last ones only where some entry says something there."""
    return [name for name in COLUMNS if name not in ("preparing", "note") or any(getattr(line.entry, name) for line in lines)]


def pdf_of(page: WeekPage, revision: Row, parent: str, zone: str) -> bytes:
    """Of `page`, which shows this version."""
    return pdf("lich_tuan.typ", said(page, revision, parent, zone), revision.published_at)


def said(page: WeekPage, revision: Row, parent: str, zone: str) -> dict[str, Any]:
    """What stands in it, as text; each cell with how it is marked."""
    t = translator("vi")
    columns, last = columns_of(page.lines), page.monday + timedelta(days=6)
    published = clock.local(revision.published_at, zone)
    days = []
    for day, sessions in by_day(page.lines, page.monday).items():
        rows = [_row(line, columns, first=line is some[0]) for some in sessions.values() for line in some]
        name = f"{t(f'home.day_{day.weekday()}')}\n{day:%d/%m}"
        days.append({"name": name, "rows": rows or [[_cell("")] * (len(columns) + 1)]})
    return {
        "agency": page.agency.name, "parent": parent, "title": t("week.title"),
        "span": t("week.span", first=f"{page.monday:%d/%m/%Y}", last=f"{last:%d/%m/%Y}"),
        "adjusted": t("week.adjusted", n=revision.number - 1) if revision.number > 1 else "",
        "published": t("week.published_at", when=f"{published:%H:%M %d/%m/%Y}"),
        "reason": t("week.because", reason=revision.reason) if revision.reason else "",
        "approved": t("week.approved_was", name=revision.approved_by) if revision.approved_by else "",
        "columns": [t("week.column_day"), t("week.column_time"), *(t(f"week.column_{name}") for name in columns)],
        "widths": [9, WIDTHS["time"], *(WIDTHS[name] for name in columns)], "days": days,
    }  # fmt: skip


def _row(line: Marked, columns: Sequence[str], *, first: bool) -> list[dict[str, Any]]:
    """`first`: of its session, which it names."""
    entry, gone, new = line.entry, line.mark == "gone", line.mark == "new"
    session = translator("vi")(f"week.session_{entry.session}")
    named = f"{session}\n{entry.start}" if first and entry.start else time_of(entry)
    when = _cell(named, gone, new or bool(line.changed & {"day", "session", "start"}))
    return [when, *(_cell(getattr(entry, name), gone, new or name in line.changed) for name in columns)]


def _cell(text: str, gone: bool = False, changed: bool = False) -> dict[str, Any]:
    return {"text": text, "gone": gone, "changed": changed}


def time_of(entry: Entry, language: str = "vi") -> str:
    """`08:30`, or the session where no hour is known."""
    return entry.start or str(translator(language)(f"week.session_{entry.session}"))


def week_calendar(agency: Row, weeks: Sequence[tuple[Row, Sequence[Entry]]], zone: str, address: str) -> bytes:
    """An event an entry; what has no hour is of the whole day, with its session said. `address`: whose domain makes identifiers ours."""
    calendar = Calendar()
    title = f"{translator('vi')('week.title')} – {agency.name}"
    for name, value in (("VERSION", "2.0"), ("PRODID", PRODUCT), ("METHOD", "PUBLISH"), ("X-WR-CALNAME", title), ("X-WR-TIMEZONE", zone)):
        calendar.add(name, value)
    for revision, entries in weeks:
        for entry in entries:
            calendar.add_component(_event(entry, revision, zone, address.rpartition("@")[2]))
    return bytes(calendar.to_ical())


def _event(entry: Entry, revision: Row, zone: str, domain: str) -> Event:
    t, day, event = translator("vi"), date.fromisoformat(entry.day), Event()
    first: date
    last: date
    if entry.start:
        start = clock.from_local(datetime.combine(day, time.fromisoformat(entry.start)), zone)
        first, last, summary = start, start + LENGTH, entry.content
    else:
        first, last, summary = day, day + timedelta(days=1), f"({time_of(entry)}) {entry.content}"
    parts = ((t(f"week.column_{name}"), getattr(entry, name)) for name in ("chair", "attendees", "preparing", "note"))
    about = [f"{label}: {text}" for label, text in parts if text]
    for name, value in (
        ("UID", f"{entry.id}@{domain}"), ("DTSTAMP", revision.published_at), ("LAST-MODIFIED", revision.published_at),
        ("SEQUENCE", revision.number - 1), ("DTSTART", first), ("DTEND", last), ("SUMMARY", summary), ("LOCATION", entry.place),
        ("DESCRIPTION", "\n".join(about)), ("TRANSP", "TRANSPARENT"),
    ):  # fmt: skip
        if value != "":
            event.add(name, value)
    return event
