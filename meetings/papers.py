"""Papers of a meeting: added by those who organise it, or prepared by an agency that was asked, handed in, and approved or returned.
The room and everybody who does not prepare or run it know of approved papers alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid, NotAllowed, NotFound
from .invitation_facts import Sender
from .models.beside import notes
from .models.columns import new_id
from .models.meeting import meetings, paper_requests, papers
from .paper_files import Level, kept_file, refuse_secret
from .paper_notices import tell_agency
from .presenting import end_showing
from .standing import Standing
from .text import Id, Line, Paragraph
from .views import announce

PaperKind = Literal["main", "reference"]
PENDING = ("draft", "submitted", "returned")
MOST_VERSIONS = 50  # that an agency uploads for one request; all are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPaper(MeetingCommand):
    """By those who organise the meeting, so that it is approved at once. `replaces_id`: the paper of which it is a new version."""

    title: Line
    file_name: Line
    content: bytes
    item_id: Id | None = None
    kind: PaperKind = "main"
    level: Level = "ordinary"
    replaces_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparePaper(MeetingCommand):
    """By the agency that was asked: a draft, until it is submitted. A version that is not approved gives way to the new one at once."""

    request_id: Id
    title: Line
    file_name: Line
    content: bytes
    kind: PaperKind = "main"
    level: Level = "ordinary"
    replaces_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitPapers(MeetingCommand):
    """All drafts that answer the request."""

    request_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovePaper(MeetingCommand):
    """From now on everybody invited reads it, instead of the version that it replaces. Also brings back what was recalled."""

    paper_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPaper(MeetingCommand):
    """To the agency that prepared it, which is told why."""

    paper_id: Id
    reason: Paragraph
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallPaper(MeetingCommand):
    """Nobody but those who run or prepare it can open it any more; the others are told that it was recalled, and why."""

    paper_id: Id
    reason: Paragraph


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePaper(MeetingCommand):
    """One place on or back among the papers that are read together."""

    paper_id: Id
    by: Literal["-1", "1"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePaper(MeetingCommand):
    """Any, by those who organise the meeting; by the agency that prepares it, as long as it is not approved."""

    paper_id: Id


async def add_paper(tx: Transaction, by: Standing, command: AddPaper) -> Answer:
    values = await _uploaded(tx, command)
    before = await _paper(tx, command.replaces_id) if command.replaces_id else None
    if before is not None and before.state in PENDING:
        raise Conflict("paper_not_approved")
    key = await _insert(tx, by, before, **values, item_id=command.item_id)
    if before is not None:
        await tx.update(papers, key, item_id=before.item_id, request_id=before.request_id, agency_id=before.agency_id)
        await _take_place(tx, key, before.id)
    await announce(tx, "paper", [key])
    return {"paper_id": key}


async def prepare_paper(tx: Transaction, by: Standing, command: PreparePaper) -> Answer:
    request = await _own_request(tx, by, command.request_id)
    if (await tx.value(sa.select(sa.func.count()).where(papers.c.request_id == request.id)) or 0) >= MOST_VERSIONS:
        raise Invalid("papers_many", "file", most=MOST_VERSIONS)
    values = await _uploaded(tx, command)
    before = await _paper(tx, command.replaces_id) if command.replaces_id else None
    if before is not None and (before.request_id != request.id or before.state == "recalled"):
        raise NotFound
    target = before.id if before is not None and before.state == "approved" else before.replaces_id if before is not None else None
    key = await _insert(
        tx, by, before, **values, item_id=request.item_id, request_id=request.id, agency_id=request.agency_id, state="draft",
        replaces_id=target,
    )  # fmt: skip
    if before is not None:
        await _drop_pending(tx, before, target, key)
    return {"paper_id": key}


async def submit_papers(tx: Transaction, by: Standing, command: SubmitPapers) -> Answer:
    request = await _own_request(tx, by, command.request_id)
    mine = sa.and_(papers.c.request_id == request.id, papers.c.state == "draft", ~papers.c.removed)
    handed_in = await tx.write(sa.update(papers).where(mine).values(state="submitted"))
    if not handed_in:
        raise Conflict("nothing_to_submit")
    return {"papers": handed_in}


async def approve_paper(tx: Transaction, by: Standing, command: ApprovePaper) -> Answer:
    paper = await _paper(tx, command.paper_id)
    if paper.state == "approved":
        return None
    if paper.state == "draft":
        raise Conflict("paper_not_submitted")
    await tx.update(papers, paper.id, state="approved", reason="", replaces_id=None)
    if paper.replaces_id:
        await _take_place(tx, paper.id, paper.replaces_id)
    await announce(tx, "paper", [paper.id])
    return None


async def return_paper(tx: Transaction, by: Standing, command: ReturnPaper) -> Answer:
    paper = await _paper(tx, command.paper_id)
    if paper.state != "submitted":
        raise Conflict("paper_not_submitted")
    await tx.update(papers, paper.id, state="returned", reason=command.reason)
    said = {"paper": paper.title, "reason": command.reason}
    return {"told": await tell_agency(tx, by.meeting, paper.agency_id, "returned", said, command.sender)}


async def recall_paper(tx: Transaction, by: Standing, command: RecallPaper) -> Answer:
    paper = await _paper(tx, command.paper_id)
    if paper.state != "approved":
        raise Conflict("paper_not_approved")
    await tx.update(papers, paper.id, state="recalled", reason=command.reason)
    await _no_longer_seen(tx, paper.id)
    return None


async def move_paper(tx: Transaction, by: Standing, command: MovePaper) -> Answer:
    paper = await _paper(tx, command.paper_id)
    here = sa.and_(papers.c.meeting_id == tx.scope, ~papers.c.removed)
    rows = await tx.all(sa.select(papers).where(here).order_by(papers.c.position, papers.c.id))
    together = [row.id for row in rows if (row.item_id, row.kind) == (paper.item_id, paper.kind) and row.state not in PENDING]
    there = together.index(paper.id) + int(command.by) if paper.id in together else -1
    if not 0 <= there < len(together):
        return None
    order = [row.id for row in rows]
    a, b = order.index(paper.id), order.index(together[there])
    order[a], order[b] = order[b], order[a]
    before = {row.id: row.position for row in rows}
    moved = [(place, key) for place, key in enumerate(order) if before[key] != place]
    for place, key in moved:
        await tx.update(papers, key, position=place)
    await announce(tx, "paper", [key for _, key in moved if key in together])
    return None


async def remove_paper(tx: Transaction, by: Standing, command: RemovePaper) -> Answer:
    paper = await _paper(tx, command.paper_id)
    if not by.organises and (paper.agency_id is None or paper.agency_id != by.actor.agency_id or paper.state not in PENDING):
        raise NotAllowed("not_allowed")
    await tx.update(papers, paper.id, removed=True)
    if paper.state == "approved":
        await _no_longer_seen(tx, paper.id)
    return None


async def copy_papers(tx: Transaction, source_id: str, meeting_id: str, ids: Mapping[str, str], *, only: bool = False) -> None:
    """Those that are approved, into another meeting. `ids`: its items by those of the source; papers of others belong to the whole
    meeting, or with `only` stay behind."""
    approved = sa.and_(papers.c.meeting_id == source_id, papers.c.state == "approved", ~papers.c.removed)
    rows = await tx.all(sa.select(papers).where(approved).order_by(papers.c.position))
    anew = {"meeting_id": meeting_id, "request_id": None, "added_at": tx.now}
    taken = [row for row in rows if row.item_id in ids or not only]
    copies = [dict(row._mapping) | anew | {"id": new_id(), "item_id": ids.get(row.item_id)} for row in taken]
    await tx.insert_many(papers, copies)


async def _uploaded(tx: Transaction, command: AddPaper | PreparePaper) -> dict[str, Any]:
    refuse_secret(command.level, command.title, command.file_name)
    kept = await kept_file(tx, command.file_name, command.content)
    return kept | {"title": command.title, "kind": command.kind, "internal": command.level == "internal"}


async def _insert(tx: Transaction, by: Standing, before: Row | None, **values: Any) -> str:
    """At the end, or as the next version of `before`, where that stands."""
    key = new_id()
    last = await tx.value(sa.select(sa.func.max(papers.c.position)).where(papers.c.meeting_id == tx.scope))
    place = {"position": (last or 0) + 1} if before is None else {"position": before.position, "version": before.version + 1}
    await tx.insert(papers, id=key, meeting_id=tx.scope, added_by=by.actor.person_id, added_at=tx.now, **place, **values)
    return key


async def _paper(tx: Transaction, paper_id: str) -> Row:
    """Raises Conflict for one that was replaced or removed meanwhile, NotFound for one of another meeting."""
    paper = await tx.one(sa.select(papers).where(papers.c.id == paper_id, papers.c.meeting_id == tx.scope))
    if paper.removed:
        raise Conflict("paper_gone")
    return paper


async def _own_request(tx: Transaction, by: Standing, request_id: str) -> Row:
    """Raises NotFound for what was asked of another agency."""
    mine = sa.and_(paper_requests.c.agency_id == by.actor.agency_id, ~paper_requests.c.removed)
    here = sa.and_(paper_requests.c.id == request_id, paper_requests.c.meeting_id == tx.scope)
    request = await tx.one(sa.select(paper_requests).where(here, mine))
    if await tx.value(sa.select(meetings.c.state).where(meetings.c.id == tx.scope)) in ("finished", "cancelled"):
        raise Conflict("meeting_over")
    return request


async def _drop_pending(tx: Transaction, before: Row, target: str | None, new: str) -> None:
    """What is not approved yet and was to take the same place."""
    waits = sa.and_(papers.c.meeting_id == tx.scope, papers.c.state.in_(PENDING), ~papers.c.removed, papers.c.id != new)
    same = sa.or_(papers.c.id == before.id, papers.c.replaces_id == target) if target else papers.c.id == before.id
    await tx.write(sa.update(papers).where(waits, same).values(removed=True, replaced_by_id=new))


async def _take_place(tx: Transaction, new: str, old: str) -> None:
    """Whoever noted something on the old version finds it on the new one."""
    await tx.update(papers, old, removed=True, replaced_by_id=new)
    await tx.write(sa.update(papers).where(papers.c.replaces_id == old, papers.c.id != new).values(replaces_id=new))
    await _no_longer_seen(tx, old)
    both = notes.alias("both")
    noted = sa.select(both.c.owner).where(both.c.meeting_id == tx.scope, both.c.about == "paper", both.c.about_id == new)
    mine = sa.and_(notes.c.meeting_id == tx.scope, notes.c.about == "paper", notes.c.about_id == old)
    await tx.write(sa.update(notes).where(mine, notes.c.owner.not_in(noted)).values(about_id=new))


async def _no_longer_seen(tx: Transaction, paper_id: str) -> None:
    await announce(tx, "paper", [paper_id])
    await end_showing(tx, paper_id)
