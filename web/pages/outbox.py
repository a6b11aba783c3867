"""The product's own mail page, for trials without a mail server (setting mail=local)."""

from __future__ import annotations

import email
from email import policy
from email.message import EmailMessage
from typing import get_args

from aiohttp import web

from calendars.inbox import Inbox
from calendars.trial_answers import How, answer_to
from meetings.database import Row
from meetings.errors import NotFound
from meetings.mail_tokens import address_with, token_of
from meetings.queries.outbox import kept_for, kept_message
from meetings.text import clean

from ..flashes import redirect
from ..forms import fields_of
from ..keys import DB, SETTINGS, SIGNING_KEY, signed_in
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
    calendar = next((part.get_content() for part in parsed.walk() if part.get_content_type() == "text/calendar"), "")
    return page(request, "outbox/show.html", row=row, headers=headers, ics=calendar)


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


@routes.post("/outbox/{id}/answer")
async def answer(request: web.Request) -> web.Response:
    """As if the recipient's calendar program had answered: the same mail, taken in the same way."""
    row, data = await _kept(request), await fields_of(request)
    settings, key = request.app[SETTINGS], request.app[SIGNING_KEY]
    hows: dict[str, How] = {how: how for how in get_args(How)}
    if data.get("how", "") not in hows or row.method != "REQUEST":
        raise NotFound
    bounces = address_with(settings.answers_to, token_of(key, "b", row.id))
    await Inbox(settings, request.app[DB]).take(answer_to(row.content, hows[data["how"]], clean(data.get("comment", ""))[:500], bounces))
    raise redirect(f"/outbox/{row.id}", "outbox.answered")


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
