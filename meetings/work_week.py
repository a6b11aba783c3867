"""The weekly schedule (lịch công tác tuần): the office collects entries from meetings and writes others, has them approved and
publishes them; each publication after the first is a numbered adjustment (điều chỉnh lần n)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from . import clock
from .audit import Answer
from .commands import Actor, Command
from .database import Reading, Row, Transaction
from .errors import Conflict, Invalid, NotFound
from .invitation_facts import place_of
from .models.columns import new_id
from .models.meeting import meetings, participants
from .models.organisation import agencies
from .models.work_week import work_week_entries, work_week_revisions, work_weeks
from .standing import Standing
from .text import Id, Line, OptionalLine, OptionalParagraph, Paragraph
from .work_week_rules import COLUMNS, Entry, Session, digest, ordered, session_of

MOST = 300  # entries of one week
NAMED = 12  # agencies named as attending, before it says how many more
COLLECTED = ("day", "session", "start", "place")  # what follows the meeting when it moves; its words are the office's once collected


def _monday(day: date) -> date:
    if day.weekday() != 0:
        raise PydanticCustomError("week_monday", "a Monday")
    return day


Monday = Annotated[date, AfterValidator(_monday)]
Start = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCommand(Command):
    """Of the actor's own agency."""

    agency_id: Id
    monday: Monday


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectWeek(WeekCommand):
    """Enter the week's meetings of the agency that are not in it yet; those that moved follow, those cancelled go."""

    zone: str = clock.HOME_ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveWeekEntry(WeekCommand):
    """New when `entry_id` is unknown. The session is that of the hour, where there is one."""

    entry_id: Id = field(default_factory=new_id)
    day: date
    start: Start = ""
    session: Session = "morning"
    content: Paragraph
    chair: OptionalParagraph = ""
    attendees: OptionalParagraph = ""
    preparing: OptionalParagraph = ""
    place: OptionalParagraph = ""
    note: OptionalParagraph = ""
    internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveWeekEntry(WeekCommand):
    entry_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveWeek(WeekCommand):
    """`digest`: of the entries as they were read. `approved_by`: who approved it, by name and position, as the office records."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    approved_by: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishWeek(WeekCommand):
    """`public`: for everybody, without what is internal; else for the agency and those below it. `reason`: of an adjustment."""

    public: bool = False
    reason: OptionalLine = ""


def keeps_week(actor: Actor, agency_id: str | None) -> bool:
    """Whether the actor is of the office that keeps this agency's schedule."""
    return actor.staff and actor.agency_id is not None and actor.agency_id == agency_id


async def collect_week(tx: Transaction, by: Standing, command: CollectWeek) -> Answer:
    week = await _week(tx, command)
    rows = await tx.all(sa.select(work_week_entries).where(work_week_entries.c.week_id == week.id))
    known = {row.meeting_id: row for row in rows if row.meeting_id}
    found = {row.id: row for row in await _meetings(tx, command) if row.id not in week.left_out}
    gone = [row.id for key, row in known.items() if key not in found]
    await tx.write(sa.delete(work_week_entries).where(work_week_entries.c.id.in_(gone)))
    counts = {"added": 0, "moved": 0, "gone": len(gone)}
    for key, meeting in found.items():
        here = _follows(meeting, command.zone) | {"place": await place_of(tx, meeting)}
        row = known.get(key)
        if row is None:
            words = await _words(tx, meeting)
            await tx.insert(work_week_entries, id=new_id(), week_id=week.id, meeting_id=key, told=_told(here), **here, **words)
            counts["added"] += 1
        elif moved := {name: here[name] for name in COLLECTED if (row.told or {}).get(name) != _told(here)[name]}:
            await tx.update(work_week_entries, row.id, told=_told(here), **moved)
            counts["moved"] += 1
    if any(counts.values()):
        await _require_room(tx, week.id)
        await _changed(tx, week.id)
    return counts


async def save_week_entry(tx: Transaction, by: Standing, command: SaveWeekEntry) -> Answer:
    if not 0 <= (command.day - command.monday).days < 7:
        raise Invalid("week_other_day", "day")
    week = await _week(tx, command)
    said = {name: getattr(command, name) for name in ("day", "start", *COLUMNS, "internal")}
    said["session"] = session_of(time.fromisoformat(command.start)) if command.start else command.session
    row = await tx.first(sa.select(work_week_entries).where(work_week_entries.c.id == command.entry_id))
    if row is None:
        await tx.insert(work_week_entries, id=command.entry_id, week_id=week.id, **said)
        await _require_room(tx, week.id)
    elif row.week_id != week.id:
        raise NotFound
    elif all(getattr(row, name) == value for name, value in said.items()):
        return {"entry_id": row.id}
    else:
        await tx.update(work_week_entries, row.id, **said)
    await _changed(tx, week.id)
    return {"entry_id": command.entry_id}


async def remove_week_entry(tx: Transaction, by: Standing, command: RemoveWeekEntry) -> Answer:
    week = await _week(tx, command)
    mine = sa.and_(work_week_entries.c.id == command.entry_id, work_week_entries.c.week_id == week.id)
    row = await tx.one(sa.select(work_week_entries).where(mine))
    await tx.write(sa.delete(work_week_entries).where(mine))
    if row.meeting_id:
        await tx.update(work_weeks, week.id, left_out=[*week.left_out, row.meeting_id])
    await _changed(tx, week.id)
    return None


async def approve_week(tx: Transaction, by: Standing, command: ApproveWeek) -> Answer:
    week = await _week(tx, command)
    if digest(await entries_of(tx, week.id)) != command.digest:
        raise Conflict("week_changed")
    if week.state == "draft":
        await tx.update(work_weeks, week.id, state="approved", approved_by=command.approved_by, approved_at=tx.now)
    return None


async def publish_week(tx: Transaction, by: Standing, command: PublishWeek) -> Answer:
    """Raises Conflict unless what it holds now was approved; what was published already may be opened or closed to the public."""
    week = await _week(tx, command)
    if week.state == "draft":
        raise Conflict("week_not_approved")
    if week.state == "published":
        here = sa.and_(work_week_revisions.c.week_id == week.id, work_week_revisions.c.number == week.revision)
        if await tx.value(sa.select(work_week_revisions.c.public).where(here)) == command.public:
            return {"number": week.revision}
    number = week.revision + 1
    entries = [asdict(entry) for entry in await entries_of(tx, week.id)]
    await tx.insert(
        work_week_revisions, week_id=week.id, number=number, entries=entries, public=command.public, reason=command.reason,
        approved_by=week.approved_by, published_by=by.actor.name, published_at=tx.now,
    )  # fmt: skip
    await tx.update(work_weeks, week.id, state="published", revision=number, changed_at=tx.now)
    return {"number": number}


async def entries_of(reading: Reading, week_id: str) -> list[Entry]:
    rows = await reading.all(sa.select(work_week_entries).where(work_week_entries.c.week_id == week_id))
    return ordered(Entry.of(row) for row in rows)


async def _week(tx: Transaction, command: WeekCommand) -> Row:
    mine = sa.and_(work_weeks.c.agency_id == command.agency_id, work_weeks.c.monday == command.monday)
    row = await tx.first(sa.select(work_weeks).where(mine))
    if row is None:
        await tx.insert(work_weeks, id=new_id(), agency_id=command.agency_id, monday=command.monday, changed_at=tx.now)
        row = await tx.one(sa.select(work_weeks).where(mine))
    return row


async def _changed(tx: Transaction, week_id: str) -> None:
    """What was approved is so no longer; what was published stays as it was until the next time."""
    await tx.update(work_weeks, week_id, state="draft", approved_by="", approved_at=None, changed_at=tx.now)


async def _require_room(tx: Transaction, week_id: str) -> None:
    if await tx.value(sa.select(sa.func.count()).where(work_week_entries.c.week_id == week_id)) > MOST:
        raise Conflict("week_full", most=MOST)


async def _meetings(tx: Transaction, command: CollectWeek) -> Sequence[Row]:
    """Those that the agency hosts or sends somebody to in this week."""
    start = clock.from_local(datetime.combine(command.monday, time()), command.zone)
    end = clock.from_local(datetime.combine(command.monday + timedelta(days=7), time()), command.zone)
    p, m = participants.c, meetings.c
    theirs = sa.select(p.meeting_id).where(p.agency_id == command.agency_id, ~p.removed, p.answer.not_in(("declined", "substitute")))
    within = (m.starts_at >= start, m.starts_at < end, m.state.not_in(("draft", "cancelled")))
    ours = sa.or_(m.host_agency_id == command.agency_id, m.id.in_(theirs))
    return await tx.all(sa.select(meetings).where(*within, ours).order_by(m.starts_at, m.id).limit(MOST))


def _follows(meeting: Row, zone: str) -> dict[str, Any]:
    start = clock.local(meeting.starts_at, zone)
    return {"day": start.date(), "session": session_of(start.time()), "start": f"{start:%H:%M}"}


def _told(here: Mapping[str, Any]) -> dict[str, str]:
    return {name: here[name].isoformat() if name == "day" else here[name] for name in COLLECTED}


async def _words(tx: Transaction, meeting: Row) -> dict[str, str]:
    p = participants.c
    invited = sa.select(p.name, p.title, p.duty, p.agency_name).where(p.meeting_id == meeting.id, ~p.removed)
    rows = await tx.all(invited.order_by(p.position))
    chair = next((", ".join(part for part in (row.name, row.title) if part) for row in rows if row.duty == "chair"), "")
    named = list(dict.fromkeys(row.agency_name for row in rows if row.agency_name))
    more = f" (+{len(named) - NAMED})" if len(named) > NAMED else ""
    preparing = await tx.value(sa.select(agencies.c.short_name).where(agencies.c.id == meeting.preparing_agency_id))
    return {"content": meeting.title, "chair": chair, "attendees": "; ".join(named[:NAMED]) + more, "preparing": preparing or ""}
