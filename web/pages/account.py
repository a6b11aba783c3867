"""One's own account: sessions and password."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings.accounts import ChangePassword
from meetings.commands import system
from meetings.digests import SetDigest
from meetings.errors import Problem, Refusal
from meetings.models.organisation import accounts
from meetings.perform import perform
from meetings.queries.sessions import own_sessions
from meetings.sessions import EndSession
from meetings.sign_in_tries import TrySignIn, subject

from ..browsers import browser_name
from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, SESSION, address_of, signed_in
from ..passwords import SHORTEST, hashed, problems_of, verified
from ..rendering import page

routes = web.RouteTableDef()


@routes.get("/account")
async def own(request: web.Request) -> web.Response:
    actor = signed_in(request)
    async with request.app[DB].reading() as reading:
        found = await own_sessions(reading, actor)
        row = await reading.get(accounts, actor.account_id)
    return page(request, "account.html", sessions=found, browser_name=browser_name, digest=row.digest)


@routes.post("/account/digest")
async def digest(request: web.Request) -> web.Response:
    await perform(request.app[DB], signed_in(request), SetDigest(on="on" in await fields_of(request)))
    raise redirect("/account", "account.digest_saved")


@routes.post("/account/sessions")
async def end(request: web.Request) -> web.Response:
    actor = signed_in(request)
    data = await fields_of(request)
    others = data.get("others") == "true"
    await perform(request.app[DB], actor, command_from(EndSession, data, others=others))
    raise redirect("/account", "account.ended_others" if others else "account.ended")


@routes.get("/account/password")
async def password_form(request: web.Request) -> web.Response:
    async with request.app[DB].reading() as reading:
        row = await reading.get(accounts, signed_in(request).account_id)
    return _form(request, row.username)


@routes.post("/account/password")
async def change(request: web.Request) -> web.Response:
    actor, db = signed_in(request), request.app[DB]
    data = await fields_of(request)
    async with db.reading() as reading:
        row = await reading.get(accounts, actor.account_id)
    problems = problems_of(data.get("password", ""), data.get("again", ""), row.username)
    if not problems and data.get("password") == data.get("current"):
        problems = [Problem("password_same", "password")]
    if problems:
        return _form(request, row.username, *problems)
    tried = TrySignIn(name=subject("account", row.id), address=subject("address", address_of(request)))
    try:
        await perform(db, system("password"), tried)
    except Refusal as wait:
        return _form(request, row.username, Problem(wait.code, "current", wait.params))
    if not await verified(data.get("current", ""), row.password_hash):
        return _form(request, row.username, Problem("password_wrong", "current"))
    new = await hashed(data["password"])
    await perform(db, actor, ChangePassword(password_hash=new))
    raise redirect("/account", "account.changed")


def _form(request: web.Request, username: str, *problems: Problem) -> web.Response:
    context: dict[str, Any] = {"forced": request[SESSION].must_change, "shortest": SHORTEST, "username": username}
    return page(request, "password.html", status=422 if problems else 200, problems=problems, **context)
