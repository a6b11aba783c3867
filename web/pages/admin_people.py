"""Administration: people, whether they can sign in, and the passwords they are handed."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings.accounts import SaveAccount, SetTemporaryPassword
from meetings.errors import Refusal
from meetings.models.columns import new_id
from meetings.people import SavePerson
from meetings.perform import perform
from meetings.queries.directory import all_positions
from meetings.queries.organisation import PeopleFilter, agency_lines, find_people, person_of
from meetings.text import clean

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, SIGNING_KEY
from ..passwords import hashed_temporary, temporary
from .admin import Problems, admin_page, administrator, again, choices, ticked

routes = web.RouteTableDef()
ROLES = ("member", "secretary", "agency_admin")


@routes.get("/admin/people")
async def listing(request: web.Request) -> web.Response:
    actor, query = administrator(request), request.query
    number = query.get("page", "1")
    wanted = PeopleFilter(
        text=clean(query.get("text", ""))[:100], agency_id=query.get("agency", ""), which=query.get("which", "active"),
        page=int(number) if number.isascii() and number.isdecimal() and 0 < int(number) < 10_000 else 1,
    )  # fmt: skip
    async with request.app[DB].reading() as reading:
        found = await find_people(reading, actor, wanted)
        agencies = choices(await agency_lines(reading, actor))
    return admin_page(request, "people.html", "people", found=found, wanted=wanted, agencies=agencies)


@routes.get("/admin/people/{id}")
async def form(request: web.Request) -> web.Response:
    return await _form(request)


async def _form(
    request: web.Request,
    *,
    typed: dict[str, Any] | None = None,
    account: dict[str, Any] | None = None,
    problems: Problems = (),
    status: int = 200,
) -> web.Response:
    """`typed` and `account`: what was typed into one or the other of the page's forms."""
    actor, key = administrator(request), request.match_info["id"]
    agency = request.query.get("agency") or actor.agency_id
    values: dict[str, Any] = {
        "name": "", "honorific": "", "email": "", "phone": "", "agency_id": agency, "position_id": None, "language": "vi",
        "active": True,
    }  # fmt: skip
    found = None
    async with request.app[DB].reading() as reading:
        if key != "new":
            found = await person_of(reading, actor, key)
            values = dict(found.person._mapping)
        lines = await agency_lines(reading, actor)
        held = [(row.id, row.name) for row in await all_positions(reading) if row.active or row.id == values["position_id"]]
    context = {
        "key": key, "v": values | (typed or {}), "found": found, "agencies": choices(lines), "positions": held,
        "roles": ROLES + (("system_admin",) if actor.role == "system_admin" else ()), "typed_account": account, "command_id": new_id(),
    }  # fmt: skip
    return admin_page(request, "person.html", "people", status=status, problems=problems, **context)


@routes.post("/admin/people/{id}")
async def save(request: web.Request) -> web.Response:
    actor, data, key = administrator(request), await fields_of(request), request.match_info["id"]
    flags = ticked(data, "active")
    try:
        command = command_from(SavePerson, data, person_id=None if key == "new" else key, **flags)
        answer = await perform(request.app[DB], actor, command) or {}
    except Refusal as refusal:
        return await again(refusal, _form, request, typed=data | flags)
    note = "admin.saved_named" if key != "new" else "admin.person_made"
    raise redirect(f"/admin/people/{answer['person_id']}", note, name=command.name)


@routes.post("/admin/people/{id}/account")
async def save_account(request: web.Request) -> web.Response:
    """A new account comes with a temporary password, shown once; an account that there is changes name, role and lock."""
    actor, data, key = administrator(request), await fields_of(request), request.match_info["id"]
    async with request.app[DB].reading() as reading:
        person = (await person_of(reading, actor, key)).person
    typed = data | ticked(data, "locked") | {"username": clean(data.get("username", "")).lower()}
    password = _password(request, data)
    fresh = "fresh" in data  # by the form, not by what there is now: sent twice, it shows the password twice
    more = {"password_hash": (await hashed_temporary([password]))[0], "must_change": True} if fresh else {}
    try:
        command = command_from(SaveAccount, typed, person_id=key, **more)
        await perform(request.app[DB], actor, command)
    except Refusal as refusal:
        return await again(refusal, _form, request, account=typed)
    if fresh:
        return _handed_over(request, key, person.name, command.username, password)
    raise redirect(f"/admin/people/{key}", "admin.account_saved", name=command.username)


@routes.post("/admin/people/{id}/password")
async def new_password(request: web.Request) -> web.Response:
    """A temporary password, shown once. The form sent again shows the same one."""
    actor, data, key = administrator(request), await fields_of(request), request.match_info["id"]
    async with request.app[DB].reading() as reading:
        person = (await person_of(reading, actor, key)).person
    password = _password(request, data)
    command = command_from(SetTemporaryPassword, data, person_id=key, password_hash=(await hashed_temporary([password]))[0])
    answer = await perform(request.app[DB], actor, command) or {}
    return _handed_over(request, key, person.name, answer["username"], password)


def _password(request: web.Request, data: dict[str, str]) -> str:
    data["id"] = data.get("id") or new_id()
    return temporary(request.app[SIGNING_KEY], f"{request.match_info['id']}:{data['id']}")


def _handed_over(request: web.Request, key: str, name: str, username: str, password: str) -> web.Response:
    response = admin_page(request, "password.html", "people", key=key, name=name, username=username, password=password)
    response.headers["Cache-Control"] = "no-store"
    return response
