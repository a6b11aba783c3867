"""Where addresses of calendars are made and revoked: one's own, and those of agencies and rooms by whoever administers them."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web
from yarl import URL

from calendars.sealing import Access, sealed
from meetings.commands import Actor
from meetings.errors import Invalid, NotAllowed, NotFound, Problem, Refusal
from meetings.feeds import CreateFeed, Owner, RevokeFeed
from meetings.models.columns import new_id
from meetings.outside_calendars import AddOutsideCalendar, ReadOutsideCalendar, RemoveOutsideCalendar
from meetings.perform import perform
from meetings.queries.feeds import calendars_of

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, LANGUAGE, SETTINGS, SIGNING_KEY, signed_in
from ..rendering import page
from .feeds import address_of_feed

routes = web.RouteTableDef()
LABELS = {
    "label": "feed.label", "shows": "feed.shows", "url": "outside.url", "name": "outside.label", "user": "outside.user",
    "password": "outside.password", "kind": "outside.kind",
}  # fmt: skip
LONGEST = 2000  # characters of an address



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


@routes.post("/account/calendar/outside")
@routes.post("/admin/{whose}/{id}/calendar/outside")
async def add_outside(request: web.Request) -> web.Response:
    """What is secret is sealed here; if something is wrong, all but the password is still there."""
    (actor, whose, owner_id), data, calendar_id = _owner(request), await fields_of(request), new_id()
    try:
        access = _access(data)
        given = {"kind": data.get("kind", ""), "label": data.get("name", ""), "host": URL(access.url).host}
        named = {"calendar_id": calendar_id, "whose": whose, "owner_id": owner_id}
        secret = sealed(request.app[SIGNING_KEY], calendar_id, access)
        await perform(request.app[DB], actor, command_from(AddOutsideCalendar, given, sealed=secret, **named))
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return await _page(request, typed=data, problems=tuple(refusal.problems), status=refusal.status)
    raise redirect(request.path.removesuffix("/outside"), "outside.added")


def _access(data: dict[str, str]) -> Access:
    """Raises Invalid."""
    text = re.sub(r"^webcals?://", "https://", data.get("url", "").strip(), flags=re.I)
    user, password = data.get("user", ""), data.get("password", "")
    if max(len(text), len(user), len(password)) > LONGEST:
        raise Invalid("outside_long", "url")
    try:
        url = URL(text)
    except ValueError:
        raise Invalid("outside_url", "url") from None
    if url.scheme not in ("http", "https") or not url.host or url.user or url.password:
        raise Invalid("outside_url", "url")
    return Access(text, user, password)


@routes.post("/account/calendar/outside/remove")
@routes.post("/account/calendar/outside/again")
@routes.post("/admin/{whose}/{id}/calendar/outside/remove")
@routes.post("/admin/{whose}/{id}/calendar/outside/again")
async def change_outside(request: web.Request) -> web.Response:
    actor, data, act = signed_in(request), await fields_of(request), request.path.rpartition("/")[2]
    kind = RemoveOutsideCalendar if act == "remove" else ReadOutsideCalendar
    await perform(request.app[DB], actor, command_from(kind, data))
    raise redirect(request.path.removesuffix(f"/outside/{act}"), "outside.removed" if act == "remove" else "outside.asked_again")


async def _page(
    request: web.Request, *, typed: dict[str, str] | None = None, problems: tuple[Problem, ...] = (), status: int = 200
) -> web.Response:
    actor, whose, owner_id = _owner(request)
    async with request.app[DB].reading() as reading:
        found = await calendars_of(reading, actor, whose, owner_id)
    key, base_url = request.app[SIGNING_KEY], request.app[SETTINGS].base_url
    addresses = {row.id: address_of_feed(row, key, base_url) for row in found.feeds}
    more: dict[str, Any] = {"whose": whose, "owner": found.owner, "feeds": found.feeds, "addresses": addresses, "typed": typed or {}}
    more["outside"], here = found.outside, request.path.removesuffix("/outside")
    return page(request, "calendar_addresses.html", status=status, problems=problems, labels=LABELS, here=here, **more)
