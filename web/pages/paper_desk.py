"""The page of a meeting's papers: what was asked of whom, preparing and handing in, approving, order, recalling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any

from aiohttp import web

from meetings import clock
from meetings.access import standing
from meetings.commands import Actor, MeetingCommand
from meetings.database import Row
from meetings.errors import Invalid, NotFound, Problem, Refusal
from meetings.paper_requests import AskForPaper, MovePaperDeadline, WithdrawPaperRequest, usual_due
from meetings.papers import AddPaper, ApprovePaper, MovePaper, PreparePaper, RecallPaper, RemovePaper, ReturnPaper, SubmitPapers
from meetings.perform import perform
from meetings.queries.directory import all_agencies
from meetings.queries.papers import PapersPage, papers_page, readers_by_paper

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, known, signed_in
from ..rendering import page
from .schedule import edit_page, sender_of

routes = web.RouteTableDef()
# What a form's `act` gives, and the note that follows.
ACTS: dict[str, tuple[type[MeetingCommand], str]] = {
    "submit": (SubmitPapers, "papers.submitted"), "approve": (ApprovePaper, "papers.approved"), "return": (ReturnPaper, "papers.returned"),
    "recall": (RecallPaper, "papers.recalled"), "move": (MovePaper, "papers.moved"), "remove": (RemovePaper, "schedule.paper_removed"),
    "ask": (AskForPaper, "papers.asked_told"), "deadline": (MovePaperDeadline, "papers.deadline_moved"),
    "withdraw": (WithdrawPaperRequest, "papers.withdrawn"),
}  # fmt: skip


@routes.get("/meetings/{id}/papers")
async def desk(request: web.Request) -> web.Response:
    return await _desk(request, known(request))


async def _desk(
    request: web.Request, actor: Actor, *, problems: Sequence[Problem] = (), typed: dict[str, str] | None = None, status: int = 200
) -> web.Response:
    async with request.app[DB].reading() as reading:
        found = await papers_page(reading, actor, request.match_info["id"], clock.now())
        agencies = [row for row in await all_agencies(reading) if row.active] if found.arranges else []
        readers = await readers_by_paper(reading, found.meeting.id, [row.id for row in found.papers]) if found.arranges else {}
    m, titles = found.meeting, {item.id: item.title for item in found.items}
    due_on = usual_due(clock.local(m.starts_at, m.zone).date() if m.starts_at else None, clock.today(m.zone))

    def due_of(row: Row) -> tuple[str, str]:
        local = clock.local(row.due_at, m.zone)
        return local.date().isoformat(), f"{local:%H:%M}"

    return page(
        request, "papers/desk.html", status=status, problems=problems, found=found, m=m, titles=titles, groups=groups_of(found),
        agencies=agencies, readers=readers, typed=typed or {}, due_of=due_of, due_on=due_on.isoformat(),
    )  # fmt: skip


def groups_of(found: PapersPage) -> list[tuple[str, list[Row]]]:
    """Papers that are read, by item in the order of the agenda; those of the whole meeting come first, under an empty title."""
    read = [row for row in found.papers if row.state in ("approved", "recalled")]
    own = {item.id for item in found.items}
    groups = [("", [row for row in read if row.item_id not in own])]
    groups += [(f"{n}. {item.title}", [row for row in read if row.item_id == item.id]) for n, item in enumerate(found.items, 1)]
    return [(title, rows) for title, rows in groups if rows]


@routes.post("/meetings/{id}/papers")
async def upload(request: web.Request) -> web.Response:
    """By those who organise the meeting, or with `request_id` by the agency that was asked."""
    actor, data = signed_in(request), await fields_of(request)
    meeting_id = request.match_info["id"]
    upload = (await request.post()).get("file")
    kind = PreparePaper if data.get("request_id") else AddPaper
    try:
        if not isinstance(upload, web.FileField):
            raise Invalid("paper_empty", "file")
        title = data.get("title", "").strip() or upload.filename.rpartition(".")[0]
        fields = data | {"title": title, "file_name": upload.filename}
        await perform(request.app[DB], actor, command_from(kind, fields, meeting_id=meeting_id, content=upload.file.read()))
    except Refusal as refusal:
        return await _again(request, actor, data, refusal)
    raise _back(request, data, "papers.uploaded" if kind is PreparePaper else "schedule.paper_added")


@routes.post("/meetings/{id}/papers/acts")
async def act(request: web.Request) -> web.Response:
    actor, data = signed_in(request), await fields_of(request)
    meeting_id = request.match_info["id"]
    if data.get("act") not in ACTS:
        raise NotFound
    kind, note = ACTS[data["act"]]
    more: dict[str, Any] = {"sender": sender_of(request)} if "sender" in kind.__dataclass_fields__ else {}
    try:
        if "due_at" in kind.__dataclass_fields__:
            more["due_at"] = await _due_at(request, actor, data, partial(command_from, kind, data, meeting_id=meeting_id, **more))
        answer = await perform(request.app[DB], actor, command_from(kind, data, meeting_id=meeting_id, **more)) or {}
    except Refusal as refusal:
        return await _again(request, actor, data, refusal)
    raise _back(request, data, "papers.asked_untold" if kind is AskForPaper and not answer["told"] else note)


async def _due_at(request: web.Request, actor: Actor, data: dict[str, str], rest: Callable[..., object]) -> datetime:
    """As typed, on the meeting's clock. Raises Invalid, with what is wrong with the rest too, and NotFound to whom the meeting is none of
    his business."""
    async with request.app[DB].reading() as reading:
        meeting = (await standing(reading, request.match_info["id"], actor)).meeting
    problems: list[Problem] = []
    day, hour = clock.today(), time()
    try:
        day = date.fromisoformat(data.get("due_on", "")[:10])
        if not 2000 <= day.year < 2200:
            raise ValueError(day)
    except ValueError:
        problems.append(Problem("date", "due_on"))
    try:
        hour = time.fromisoformat(data.get("due_time", "")[:5])
    except ValueError:
        problems.append(Problem("time", "due_time"))
    if problems:
        try:
            rest(due_at=clock.now())
        except Invalid as invalid:
            problems = [*invalid.problems, *problems]
        raise Invalid.of(problems)
    return clock.from_local(datetime.combine(day, hour), meeting.zone if meeting is not None else clock.HOME_ZONE)


async def _again(request: web.Request, actor: Actor, data: dict[str, str], refusal: Refusal) -> web.Response:
    """The page that the form stood on, with what was typed."""
    if isinstance(refusal, NotFound):
        raise refusal
    places = [{"file_name": "file", "content": "file"}.get(p.where, p.where) for p in refusal.problems]
    of = data.get("form", "")
    problems = tuple(
        Problem(p.code, f"{where}-{of}" if where else "", p.params) for p, where in zip(refusal.problems, places, strict=True)
    )
    if data.get("back") == "edit":
        return await edit_page(request, actor, problems=problems, typed=data, status=refusal.status)
    return await _desk(request, actor, problems=problems, typed=data, status=refusal.status)


def _back(request: web.Request, data: dict[str, str], note: str) -> web.HTTPSeeOther:
    return redirect(f"/meetings/{request.match_info['id']}/{'edit#papers' if data.get('back') == 'edit' else 'papers'}", note)
