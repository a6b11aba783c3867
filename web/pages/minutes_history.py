"""The history of the minutes, for those who run the meeting: who wrote when, what differs, and bringing a version back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from aiohttp import web

from meetings import i18n, minutes
from meetings.access import standing
from meetings.commands import Actor
from meetings.database import Reading, Row
from meetings.errors import NotAllowed, NotFound
from meetings.minutes_history import RestoreMinutes, compared, plain, text_at, versions
from meetings.minutes_moments import Moment
from meetings.models.meeting import items, participants
from meetings.perform import perform

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, LANGUAGE, known
from ..rendering import page

routes = web.RouteTableDef()


@routes.get("/meetings/{id}/minutes/history")
async def history(request: web.Request) -> web.Response:
    meeting_id = request.match_info["id"]
    async with request.app[DB].reading() as reading:
        meeting = await _require_running(reading, meeting_id, known(request))
        found = await versions(reading, meeting_id)
        shown = _chosen(found, request.query.get("version", ""), len(found) - 1)
        before = _chosen(found, request.query.get("against", ""), shown - 1)
        names = sa.select(participants.c.id, participants.c.name).where(participants.c.meeting_id == meeting_id)
        context: dict[str, Any] = {
            "m": meeting, "versions": found, "shown": shown, "before": before,
            "who": {row.id: row.name for row in await reading.all(names)},
            "sections": await _sections(reading, request, found, before, shown) if found else [],
        }  # fmt: skip
    return page(request, "minutes/history.html", **context)


@routes.post("/meetings/{id}/minutes/restore")
async def restore(request: web.Request) -> web.Response:
    data, meeting_id = await fields_of(request), request.match_info["id"]
    async with request.app[DB].reading() as reading:
        await _require_running(reading, meeting_id, known(request))  # before anything is said about what was sent
    await perform(request.app[DB], known(request), command_from(RestoreMinutes, {"seq": data.get("seq", "")}, meeting_id=meeting_id))
    raise redirect(f"/meetings/{meeting_id}/minutes/history", "minutes.restored")


async def _require_running(reading: Reading, meeting_id: str, actor: Actor) -> Row:
    by = await standing(reading, meeting_id, actor)
    if by.meeting is None:
        raise NotFound
    if not by.runs:
        raise NotAllowed("not_allowed")
    return by.meeting


def _chosen(found: list[Moment], seq: str, otherwise: int) -> int:
    """The place of the version in the list; -1: the empty text before all."""
    places = {str(version.seq): place for place, version in enumerate(found)}
    return -1 if seq == "0" else places.get(seq, otherwise)


async def _sections(reading: Reading, request: web.Request, found: list[Moment], before: int, shown: int) -> list[dict[str, Any]]:
    """{number, title, lines} of the items whose text differs."""
    t, meeting_id = i18n.translator(request[LANGUAGE]), request.match_info["id"]
    old, new = [await text_at(reading, meeting_id, found[place].seq if place >= 0 else 0) for place in (before, shown)]
    agenda = sa.select(items.c.id, items.c.title).where(items.c.meeting_id == meeting_id).order_by(items.c.position, items.c.id)
    sections = []
    for number, item in enumerate(await reading.all(agenda), 1):
        was, now = (plain(minutes.blocks(doc, item.id), t) for doc in (old, new))
        if was != now:
            sections.append({"number": number, "title": item.title, "lines": compared(was, now)})
    return sections
