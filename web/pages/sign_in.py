"""Signing in and out, and the language of the pages."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from aiohttp import web

from meetings.accounts import SetLanguage
from meetings.commands import system
from meetings.errors import Problem, Refusal
from meetings.i18n import LANGUAGES
from meetings.perform import perform
from meetings.queries.sessions import account_named, token_hash
from meetings.sessions import SESSION_LIFE, EndSession, StartSession
from meetings.sign_in_tries import TrySignIn, subject
from meetings.text import clean

from ..flashes import redirect
from ..forms import fields_of
from ..keys import DB, SESSION, SETTINGS, address_of
from ..middleware import COOKIE, LANGUAGE_COOKIE
from ..passwords import verified
from ..rendering import page

routes = web.RouteTableDef()
FORM_COOKIE = "dc_form"  # before there is a session: the same value in a cookie and in the form


@routes.get("/sign-in")
async def form(request: web.Request) -> web.Response:
    if SESSION in request and request[SESSION].actor.kind == "account":
        raise web.HTTPSeeOther(_local(request.query.get("next", "")) or "/")
    return _form(request, "", _local(request.query.get("next", "")))


@routes.post("/sign-in")
async def sign_in(request: web.Request) -> web.Response:
    db, data = request.app[DB], await fields_of(request)
    username, next_page = clean(data.get("username", ""))[:120].lower(), _local(data.get("next", ""))
    if SESSION not in request and not _same_form(request, data):
        return _form(request, username, next_page, Problem("stale_sign_in"))
    tried = (subject("name", username), subject("address", address_of(request)))
    try:
        await perform(db, system("sign-in"), TrySignIn(name=tried[0], address=tried[1]))
    except Refusal as wait:
        return _form(request, username, next_page, wait.problem, status=429)
    async with db.reading() as reading:
        account = await account_named(reading, username)
    right = await verified(data.get("password", ""), account.password_hash if account else None)
    if account is None or not right:
        return _form(request, username, next_page, Problem("sign_in_failed", "username"))
    response = web.HTTPSeeOther(next_page or "/")
    await start_session(request, response, account_id=account.id, tried=tried)
    response.del_cookie(FORM_COOKIE, path="/sign-in")
    raise response


@routes.post("/sign-out")
async def sign_out(request: web.Request) -> web.Response:
    if SESSION in request:
        found = request[SESSION]
        await perform(request.app[DB], found.actor, EndSession(session_id=found.id))
    response = redirect("/sign-in", "sign_in.signed_out")
    response.del_cookie(COOKIE, path="/")
    response.headers["Clear-Site-Data"] = '"cache"'  # what was read is not left behind in a shared browser
    raise response


@routes.post("/language")
async def language(request: web.Request) -> web.Response:
    data = await fields_of(request)
    chosen = data.get("language", "")
    response = web.HTTPSeeOther(_local(data.get("next", "")) or "/")
    if chosen in LANGUAGES:
        secure = request.app[SETTINGS].secure
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=31536000, samesite="Lax", httponly=True, secure=secure, path="/"
        )  # fmt: skip
        if SESSION in request:
            await perform(request.app[DB], request[SESSION].actor, SetLanguage(language=chosen))
    raise response


async def start_session(
    request: web.Request,
    response: web.StreamResponse,
    *,
    account_id: str | None = None,
    participant_id: str | None = None,
    site_id: str | None = None,
    tried: tuple[str, str] | None = None,
) -> None:
    """A new session, whose token goes into the response's cookie and nowhere else. The browser's earlier one ends."""
    token = secrets.token_urlsafe(32)
    command = StartSession(
        account_id=account_id, participant_id=participant_id, site_id=site_id, token_hash=token_hash(token), csrf=secrets.token_urlsafe(24),
        address=address_of(request)[:60], browser=clean(request.headers.get("User-Agent", ""))[:300], tried=tried,
    )  # fmt: skip
    await perform(request.app[DB], system("sign-in"), command)
    if SESSION in request:
        before = request[SESSION]
        await perform(request.app[DB], before.actor, EndSession(session_id=before.id))
    secure, life = request.app[SETTINGS].secure, int(SESSION_LIFE.total_seconds())
    response.set_cookie(COOKIE, token, max_age=life, httponly=True, samesite="Lax", secure=secure, path="/")


def _form(request: web.Request, username: str, next_page: str, *problems: Problem, status: int = 422) -> web.Response:
    shared = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    context: dict[str, Any] = {"username": username, "next": next_page, "form_token": shared}
    response = page(request, "sign_in.html", status=status if problems else 200, problems=problems, **context)
    secure = request.app[SETTINGS].secure
    response.set_cookie(FORM_COOKIE, shared, httponly=True, samesite="Strict", secure=secure, path="/sign-in")
    return response


def _same_form(request: web.Request, data: dict[str, str]) -> bool:
    given, kept = data.get("form_token", ""), request.cookies.get(FORM_COOKIE, "")
    return bool(kept) and hmac.compare_digest(given.encode(), kept.encode())


def _local(path: str) -> str:
    """`path` if it leads to a page of ours, else nothing: no open redirect."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and not any(c in path for c in "\r\n\t\\")
    return path if plain else ""
