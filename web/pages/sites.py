"""The bridge sites of a meeting for who organises it: whose agency sits where, test calls, and the link of each to hand out."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import datetime
from typing import Any

from aiohttp import web

from meetings import clock, links
from meetings.database import Row
from meetings.errors import Invalid, NotFound, Problem, Refusal
from meetings.perform import perform
from meetings.queries.directory import all_agencies
from meetings.queries.meetings import MeetingPage, meeting_page
from meetings.site_plan import PlanSite, PlanTestCalls, RenewSiteLink
from meetings.sites import tested, troubled

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, SETTINGS, SIGNING_KEY, signed_in
from ..qr import qr_svg
from ..rendering import page

routes = web.RouteTableDef()


@routes.get("/meetings/{id}/sites")
async def show(request: web.Request) -> web.Response:
    return await _show(request)


@routes.get("/meetings/{id}/site-cards")
async def cards(request: web.Request) -> web.Response:
    """A card a site, to print: what, when, the test call, and the link."""
    found = await _organised(request)
    return page(request, "site/cards.html", found=found, m=found.meeting, link_of=_linker(request), picture_of=_picture)


@routes.post("/meetings/{id}/sites/{site}/plan")
async def plan(request: web.Request) -> web.Response:
    found, data = await _organised(request), await fields_of(request)
    site_id = request.match_info["site"]
    try:
        moment = _instant(data.get("test_at", ""), found.meeting.zone, "test_at")
        chosen = {"agency_id": data.get("agency_id", "")}
        command = command_from(PlanSite, chosen, meeting_id=found.meeting.id, site_id=site_id, test_at=moment)
        await perform(request.app[DB], signed_in(request), command)
    except Invalid as invalid:
        return await _show(request, edited=site_id, problems=tuple(invalid.problems), status=422)
    raise redirect(f"/meetings/{found.meeting.id}/sites#{site_id}", "site.plan_kept")


@routes.post("/meetings/{id}/test-calls")
async def test_calls(request: web.Request) -> web.Response:
    found, data = await _organised(request), await fields_of(request)
    try:
        starts_at = _instant(data.get("starts_at", ""), found.meeting.zone, "starts_at")
        command = command_from(PlanTestCalls, data, meeting_id=found.meeting.id, starts_at=starts_at)
        await perform(request.app[DB], signed_in(request), command)
    except Refusal as refusal:
        return await _show(request, problems=tuple(refusal.problems), status=refusal.status)
    raise redirect(f"/meetings/{found.meeting.id}/sites", "site.tests_planned")


@routes.post("/meetings/{id}/sites/{site}/link")
async def renew(request: web.Request) -> web.Response:
    found = await _organised(request)
    command = RenewSiteLink(meeting_id=found.meeting.id, site_id=request.match_info["site"])
    await perform(request.app[DB], signed_in(request), command)
    raise redirect(f"/meetings/{found.meeting.id}/sites#{command.site_id}", "site.link_renewed")


async def _organised(request: web.Request) -> MeetingPage:
    """Raises NotFound to everybody who does not organise the meeting."""
    async with request.app[DB].reading() as reading:
        found = await meeting_page(reading, signed_in(request), request.match_info["id"])
    if not found.by.organises or found.meeting.state == "draft":
        raise NotFound
    return found


async def _show(
    request: web.Request, *, edited: str = "", problems: tuple[Problem, ...] = (), status: int = 200
) -> web.Response:
    found = await _organised(request)
    async with request.app[DB].reading() as reading:
        agencies = await all_agencies(reading)
    context: dict[str, Any] = {
        "found": found, "m": found.meeting, "agencies": agencies, "seated": Counter(row.site_id for row in found.participants),
        "edited": edited or request.query.get("edit", ""), "link_of": _linker(request), "reported": _reported,
        "local": lambda moment: f"{clock.local(moment, found.meeting.zone):%Y-%m-%dT%H:%M}" if moment else "",
    }  # fmt: skip
    return page(request, "site/plan.html", status=status, problems=problems, **context)


def _linker(request: web.Request) -> Any:
    key, base = request.app[SIGNING_KEY], request.app[SETTINGS].base_url
    return lambda site: f"{base}/s/{links.token_of(key, site.id, site.link_version, 'site')}"


def _picture(text: str) -> str:
    """A QR code as an image's address."""
    return f"data:image/svg+xml;base64,{base64.b64encode(qr_svg(text)).decode()}"


def _reported(site: Row) -> str:
    """What the site has last said of itself; whether it is connected, the room's board shows."""
    return "trouble" if troubled(site) else "ready" if site.ready else "tested" if tested(site) else "untested"


def _instant(text: str, zone: str, where: str) -> datetime | None:
    """A `datetime-local` value as an instant; None when empty. Raises Invalid."""
    try:
        return clock.from_local(datetime.fromisoformat(text), zone) if text else None
    except ValueError:
        raise Invalid("date", where) from None
