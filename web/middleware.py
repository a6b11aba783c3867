"""Around every request: who it is, in which language, whether a form really comes from our own page, the security
headers, and a page in words for whatever goes wrong."""

from __future__ import annotations

import contextlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from meetings import clock, i18n
from meetings.commands import system
from meetings.errors import Problem, Refusal, Unavailable
from meetings.perform import perform
from meetings.queries.sessions import session_of
from meetings.sessions import SeeSession

from . import flashes
from .keys import ACTOR, COURTESY, DB, LANGUAGE, NONCE, REQUEST_ID, SESSION, SETTINGS
from .rendering import new_nonce, page, problem_texts

COOKIE = "dc_session"
LANGUAGE_COOKIE = "dc_language"
LARGEST_FORM = 1 << 20
BEFORE_NEW_PASSWORD = ("/account/password", "/sign-out", "/language")
# Pages that take a file; every other body is a form, of LARGEST_FORM at most.
LARGE_BODIES = {"/meetings/{id}/papers": 31 << 20, "/admin/import": 6 << 20}
_HOST = re.compile(r"^[\w.:\[\]-]+$", re.ASCII)
log = logging.getLogger(__name__)


@web.middleware
async def headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Security headers on every answer; one line of log a request, with the route's pattern instead of its secrets."""
    route = _route(request)
    if route in LARGE_BODIES:
        request = request.clone(client_max_size=LARGE_BODIES[route])
    request[NONCE], request[REQUEST_ID] = new_nonce(), secrets.token_hex(6)
    request[LANGUAGE] = request.app[SETTINGS].language
    started = time.perf_counter()
    try:
        # A live connection is open for hours, and is no page.
        with contextlib.nullcontext() if request.path.startswith("/socket.io/") else request.app[COURTESY].page():
            response = await handler(request)
    except web.HTTPException as redirect:
        _protect(request, redirect)
        _note(request, route, redirect.status, started)
        raise
    _protect(request, response)
    _note(request, route, response.status, started)
    return response


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "-"


def _note(request: web.Request, route: str, status: int, started: float) -> None:
    took = (time.perf_counter() - started) * 1000
    log.info("%s %s %s %s %.0f ms", request[REQUEST_ID], request.method, route, status, took)


def _protect(request: web.Request, response: web.StreamResponse) -> None:
    if response.prepared:
        return
    response.headers.setdefault("Content-Security-Policy", content_policy(request))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("X-Request-Id", request[REQUEST_ID])
    if response.content_type == "text/html":
        # Not no-store: with it, browsers forget what was typed when one goes back to a form. Signing out clears the cache.
        response.headers.setdefault("Cache-Control", "private, no-cache")
    if request.app[SETTINGS].secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def content_policy(request: web.Request) -> str:
    # Older Safari does not count a WebSocket to the same host as 'self'.
    host = request.host if _HOST.match(request.host) else ""
    sockets = f" {'wss' if request.app[SETTINGS].secure else 'ws'}://{host}" if host else ""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{request[NONCE]}'; style-src 'self'; img-src 'self' data: blob:; "
        f"font-src 'self'; connect-src 'self'{sockets}; frame-src 'self'; manifest-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals and failures as pages in the user's language."""
    try:
        return await handler(request)
    except Unavailable as refusal:
        response = _sorry(request, refusal.status, *refusal.problems)
        response.headers["Retry-After"] = str(refusal.again)
        return response
    except Refusal as refusal:
        return _sorry(request, refusal.status, *refusal.problems)
    except web.HTTPRequestEntityTooLarge:
        most = LARGE_BODIES.get(_route(request), LARGEST_FORM)
        return _sorry(request, 413, Problem("too_large_request", params={"most": most >> 20}))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        code = {404: "not_found", 405: "not_found", 403: "not_allowed"}.get(error.status, "bad_request")
        return _sorry(request, error.status, Problem(code))
    except (ConnectionResetError, TimeoutError):
        raise
    except Exception:  # a fault of ours: told in words, with its number in the log
        log.exception("%s %s failed", request[REQUEST_ID], _route(request))
        return _sorry(request, 500, Problem("failed", params={"number": request[REQUEST_ID]}))


def _sorry(request: web.Request, status: int, *problems: Problem) -> web.Response:
    said = problem_texts(problems, i18n.translator(request[LANGUAGE]))
    if request.headers.get("Accept", "").startswith("application/json"):
        return web.json_response({"problems": said, "code": problems[0].code}, status=status)
    kind = {404: "missing", 503: "waiting"}.get(status, "failed" if status >= 500 else "refused")
    kept = request.method != "GET" and status != 404
    return page(request, "error.html", status=status, kind=kind, kept=kept, said=[one["text"] for one in said])


@web.middleware
async def session(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Cookie -> actor and language."""
    if request.path.startswith(("/static/", "/health")):
        return await handler(request)
    token = request.cookies.get(COOKIE)
    if token:
        async with request.app[DB].reading() as reading:
            found = await session_of(reading, token)
        if found:
            request[SESSION], request[ACTOR] = found, found.actor
            if clock.now() - found.seen_at > timedelta(minutes=5):
                await perform(request.app[DB], system("session"), SeeSession(session_id=found.id))
    request[LANGUAGE] = language_of(request)
    if "%00" in request.raw_path:
        raise web.HTTPNotFound  # no database takes it
    if SESSION in request and request[SESSION].must_change and request.path not in BEFORE_NEW_PASSWORD:
        raise web.HTTPSeeOther("/account/password")
    response = await handler(request)
    if not response.prepared:
        flashes.forget(request, response)
    return response


def language_of(request: web.Request) -> str:
    """Chosen in this session or by this person; by this browser; what the browser asks for; the installation's."""
    chosen = request[SESSION].actor.language if SESSION in request else request.cookies.get(LANGUAGE_COOKIE, "")
    asked = request.headers.get("Accept-Language")
    wanted = chosen or (i18n.choose(asked) if asked else "")
    return wanted if wanted in i18n.LANGUAGES else request.app[SETTINGS].language


@web.middleware
async def own_forms(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A form or script of another site changes nothing: the browser must say that it comes from our own page, and whoever
    is signed in must send the session's token along."""
    if request.method in ("GET", "HEAD", "OPTIONS") or request.path.startswith("/socket.io/"):
        return await handler(request)
    if not _from_here(request):
        raise Refusal("foreign_form")
    if SESSION not in request and _route(request) in LARGE_BODIES:
        return await handler(request)  # which sends strangers to sign in before it reads anything
    form = await _form(request)
    try:
        if SESSION in request:
            given = request.headers.get("X-CSRF-Token") or str(form.get("csrf", ""))
            if not hmac.compare_digest(given.encode(), request[SESSION].csrf.encode()):
                raise Refusal("stale_form")
        return await handler(request)
    finally:
        for value in form.values():
            if isinstance(value, web.FileField):
                value.file.close()


def _from_here(request: web.Request) -> bool:
    ours = {urlsplit(request.app[SETTINGS].base_url).netloc, request.host}
    said = request.headers.get("Origin") or request.headers.get("Referer")
    if said:
        return urlsplit(said).netloc in ours
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


async def _form(request: web.Request) -> Mapping[str, object]:
    """The form, whose text no database may choke on. Raises Refusal for what is no form at all."""
    try:
        form = await request.post()
    except (ValueError, LookupError):
        raise Refusal("bad_request") from None
    if any(isinstance(value, str) and "\0" in value for value in form.values()):
        raise Refusal("bad_request")
    return form


ALL = (headers, errors, session, own_forms)
