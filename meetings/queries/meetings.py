"""Lists of meetings, and one meeting whole, as pages show them. All of it starts from what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from .. import clock
from ..access import standing, visible
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..invitation_facts import place_of
from ..models.live import audit
from ..models.meeting import items, meetings, papers, participants, sites
from ..models.organisation import agencies
from ..models.room import ballots, conclusions, speeches
from ..seating import room_with_plan
from ..standing import Standing
from ..text import fold
from .deliveries import Sending, deliveries, sending
from .letters import letters_about, waiting_letters
from .minutes import to_remark

PAGE = 25
SOON = timedelta(minutes=30)
# Commands that a meeting's history passes over: many, or of one person alone.
UNTOLD = ("SaveDraft", "CastVote", "AppendMinutesUpdate", "ShowPage", "OpenPaper", "SaveNote", "SendMessage")


@dataclass(frozen=True, slots=True)
class Filter:
    when: str = "upcoming"  # upcoming, past, drafts
    text: str = ""
    host: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    rows: Sequence[Row]
    total: int
    pages: int


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """Everything of one meeting that its page needs; rows as in the tables, in order."""

    by: Standing
    meeting: Row
    host: Row
    place: str
    seating: bool  # its room has a plan
    participants: Sequence[Row]
    sites: Sequence[Row]
    items: Sequence[Row]
    papers: Sequence[Row]
    ballots: Sequence[Row]
    conclusions: Sequence[Row]
    speeches: Sequence[Row]
    agency_names: dict[str, str]
    deliveries: dict[str, Row]  # last mail by participant, for organisers
    sending: Sending  # the mails that were queued together last, for organisers
    letters: Sequence[Row]  # mail that came in, the newest first; for organisers
    history: Sequence[Row]  # for organisers
    split_from: Row | None  # (id, title) of the meeting whose items it took over, where the actor may see that one


_ME = participants.alias("me")


def _listing(actor: Actor) -> sa.Select[Any]:
    """A meeting's row as lists show it, with the actor's own answer."""
    own = _ME.c.person_id == actor.person_id if actor.kind == "account" else _ME.c.id == actor.participant_id
    joined = meetings.join(agencies, agencies.c.id == meetings.c.host_agency_id).outerjoin(
        _ME, sa.and_(_ME.c.meeting_id == meetings.c.id, own, ~_ME.c.removed)
    )
    columns = [c for c in meetings.c if c.name not in ("draft", "requests", "contact", "cancel_reason")]
    return sa.select(
        *columns, agencies.c.short_name.label("host_name"), _ME.c.id.label("my_id"), _ME.c.answer.label("my_answer"),
        _ME.c.duty.label("my_duty"),
    ).select_from(joined)  # fmt: skip


async def listed(reading: Reading, actor: Actor, filter: Filter) -> Listed:
    """One page of the meetings that fit. `text` is found in titles, with and without Vietnamese marks."""
    now = clock.now()
    wanted: list[sa.ColumnElement[bool]] = [visible(actor)]
    if filter.when == "drafts":
        wanted.append(meetings.c.state == "draft")
    elif filter.when == "past":
        wanted += [meetings.c.state != "draft", sa.or_(meetings.c.ends_at < now, meetings.c.state.in_(("finished", "cancelled")))]
    else:
        wanted += [meetings.c.state.in_(("invited", "live")), sa.or_(meetings.c.ends_at >= now, meetings.c.state == "live")]
    if filter.text:
        wanted.append(meetings.c.title_folded.contains(fold(filter.text), autoescape=True))
    if filter.host:
        wanted.append(meetings.c.host_agency_id == filter.host)
    total = await reading.value(sa.select(sa.func.count()).select_from(meetings).where(*wanted)) or 0
    order = meetings.c.starts_at.asc() if filter.when == "upcoming" else meetings.c.starts_at.desc()
    if filter.when == "drafts":
        order = meetings.c.draft_saved_at.desc()
    page = _listing(actor).where(*wanted).order_by(order, meetings.c.id).limit(PAGE).offset((filter.page - 1) * PAGE)
    return Listed(await reading.all(page), total, max(1, -(-total // PAGE)))


@dataclass(frozen=True, slots=True)
class Today:
    """What waits for the actor, and the next seven days."""

    now: Sequence[Row]
    to_answer: Sequence[Row]
    drafts: Sequence[Row]
    to_approve: Sequence[Row]
    to_remark: Sequence[Row]
    week: Sequence[Row]
    tasks: Sequence[Row]
    letters: int  # mail that came in and waits for the actor


async def today(reading: Reading, actor: Actor) -> Today:
    now = clock.now()
    listing = _listing(actor).where(visible(actor))
    until = now + timedelta(days=7)
    held = meetings.c.state.in_(("invited", "live"))
    soon = sa.and_(held, meetings.c.starts_at < until, meetings.c.ends_at > now - timedelta(days=1))
    begun = sa.and_(meetings.c.state == "live", meetings.c.started_at > now - timedelta(days=1))  # on another day than planned
    near = await reading.all(listing.where(sa.or_(soon, begun)).order_by(meetings.c.starts_at))
    mine = [row for row in near if row.my_id]
    waiting = listing.where(_ME.c.answer == "waiting", meetings.c.state == "invited", meetings.c.starts_at > now)
    drafts = listing.where(meetings.c.state == "draft").order_by(meetings.c.draft_saved_at.desc()).limit(5)
    open_minutes = listing.where(
        meetings.c.state == "finished", meetings.c.minutes_state == "open", _ME.c.duty.in_(("chair", "secretary"))
    )
    return Today(
        now=[row for row in near if row.state == "live" or (row.my_id and row.starts_at - SOON < now < row.ends_at)],
        to_answer=await reading.all(waiting.order_by(meetings.c.starts_at).limit(10)),
        drafts=await reading.all(drafts),
        to_approve=await reading.all(open_minutes.order_by(meetings.c.ended_at.desc()).limit(20)),
        to_remark=await to_remark(reading, actor),
        week=[row for row in mine if row.ends_at > now - timedelta(hours=12)],
        tasks=(await tasks_of(reading, actor))[:5],
        letters=await waiting_letters(reading, actor),
    )  # fmt: skip


async def meeting_page(reading: Reading, actor: Actor, meeting_id: str) -> MeetingPage:
    """Raises NotFound when the actor may not see it."""
    by = await standing(reading, meeting_id, actor)
    meeting = by.meeting
    if meeting is None:
        raise NotFound
    begun = meeting.state in ("live", "finished")

    async def of(table: sa.Table, *order: Any) -> Sequence[Row]:
        return await reading.all(sa.select(table).where(table.c.meeting_id == meeting_id).order_by(*order))

    names = {row.id: row for row in await reading.all(sa.select(agencies.c.id, agencies.c.name, agencies.c.short_name))}
    everyone = [row for row in await of(participants, participants.c.position, participants.c.name_key) if not row.removed]
    return MeetingPage(
        by=by, meeting=meeting, host=names[meeting.host_agency_id], place=await place_of(reading, meeting),
        seating=await room_with_plan(reading, meeting) is not None,
        participants=everyone, sites=[row for row in await of(sites, sites.c.position) if not row.removed],
        items=await of(items, items.c.position, items.c.id),
        papers=[row for row in await of(papers, papers.c.position) if not row.removed],
        ballots=await of(ballots, ballots.c.position) if begun else [],
        conclusions=[row for row in await of(conclusions, conclusions.c.position) if not row.removed] if begun else [],
        speeches=[row for row in await of(speeches, speeches.c.started_at) if row.started_at] if begun else [],
        agency_names={key: row.name for key, row in names.items()},
        deliveries=await deliveries(reading, meeting_id) if by.organises else {},
        sending=await sending(reading, meeting_id) if by.organises else Sending(0, 0),
        letters=await letters_about(reading, meeting_id) if by.organises else [],
        history=await _history(reading, meeting_id) if by.organises else [],
        split_from=await split_source(reading, actor, meeting),
    )  # fmt: skip


async def split_source(reading: Reading, actor: Actor, meeting: Row) -> Row | None:
    source = meetings.c.id == meeting.split_from_id
    return await reading.first(sa.select(meetings.c.id, meetings.c.title).where(source, visible(actor))) if meeting.split_from_id else None


async def _history(reading: Reading, meeting_id: str) -> Sequence[Row]:
    told = audit.c.command.not_in(UNTOLD)
    wanted = sa.select(audit.c.at, audit.c.actor, audit.c.actor_name, audit.c.command).where(audit.c.scope == meeting_id, told)
    return await reading.all(wanted.order_by(audit.c.seq.desc()).limit(40))


async def tasks_of(reading: Reading, actor: Actor) -> Sequence[Row]:
    """Conclusions that the actor's agency leads or supports, of meetings that the actor may see; by due date."""
    if actor.kind != "account":
        return []
    joined = conclusions.join(meetings, meetings.c.id == conclusions.c.meeting_id).outerjoin(
        agencies, agencies.c.id == conclusions.c.lead_agency_id
    )
    wanted = sa.select(conclusions, meetings.c.title, agencies.c.name.label("lead_name")).select_from(joined)
    rows = await reading.all(
        wanted.where(~conclusions.c.removed, visible(actor), meetings.c.state.in_(("live", "finished")))
        .order_by(conclusions.c.due_on.is_(None), conclusions.c.due_on, conclusions.c.recorded_at)
    )  # fmt: skip
    return [r for r in rows if actor.agency_id == r.lead_agency_id or actor.agency_id in r.support_agency_ids]
