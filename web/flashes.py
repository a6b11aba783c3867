"""One-time notes that survive one redirect: catalogue keys in a cookie, so that nothing but our own sentences is ever shown."""

from __future__ import annotations

import json
from urllib.parse import quote, unquote

from aiohttp import web

from meetings import i18n

from .keys import LANGUAGE

COOKIE = "dc_note"
SHOWN = web.RequestKey("flashes_shown", bool)


def redirect(to: str, note: str = "", **params: str | int) -> web.HTTPSeeOther:
    """303 to `to`, where the catalogue entry `note` is shown once. Raise it or return it."""
    response = web.HTTPSeeOther(to)
    if note:
        value = quote(json.dumps([note, params], ensure_ascii=False))
        response.set_cookie(COOKIE, value, max_age=60, httponly=True, samesite="Lax", path="/")
    return response


def take_flashes(request: web.Request) -> list[dict[str, str]]:
    """The notes to show on this page; the middleware then forgets them."""
    text = request.cookies.get(COOKIE)
    if not text:
        return []
    request[SHOWN] = True
    try:
        key, params = json.loads(unquote(text))
        return [{"kind": "ok", "text": i18n.translator(request[LANGUAGE])(key, **params)}]
    except (ValueError, KeyError, TypeError):
        return []


def forget(request: web.Request, response: web.StreamResponse) -> None:
    if request.get(SHOWN):
        response.del_cookie(COOKIE, path="/")
