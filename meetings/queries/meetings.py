"""One meeting whole, as its page shows it; it starts from what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from .. import clock
from ..access import standing, visible
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..invitation_facts import place_of
from ..models.booking import room_bookings
from ..models.live import audit
from ..models.meeting import items, meetings, participants, sites
from ..models.organisation import agencies, rooms
from ..models.room import ballots, conclusions, speeches
from ..paper_requests import State, states_of
from ..seating import room_with_plan
from ..standing import Standing
from .deliveries import Sending, deliveries, sending
from .letters import letters_about
from .papers import papers_in_order, requests_seen

# Commands that a meeting's history passes over: many, or of one person alone.
UNTOLD = ("SaveDraft", "CastVote", "AppendMinutesUpdate", "ShowPage", "OpenPaper", "SaveNote", "SendMessage")


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """Everything of one meeting that its page needs; rows as in the tables, in order."""

    by: Standing
    meeting: Row
    host: Row
    place: str
    booking: Row | None  # of its room (room_bookings, room_name, agency_name), for organisers
    seating: bool  # its room has a plan
    participants: Sequence[Row]
    sites: Sequence[Row]
    items: Sequence[Row]
    papers: Sequence[Row]  # those that are approved
    requests: Sequence[Row]  # for papers, that the actor may know of
    request_states: Mapping[str, State]
    ballots: Sequence[Row]
    conclusions: Sequence[Row]
    speeches: Sequence[Row]
    agency_names: dict[str, str]
    deliveries: dict[str, Row]  # last mail by participant, for organisers
    sending: Sending  # the mails that were queued together last, for organisers
    letters: Sequence[Row]  # mail that came in, the newest first; for organisers
    history: Sequence[Row]  # for organisers
    split_from: Row | None  # (id, title) of the meeting whose items it took over, where the actor may see that one


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
        booking=await _booking(reading, meeting_id) if by.organises else None,
        seating=await room_with_plan(reading, meeting) is not None,
        participants=everyone, sites=[row for row in await of(sites, sites.c.position) if not row.removed],
        items=await of(items, items.c.position, items.c.id),
        papers=[row for row in await papers_in_order(reading, meeting_id) if row.state == "approved"],
        requests=(requests := await requests_seen(reading, by)), request_states=await states_of(reading, requests, clock.now()),
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


async def _booking(reading: Reading, meeting_id: str) -> Row | None:
    joined = room_bookings.join(rooms, rooms.c.id == room_bookings.c.room_id).join(agencies, agencies.c.id == rooms.c.agency_id)
    columns = (room_bookings, rooms.c.name.label("room_name"), agencies.c.name.label("agency_name"))
    return await reading.first(sa.select(*columns).select_from(joined).where(room_bookings.c.meeting_id == meeting_id))


async def _history(reading: Reading, meeting_id: str) -> Sequence[Row]:
    told = audit.c.command.not_in(UNTOLD)
    wanted = sa.select(audit.c.at, audit.c.actor, audit.c.actor_name, audit.c.command).where(audit.c.scope == meeting_id, told)
    return await reading.all(wanted.order_by(audit.c.seq.desc()).limit(40))
