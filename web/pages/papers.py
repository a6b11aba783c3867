"""Serving papers, so that nothing in a file can act on our pages, and who has opened them."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from meetings import clock
from meetings.access import standing
from meetings.commands import Actor
from meetings.database import Row
from meetings.errors import NotAllowed, Refusal
from meetings.paper_openings import OpenPaper
from meetings.perform import perform
from meetings.presenting import SHOWN_IN_BROWSER
from meetings.queries.papers import content_of, opened_by_how_many, openings_of, paper_of

from ..keys import DB, known

routes = web.RouteTableDef()
log = logging.getLogger(__name__)


@routes.get("/papers/{paper}")
async def serve(request: web.Request) -> web.Response:
    """Whole, or the part that a Range header asks for (RFC 9110, 14), so that a reader of PDFs need not wait for all of it."""
    actor = known(request)
    async with request.app[DB].reading() as reading:
        paper = await paper_of(reading, actor, request.match_info["paper"])
        part, start, stop = _part(request, paper.size)
        fresh = f'"{paper.sha256}"' in request.headers.get("If-None-Match", "")
        content = b"" if fresh else await content_of(reading, paper.sha256, start, stop)
    if not part and paper.state == "approved" and not paper.removed:
        await note_opening(request, actor, paper)
    status = 304 if fresh else 206 if part else 200
    headers = _headers(paper, download="download" in request.query)
    if part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{paper.size}"
    return web.Response(body=content, status=status, content_type=paper.media_type, headers=headers)


def _part(request: web.Request, size: int) -> tuple[bool, int, int]:
    """(whether a part is asked for, its start, its end)."""
    try:
        asked = request.http_range
    except ValueError:
        raise web.HTTPRequestRangeNotSatisfiable from None
    if asked.start is None and asked.stop is None:
        return False, 0, size
    start = asked.start if asked.start is not None else 0
    start, stop = max(0, size + start) if start < 0 else start, min(asked.stop or size, size)
    if start >= stop:
        raise web.HTTPRequestRangeNotSatisfiable
    return True, start, stop


def _headers(paper: Row, *, download: bool) -> dict[str, str]:
    shown = paper.media_type in SHOWN_IN_BROWSER and not download
    return {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(paper.file_name)}",
        # Whatever the file holds, it runs nothing and reaches nothing of ours. Chromium's viewer of PDFs needs no sandbox
        # lifted, but shows nothing within one.
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'"
        + ("" if paper.media_type == "application/pdf" else "; sandbox"),
        # Asked for each time, so that who may no longer see it does not; sent once.
        "Cache-Control": "private, no-cache", "ETag": f'"{paper.sha256}"', "Accept-Ranges": "bytes",
    }  # fmt: skip


async def note_opening(request: web.Request, actor: Actor, paper: Row) -> None:
    """Reading a paper does not depend on whether this can be written down."""
    try:
        await perform(request.app[DB], actor, OpenPaper(meeting_id=paper.meeting_id, paper_id=paper.id))
    except (Refusal, SQLAlchemyError, OSError) as error:
        if not isinstance(error, NotAllowed):  # staff who are not invited
            log.warning("opening of a paper not kept: %s", error)


@routes.get("/meetings/{id}/openings")
async def openings(request: web.Request) -> web.Response:
    """For those who run or organise the meeting: by how many each paper was opened; with `?paper=`, by whom."""
    meeting_id = request.match_info["id"]
    async with request.app[DB].reading() as reading:
        by = await standing(reading, meeting_id, known(request))
        if not (by.runs or by.organises):
            raise NotAllowed("not_allowed")
        if paper := request.query.get("paper"):
            rows = await openings_of(reading, meeting_id, paper)
            said: dict[str, Any] = {"openings": [
                {"participant_id": r.participant_id, "first_at": clock.iso(r.first_at), "times": r.times} for r in rows
            ]}  # fmt: skip
        else:
            said = {"counts": await opened_by_how_many(reading, meeting_id)}
    return web.json_response(said, headers={"Cache-Control": "private, no-store"})
