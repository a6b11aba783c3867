"""What the application and each request carry, by typed keys; and who is asking."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from calendars.courtesy import Courtesy
from meetings.commands import Actor
from meetings.database import Database
from meetings.queries.sessions import Session
from meetings.settings import Settings

SETTINGS = web.AppKey("settings", Settings)
DB = web.AppKey("db", Database)
SIGNING_KEY = web.AppKey("signing_key", bytes)
COURTESY = web.AppKey("courtesy", Courtesy)

ACTOR = web.RequestKey("actor", Actor)
SESSION = web.RequestKey("session", Session)
LANGUAGE = web.RequestKey("language", str)
NONCE = web.RequestKey("nonce", str)
REQUEST_ID = web.RequestKey("request_id", str)


def actor_of(request: web.Request) -> Actor | None:
    found: Actor | None = request.get(ACTOR)
    return found


def signed_in(request: web.Request) -> Actor:
    """The actor of an account. Raises the redirect to sign-in when nobody is signed in."""
    actor = actor_of(request)
    if actor is None or actor.kind != "account":
        raise web.HTTPSeeOther(f"/sign-in?next={_here(request)}")
    return actor


def known(request: web.Request) -> Actor:
    """An account's or a personal link's actor. Raises the redirect to sign-in when there is neither."""
    actor = actor_of(request)
    if actor is None:
        raise web.HTTPSeeOther(f"/sign-in?next={_here(request)}")
    return actor


def address_of(request: web.Request) -> str:
    """The client's address; of X-Forwarded-For only what our own proxies (setting `proxies`) have added."""
    hops = request.app[SETTINGS].proxies
    named = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return named[-hops] if 0 < hops <= len(named) else request.remote or ""


def _here(request: web.Request) -> str:
    """This page, to come back to after signing in; a form that was sent can not be sent again by itself."""
    return quote(request.path_qs, safe="") if request.method == "GET" else ""
