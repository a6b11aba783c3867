"""The form of a meeting: loosely as typed (kept in `meetings.draft`, nothing is ever lost), and strictly as it is sent."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from . import clock
from .database import Row
from .errors import Invalid, Problem
from .formal_number import formal_number
from .invitees import HOWS, How, Key, is_key
from .recurrence import Rule, days_of
from .repetition import Repetition, least_of, rule_of
from .text import Email, Id, Line, OptionalLine, OptionalParagraph
from .validation import validated

Raw = dict[str, Any]
Day = date  # the field `date` of Repetition would hide the type
Share = Literal["2/3", "1/2", "0/1"]
LONGEST = timedelta(days=31)  # of a meeting
YEARS = range(2000, 2200)  # one that is being typed begins with 0002
Seats = Annotated[int, Field(ge=1, le=100)]


def _wall(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise PydanticCustomError("date_parsing", "no year that is meant")
    return moment.replace(tzinfo=None)


WallTime = Annotated[datetime, AfterValidator(_wall)]


@dataclass(frozen=True, slots=True)
class ItemForm:
    id: Id
    title: Line
    presenter: OptionalLine = ""
    kind: Literal["discussion", "report", "decision", "information", "conclusion"] = "discussion"
    minutes: Annotated[int, Field(ge=0, le=1440)] = 15


@dataclass(frozen=True, slots=True)
class SiteForm:
    """What is planned of a bridge site beside its name. `agency`: its name, empty where the site is called like it; `place`: the room;
    `test_at`: on the wall clock of the meeting's zone."""

    name: OptionalLine = ""
    agency: OptionalLine = ""
    place: OptionalLine = ""
    lead: OptionalLine = ""
    lead_title: OptionalLine = ""
    technician: OptionalLine = ""
    phone: Annotated[OptionalLine, Field(max_length=40)] = ""
    test_at: WallTime | None = None


SITE_FIELDS = tuple(SiteForm.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class GuestForm:
    name: Line
    title: OptionalLine
    email: Email


@dataclass(frozen=True, slots=True)
class Fields(Repetition):
    """What must be right before a meeting can be sent. `invited`: see `invitees`."""

    title: Line
    type: Literal[
        "business", "coordination", "regular", "urgent", "thematic", "professional", "advisory", "review", "conference", "training"
    ]
    chair_id: Id
    secretary_id: Id
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
    sites: Annotated[list[Line], Field(max_length=300)] = field(default_factory=list)  # names, the main one first
    site_parts: dict[Id, SiteForm] = field(default_factory=dict)  # by the site's id; found by its name
    video_kind: Literal["none", "jitsi", "url"] = "none"
    video_url: Annotated[OptionalLine, Field(max_length=1000)] = ""
    video_id: OptionalLine = ""
    video_passcode: OptionalLine = ""
    items: list[ItemForm] = field(default_factory=list)
    invited: dict[Key, How] = field(default_factory=dict)
    optional: list[Key] = field(default_factory=list)  # of the invited
    for_item: dict[Key, Id] = field(default_factory=dict)  # who comes for one item of the agenda alone
    seats: dict[Key, Seats] = field(default_factory=dict)  # how many an agency is asked to send; else 1
    wish: dict[Key, OptionalLine] = field(default_factory=dict)  # a word on whom
    nominate_by: WallTime | None = None  # on the wall clock of `zone`
    guests: list[GuestForm] = field(default_factory=list)
    number: OptionalLine = ""
    signer: OptionalLine = ""
    signer_title: Annotated[OptionalParagraph, Field(max_length=600)] = ""
    agencies_shown: bool = False
    reminders: bool = True
    requests: OptionalParagraph = ""
    reason: Annotated[OptionalParagraph, Field(max_length=1000)] = ""  # why it changes: of one sending
    quorum: Share = "2/3"
    speaking_minutes: Annotated[int, Field(ge=1, le=120)] = 5
    messages_on: bool = True
    substitutes_vote: bool = False


@dataclass(frozen=True, slots=True)
class MeetingForm:
    """`rule`, `days`: of a meeting that is held again and again; `days` begins with its own."""

    fields: Fields
    starts_at: datetime
    ends_at: datetime
    nominate_by: datetime | None = None
    rule: Rule | None = None
    days: Sequence[date] = ()


def strict(raw: Raw) -> MeetingForm:
    """The form as it is sent. Raises Invalid with every problem and where it is."""
    problems: list[Problem] = []
    tidy = _tidy(raw)
    tidy["guests"] = _guests(str(raw.get("guests", "")), problems)
    problems += _crossed(tidy, tidy["guests"])
    try:
        fields = validated(Fields, tidy)
    except Invalid as invalid:
        problems += invalid.problems
    if problems:
        raise Invalid.of(problems)
    starts_at, ends_at = _times(tidy)
    until = clock.from_local(fields.nominate_by, fields.zone) if fields.nominate_by else None
    rule = rule_of(fields)
    if rule is None:
        return MeetingForm(fields, starts_at, ends_at, until)
    days = days_of(rule, fields.date, least_of(fields))
    if any(ends_at - starts_at > b - a for a, b in pairwise(days)):
        raise Invalid("repeat_overlap", "end")
    return MeetingForm(fields, starts_at, ends_at, until, rule, days)


def meant(meeting: Row, raw: Raw) -> Raw:
    """The form without repetition where that is not about it: a change of one date alone, or of a meeting sent as a single one."""
    alone = raw.get("apply_to", "one") not in ("following", "all") if meeting.series_id else meeting.state != "draft"
    return raw | {"repeat": "none", "apply_to": "one"} if alone else raw


def people_of(raw: Raw) -> Fields:
    """Whom a draft names and with which agenda, however unfinished the rest: what cannot be read is passed over, and so is what does not
    tell who comes."""
    named = {name: str(raw.get(name) or "") for name in ("chair_id", "secretary_id", "secretary2_id")}
    rows = [row for row in raw.get("items") or [] if is_key(str(row.get("id", ""))) and str(row.get("title", "")).strip()]
    agenda = [ItemForm(row["id"], str(row["title"]), minutes=_minutes(row.get("minutes"))) for row in rows]
    invited = {key: how for key, how in (raw.get("invited") or {}).items() if is_key(key) and how in HOWS}
    guests = [GuestForm(row["name"], row["title"], row["email"]) for row in _guests(str(raw.get("guests", "")), [])]
    return Fields(
        title="", type="business", date=date.min, start=time(), end=time(), contact="", chair_id=named["chair_id"],
        secretary_id=named["secretary_id"], secretary2_id=named["secretary2_id"] or None, items=agenda, invited=invited,
        optional=[key for key in raw.get("optional") or [] if key in invited],
        for_item={key: item for key, item in (raw.get("for_item") or {}).items() if key in invited}, guests=guests,
    )  # fmt: skip


def _minutes(typed: object) -> int:
    text = str(typed or "")
    return min(int(text), 1440) if text.isascii() and text.isdecimal() and len(text) < 6 else 15


def zone_of(raw: Raw) -> str:
    """The zone of a draft; home where there is none of that name."""
    zone = str(raw.get("zone") or "")
    return zone if zone in clock.zones() else clock.HOME_ZONE


def times_of(raw: Raw) -> tuple[datetime, datetime] | None:
    """Start and end of a draft, when they can be told already."""
    try:
        found = _times(raw)
    except ValueError:
        return None
    return found if found[0] < found[1] else None


def moved(raw: Raw, start: datetime, end: datetime) -> Raw:
    """The form with these times, on the wall clock of its zone."""
    zone = str(raw.get("zone") or clock.HOME_ZONE)
    first, last = clock.local(start, zone), clock.local(end, zone)
    end_date = last.date().isoformat() if last.date() != first.date() else ""
    return raw | {"date": first.date().isoformat(), "start": f"{first:%H:%M}", "end": f"{last:%H:%M}", "end_date": end_date}


def _times(raw: Raw) -> tuple[datetime, datetime]:
    """Raises ValueError."""
    zone = str(raw.get("zone") or clock.HOME_ZONE)
    first = str(raw.get("date", ""))
    day, last = date.fromisoformat(first), date.fromisoformat(str(raw.get("end_date") or first))
    if day.year not in YEARS or last.year not in YEARS:
        raise ValueError(first)
    start, end = time.fromisoformat(str(raw.get("start", ""))), time.fromisoformat(str(raw.get("end", "")))
    return clock.from_local(datetime.combine(day, start), zone), clock.from_local(datetime.combine(last, end), zone)


def _tidy(raw: Raw) -> Raw:
    """Without what is empty, so that defaults apply; lines of a textarea as a list; items without a title are not meant."""
    read_apart = ("guests", "sites", "items", "invited", "for_item", "seats", "wish", "site_parts")
    tidy = {k: v for k, v in raw.items() if v not in ("", None) and k not in read_apart}
    tidy.setdefault("contact", "")
    for name in ("date", "title", "chair_id", "secretary_id", "start", "end", "type"):
        tidy.setdefault(name, "" if name in ("title",) else None)
        if tidy[name] is None:
            del tidy[name]
    tidy["sites"] = [line for line in str(raw.get("sites", "")).splitlines() if line.strip()]
    tidy["site_parts"] = {key: {k: v for k, v in part.items() if v} for key, part in (raw.get("site_parts") or {}).items()}
    rows: Sequence[Mapping[str, Any]] = raw.get("items") or []
    tidy["items"] = [{k: v for k, v in row.items() if v != ""} for row in rows if str(row.get("title", "")).strip()]
    for name in ("for_item", "seats", "wish"):
        tidy[name] = {k: v for k, v in (raw.get(name) or {}).items() if v}
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


def _crossed(tidy: Raw, guests: Sequence[Raw]) -> list[Problem]:
    """What no field shows by itself; told together with what is wrong in single fields."""
    problems = []
    if tidy.get("zone", clock.HOME_ZONE) not in clock.zones():
        problems.append(Problem("zone_unknown", "zone"))
    problems += [Problem("year_far", name) for name in ("date", "end_date") if _far(str(tidy.get(name, "")))]
    with contextlib.suppress(ValueError):  # then a single field says so
        start, end = _times(tidy)
        if end <= start:
            problems.append(Problem("end_before_start", "end"))
        if end - start > LONGEST:
            problems.append(Problem("meeting_long", "end_date", {"days": LONGEST.days}))
        begins = datetime.combine(date.fromisoformat(str(tidy["date"])), time.fromisoformat(str(tidy["start"])))
        if (until := tidy.get("nominate_by")) and datetime.fromisoformat(str(until)).replace(tzinfo=None) >= begins:
            problems.append(Problem("nominate_by_late", "nominate_by"))
    form, video = tidy.get("form", "hybrid"), tidy.get("video_kind", "none")
    if form != "online" and not tidy.get("room_id") and not tidy.get("place"):
        problems.append(Problem("place_missing", "place"))
    if video == "url" and urlsplit(str(tidy.get("video_url", ""))).scheme not in ("https", "http"):
        problems.append(Problem("video_url", "video_url"))
    if form == "online" and video == "none":
        problems.append(Problem("video_missing", "video_kind"))
    chair, secretary = tidy.get("chair_id"), tidy.get("secretary_id")
    if chair and chair in (secretary, tidy.get("secretary2_id")):
        problems.append(Problem("chair_is_secretary", "secretary_id"))
    if not set(tidy["invited"]) - {chair, secretary} and not guests:
        problems.append(Problem("nobody_invited", "invited"))
    if len({guest["email"] for guest in guests}) < len(guests):
        problems.append(Problem("guest_twice", "guests"))
    problems += _formal(tidy)
    if not tidy["contact"]:
        problems.append(Problem("contact_missing", "contact"))
    return problems


def _far(day: str) -> bool:
    try:
        return date.fromisoformat(day).year not in YEARS
    except ValueError:
        return False


def _formal(tidy: Raw) -> list[Problem]:
    """The formal invitation: its number as it is written, and who signs it."""
    if not str(tidy.get("number", "")).strip():
        return []
    problems = [] if str(tidy.get("signer", "")).strip() else [Problem("signer_missing", "signer")]
    try:
        tidy["number"] = formal_number(str(tidy["number"]))
    except ValueError:
        problems.append(Problem("number_form", "number"))
    return problems
