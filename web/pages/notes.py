"""One's own notes of a meeting: for the room, on a page of their own, and as a text file to take along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from meetings import clock, i18n
from meetings.errors import Conflict, Invalid
from meetings.notes import SaveNote
from meetings.perform import perform
from meetings.queries.meetings import MeetingPage, meeting_page
from meetings.queries.notes import notes_of

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, LANGUAGE, known
from ..rendering import Formats, page

routes = web.RouteTableDef()
ORDER = ("meeting", "item", "paper")


@routes.get("/meetings/{id}/notes.json")
async def for_the_room(request: web.Request) -> web.Response:
    async with request.app[DB].reading() as reading:
        rows = await notes_of(reading, known(request), request.match_info["id"])
    said = [{"about": r.about, "about_id": r.about_id, "text": r.text, "revision": r.revision} for r in rows]
    return web.json_response({"notes": said}, headers={"Cache-Control": "private, no-store"})


@routes.get("/meetings/{id}/notes")
async def read(request: web.Request) -> web.Response:
    return await show(request)


async def show(request: web.Request, *, status: int = 200, **context: Any) -> web.Response:
    """`typed`: the text of a note that was not kept, and `typed_about`, which one it is."""
    found, notes = await _own(request)
    mine = _titled(found, notes, i18n.translator(request[LANGUAGE]))
    if not any(note.about == "meeting" for _, note in mine):
        mine.insert(0, (found.meeting.title, None))
    return page(request, "meetings/notes.html", status=status, m=found.meeting, mine=mine, **{"problems": (), "typed": None} | context)


@routes.get("/meetings/{id}/notes.txt")
async def as_text(request: web.Request) -> web.Response:
    found, notes = await _own(request)
    t, fmt = i18n.translator(request[LANGUAGE]), Formats(request[LANGUAGE], found.meeting.zone)
    parts = [f"{t('meeting.my_notes')}: {found.meeting.title}", fmt.when(found.meeting.starts_at or clock.now()), ""]
    for title, note in _titled(found, notes, t):
        parts += [title, note.text, ""]
    headers = {"Content-Disposition": 'attachment; filename="ghi-chu.txt"', "Cache-Control": "private, no-store"}
    # With the mark by which Notepad of older offices knows UTF-8.
    text = "\ufeff" + "\n".join(parts).replace("\n", "\r\n")
    return web.Response(body=text.encode(), content_type="text/plain", charset="utf-8", headers=headers)


@routes.post("/meetings/{id}/notes")
async def save(request: web.Request) -> web.Response:
    actor, data, meeting_id = known(request), await fields_of(request), request.match_info["id"]
    about = (data.get("about", "meeting"), data.get("about_id", ""))
    try:
        await perform(request.app[DB], actor, command_from(SaveNote, {"text": ""} | data, meeting_id=meeting_id))
    except (Conflict, Invalid) as refusal:
        return await show(request, status=refusal.status, problems=tuple(refusal.problems), typed=data.get("text", ""), typed_about=about)
    raise redirect(f"/meetings/{meeting_id}/notes", "meeting.note_kept")


async def _own(request: web.Request) -> tuple[MeetingPage, Sequence[Any]]:
    meeting_id, actor = request.match_info["id"], known(request)
    async with request.app[DB].reading() as reading:
        return await meeting_page(reading, actor, meeting_id), await notes_of(reading, actor, meeting_id)


def _titled(found: MeetingPage, notes: Sequence[Any], t: i18n.Translate) -> list[tuple[str, Any]]:
    """Each note under what it is about: the meeting, its items in order, papers."""
    items = {item.id: (n, f"{t('room.item_number', n=n)}: {item.title}") for n, item in enumerate(found.items, 1)}
    papers = {paper.id: (n, f"{t('meeting.note_on_paper')}: {paper.title}") for n, paper in enumerate(found.papers, 1)}
    whole = {"": (0, found.meeting.title)}

    def place(note: Any) -> tuple[int, int, str]:
        number, title = {"meeting": whole, "item": items, "paper": papers}[note.about].get(note.about_id, (9999, t("meeting.note_on_gone")))
        return ORDER.index(note.about), number, title

    return [(place(note)[2], note) for note in sorted(notes, key=place)]
