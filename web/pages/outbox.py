"""The product's own mail page, for trials without a mail server (setting mail=local)."""

from __future__ import annotations

import email
from email import policy
from email.message import EmailMessage

from aiohttp import web

from meetings.database import Row
from meetings.errors import NotFound
from meetings.queries.outbox import kept_for, kept_message

from ..keys import DB, SETTINGS, signed_in
from ..rendering import page
from .schedule import mail_document

routes = web.RouteTableDef()


@routes.get("/outbox")
async def kept(request: web.Request) -> web.Response:
    actor = signed_in(request)
    _require_local(request)
    async with request.app[DB].reading() as reading:
        found = await kept_for(reading, actor)
    return page(request, "outbox/list.html", found=found)


@routes.get("/outbox/{id}")
async def message(request: web.Request) -> web.Response:
    row = await _kept(request)
    parsed = _parsed(row)
    headers = [(name, str(parsed[name])) for name in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID") if parsed[name]]
    calendar = next(part for part in parsed.walk() if part.get_content_type() == "text/calendar")
    return page(request, "outbox/show.html", row=row, headers=headers, ics=calendar.get_content())


@routes.get("/outbox/{id}/html")
async def html(request: web.Request) -> web.Response:
    body = _parsed(await _kept(request)).get_body(("html",))
    if body is None:
        raise NotFound
    return mail_document(str(body.get_content()))


@routes.get("/outbox/{id}/message.eml")
async def whole(request: web.Request) -> web.Response:
    row = await _kept(request)
    headers = {"Content-Disposition": 'attachment; filename="message.eml"'}
    return web.Response(body=row.content, content_type="message/rfc822", headers=headers)


async def _kept(request: web.Request) -> Row:
    actor = signed_in(request)
    _require_local(request)
    async with request.app[DB].reading() as reading:
        return await kept_message(reading, actor, request.match_info["id"])


def _require_local(request: web.Request) -> None:
    if request.app[SETTINGS].mail != "local":
        raise NotFound


def _parsed(row: Row) -> EmailMessage:
    return email.message_from_bytes(row.content, policy=policy.default)
