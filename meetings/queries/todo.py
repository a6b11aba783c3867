"""What waits for somebody, one line each: for the bell of every page and the mail of the morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .. import clock
from ..commands import Actor
from ..database import Reading
from .today import Today, today

AHEAD = timedelta(days=7)  # a task due later does not wait yet


@dataclass(frozen=True, slots=True)
class Todo:
    """`kind`: its text is `todo.<kind>`, filled with `params`. `href`: a path of this product. `late`: its time is over."""

    kind: str
    href: str
    late: bool = False
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`meetings`: (start, zone, title, path) of today's meetings, in their order."""

    todos: Sequence[Todo]
    meetings: Sequence[tuple[datetime, str, str, str]]


async def waiting_for(reading: Reading, actor: Actor, zone: str) -> Waiting:
    """For an account; drafts are no duty and are left out."""
    found, now = await today(reading, actor), clock.now()
    day = clock.today(zone)
    held = [row for row in found.week if clock.local(row.starts_at, zone).date() == day]
    return Waiting(todos_of(found, now, zone), [(row.starts_at, row.zone, row.title, f"/meetings/{row.id}") for row in held])


def todos_of(found: Today, now: datetime, zone: str) -> list[Todo]:
    day = clock.local(now, zone).date()
    todos = [
        Todo("nominate", f"/meetings/{row.meeting_id}/nominations/{row.id}", row.deadline_at < now,
             {"title": row.title, "when": row.deadline_at, "named": row.named, "n": row.seats})
        for row in found.to_nominate
    ]  # fmt: skip
    todos += [Todo("answer", f"/meetings/{row.id}#answer", params={"title": row.title, "when": row.starts_at}) for row in found.to_answer]
    todos += [
        Todo("late_agencies", f"/meetings/{row.meeting_id}#agencies", True, {"title": row.title, "n": row.late})
        for row in found.late_agencies
    ]
    todos += [
        Todo("poll", f"/meetings/{row.meeting_id}/poll", params={"title": row.title, "when": row.deadline_at}) for row in found.polls
    ]
    todos += [
        Todo("prepare", f"/meetings/{row.meeting_id}/papers", row.due_at < now, {"what": row.what, "title": row.title, "when": row.due_at})
        for row in found.papers_to_prepare
    ]
    todos += [
        Todo("papers", f"/meetings/{row.meeting_id}/papers", params={"title": row.title, "n": row.n}) for row in found.papers_to_approve
    ]
    todos += [
        Todo("site", f"/meetings/{row.meeting_id}/sites/{row.id}", params={"name": row.name, "title": row.title, "when": row.starts_at})
        for row in found.sites_to_note
    ]
    todos += [
        Todo("no_room", f"/meetings/{row.id}/edit", True, {"title": row.title, "room": row.room_name, "when": row.starts_at})
        for row in found.without_room
    ]
    todos += [Todo("letters", "/letters", params={"n": found.letters})] if found.letters else []
    todos += [Todo("rooms", "/rooms", params={"n": len(found.rooms)})] if found.rooms else []
    todos += [
        Todo("remark", f"/meetings/{row.id}/minutes/remarks", params={"title": row.title, "when": row.deadline_at})
        for row in found.to_remark
    ]
    todos += [Todo("approve", f"/meetings/{row.id}/minutes", params={"title": row.title}) for row in found.to_approve]
    todos += [
        Todo("task", f"/meetings/{row.meeting_id}", row.due_on < day, {"title": row.text[:200], "date": row.due_on})
        for row in found.tasks if row.due_on and row.due_on <= day + AHEAD
    ]  # fmt: skip
    return todos
