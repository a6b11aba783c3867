"""When somebody is reminded of a meeting, and of what. Pure: everything is counted back from the start, so that a reminder moves with
the meeting; each is made once for each person and day of the meeting, or for each start where it is about the hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from . import clock
from .database import Row

Kind = Literal["answer", "papers", "day", "hour"]


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` before the start until `shuts` before it; whoever was told of the meeting less than `quiet` ago is left in peace."""

    opens: timedelta
    shuts: timedelta
    quiet: timedelta


WINDOWS: Mapping[Kind, Window] = {
    "answer": Window(timedelta(days=2), timedelta(hours=3), timedelta(days=1)),
    "papers": Window(timedelta(days=1), timedelta(hours=3), timedelta()),
    "day": Window(timedelta(days=1), timedelta(hours=3), timedelta(hours=6)),
    "hour": Window(timedelta(hours=1), timedelta(minutes=5), timedelta(minutes=30)),
}
KINDS = tuple(WINDOWS)
EARLIEST = max(window.opens for window in WINDOWS.values())
EXPECTS_PAPER = ("report", "decision")  # kinds of agenda items


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder to be made now. `about`: what it is kept by; no second one is made of the same."""

    participant_id: str
    kind: Kind
    about: str


def open_kinds(starts_at: datetime, now: datetime) -> list[Kind]:
    return [kind for kind, w in WINDOWS.items() if starts_at - w.opens <= now < starts_at - w.shuts]


def about(kind: Kind, starts_at: datetime, zone: str) -> str:
    return clock.iso(starts_at) if kind == "hour" else clock.local(starts_at, zone).date().isoformat()


def without_papers(items: Sequence[Row], with_paper: set[str]) -> list[Row]:
    """Items that are there to report or to decide on something that nobody has put in yet."""
    return [item for item in items if item.kind in EXPECTS_PAPER and item.state == "planned" and item.id not in with_paper]


def concerns(kind: Kind, row: Row, preparing_agency_id: str | None, papers_missing: bool) -> bool:
    """Whether a reminder of this kind is for this participant: of missing papers the secretaries and the preparing agency's people are
    told, of the day and the hour whoever has not declined."""
    if kind == "answer":
        return bool(row.answer == "waiting" and row.duty not in ("chair", "secretary"))
    if kind == "papers":
        return papers_missing and (row.duty == "secretary" or (row.agency_id is not None and row.agency_id == preparing_agency_id))
    return row.answer not in ("declined", "substitute")


def due(
    meeting: Row, invited: Sequence[Row], told_at: Mapping[str, datetime], made: set[tuple[str, str, str]], papers_missing: bool,
    now: datetime,
) -> list[Due]:  # fmt: skip
    """`told_at`: when each was last sent an invitation of his own; else all were told when the meeting was invited to. `made`:
    (participant, kind, about) of before."""
    found = []
    for kind in open_kinds(meeting.starts_at, now):
        thing = about(kind, meeting.starts_at, meeting.zone)
        for row in invited:
            told = told_at.get(row.id, meeting.invited_at)
            if told is None or now - told < WINDOWS[kind].quiet or (row.id, kind, thing) in made:
                continue
            if concerns(kind, row, meeting.preparing_agency_id, papers_missing):
                found.append(Due(row.id, kind, thing))
    return found
