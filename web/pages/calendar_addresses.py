"""Where addresses of calendars are made and revoked: one's own, and those of agencies and rooms by whoever administers them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings.commands import Actor
from meetings.errors import NotAllowed, NotFound, Problem, Refusal
from meetings.feeds import CreateFeed, Owner, RevokeFeed
from meetings.models.columns import new_id
from meetings.perform import perform
from meetings.queries.feeds import feeds_of

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, LANGUAGE, SETTINGS, SIGNING_KEY, signed_in
from ..rendering import page
from .feeds import address_of_feed

routes = web.RouteTableDef()
LABELS = {"label": "feed.label", "shows": "feed.shows"}


def _owner(request: web.Request) -> tuple[Actor, Owner, str]:
    """Raises NotFound for what is neither an agency nor a room."""
    actor = signed_in(request)
    if "whose" not in request.match_info:
        return actor, "person", actor.person_id or ""
    whose: Owner | None = {"agencies": "agency", "rooms": "room"}.get(request.match_info["whose"])  # type: ignore[assignment]
    if whose is None:
        raise NotFound
    return actor, whose, request.match_info["id"]


@routes.get("/account/calendar")
@routes.get("/admin/{whose}/{id}/calendar")
async def show(request: web.Request) -> web.Response:
    return await _page(request)


@routes.post("/account/calendar")
@routes.post("/admin/{whose}/{id}/calendar")
async def create(request: web.Request) -> web.Response:
    (actor, whose, owner_id), data = _owner(request), await fields_of(request)
    try:
        named = {"feed_id": new_id(), "whose": whose, "owner_id": owner_id, "language": request[LANGUAGE]}
        await perform(request.app[DB], actor, command_from(CreateFeed, data, **named))
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return await _page(request, typed=data, problems=tuple(refusal.problems), status=refusal.status)
    raise redirect(request.path, "feed.created")


@routes.post("/account/calendar/revoke")
@routes.post("/admin/{whose}/{id}/calendar/revoke")
async def revoke(request: web.Request) -> web.Response:
    actor, data = signed_in(request), await fields_of(request)
    await perform(request.app[DB], actor, command_from(RevokeFeed, data))
    raise redirect(request.path.removesuffix("/revoke"), "feed.revoked")


async def _page(
    request: web.Request, *, typed: dict[str, str] | None = None, problems: tuple[Problem, ...] = (), status: int = 200
) -> web.Response:
    actor, whose, owner_id = _owner(request)
    async with request.app[DB].reading() as reading:
        owner, rows = await feeds_of(reading, actor, whose, owner_id)
    key, base_url = request.app[SIGNING_KEY], request.app[SETTINGS].base_url
    addresses = {row.id: address_of_feed(row, key, base_url) for row in rows}
    more: dict[str, Any] = {"whose": whose, "owner": owner, "feeds": rows, "addresses": addresses, "typed": typed or {}}
    here = request.path
    return page(request, "calendar_addresses.html", status=status, problems=problems, labels=LABELS, here=here, **more)
