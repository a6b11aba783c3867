"""A subscribed calendar of 5,000 meetings: read for the first time, and again; beside a naive rebuild by the library."""

from __future__ import annotations

import time
from datetime import timedelta

from icalendar import Calendar, Event

from calendars.feed import calendar_bytes
from calendars.feed_cache import Kept
from meetings import clock
from meetings.commands import Actor
from meetings.database import Database
from meetings.feeds import CreateFeed
from meetings.models.columns import new_id
from meetings.models.feeds import feeds
from meetings.models.meeting import meetings, participants
from meetings.models.organisation import agencies, people
from meetings.perform import perform
from meetings.queries.feeds import content_of, state_of

from .figures import Figure
from .servers import as_served, database, looked_over

EVENTS, AGAIN = 5_000, 5


async def run() -> list[Figure]:
    with as_served():
        return await _figures()


async def _figures() -> list[Figure]:
    figures: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        async with database(kind) as db:
            feed = await _calendar(db)
            await looked_over(db)
            cold, warm, naive, size = [], [], [], 0
            for _ in range(AGAIN):
                began = time.perf_counter()
                content, state, kept = await _read(db, feed)
                cold.append(time.perf_counter() - began)
                began = time.perf_counter()
                async with db.reading() as reading:
                    again = await state_of(reading, feed, clock.now())
                warm.append(time.perf_counter() - began)
                assert again.key == state.key
                began = time.perf_counter()
                by_library = _by_library(content)
                naive.append(time.perf_counter() - began)
                size = len(kept.plain)
                assert _said(kept.plain) == _said(by_library)
            against = f"the library, its part alone: {min(naive) * 1000:,.0f} ms"
            label = f"feeds, {kind}"
            figures += [
                Figure(f"{label}: {EVENTS:,} events, first time", max(cold) * 1000, "ms", against, 300, less=True),
                Figure(f"{label}: the same again, unchanged", max(warm) * 1000, "ms", f"{size >> 10:,} KiB kept", 300, less=True),
            ]
    return figures


async def _read(db, feed):
    now = clock.now()
    async with db.reading() as reading:
        state = await state_of(reading, feed, now)
        content = await content_of(reading, feed, state, now)
    return content, state, Kept.of(calendar_bytes(feed, state, content, "https://hop.example", "hop@hue.example"))


def _by_library(content) -> bytes:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "bench")
    for row in content.rows:
        event = Event()
        for name, value in (
            ("UID", row.uid), ("DTSTAMP", row.changed_at), ("DTSTART", clock.local(row.starts_at)), ("DTEND", clock.local(row.ends_at)),
            ("SUMMARY", row.title), ("LOCATION", row.place), ("SEQUENCE", row.sequence),
        ):  # fmt: skip
            event.add(name, value)
        calendar.add_component(event)
    return calendar.to_ical()


def _said(content: bytes) -> list[bytes]:
    """What both must say alike: each event's identifier, times and title."""
    told = (b"UID", b"DTSTART", b"DTEND", b"SUMMARY")
    lines = content.replace(b"\r\n ", b"").split(b"\r\n")
    return sorted(line for line in lines[lines.index(b"BEGIN:VEVENT") :] if line.startswith(told))


async def _calendar(db: Database):
    agency, person, now = new_id(), new_id(), clock.now().replace(microsecond=0)
    rows = [
        {
            "id": new_id(), "uid": f"{n}@bench.example", "state": "invited", "title": f"Họp số {n}, về công tác tuần và chuyển đổi số",
            "host_agency_id": agency, "created_by": person, "place": "Phòng họp số 1, 16 Lê Lợi", "created_at": now, "changed_at": now,
            "starts_at": now + timedelta(hours=n), "ends_at": now + timedelta(hours=n + 2),
        }
        for n in range(EVENTS)
    ]  # fmt: skip
    async with db.transaction("organisation") as tx:
        await tx.insert(agencies, id=agency, name="Văn phòng UBND", short_name="VP", code="VP")
        await tx.insert(people, id=person, name="Nguyễn Văn A", name_key="a", email="a@hue.example", agency_id=agency)
        await tx.insert_many(meetings, rows)
        await tx.insert_many(participants, [
            {
                "id": new_id(), "meeting_id": row["id"], "person_id": person, "agency_id": agency, "name": "Nguyễn Văn A", "name_key": "a",
                "agency_name": "VP", "email": "a@hue.example", "position": 0,
            }
            for row in rows
        ])  # fmt: skip
    keeper = Actor(kind="account", name="bench", account_id=new_id(), person_id=person, agency_id=agency, role="system_admin")
    made = await perform(db, keeper, CreateFeed(feed_id=new_id(), whose="agency", owner_id=agency))
    async with db.reading() as reading:
        return await reading.get(feeds, (made or {})["feed_id"])
