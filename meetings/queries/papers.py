"""Papers for whoever may see them: one with its content or a part of it, all of a meeting, and who has opened which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from .. import clock
from ..access import arranged, sees_paper, standing, visible
from ..advice import Advice, of_papers
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..models.beside import paper_openings
from ..models.meeting import items, meetings, paper_contents, paper_requests, papers, participants
from ..models.organisation import agencies
from ..paper_requests import State, states_of
from ..standing import Standing
from ..working_time import Days
from .working_days import working_of


@dataclass(frozen=True, slots=True)
class TypedItem:
    """An item of an agenda that was not sent yet."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class PapersPage:
    """`papers`: those that the actor sees, in reading order. `recalled`: of the others' those that were there and are no longer, by
    title and reason. `requests`: of those who run or organise the meeting all, else of the actor's agency, by when they are due."""

    by: Standing
    meeting: Row
    items: Sequence[Row | TypedItem]  # of a draft as typed
    papers: Sequence[Row]
    recalled: Sequence[Row]
    requests: Sequence[Row]
    states: Mapping[str, State]  # of the requests
    earlier: Mapping[str, Sequence[Row]]  # versions that each paper took the place of, the latest first
    agency_names: Mapping[str, str]
    advice: Sequence[Advice]  # for those who run or organise the meeting

    @property
    def arranges(self) -> bool:
        return self.by.runs or self.by.organises

    @property
    def approved(self) -> Sequence[Row]:
        return [row for row in self.papers if row.state == "approved"]


async def papers_page(reading: Reading, actor: Actor, meeting_id: str, now: datetime) -> PapersPage:
    """Raises NotFound when the actor may not know of the meeting."""
    by = await standing(reading, meeting_id, actor)
    meeting = by.meeting
    if meeting is None:
        raise NotFound
    rows = await papers_in_order(reading, meeting_id)
    seen = [row for row in rows if sees_paper(by, row)]
    ids = {row.id for row in seen}
    requests = await requests_seen(reading, by)
    names = await reading.all(sa.select(agencies.c.id, agencies.c.name))
    return PapersPage(
        by=by, meeting=meeting, items=await _agenda(reading, meeting), papers=seen,
        recalled=[row for row in rows if row.state == "recalled" and row.id not in ids], requests=requests,
        states=await states_of(reading, requests, now), earlier=await _earlier(reading, by, ids),
        agency_names={row.id: row.name for row in names},
        advice=await _advice(reading, meeting, now) if by.runs or by.organises else [],
    )  # fmt: skip


async def _earlier(reading: Reading, by: Standing, ids: Collection[str]) -> Mapping[str, Sequence[Row]]:
    replaced = sa.and_(papers.c.meeting_id == (by.meeting.id if by.meeting is not None else ""), papers.c.replaced_by_id.is_not(None))
    rows = [row for row in await reading.all(sa.select(papers).where(replaced)) if sees_paper(by, row)]
    after = {row.id: row.replaced_by_id for row in rows}
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.added_at, reverse=True):
        last = row.id
        while last in after:
            last = after[last]
        if last in ids:
            found.setdefault(last, []).append(row)
    return found


async def papers_advice(
    reading: Reading, meeting_id: str, kind: str, urgent: bool, start: datetime, now: datetime, zone: str, days: Days
) -> list[Advice]:
    """What the notice of papers asks for, of a meeting that begins at `start`."""
    asked = sa.and_(paper_requests.c.meeting_id == meeting_id, ~paper_requests.c.removed)
    requests = await reading.all(sa.select(paper_requests).where(asked))
    states = await states_of(reading, requests, now)
    dues = [clock.local(row.due_at, zone).date() for row in requests if states[row.id] != "approved"]
    today, held = clock.local(now, zone).date(), clock.local(start, zone).date()
    return of_papers(kind, urgent, dues, len(dues), today, held, days)


async def _advice(reading: Reading, meeting: Row, now: datetime) -> list[Advice]:
    if meeting.starts_at is None or meeting.state not in ("draft", "invited"):
        return []
    days = (await working_of(reading, [meeting.host_agency_id]))[meeting.host_agency_id].days
    return await papers_advice(reading, meeting.id, meeting.type, meeting.urgent, meeting.starts_at, now, meeting.zone, days)


async def papers_in_order(reading: Reading, meeting_id: str) -> Sequence[Row]:
    """As they are read: main ones before those for reference."""
    here = sa.and_(papers.c.meeting_id == meeting_id, ~papers.c.removed)
    return await reading.all(sa.select(papers).where(here).order_by(papers.c.kind, papers.c.position, papers.c.version, papers.c.id))


async def requests_seen(reading: Reading, by: Standing) -> Sequence[Row]:
    """As `PapersPage.requests` says."""
    here = sa.and_(paper_requests.c.meeting_id == (by.meeting.id if by.meeting is not None else ""), ~paper_requests.c.removed)
    whose = sa.true() if by.runs or by.organises else paper_requests.c.agency_id == (by.actor.agency_id or "")
    return await reading.all(sa.select(paper_requests).where(here, whose).order_by(paper_requests.c.due_at, paper_requests.c.id))


async def _agenda(reading: Reading, meeting: Row) -> Sequence[Row | TypedItem]:
    if meeting.state == "draft":
        typed = (meeting.draft or {}).get("items", [])
        return [TypedItem(row["id"], row["title"]) for row in typed if row.get("id") and str(row.get("title", "")).strip()]
    return await reading.all(sa.select(items.c.id, items.c.title).where(items.c.meeting_id == meeting.id).order_by(items.c.position))


async def papers_to_prepare(reading: Reading, actor: Actor, now: datetime) -> Sequence[Row]:
    """Requests (with `title`, of the meeting) of the actor's agency that still ask for something, the most urgent first."""
    r, m = paper_requests.c, meetings.c
    joined = paper_requests.join(meetings, m.id == r.meeting_id)
    mine = sa.and_(r.agency_id == (actor.agency_id or ""), ~r.removed, m.state.in_(("draft", "invited", "live")), visible(actor))
    rows = await reading.all(sa.select(paper_requests, m.title).select_from(joined).where(mine).order_by(r.due_at, r.id).limit(50))
    states = await states_of(reading, rows, now)
    return [row for row in rows if states[row.id] not in ("submitted", "approved")]


async def papers_to_approve(reading: Reading, actor: Actor) -> Sequence[Row]:
    """(meeting_id, title, n) of meetings that the actor runs or organises and that have papers to be approved."""
    joined = papers.join(meetings, meetings.c.id == papers.c.meeting_id)
    waits = sa.and_(papers.c.state == "submitted", ~papers.c.removed, meetings.c.state.in_(("draft", "invited", "live")), arranged(actor))
    columns = (papers.c.meeting_id, meetings.c.title, meetings.c.starts_at)
    wanted = sa.select(*columns, sa.func.count().label("n")).select_from(joined).where(waits).group_by(*columns)
    return await reading.all(wanted.order_by(meetings.c.starts_at).limit(20))


async def paper_of(reading: Reading, actor: Actor, paper_id: str) -> Row:
    """Raises NotFound."""
    there = sa.or_(~papers.c.removed, papers.c.replaced_by_id.is_not(None))
    mine = sa.and_(papers.c.id == paper_id, there, visible(actor))
    paper = await reading.one(sa.select(papers).select_from(papers.join(meetings, meetings.c.id == papers.c.meeting_id)).where(mine))
    if (paper.removed or paper.state != "approved") and not sees_paper(await standing(reading, paper.meeting_id, actor), paper):
        raise NotFound
    return paper


async def content_of(reading: Reading, sha256: str, start: int, stop: int) -> bytes:
    """The bytes from `start` up to and without `stop`."""
    part = sa.func.substr(paper_contents.c.content, start + 1, stop - start, type_=sa.LargeBinary)
    return bytes(await reading.value(sa.select(part).where(paper_contents.c.sha256 == sha256)) or b"")


async def opened_by_how_many(reading: Reading, meeting_id: str) -> dict[str, int]:
    """Of those now invited; by paper."""
    counts = sa.select(paper_openings.c.paper_id, sa.func.count().label("n")).select_from(_by_invited())
    rows = await reading.all(counts.where(paper_openings.c.meeting_id == meeting_id).group_by(paper_openings.c.paper_id))
    return {row.paper_id: row.n for row in rows}


@dataclass(frozen=True, slots=True)
class Readers:
    """Names of those invited who have opened a paper, the first first, and of those who have not."""

    opened: Sequence[str]
    others: Sequence[str]


async def readers_by_paper(reading: Reading, meeting_id: str, paper_ids: Collection[str]) -> Mapping[str, Readers]:
    here = sa.and_(participants.c.meeting_id == meeting_id, ~participants.c.removed)
    everyone = await reading.all(sa.select(participants.c.id, participants.c.name).where(here).order_by(participants.c.position))
    wanted = sa.select(paper_openings.c.paper_id, paper_openings.c.participant_id).where(paper_openings.c.meeting_id == meeting_id)
    opened: dict[str, dict[str, None]] = {key: {} for key in paper_ids}
    for row in await reading.all(wanted.order_by(paper_openings.c.first_at, paper_openings.c.participant_id)):
        opened.setdefault(row.paper_id, {})[row.participant_id] = None
    names = {row.id: row.name for row in everyone}
    return {
        key: Readers([names[one] for one in by if one in names], [row.name for row in everyone if row.id not in by])
        for key, by in opened.items()
    }


async def openings_of(reading: Reading, meeting_id: str, paper_id: str) -> Sequence[Row]:
    """Rows (participant_id, first_at, times ...) of those now invited, the first to open it first."""
    here = sa.and_(paper_openings.c.meeting_id == meeting_id, paper_openings.c.paper_id == paper_id)
    wanted = sa.select(paper_openings).select_from(_by_invited()).where(here)
    return await reading.all(wanted.order_by(paper_openings.c.first_at, paper_openings.c.participant_id))


def _by_invited() -> sa.FromClause:
    return paper_openings.join(participants, sa.and_(participants.c.id == paper_openings.c.participant_id, ~participants.c.removed))
