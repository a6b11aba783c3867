"""The personal link of an invitation: read, answer, name a substitute, go in; for one meeting, without an account. Opening
it (which link scanners do by themselves) changes nothing; only its forms do."""

from __future__ import annotations

import sqlalchemy as sa
from aiohttp import web

from meetings import clock, links
from meetings.commands import Actor
from meetings.database import Row
from meetings.errors import Invalid, NotFound, Problem
from meetings.models.meeting import meetings, participants
from meetings.perform import perform
from meetings.queries.meetings import meeting_page
from meetings.queries.series import dates_of_participant, next_of
from meetings.queries.substitutes import asked_for
from meetings.removal import RenewLink
from meetings.video_door import OpenVideo

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import ACTOR, DB, LANGUAGE, SIGNING_KEY, signed_in
from ..rendering import page
from .meetings import give_answer, page_context
from .schedule import sender_of
from .sign_in import start_session

routes = web.RouteTableDef()
Problems = tuple[Problem, ...]


@routes.get("/j/{token}")
async def invitation(request: web.Request) -> web.Response:
    actor = await link_actor(request, drafted=True)
    async with request.app[DB].reading() as reading:
        meeting = await reading.get(meetings, actor.meeting_id)
    if meeting.state == "draft":  # asked for a time, not invited yet
        raise web.HTTPSeeOther(f"/j/{request.match_info['token']}/poll")
    return await _show(request, actor)


@routes.get("/j/{token}/next")
async def next_date(request: web.Request) -> web.Response:
    """The link that goes out with a whole series: to whichever of its holder's dates is on or comes next."""
    token, key = request.match_info["token"], request.app[SIGNING_KEY]
    async with request.app[DB].reading() as reading:
        row = await reading.first(sa.select(participants).where(participants.c.id == links.holder_of(token)))
        # Who is taken out of the first date keeps the link for the others.
        if row is None or not links.genuine(key, token, row.link_version - row.removed):
            raise NotFound("link_broken")
        own = next_of(await dates_of_participant(reading, row), clock.now())
    if own is None:
        raise NotFound("link_removed")
    query = f"?{request.query_string}" if request.query_string else ""
    raise web.HTTPSeeOther(f"/j/{links.token_of(key, own.participant_id, own.link_version)}{query}")


@routes.post("/j/{token}/answer")
async def answer(request: web.Request) -> web.Response:
    actor = await link_actor(request)
    data = await fields_of(request)
    data["participant_id"] = actor.participant_id or ""
    try:
        await give_answer(request, actor, actor.meeting_id or "", data)
    except Invalid as invalid:
        return await _show(request, actor, problems=tuple(invalid.problems), typed=data, status=422)
    raise redirect(f"/j/{request.match_info['token']}", "answer.kept")


@routes.post("/j/{token}/join")
async def join(request: web.Request) -> web.Response:
    """Into the room, with a session that is good for this meeting only. Who is signed in as the same person stays so."""
    actor = await link_actor(request)
    response = web.HTTPSeeOther(f"/meetings/{actor.meeting_id}/room")
    signed = request.get(ACTOR)
    if signed is None or signed.kind != "account" or signed.person_id != actor.person_id:
        await start_session(request, response, participant_id=actor.participant_id)
    raise response


@routes.post("/j/{token}/video")
async def video(request: web.Request) -> web.Response:
    """To the video system, wherever it is now. A page on the way, because browsers let a form lead to our own site only."""
    actor = await link_actor(request)
    answer = await perform(request.app[DB], actor, OpenVideo(meeting_id=actor.meeting_id or "")) or {}
    return page(request, "link/video.html", url=answer["url"])


@routes.post("/meetings/{id}/renew-link")
async def renew(request: web.Request) -> web.Response:
    """For those who organise: the link fell into wrong hands."""
    actor, data = signed_in(request), await fields_of(request)
    command = command_from(RenewLink, data, meeting_id=request.match_info["id"], sender=sender_of(request))
    await perform(request.app[DB], actor, command)
    async with request.app[DB].reading() as reading:
        name = (await reading.get(participants, command.participant_id)).name
    raise redirect(f"/meetings/{command.meeting_id}", "link.renewed", name=name)


async def link_actor(request: web.Request, *, drafted: bool = False) -> Actor:
    """Whom the link stands for; of a draft, in which he is only asked for a time, where that is wanted. Raises NotFound, with a word to a
    genuine but withdrawn one only."""
    token = request.match_info["token"]
    participant_id = links.holder_of(token)
    async with request.app[DB].reading() as reading:
        known = sa.select(participants).join(meetings, meetings.c.id == participants.c.meeting_id)
        of_that_kind = sa.true() if drafted else meetings.c.state != "draft"
        row = await reading.first(known.where(participants.c.id == participant_id, of_that_kind))
    key = request.app[SIGNING_KEY]
    if row is None:
        raise NotFound("link_broken")
    if row.removed and any(links.genuine(key, token, version) for version in range(1, row.link_version + 1)):
        raise NotFound("link_removed")
    if row.removed or not links.genuine(key, token, row.link_version):
        raise NotFound("link_broken")
    return _of(row)


def _of(row: Row) -> Actor:
    return Actor(
        kind="link", name=row.name, language=row.language, agency_name=row.agency_name, participant_id=row.id,
        meeting_id=row.meeting_id, person_id=None,
    )  # fmt: skip


async def _show(
    request: web.Request, actor: Actor, *, problems: Problems = (), typed: dict[str, str] | None = None, status: int = 200
) -> web.Response:
    async with request.app[DB].reading() as reading:
        found = await meeting_page(reading, actor, actor.meeting_id or "")
        asked = await asked_for(reading, found.by)
        own = await dates_of_participant(reading, found.by.me) if found.by.me is not None else []
    key = request.app[SIGNING_KEY]
    dates = [(one, f"/j/{links.token_of(key, one.participant_id, one.link_version)}") for one in own]
    context = page_context(found, actor, request[LANGUAGE]) | {"asked": asked, "dates": dates}
    token, chosen = request.match_info["token"], request.query.get("answer", "")  # as the buttons of the mail say
    return page(request, "link/show.html", status=status, problems=problems, typed=typed or {}, token=token, chosen=chosen, **context)
