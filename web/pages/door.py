"""The door: a screen with a code that changes, and the page that a phone opens by scanning it. Opening it changes nothing."""

from __future__ import annotations

from aiohttp import web

from meetings import clock, door
from meetings.access import standing
from meetings.commands import Actor
from meetings.errors import Conflict, NotAllowed
from meetings.perform import perform
from meetings.standing import Standing

from ..keys import DB, SETTINGS, SIGNING_KEY, actor_of, known
from ..qr import qr_svg
from ..rendering import page
from .room import shell

routes = web.RouteTableDef()


@routes.get("/meetings/{id}/door")
async def screen(request: web.Request) -> web.Response:
    await _keeper(request)
    return await shell(request, "door/screen.html", "projector")


@routes.get("/meetings/{id}/door/code.svg")
async def code(request: web.Request) -> web.Response:
    """The present code. For those who keep the door: whoever could read it elsewhere could check in from there."""
    await _keeper(request)
    meeting_id = request.match_info["id"]
    present = door.code_of(request.app[SIGNING_KEY], meeting_id, door.step_at(clock.now()))
    address = f"{request.app[SETTINGS].base_url}/meetings/{meeting_id}/door/{present}"
    return web.Response(body=qr_svg(address), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@routes.get("/meetings/{id}/door/{code}")
async def scanned(request: web.Request) -> web.Response:
    actor = actor_of(request)
    if actor is None:
        return page(request, "door/stranger.html", next=request.path, status=401)
    return await _answer(request, actor)


@routes.post("/meetings/{id}/door/{code}")
async def enter(request: web.Request) -> web.Response:
    actor = known(request)
    meeting_id = request.match_info["id"]
    await _by(request, actor)
    step = door.step_of(request.app[SIGNING_KEY], meeting_id, request.match_info["code"])
    refused = ""
    try:
        if step is None:
            raise Conflict("door_code_old")
        await perform(request.app[DB], actor, door.CheckInAtDoor(meeting_id=meeting_id, step=step))
    except Conflict as conflict:
        refused = conflict.code
    return await _answer(request, actor, refused)


async def _answer(request: web.Request, actor: Actor, refused: str = "") -> web.Response:
    """Whoever is in the room already is told so, whatever the code; else the button, or why there is none."""
    by = await _by(request, actor)
    step = door.step_of(request.app[SIGNING_KEY], request.match_info["id"], request.match_info["code"])
    old = step is None or not door.fresh(step, clock.now())
    here = by.me is not None and by.me.attendance == "room"
    refused = "" if here else refused or ("door_code_old" if old else "")
    return page(request, "door/scanned.html", m=by.meeting, me=by.me, here=here, refused=refused, status=409 if refused else 200)


async def _by(request: web.Request, actor: Actor) -> Standing:
    """Raises NotFound to a stranger, NotAllowed to whoever sees the meeting without taking part."""
    async with request.app[DB].reading() as reading:
        by = await standing(reading, request.match_info["id"], actor)
    if by.me is None:
        raise NotAllowed("not_in_room")
    return by


async def _keeper(request: web.Request) -> None:
    async with request.app[DB].reading() as reading:
        by = await standing(reading, request.match_info["id"], known(request))
    if not (by.runs or by.organises):
        raise NotAllowed("not_allowed")
