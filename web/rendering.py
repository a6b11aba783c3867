"""Pages: Jinja2 templates with what every page needs around them."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from meetings import clock, i18n
from meetings.access import may_plan
from meetings.commands import Actor
from meetings.errors import Problem

from .assets import static
from .flashes import take_flashes
from .keys import LANGUAGE, NONCE, SESSION, SETTINGS, actor_of


@cache
def environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True, auto_reload=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.globals |= {"static": static, "instant": clock.instant}
    return found


class Formats:
    """Times and numbers as a page of one language writes them."""

    def __init__(self, language: str, zone: str) -> None:
        self._language, self._zone = language, zone

    def time(self, instant: datetime) -> str:
        return i18n.time_text(instant, self._zone)

    def date(self, day: date | datetime) -> str:
        return i18n.date_text(clock.local(day, self._zone).date() if isinstance(day, datetime) else day, self._language)

    def when(self, instant: datetime) -> str:
        return i18n.when_text(instant, self._language, self._zone)

    def span(self, start: datetime, end: datetime, zone: str | None = None) -> str:
        return i18n.span_text(start, end, self._language, zone or self._zone)

    def worded(self, params: Mapping[str, object]) -> dict[str, object]:
        return i18n.worded(params, self._language, self._zone)

    def number(self, value: float) -> str:
        return i18n.number_text(value, self._language)

    def percent(self, share: float) -> str:
        return i18n.percent_text(share, self._language)

    def size(self, count: int) -> str:
        """`1,4 MB`."""
        for unit, of in (("MB", 1 << 20), ("KB", 1 << 10)):
            if count >= of:
                return f"{i18n.number_text(round(count / of, 1), self._language)} {unit}"
        return f"{count} B"


def page(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    problems: Sequence[Problem] = (),
    labels: Mapping[str, str] | None = None,
    **context: Any,
) -> web.Response:
    """The page, in the request's language. `problems` are shown on top, each linked to its field, and named after it where
    `labels` (field -> catalogue key) knows the field."""
    t = i18n.translator(request[LANGUAGE])
    settings = request.app[SETTINGS]
    actor = actor_of(request)
    session = request.get(SESSION)
    body = fragment(
        request, template, actor=actor, csrf=session.csrf if session else "", nonce=request[NONCE], path=request.path,
        brand={"name": settings.name, "place": settings.place}, nav=navigation(actor, request.path, t),
        flashes=take_flashes(request), problems=problem_texts(problems, t, labels or {}),
        local_mail=settings.mail == "local", **context,
    )  # fmt: skip
    return web.Response(text=body, content_type="text/html", status=status)


def packed(request: web.Request, response: web.Response) -> web.Response:
    """A large page made small for a slow line. Only of an address without a query: were something that a stranger chose to stand in the
    page, its packed length could tell of the secrets beside it (BREACH)."""
    if not request.query_string and isinstance(response.body, bytes) and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.body = gzip.compress(response.body, 1, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def fragment(request: web.Request, template: str, **context: Any) -> str:
    """A part of a page, in the request's language."""
    language, settings = request[LANGUAGE], request.app[SETTINGS]
    words = {"t": i18n.translator(language), "lang": language, "fmt": Formats(language, settings.zone), "zone": settings.zone}
    return environment().get_template(template).render(words | context)


def problem_texts(
    problems: Sequence[Problem], t: i18n.Translate, labels: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """Each problem as `where`, `text`, and `label`, the name of its field if there is one in `labels`."""
    names = labels or {}
    return [
        {
            "where": p.where, "text": i18n.refusal_text(p.code, p.params, t),
            "label": t(names[p.where]) if p.where in names else "",
        }
        for p in problems
    ]  # fmt: skip


def navigation(actor: Actor | None, path: str, t: i18n.Translate) -> list[dict[str, Any]]:
    """The places that this actor can go to. `count`: what waits there, 0 for nothing."""
    if actor is None or actor.kind != "account":
        return []
    places = [("/", "home"), ("/calendar", "calendar"), ("/meetings", "meetings"), ("/tasks", "tasks"), ("/week", "week")]
    if may_plan(actor):
        places.append(("/rooms", "room"))
    if actor.role in ("agency_admin", "system_admin"):
        places.append(("/admin", "admin"))
    return [
        {"href": href, "key": key, "label": t(f"layout.nav_{key}"), "count": 0, "current": _stands_in(path, href)}
        for href, key in places
    ]


def _stands_in(path: str, place: str) -> bool:
    return path == place or (place != "/" and path.startswith(place + "/"))


def new_nonce() -> str:
    return secrets.token_urlsafe(16)
