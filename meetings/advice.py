"""What a secretary should know before sending: never a refusal, always with a way out. Pure functions over the draft and
facts; the codes become sentences in the catalogue `warning`."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from . import clock
from .database import Row
from .room_rules import How
from .spans import Span
from .working_time import ORDINARY, Days

NOTICE_DAYS = 3  # working days, Decision 45/2018/QĐ-TTg; urgent meetings are exempt
# Longest duration by type, in working hours (Decision 45/2018, of half a day or a day or two).
LONGEST = {
    "coordination": 4, "business": 4, "advisory": 4, "urgent": 4, "regular": 8, "professional": 8, "review": 8, "thematic": 8,
    "conference": 8, "training": 16,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WayOut:
    """A change to the form: the field `name` gets `value`; `when` stands for all fields of time, as two instants `start/end`.
    `params`: of the sentence `warning.way_<name>`."""

    name: str
    value: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Advice:
    """`ways`: what settles it; empty when only the secretary can."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    ways: Sequence[WayOut] = ()


def working_days_between(sent: date, held: date, days: Days = ORDINARY) -> int:
    """Whole working days from the day after sending to the day of the meeting."""
    return sum(days.works(sent + timedelta(days=n)) for n in range(1, (held - sent).days + 1))


def earliest_day(sent: date, days: Days = ORDINARY) -> date:
    """The first working day that leaves the notice that the decision asks for."""
    day = sent
    while working_days_between(sent, day, days) < NOTICE_DAYS or not days.works(day):
        day += timedelta(days=1)
    return day


def of_time(kind: str, urgent: bool, start: datetime, end: datetime, now: datetime, zone: str, days: Days = ORDINARY) -> list[Advice]:
    found = []
    today, day = clock.local(now, zone).date(), clock.local(start, zone).date()
    if start < now:
        found.append(Advice("past"))
    elif not urgent and kind != "urgent" and (left := working_days_between(today, day, days)) < NOTICE_DAYS:
        params = {"left": max(left, 0), "days": NOTICE_DAYS}
        day_then = earliest_day(today, days)
        found.append(Advice("short_notice", params, [WayOut("date", day_then.isoformat(), {"value": f"{day_then:%d/%m/%Y}"})]))
    if not days.works(day):
        found.append(Advice("day_off"))
    hours = (end - start).total_seconds() / 3600
    if hours > LONGEST.get(kind, 8):
        found.append(Advice("long", {"hours": f"{hours:g}", "most": LONGEST.get(kind, 8)}))
    return found


def of_papers(
    kind: str, urgent: bool, dues: Sequence[date], unapproved: int, today: date, held: date, days: Days = ORDINARY
) -> list[Advice]:
    """Papers go out with the notice that the invitation has. `dues`: days by which they were asked for; `unapproved`: how many requests
    have no approved paper yet."""
    if urgent or kind == "urgent" or held < today:
        return []
    late = sum(working_days_between(due, held, days) < NOTICE_DAYS for due in dues)
    found = [Advice("papers_due_late", {"n": late, "days": NOTICE_DAYS})] if late else []
    left = working_days_between(today, held, days)
    if unapproved and left < NOTICE_DAYS:
        found.append(Advice("papers_late", {"n": unapproved, "left": left, "days": NOTICE_DAYS}))
    return found


def of_agenda(minutes: Sequence[int], start: datetime, end: datetime) -> list[Advice]:
    if not minutes:
        return [Advice("no_agenda")]
    length = int((end - start).total_seconds() // 60)
    return [Advice("agenda_long", {"planned": sum(minutes), "length": length})] if sum(minutes) > length else []


def of_people(busy: Container[str], chair_id: str, invited: Sequence[str], names: Mapping[str, str]) -> list[Advice]:
    """`busy` people, by id. Of somebody's other meeting nothing is told but that it is there."""
    found = []
    if chair_id in busy:
        found.append(Advice("chair_busy", {"name": names.get(chair_id, "")}))
    others = [names[key] for key in invited if key in busy and key != chair_id and key in names]
    if others:
        found.append(Advice("people_busy", {"n": len(others), "names": ", ".join(others[:5]) + ("…" if len(others) > 5 else "")}))
    return found


def of_room(
    room: Row, people: int, way: How, open_then: bool, taken: Span | None, by: str, free: Sequence[Row], times: Sequence[Span]
) -> list[Advice]:
    """`room` has its `agency_name`. `taken`: when it is, where that is while it is wished for, `by` what, empty for what the reader may
    not know. `free`: other rooms that would do, the best first; `times`: when this one is free."""
    others = [WayOut("room_id", row.id, {"room": row.name, "seats": row.capacity}) for row in free[:3]]
    whose = {"room": room.name, "agency": room.agency_name}
    if way == "never":
        return [Advice("room_closed", whose, others)]
    found = []
    if taken is not None:
        then = [WayOut("when", "/".join(map(clock.iso, span)), {"value": span}) for span in times]
        params = {"room": room.name, "when": taken} | ({"title": by} if by else {})
        found.append(Advice("room_taken_by" if by else "room_taken", params, [*others, *then]))
    elif way == "ask":
        hours = {"hours": f"{room.opens}–{room.closes}" if room.opens else ""}
        found.append(Advice("room_asks", whose) if open_then else Advice("room_shut" if room.opens else "room_shut_day", whose | hours))
    if room.capacity and people > room.capacity:
        found.append(Advice("room_small", {"room": room.name, "seats": room.capacity, "people": people}, [] if taken else others))
    return found
