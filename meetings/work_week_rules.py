"""The weekly schedule as a text: its entries in the order in which agencies print them, and what differs from the version before. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, time, timedelta
from typing import Any, Literal

Session = Literal["morning", "afternoon", "evening"]
NOON, EVENING = time(12), time(18)
COLUMNS = ("content", "chair", "attendees", "preparing", "place", "note")  # in printed order, after day and time
COMPARED = ("day", "session", "start", *COLUMNS)


@dataclass(frozen=True, slots=True)
class Entry:
    """`day`: ISO. `start`: `08:30`, or empty for some time of the session."""

    id: str
    day: str
    session: Session
    start: str
    content: str
    chair: str = ""
    attendees: str = ""
    preparing: str = ""
    place: str = ""
    note: str = ""
    internal: bool = False
    meeting_id: str | None = None

    @classmethod
    def of(cls, row: Any) -> Entry:
        """Of a row of `work_week_entries`."""
        said = {name: getattr(row, name) for name in cls.__slots__}
        return cls(**(said | {"day": row.day.isoformat()}))

    @property
    def order(self) -> tuple[str, int, bool, str, str]:
        """By day and session; within one by hour, what has none last."""
        return self.day, ("morning", "afternoon", "evening").index(self.session), not self.start, self.start, self.id


@dataclass(frozen=True, slots=True)
class Marked:
    """`mark`: "", "new", "changed" or "gone". `changed`: names of the fields that differ."""

    entry: Entry
    mark: str = ""
    changed: frozenset[str] = frozenset()


def session_of(start: time) -> Session:
    return "morning" if start < NOON else "afternoon" if start < EVENING else "evening"


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.order)


def digest(entries: Iterable[Entry]) -> str:
    """Of what is approved: differs whenever a letter does."""
    said = json.dumps([asdict(entry) for entry in ordered(entries)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def marked(now: Iterable[Entry], before: Iterable[Entry] | None) -> list[Marked]:
    """In order; what is gone stands where it stood. `before`: None for a first version, in which nothing is marked."""
    if before is None:
        return [Marked(entry) for entry in ordered(now)]
    old, found = {entry.id: entry for entry in before}, []
    for entry in now:
        known = old.pop(entry.id, None)
        changed = frozenset(name for name in COMPARED if known is not None and getattr(entry, name) != getattr(known, name))
        found.append(Marked(entry, "new" if known is None else "changed" if changed else "", changed))
    found += [Marked(entry, "gone") for entry in old.values()]
    return sorted(found, key=lambda one: one.entry.order)


def for_everybody(entries: Iterable[Entry]) -> list[Entry]:
    """Without what only the agency reads, and without the ids of meetings."""
    return [replace(entry, meeting_id=None) for entry in entries if not entry.internal]


def by_day(lines: Sequence[Marked], monday: date) -> Mapping[date, Mapping[Session, Sequence[Marked]]]:
    """All days from Monday to Friday, those of the weekend where something stands; sessions that have something."""
    found: dict[date, dict[Session, list[Marked]]] = {monday + timedelta(days=n): {} for n in range(7)}
    for line in lines:
        found[date.fromisoformat(line.entry.day)].setdefault(line.entry.session, []).append(line)
    return {day: sessions for day, sessions in found.items() if sessions or day.weekday() < 5}
