"""What a secretary should know before sending: never a refusal, always with a way out. Pure functions over the draft and
facts; the codes become sentences in the catalogue `warning`."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from . import clock
from .database import Row
from .working_time import ORDINARY

NOTICE_DAYS = 3  # working days, Decision 45/2018/QĐ-TTg; urgent meetings are exempt
# Longest duration by type, in working hours (Decision 45/2018, of half a day or a day or two).
LONGEST = {
    "coordination": 4, "business": 4, "advisory": 4, "urgent": 4, "regular": 8, "professional": 8, "review": 8, "thematic": 8,
    "conference": 8, "training": 16,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Advice:
    """`way_out`: changes to the form that settle it, by field; empty when only the secretary can."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    way_out: Mapping[str, str] = field(default_factory=dict)


def working_days_between(sent: date, held: date) -> int:
    """Whole working days from the day after sending to the day of the meeting."""
    days = (sent + timedelta(days=n) for n in range(1, (held - sent).days + 1))
    return sum(ORDINARY.works(day) for day in days)


def earliest_day(sent: date) -> date:
    """The first working day that leaves the notice that the decision asks for."""
    day = sent
    while working_days_between(sent, day) < NOTICE_DAYS or not ORDINARY.works(day):
        day += timedelta(days=1)
    return day


def of_time(kind: str, urgent: bool, start: datetime, end: datetime, now: datetime, zone: str) -> list[Advice]:
    found = []
    today, day = clock.local(now, zone).date(), clock.local(start, zone).date()
    if start < now:
        found.append(Advice("past"))
    elif not urgent and kind != "urgent" and (left := working_days_between(today, day)) < NOTICE_DAYS:
        params = {"left": max(left, 0), "days": NOTICE_DAYS}
        found.append(Advice("short_notice", params, {"date": earliest_day(today).isoformat()}))
    if not ORDINARY.works(day):
        found.append(Advice("day_off"))
    hours = (end - start).total_seconds() / 3600
    if hours > LONGEST.get(kind, 8):
        found.append(Advice("long", {"hours": f"{hours:g}", "most": LONGEST.get(kind, 8)}))
    return found


def of_agenda(minutes: Sequence[int], start: datetime, end: datetime) -> list[Advice]:
    if not minutes:
        return [Advice("no_agenda")]
    length = int((end - start).total_seconds() // 60)
    return [Advice("agenda_long", {"planned": sum(minutes), "length": length})] if sum(minutes) > length else []


def of_people(
    busy: Container[str],
    taken: Container[str],
    chair_id: str,
    invited: Sequence[str],
    names: Mapping[str, str],
    room: Row | None,
    free: Sequence[Row],
) -> list[Advice]:
    """`busy` people and `taken` rooms, by id. Of somebody's other meeting nothing is told but that it is there."""
    found = []
    if chair_id in busy:
        found.append(Advice("chair_busy", {"name": names.get(chair_id, "")}))
    others = [names[key] for key in invited if key in busy and key != chair_id and key in names]
    if others:
        found.append(Advice("people_busy", {"n": len(others), "names": ", ".join(others[:5]) + ("…" if len(others) > 5 else "")}))
    if room is not None and room.id in taken:
        way_out = {"room_id": free[0].id} if free else {}
        found.append(Advice("room_taken", {"room": room.name, "other": free[0].name if free else ""}, way_out))
    seats = len(set(invited))
    if room is not None and room.capacity and seats > room.capacity:
        found.append(Advice("room_small", {"room": room.name, "seats": room.capacity, "people": seats}))
    return found
