"""Papers: upload, removal, and serving them so that nothing in a file can act on our pages."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from meetings.errors import Invalid, Problem, Refusal
from meetings.papers import AddPaper, RemovePaper
from meetings.perform import perform
from meetings.presenting import SHOWN_IN_BROWSER
from meetings.queries.papers import paper_with_content

from ..flashes import redirect
from ..forms import command_from
from ..keys import DB, known, signed_in
from .schedule import edit_page

routes = web.RouteTableDef()


@routes.post("/meetings/{id}/papers")
async def add(request: web.Request) -> web.Response:
    actor = signed_in(request)
    meeting_id = request.match_info["id"]
    data = await request.post()
    upload = data.get("file")
    try:
        if not isinstance(upload, web.FileField):
            raise Invalid("paper_empty", "file")
        title = str(data.get("paper_title") or "").strip() or upload.filename.rpartition(".")[0]
        fields = {"title": title, "file_name": upload.filename, "item_id": str(data.get("item_id") or "")}
        command = command_from(AddPaper, fields, meeting_id=meeting_id, content=upload.file.read())
        await perform(request.app[DB], actor, command)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        problems = tuple(Problem(p.code, "file", p.params) for p in refusal.problems)
        return await edit_page(request, actor, problems=problems, status=refusal.status)
    raise redirect(f"/meetings/{meeting_id}/edit#papers", "schedule.paper_added")


@routes.post("/meetings/{id}/papers/{paper}/remove")
async def remove(request: web.Request) -> web.Response:
    meeting_id = request.match_info["id"]
    command = command_from(RemovePaper, {}, meeting_id=meeting_id, paper_id=request.match_info["paper"])
    await perform(request.app[DB], signed_in(request), command)
    raise redirect(f"/meetings/{meeting_id}/edit#papers", "schedule.paper_removed")


@routes.get("/papers/{paper}")
async def serve(request: web.Request) -> web.Response:
    async with request.app[DB].reading() as reading:
        paper = await paper_with_content(reading, known(request), request.match_info["paper"])
    shown = paper.media_type in SHOWN_IN_BROWSER and "download" not in request.query
    name = quote(paper.file_name)
    headers = {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{name}",
        # Whatever the file holds, it runs nothing and reaches nothing of ours. Chromium's viewer of PDFs needs no sandbox
        # lifted, but shows nothing within one.
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'"
        + ("" if paper.media_type == "application/pdf" else "; sandbox"),
        "Cache-Control": "private, no-store",
    }
    return web.Response(body=paper.content, content_type=paper.media_type, headers=headers)
