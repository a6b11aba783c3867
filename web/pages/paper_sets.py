"""All papers of a meeting at once: as a ZIP that is written while it is sent, and as one PDF with cover and contents."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator
from urllib.parse import quote

from aiohttp import web

from meetings import clock
from meetings.commands import Actor
from meetings.database import Row
from meetings.errors import Conflict, Invalid
from meetings.queries.papers import PapersPage, content_of, papers_page
from meetings.text import clean

from ..board_pack import BoardPacks, Entry
from ..keys import DB, known
from .papers import note_opening

routes = web.RouteTableDef()
PACKS = web.AppKey("board_packs", BoardPacks)
LARGEST_PACK = 200 << 20
_FORBIDDEN = str.maketrans({char: "_" for char in '\\/:*?"<>|'})  # in names of files, on Windows


@routes.get("/meetings/{id}/papers.zip", allow_head=False)  # how long it gets, nobody knows before
async def as_zip(request: web.Request) -> web.StreamResponse:
    """A folder an item. Nothing is kept whole in memory but one paper; what cannot be packed smaller is not packed."""
    actor = known(request)
    found = await _found(request, actor)
    response = web.StreamResponse(headers=_headers(found, "zip"))
    response.content_type = "application/zip"
    await response.prepare(request)
    with contextlib.suppress(ConnectionResetError):  # whoever asked went away
        await _write_zip(request, response, actor, found)
        await response.write_eof()
    return response


async def _write_zip(request: web.Request, response: web.StreamResponse, actor: Actor, found: PapersPage) -> None:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, row in named(found):
            async with request.app[DB].reading() as reading:
                content = await content_of(reading, row.sha256, 0, row.size)
            said = zipfile.ZipInfo(name, clock.local(row.added_at, found.meeting.zone).timetuple()[:6])
            said.external_attr = 0o644 << 16
            archive.writestr(said, content)
            await response.write(sink.taken())
            await note_opening(request, actor, row)
    await response.write(sink.taken())


@routes.get("/meetings/{id}/papers.pdf")
async def as_pdf(request: web.Request) -> web.StreamResponse:
    actor = known(request)
    found = await _found(request, actor)
    if sum(row.size for row in found.approved) > LARGEST_PACK:
        raise Invalid("papers_heavy", most=LARGEST_PACK >> 20)
    entries = [
        Entry(heading, row.title, row.sha256, row.media_type, row.internal, row.file_name) for heading, row in _in_order(found)
    ]

    async def content(sha256: str) -> bytes:
        size = next(row.size for row in found.approved if row.sha256 == sha256)
        async with request.app[DB].reading() as reading:
            return await content_of(reading, sha256, 0, size)

    m = found.meeting
    when = (m.starts_at, m.ends_at, m.zone) if m.starts_at else None
    pack = await request.app[PACKS].made(m.title, found.agency_names[m.host_agency_id], when, entries, content)
    for row in found.approved:
        await note_opening(request, actor, row)
    return web.FileResponse(pack, headers=_headers(found, "pdf") | {"Content-Type": "application/pdf"})


async def _found(request: web.Request, actor: Actor) -> PapersPage:
    """What is approved and so anybody may read who may know of the meeting. Raises NotFound, and Conflict where there is nothing."""
    async with request.app[DB].reading() as reading:
        found = await papers_page(reading, actor, request.match_info["id"], clock.now())
    if not found.approved:
        raise Conflict("no_papers")
    return found


def _in_order(found: PapersPage) -> Iterator[tuple[str, Row]]:
    """Each with the heading it stands under, which is empty for the whole meeting."""
    own = {item.id for item in found.items}
    yield from (("", row) for row in found.approved if row.item_id not in own)
    for number, item in enumerate(found.items, 1):
        yield from ((f"{number}. {item.title}", row) for row in found.approved if row.item_id == item.id)


def named(found: PapersPage) -> Iterator[tuple[str, Row]]:
    """Each with its name in the archive, `02 Nội dung/01 Tên.pdf`: numbered, so that none hides another, and harmless everywhere."""
    numbers: dict[str, int] = {}
    for heading, row in _in_order(found):
        number, _, title = heading.partition(". ")
        folder = f"{int(number):02} {_safe(title)}" if heading else "00 Tài liệu chung"
        numbers[folder] = numbers.get(folder, 0) + 1
        ending = row.file_name.rpartition(".")[2].lower()
        yield f"{folder}/{numbers[folder]:02} {_safe(row.title)}.{ending}", row


def _safe(text: str) -> str:
    return " ".join(clean(text).translate(_FORBIDDEN).split())[:80].strip(" .") or "_"


def _headers(found: PapersPage, ending: str) -> dict[str, str]:
    name = f"Tài liệu họp - {_safe(found.meeting.title)}.{ending}"
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }  # fmt: skip


class _Sink(io.RawIOBase):
    """What the archive writes, until it is taken away."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self._written += bytes(data)  # type: ignore[call-overload]
        return len(bytes(data))  # type: ignore[call-overload]

    def taken(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken
