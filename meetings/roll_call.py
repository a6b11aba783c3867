"""What the roll says of one person: present, gone, absent with or without leave, or not yet come; late by how much, and why.
Of views, as the room has them; the browser says the same in room/roll.js."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from . import clock

PRESENT = ("room", "online")
AWAY = ("declined", "substitute")  # answers by which somebody asks for leave
LATE_AFTER = timedelta(minutes=5)  # after the real start
RollState = Literal["room", "online", "left", "excused", "unexcused", "awaited"]
View = dict[str, Any]


def roll_state(person: View, meeting: View) -> RollState:
    """Leave is what the person asked for by declining or by naming a substitute, unless the secretary marked it otherwise; who
    neither came nor asked is awaited until the end, and absent without leave after it."""
    if person["attendance"] in PRESENT:
        return "online" if person["attendance"] == "online" else "room"
    if person["arrived_at"]:
        return "left"
    if person["absence"]:
        return "excused" if person["absence"] == "excused" else "unexcused"
    if person["answer"] in AWAY:
        return "excused"
    return "unexcused" if meeting["state"] == "finished" else "awaited"


def came(person: View) -> bool:
    """Present now, or until leaving early."""
    return person["attendance"] in PRESENT or bool(person["arrived_at"])


def reason_of(person: View) -> str:
    """Why somebody is away: as marked in the room, else as answered."""
    return str(person["absence_reason"] or (person["answer_reason"] if person["answer"] in AWAY else ""))


def minutes_late(person: View, meeting: View) -> int:
    """Whole minutes after the real start at which the person first came; 0 for who was in time or never came."""
    if not person["arrived_at"] or not meeting["started_at"]:
        return 0
    late = clock.instant(person["arrived_at"]) - clock.instant(meeting["started_at"])
    return int(late / timedelta(minutes=1)) if late > LATE_AFTER else 0
