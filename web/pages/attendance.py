"""Who came, as a table for spreadsheets."""

from __future__ import annotations

from aiohttp import web

from meetings import clock, i18n
from meetings.errors import NotAllowed
from meetings.queries.attendance import stays_of
from meetings.queries.meetings import meeting_page

from ..keys import DB, LANGUAGE, known
from ..roll_words import roll_words
from ..table_file import xlsx_file

routes = web.RouteTableDef()
COLUMNS = (
    "number", "name", "title", "agency", "site", "duty", "votes", "answer", "substitute_for", "attendance", "reason", "arrived", "late",
    "left", "stays",
)  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@routes.get("/meetings/{id}/attendance.xlsx")
async def attendance(request: web.Request) -> web.Response:
    """For those who organise or run the meeting: it has everybody's reasons."""
    async with request.app[DB].reading() as reading:
        found = await meeting_page(reading, known(request), request.match_info["id"])
        stays = await stays_of(reading, found.meeting.id)
    if not (found.by.organises or found.by.runs):
        raise NotAllowed("not_allowed")
    t = i18n.translator(request[LANGUAGE])
    words = roll_words(found.meeting, True, t, request[LANGUAGE])
    names = {row.id: row.name for row in found.participants}
    places = {row.id: row.name for row in found.sites}
    rows = [[t(f"meeting.column_{name}") for name in COLUMNS]]
    for number, row in enumerate(found.participants, 1):
        rows.append([
            str(number), row.name, row.title, row.agency_name, places.get(row.site_id or "", ""), t(f"duty.{row.duty}"),
            t("meeting.votes") if row.votes else "", t(f"answer.is_{row.answer}"), names.get(row.substitute_for_id or "", ""),
            words.state(row), words.reason(row), words.fmt.when(row.arrived_at) if row.arrived_at else "", str(words.late(row) or ""),
            words.fmt.when(row.left_at) if row.left_at else "", words.stays(stays.get(row.id, ())),
        ])  # fmt: skip
    if found.sites:
        rows += [[], ["", t("meeting.column_site"), t("room_sites.heads"), t("meeting.column_visitors")]]
        rows += [["", site.name, str(site.heads), ", ".join(site.visitors)] for site in found.sites]
    name = f"diem-danh-{clock.local(found.meeting.starts_at or clock.now(), found.meeting.zone):%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return web.Response(body=xlsx_file(found.meeting.title, rows), content_type=XLSX, headers=headers)
