"""The form of a meeting: loosely as typed (kept in `meetings.draft`, nothing is ever lost), and strictly as it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from . import clock
from .errors import Invalid, Problem
from .text import Email, Id, Line, OptionalLine, OptionalParagraph
from .validation import validated

Raw = dict[str, Any]
Day = date  # the field `date` below would hide the type
Share = Literal["2/3", "1/2", "0/1"]


@dataclass(frozen=True, slots=True)
class ItemForm:
    id: Id
    title: Line
    presenter: OptionalLine = ""
    kind: Literal["discussion", "report", "decision", "information", "conclusion"] = "discussion"
    minutes: Annotated[int, Field(ge=0, le=1440)] = 15


@dataclass(frozen=True, slots=True)
class GuestForm:
    name: Line
    title: OptionalLine
    email: Email


@dataclass(frozen=True, slots=True)
class Fields:
    """What must be right before a meeting can be sent. `invited`: person -> vote, attend or guest."""

    title: Line
    type: Literal[
        "business", "coordination", "regular", "urgent", "thematic", "professional", "advisory", "review", "conference", "training"
    ]
    chair_id: Id
    secretary_id: Id
    date: Day
    start: time
    end: time
    contact: Annotated[OptionalParagraph, Field(max_length=1000)]
    urgent: bool = False
    chair_votes: bool = False
    secretary2_id: Id | None = None
    preparing_agency_id: Id | None = None
    end_date: Day | None = None
    zone: str = clock.HOME_ZONE
    form: Literal["hybrid", "in_person", "online"] = "hybrid"
    room_id: Id | None = None
    place: OptionalLine = ""
    sites: list[Line] = field(default_factory=list)
    video_kind: Literal["none", "jitsi", "url"] = "none"
    video_url: Annotated[OptionalLine, Field(max_length=1000)] = ""
    video_id: OptionalLine = ""
    video_passcode: OptionalLine = ""
    items: list[ItemForm] = field(default_factory=list)
    invited: dict[Id, Literal["vote", "attend", "guest"]] = field(default_factory=dict)
    guests: list[GuestForm] = field(default_factory=list)
    requests: OptionalParagraph = ""
    quorum: Share = "2/3"
    speaking_minutes: Annotated[int, Field(ge=1, le=120)] = 5


@dataclass(frozen=True, slots=True)
class MeetingForm:
    fields: Fields
    starts_at: datetime
    ends_at: datetime


def strict(raw: Raw) -> MeetingForm:
    """The form as it is sent. Raises Invalid with every problem and where it is."""
    problems: list[Problem] = []
    tidy = _tidy(raw)
    tidy["guests"] = _guests(str(raw.get("guests", "")), problems)
    try:
        fields = validated(Fields, tidy)
    except Invalid as invalid:
        raise Invalid.of([*problems, *invalid.problems]) from None
    problems += _crossed(fields)
    if problems:
        raise Invalid.of(problems)
    starts_at, ends_at = _times(fields)
    return MeetingForm(fields, starts_at, ends_at)


def times_of(raw: Raw) -> tuple[datetime, datetime] | None:
    """Start and end of a draft, when they can be told already."""
    try:
        zone = str(raw.get("zone") or clock.HOME_ZONE)
        day = date.fromisoformat(str(raw.get("date", "")))
        last = date.fromisoformat(str(raw.get("end_date") or raw.get("date", "")))
        start, end = time.fromisoformat(str(raw.get("start", ""))), time.fromisoformat(str(raw.get("end", "")))
        found = clock.from_local(datetime.combine(day, start), zone), clock.from_local(datetime.combine(last, end), zone)
    except (ValueError, ZoneInfoNotFoundError):
        return None
    return found if found[0] < found[1] else None


def _times(fields: Fields) -> tuple[datetime, datetime]:
    start = datetime.combine(fields.date, fields.start)
    end = datetime.combine(fields.end_date or fields.date, fields.end)
    return clock.from_local(start, fields.zone), clock.from_local(end, fields.zone)


def _tidy(raw: Raw) -> Raw:
    """Without what is empty, so that defaults apply; lines of a textarea as a list; items without a title are not meant."""
    tidy = {k: v for k, v in raw.items() if v not in ("", None) and k not in ("guests", "sites", "items", "invited")}
    tidy.setdefault("contact", "")
    for name in ("date", "title", "chair_id", "secretary_id", "start", "end", "type"):
        tidy.setdefault(name, "" if name in ("title",) else None)
        if tidy[name] is None:
            del tidy[name]
    tidy["sites"] = [line for line in str(raw.get("sites", "")).splitlines() if line.strip()]
    rows: Sequence[Mapping[str, Any]] = raw.get("items") or []
    tidy["items"] = [{k: v for k, v in row.items() if v != ""} for row in rows if str(row.get("title", "")).strip()]
    tidy["invited"] = {k: v for k, v in (raw.get("invited") or {}).items() if v}
    return tidy


def _guests(text: str, problems: list[Problem]) -> list[Raw]:
    """One guest a line: name, position, address; the last comma or semicolon stands before the address."""
    found = []
    for line in (line.strip() for line in text.splitlines() if line.strip()):
        parts = [part.strip() for part in line.replace(";", ",").split(",")]
        if len(parts) < 2:
            problems.append(Problem("guest_line", "guests", {"line": line[:80]}))
        else:
            found.append({"name": parts[0], "title": ", ".join(parts[1:-1]), "email": parts[-1]})
    return found


def _crossed(fields: Fields) -> list[Problem]:
    """What no field shows by itself."""
    problems = []
    try:
        ZoneInfo(fields.zone)
        start, end = _times(fields)
        if end <= start:
            problems.append(Problem("end_before_start", "end"))
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(Problem("zone_unknown", "zone"))
    if fields.form != "online" and not fields.room_id and not fields.place:
        problems.append(Problem("place_missing", "place"))
    if fields.video_kind == "url" and urlsplit(fields.video_url).scheme not in ("https", "http"):
        problems.append(Problem("video_url", "video_url"))
    if fields.form == "online" and fields.video_kind == "none":
        problems.append(Problem("video_missing", "video_kind"))
    if fields.chair_id in (fields.secretary_id, fields.secretary2_id):
        problems.append(Problem("chair_is_secretary", "secretary_id"))
    if not {k for k in fields.invited if k not in (fields.chair_id, fields.secretary_id)} and not fields.guests:
        problems.append(Problem("nobody_invited", "invited"))
    if len({g.email for g in fields.guests}) < len(fields.guests):
        problems.append(Problem("guest_twice", "guests"))
    if not fields.contact:
        problems.append(Problem("contact_missing", "contact"))
    return problems
