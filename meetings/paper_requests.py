"""Papers that agencies are asked for: what, for which item, by when. Whoever is late is reminded by mail once before and once after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Row, Transaction
from .errors import Conflict, Invalid, NotFound
from .invitation_facts import Sender
from .models.columns import new_id
from .models.meeting import meetings, paper_requests, papers
from .models.organisation import agencies
from .paper_files import refuse_secret
from .paper_notices import tell_agency
from .standing import Standing
from .text import Id, Line

CHASED = timedelta(days=1)  # before it is due; whoever was asked later than that is not chased before
GIVEN_UP = timedelta(days=7)  # after it was due, nobody is chased
BEFORE = timedelta(days=5)  # the meeting: three working days and a weekend
MOST = 100  # requests of one meeting
State = Literal["waiting", "overdue", "draft", "submitted", "returned", "approved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForPaper(MeetingCommand):
    """`item_id`: of the agenda; None: for the whole meeting. The agency is told at once, also while the meeting is a draft."""

    agency_id: Id
    what: Line
    due_at: datetime
    item_id: Id | None = None
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePaperDeadline(MeetingCommand):
    """The agency is told, and chased anew."""

    request_id: Id
    due_at: datetime
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPaperRequest(MeetingCommand):
    """Papers that were approved stay; others go with it."""

    request_id: Id
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class ChasePapers(MeetingCommand):
    """Whoever is to be chased now. Harmless again."""

    sender: Sender


def state_of(states: Collection[str], due_at: datetime, now: datetime) -> State:
    """Of a request, by the states of the papers that answer it: what is to be done next comes first."""
    for state in ("returned", "submitted", "approved"):
        if state in states:
            return state
    return "overdue" if now > due_at else "draft" if "draft" in states else "waiting"


def chase(request: Row, state: State, starts_at: datetime | None, now: datetime) -> Literal["before", "after"] | None:
    """Which reminder the agency is to get now."""
    if state in ("submitted", "approved") or (starts_at is not None and now >= starts_at):
        return None
    due_at = request.due_at
    if due_at <= now < due_at + GIVEN_UP:
        return "after" if request.chased_after_at is None else None
    if due_at - CHASED <= now < due_at and request.asked_at < due_at - CHASED:
        return "before" if request.chased_before_at is None else None
    return None


def usual_due(held: date | None, today: date) -> date:
    """What a form proposes."""
    return max(held - BEFORE, today) if held else today + BEFORE


async def ask_for_paper(tx: Transaction, by: Standing, command: AskForPaper) -> Answer:
    meeting = await _open(tx)
    refuse_secret("ordinary", command.what)
    _require_deadline(meeting, command.due_at, tx.now)
    if await tx.first(sa.select(agencies.c.id).where(agencies.c.id == command.agency_id, agencies.c.active)) is None:
        raise Invalid("agency_unknown", "agency_id")
    here = sa.and_(paper_requests.c.meeting_id == meeting.id, ~paper_requests.c.removed)
    if (await tx.value(sa.select(sa.func.count()).where(here)) or 0) >= MOST:
        raise Invalid("requests_many", "what", most=MOST)
    key = new_id()
    await tx.insert(
        paper_requests, id=key, meeting_id=meeting.id, item_id=command.item_id, agency_id=command.agency_id, what=command.what,
        due_at=command.due_at, asked_at=tx.now,
    )  # fmt: skip
    said: dict[str, str | datetime] = {"what": command.what, "due": command.due_at}
    return {"request_id": key, "told": await tell_agency(tx, meeting, command.agency_id, "asked", said, command.sender)}


async def move_paper_deadline(tx: Transaction, by: Standing, command: MovePaperDeadline) -> Answer:
    meeting, request = await _open(tx), await _request(tx, command.request_id)
    _require_deadline(meeting, command.due_at, tx.now)
    anew = {"asked_at": tx.now, "chased_before_at": None, "chased_after_at": None}
    await tx.update(paper_requests, request.id, due_at=command.due_at, **anew)
    said = {"what": request.what, "due": command.due_at}
    return {"told": await tell_agency(tx, meeting, request.agency_id, "moved", said, command.sender)}


async def withdraw_paper_request(tx: Transaction, by: Standing, command: WithdrawPaperRequest) -> Answer:
    meeting, request = await _open(tx), await _request(tx, command.request_id)
    await tx.update(paper_requests, request.id, removed=True)
    unseen = sa.and_(papers.c.request_id == request.id, papers.c.state.in_(("draft", "submitted", "returned")))
    await tx.write(sa.update(papers).where(unseen).values(removed=True))
    return {"told": await tell_agency(tx, meeting, request.agency_id, "withdrawn", {"what": request.what}, command.sender)}


async def tell_asked_of_cancelling(tx: Transaction, meeting: Row, sender: Sender) -> None:
    """Agencies that still prepare papers for the meeting."""
    here = sa.and_(paper_requests.c.meeting_id == meeting.id, ~paper_requests.c.removed)
    rows = await tx.all(sa.select(paper_requests).where(here).order_by(paper_requests.c.due_at, paper_requests.c.id))
    states = await states_of(tx, rows, tx.now)
    for row in rows:
        if states[row.id] != "approved":
            await tell_agency(tx, meeting, row.agency_id, "withdrawn", {"what": row.what}, sender)


async def chase_papers(tx: Transaction, by: Standing, command: ChasePapers) -> Answer:
    meeting = await tx.get(meetings, command.meeting_id)
    found = await _due(tx, meeting, tx.now)
    told = 0
    for request, kind in found:
        said: dict[str, str | datetime] = {"what": request.what, "due": request.due_at}
        told += await tell_agency(tx, meeting, request.agency_id, kind, said, command.sender)
        await tx.update(paper_requests, request.id, **{f"chased_{kind}_at": tx.now})
    return {"told": told}


async def meetings_to_chase(reading: Reading, now: datetime) -> Sequence[str]:
    """Ids of the meetings for which an agency is to be chased now."""
    r = paper_requests.c
    soon = sa.and_(~r.removed, r.due_at <= now + CHASED, r.due_at > now - GIVEN_UP)
    undone = sa.or_(r.chased_after_at.is_(None), sa.and_(r.chased_before_at.is_(None), r.due_at > now))
    ids = await reading.column(sa.select(r.meeting_id).where(soon, undone).distinct())
    rows = await reading.all(sa.select(meetings).where(meetings.c.id.in_(ids)))
    return [row.id for row in rows if await _due(reading, row, now)]


async def states_of(reading: Reading, requests: Sequence[Row], now: datetime) -> Mapping[str, State]:
    """By request."""
    ids = [row.id for row in requests]
    rows = await reading.all(sa.select(papers.c.request_id, papers.c.state).where(papers.c.request_id.in_(ids), ~papers.c.removed))
    return {one.id: state_of({row.state for row in rows if row.request_id == one.id}, one.due_at, now) for one in requests}


async def _due(reading: Reading, meeting: Row, now: datetime) -> list[tuple[Row, Literal["before", "after"]]]:
    if meeting.state not in ("draft", "invited") or not meeting.reminders:
        return []
    here = sa.and_(paper_requests.c.meeting_id == meeting.id, ~paper_requests.c.removed)
    rows = await reading.all(sa.select(paper_requests).where(here).order_by(paper_requests.c.due_at, paper_requests.c.id))
    states = await states_of(reading, rows, now)
    chased = [(row, chase(row, states[row.id], meeting.starts_at, now)) for row in rows]
    return [(row, kind) for row, kind in chased if kind is not None]


async def _open(tx: Transaction) -> Row:
    meeting = await tx.get(meetings, tx.scope)
    if meeting.state in ("finished", "cancelled"):
        raise Conflict("meeting_over")
    return meeting


async def _request(tx: Transaction, request_id: str) -> Row:
    here = sa.and_(paper_requests.c.id == request_id, paper_requests.c.meeting_id == tx.scope, ~paper_requests.c.removed)
    request = await tx.first(sa.select(paper_requests).where(here))
    if request is None:
        raise NotFound
    return request


def _require_deadline(meeting: Row, due_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise Invalid("request_past", "due_on")
    if meeting.starts_at is not None and due_at > meeting.starts_at:
        raise Invalid("request_late", "due_on")
