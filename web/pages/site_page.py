"""A bridge site's own page: reached by its link, good for this meeting only, or by the staff of its agency with their own sign-in.
Opening the link changes nothing; only its button starts a session."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from aiohttp import web

from meetings import links
from meetings.access import standing
from meetings.commands import Actor
from meetings.database import Row
from meetings.errors import Invalid, NotFound, Problem
from meetings.models.meeting import meetings, sites
from meetings.perform import perform
from meetings.sites import KeepContact, site_of
from realtime.connections import admit

from ..assets import static
from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import ACTOR, DB, LANGUAGE, SETTINGS, SIGNING_KEY, known
from ..rendering import page
from .room import script, words
from .sign_in import start_session

routes = web.RouteTableDef()


@routes.get("/s/{token}")
async def link(request: web.Request) -> web.Response:
    site = await _site(request)
    async with request.app[DB].reading() as reading:
        meeting = await reading.one(sa.select(meetings).where(meetings.c.id == site.meeting_id, meetings.c.state != "draft"))
    return page(request, "site/link.html", m=meeting, site=site, token=request.match_info["token"])


@routes.post("/s/{token}/enter")
async def enter(request: web.Request) -> web.Response:
    """With a session that is good for this meeting only. Whoever is signed in and acts for the site anyway stays so."""
    site = await _site(request)
    response = web.HTTPSeeOther(f"/meetings/{site.meeting_id}/sites/{site.id}")
    if not _acts_already(request.get(ACTOR), site):
        await start_session(request, response, site_id=site.id)
    raise response


@routes.get("/meetings/{id}/sites/{site}")
async def show(request: web.Request) -> web.Response:
    return await _show(request)


@routes.post("/meetings/{id}/sites/{site}/contact")
async def contact(request: web.Request) -> web.Response:
    meeting_id, site_id = request.match_info["id"], request.match_info["site"]
    data = await fields_of(request)
    try:
        await perform(request.app[DB], known(request), command_from(KeepContact, data, meeting_id=meeting_id, site_id=site_id))
    except Invalid as invalid:
        return await _show(request, typed=data, problems=tuple(invalid.problems), status=422)
    raise redirect(f"/meetings/{meeting_id}/sites/{site_id}", "site.contact_kept")


async def _show(
    request: web.Request, *, typed: dict[str, str] | None = None, problems: tuple[Problem, ...] = (), status: int = 200
) -> web.Response:
    actor = known(request)
    meeting_id, site_id = request.match_info["id"], request.match_info["site"]
    async with request.app[DB].reading() as reading:
        meeting = (await standing(reading, meeting_id, actor)).meeting
        await admit(reading, "", actor, meeting_id, "site", site_id)
        site = await site_of(reading, meeting_id, actor.site_id or site_id)
    boot = {
        "meeting": meeting_id, "view": "site", "site": site.id, "language": request[LANGUAGE], "zone": request.app[SETTINGS].zone,
        "words": words(request[LANGUAGE]), "page": f"/meetings/{meeting_id}",
    }  # fmt: skip
    kept = {name: getattr(site, name) for name in ("place", "lead", "lead_title", "technician", "phone")}
    context: dict[str, Any] = {"m": meeting, "site": site, "contact": kept | (typed or {}), "boot": script(boot)}
    imports = script({"imports": {"socket.io": static("vendor/socket.io.js")}})
    return page(request, "site/page.html", status=status, problems=problems, imports=imports, **context)


def _acts_already(actor: Actor | None, site: Row) -> bool:
    if actor is None:
        return False
    return actor.site_id == site.id or (actor.staff and site.agency_id is not None and actor.agency_id == site.agency_id)


async def _site(request: web.Request) -> Row:
    """Whose link it is. Raises NotFound, with a word to a genuine but withdrawn one only."""
    token, key = request.match_info["token"], request.app[SIGNING_KEY]
    async with request.app[DB].reading() as reading:
        row = await reading.first(sa.select(sites).where(sites.c.id == links.holder_of(token)))
    if row is None:
        raise NotFound("link_broken")
    if not row.removed and links.genuine(key, token, row.link_version, "site"):
        return row
    earlier = any(links.genuine(key, token, version, "site") for version in range(1, row.link_version + 1))
    raise NotFound("site_link_withdrawn" if earlier else "link_broken")
