"""The weekly schedule (lịch công tác tuần): read by everybody or by the agency, as a page, PDF, table and calendar; kept by its office."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from aiohttp import web

from calendars.feed_cache import Kept
from calendars.work_week import columns_of, pdf_of, time_of, week_calendar
from meetings import clock, i18n
from meetings.calendar_days import monday
from meetings.database import Row
from meetings.errors import NotAllowed, NotFound, Refusal
from meetings.models.organisation import agencies
from meetings.models.work_week import SESSIONS
from meetings.perform import perform
from meetings.queries.work_week import (
    FEED_WEEKS,
    WeekPage,
    is_insider,
    last_published,
    public_agencies,
    published_week,
    published_weeks,
    week_draft,
)
from meetings.work_week import ApproveWeek, CollectWeek, PublishWeek, RemoveWeekEntry, SaveWeekEntry, WeekCommand, keeps_week
from meetings.work_week_rules import by_day

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, SETTINGS, actor_of, signed_in
from ..rendering import page
from ..table_file import xlsx_file
from .attendance import XLSX
from .feeds import FEED_CACHE, conditional
from .meetings import Problems, day_of

routes = web.RouteTableDef()
LABELS = {name: f"week.column_{name}" for name in ("day", "content", "chair", "attendees", "preparing", "place", "note")} | {
    "start": "week.start", "approved_by": "week.approved_by", "reason": "week.reason",
}  # fmt: skip


@routes.get("/week")
async def own(request: web.Request) -> web.Response:
    raise web.HTTPSeeOther(f"/week/{signed_in(request).agency_id}")


@routes.get("/week/{agency:[0-9a-f]{32}}")
async def show(request: web.Request) -> web.Response:
    """Without signing in, what is for everybody. `day`: any day of the week; `version`: of an older one."""
    zone, actor = request.app[SETTINGS].zone, actor_of(request)
    today = clock.today(zone)
    start = monday(day_of(request.query.get("day", "")) or today)
    async with request.app[DB].reading() as reading:
        found = await published_week(reading, actor, request.match_info["agency"], start, _version(request))
        others = await public_agencies(reading, start)
    keeps = actor is not None and keeps_week(actor, found.agency.id)
    return page(
        request, "week/show.html", found=found, days=by_day(found.lines, start), columns=columns_of(found.lines), time_of=time_of,
        others=[row for row in others if row.id != found.agency.id], keeps=keeps, week=timedelta(days=7), last=start + timedelta(days=6),
        today=today,
    )  # fmt: skip


def _version(request: web.Request) -> int | None:
    text = request.query.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


@routes.get("/week/{agency:[0-9a-f]{32}}/{monday}.pdf")
async def as_pdf(request: web.Request) -> web.Response:
    found, revision, parent = await _printed(request)
    zone, kind = request.app[SETTINGS].zone, "insiders" if found.insider else "everybody"
    key = f"{revision.number} {found.agency.name} {parent}"
    kept = await _kept(request, f"week {revision.week_id} {kind}", key, lambda: pdf_of(found, revision, parent, zone))
    return _file(found, kept.plain, "application/pdf", "pdf")


@routes.get("/week/{agency:[0-9a-f]{32}}/{monday}.xlsx")
async def as_table(request: web.Request) -> web.Response:
    found, _, _ = await _printed(request)
    t, names = i18n.translator("vi"), columns_of(found.lines)
    rows = [[t(f"week.column_{name}") for name in ("day", "session", "time", *names)]]
    for entry in (line.entry for line in found.lines if line.mark != "gone"):
        day = date.fromisoformat(entry.day)
        named = f"{t(f'home.day_{day.weekday()}')} {day:%d/%m/%Y}"
        rows.append([named, t(f"week.session_{entry.session}"), entry.start, *(getattr(entry, name) for name in names)])
    content = await asyncio.to_thread(xlsx_file, t("week.title"), rows)
    return _file(found, content, XLSX, "xlsx")


async def _printed(request: web.Request) -> tuple[WeekPage, Row, str]:
    """(page, version, name of the agency above). Raises NotFound where there is nothing that the reader may see."""
    start = day_of(request.match_info["monday"])
    if start is None or start != monday(start):
        raise NotFound
    async with request.app[DB].reading() as reading:
        found = await published_week(reading, actor_of(request), request.match_info["agency"], start, _version(request))
        parent = (await reading.get(agencies, found.agency.parent_id)).name if found.agency.parent_id else ""
    if found.revision is None:
        raise NotFound
    return found, found.revision, parent


def _file(found: WeekPage, content: bytes, kind: str, ending: str) -> web.Response:
    name, shown = f"lich-cong-tac-{found.monday.isoformat()}.{ending}", "inline" if ending == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="{name}"', "Cache-Control": "private, no-cache"}
    return web.Response(body=content, content_type=kind, headers=headers)


@routes.get("/week/{agency:[0-9a-f]{32}}.ics")
async def as_calendar(request: web.Request) -> web.Response:
    """To subscribe to, what is for everybody; whoever is signed in, what he may read. It changes by publishing, and when a week begins."""
    settings, key = request.app[SETTINGS], request.match_info["agency"]
    since = monday(clock.today(settings.zone)) - timedelta(weeks=FEED_WEEKS)
    async with request.app[DB].reading() as reading:
        agency = await reading.get(agencies, key)
        insider = await is_insider(reading, actor_of(request), key)
        weeks = await published_weeks(reading, key, since, insider=insider)
        published = await last_published(reading, key)
    begun = clock.from_local(datetime.combine(since + timedelta(weeks=FEED_WEEKS), time()), settings.zone)
    state = f"{agency.name} {since} {[(row.week_id, row.number) for row, _ in weeks]}"
    name = f"weeks {key} {'insiders' if insider else 'everybody'}"
    kept = await _kept(request, name, state, lambda: week_calendar(agency, weeks, settings.zone, settings.mail_from))
    return await conditional(request, kept, max(begun, published or begun), "lich-cong-tac.ics")


async def _kept(request: web.Request, name: str, key: str, make: Callable[[], bytes]) -> Kept:
    """Made once a version, beside the event loop: anybody may ask for it."""
    cache = request.app[FEED_CACHE]
    kept = cache.get(name, key)
    if kept is None:
        kept = Kept.of(await asyncio.to_thread(make))
        cache.put(name, key, kept)
    return kept


@routes.get("/week/{agency:[0-9a-f]{32}}/{monday}/edit")
async def edit(request: web.Request) -> web.Response:
    return await _edit(request)


async def _edit(
    request: web.Request, *, problems: Problems = (), typed: dict[str, Any] | None = None, entry_id: str = "", status: int = 200
) -> web.Response:
    """With an empty line to fill in, or with the one of `entry_id` to change."""
    start = _start(request)
    async with request.app[DB].reading() as reading:
        found = await week_draft(reading, request.match_info["agency"], start)
    chosen = next((line.entry for line in found.lines if line.entry.id == entry_id and line.mark != "gone"), None)
    if entry_id and chosen is None and typed is None:
        raise NotFound
    values = {name: getattr(chosen, name) for name in SaveWeekEntry.__dataclass_fields__ if hasattr(chosen, name)}
    empty = {name: "" for name in LABELS} | {"day": start.isoformat(), "session": SESSIONS[0], "internal": False}
    days = [start + timedelta(days=n) for n in range(7)]
    return page(
        request, "week/edit.html", status=status, problems=problems, labels=LABELS, found=found, start=start, last=days[-1], week_days=days,
        v=empty | values | (typed or {}), entry_id=entry_id, days=by_day(found.lines, start), sessions=SESSIONS, time_of=time_of,
    )  # fmt: skip


@routes.get("/week/{agency:[0-9a-f]{32}}/{monday}/entries/{entry:[0-9a-f]{32}}")
async def entry(request: web.Request) -> web.Response:
    return await _edit(request, entry_id=request.match_info["entry"])


@routes.post("/week/{agency:[0-9a-f]{32}}/{monday}/entries")
@routes.post("/week/{agency:[0-9a-f]{32}}/{monday}/entries/{entry:[0-9a-f]{32}}")
async def save(request: web.Request) -> web.Response:
    start, data = _start(request), await fields_of(request)
    key = request.match_info.get("entry", "")
    typed: dict[str, Any] = data | {"internal": "internal" in data}
    try:
        await perform(request.app[DB], signed_in(request), _command(request, SaveWeekEntry, typed, **({"entry_id": key} if key else {})))
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return await _edit(request, problems=tuple(refusal.problems), typed=typed, entry_id=key, status=refusal.status)
    raise redirect(f"{_here(request, start)}/edit", "week.saved")


@routes.post("/week/{agency:[0-9a-f]{32}}/{monday}/entries/{entry:[0-9a-f]{32}}/remove")
async def remove(request: web.Request) -> web.Response:
    await perform(request.app[DB], signed_in(request), _command(request, RemoveWeekEntry, {}, entry_id=request.match_info["entry"]))
    raise redirect(f"{_here(request, _start(request))}/edit", "week.removed")


@routes.post("/week/{agency:[0-9a-f]{32}}/{monday}/collect")
async def collect(request: web.Request) -> web.Response:
    command = _command(request, CollectWeek, {}, zone=request.app[SETTINGS].zone)
    counts = await perform(request.app[DB], signed_in(request), command) or {}
    note = "week.collected" if any(counts.values()) else "week.collected_nothing"
    raise redirect(f"{_here(request, _start(request))}/edit", note, **(counts if any(counts.values()) else {}))


@routes.post("/week/{agency:[0-9a-f]{32}}/{monday}/approve")
async def approve(request: web.Request) -> web.Response:
    return await _act(request, ApproveWeek, "week.approved", await fields_of(request))


@routes.post("/week/{agency:[0-9a-f]{32}}/{monday}/publish")
async def publish(request: web.Request) -> web.Response:
    data = await fields_of(request)
    return await _act(request, PublishWeek, "week.published", data | {"public": data.get("public") == "yes"})


async def _act(request: web.Request, kind: type[WeekCommand], done: str, data: dict[str, Any]) -> web.Response:
    try:
        await perform(request.app[DB], signed_in(request), _command(request, kind, data))
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        kept = {name: value for name, value in data.items() if name in ("approved_by", "reason")}
        return await _edit(request, problems=tuple(refusal.problems), typed=kept, status=refusal.status)
    raise redirect(f"{_here(request, _start(request))}/edit", done)


def _command(request: web.Request, kind: type[WeekCommand], data: dict[str, Any], **more: Any) -> WeekCommand:
    return command_from(kind, data, agency_id=request.match_info["agency"], monday=_start(request), **more)


def _here(request: web.Request, start: date) -> str:
    return f"/week/{request.match_info['agency']}/{start.isoformat()}"


def _start(request: web.Request) -> date:
    """The Monday of the address, for those who keep this schedule. Raises NotFound for another day, NotAllowed for anybody else."""
    start = day_of(request.match_info["monday"])
    if start is None or start != monday(start):
        raise NotFound
    if not keeps_week(signed_in(request), request.match_info["agency"]):
        raise NotAllowed("not_allowed")
    return start
