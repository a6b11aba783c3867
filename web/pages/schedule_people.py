"""The people part of the schedule form: finding, inviting one by one and by whole groups, and what its template draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from meetings.access import standing
from meetings.commands import Actor
from meetings.database import Reading, Row
from meetings.errors import NotFound
from meetings.invitees import HOWS, is_key
from meetings.meeting_form import Raw
from meetings.queries import invitees
from meetings.queries.invitee_lists import invited_lists, list_of, lists_of

from ..keys import DB, signed_in
from ..rendering import fragment

routes = web.RouteTableDef()
ACTS = ("add", "remove", "group", "ask", "ungroup", "swap", "list", "unlist")
MOST = 2000  # invited in one form
OF_KEYS = {"invite": "invited", "for_item": "for_item", "seats": "seats", "wish": "wish"}  # fields `<name>.<key>` -> of the form
SETTINGS_OF_SEARCH = ("find", "invite_how", "list_name")  # fields that belong to the page, not to the meeting


@routes.get("/meetings/{id}/people")
async def people(request: web.Request) -> web.Response:
    """What fits `find`, as the form's search asks while one types. For those who organise the meeting."""
    async with request.app[DB].reading() as reading:
        by = await standing(reading, request.match_info["id"], signed_in(request))
        if not by.organises:
            raise NotFound
        found = await invitees.find(reading, request.query.get("find", ""))
    lines = [{"key": one.key, "name": one.name, "detail": one.detail, "agency": one.agency} for one in found]
    return web.json_response({"found": lines})


async def people_context(reading: Reading, actor: Actor, meeting: Row, form: Raw, query: Mapping[str, str]) -> dict[str, Any]:
    """What schedule/who.html draws."""
    find, how = query.get("find", "")[:100], query.get("invite_how", "vote")
    leading = {form.get(name) for name in ("chair_id", "secretary_id", "secretary2_id")}
    named = {key for key in [*form["invited"], *leading] if key and is_key(key) and ":" not in key}
    return await chosen_context(reading, actor, form) | {
        "near": await invitees.near(reading, meeting.host_agency_id, named), "find": find,
        "invite_how": how if how in HOWS else "vote", "results": await invitees.find(reading, find),
    }  # fmt: skip


async def chosen_context(reading: Reading, actor: Actor, form: Raw) -> dict[str, Any]:
    """What schedule/chosen.html draws. Keys that no browser of ours has sent are left out."""
    form["invited"] = {key: how for key, how in form["invited"].items() if is_key(key) and how in HOWS}
    groups = await invitees.chosen(reading, form["invited"])
    shown = {line.key for group in groups for line in group.lines}
    form["invited"] = {key: how for key, how in form["invited"].items() if key in shown}
    lists = await lists_of(reading, actor)
    return {
        "f": form, "groups": groups, "wholes": await invitees.wholes(reading, groups), "hows": HOWS, "lists": lists, "list_name": "",
        "list_shares": await invited_lists(reading, lists, form["invited"]), "may_keep_list": actor.staff,
    }  # fmt: skip


async def chosen_fragment(request: web.Request, reading: Reading, actor: Actor, form: Raw) -> str:
    return fragment(request, "schedule/chosen.html", problems=(), **await chosen_context(reading, actor, form))


async def act(reading: Reading, actor: Actor, raw: Raw, action: str, how: str) -> None:
    """Changes the list of invited as a button of this part says; any other is passed over."""
    what, _, which = action.partition(":")
    invited: dict[str, str] = raw["invited"]
    as_what = how if how in HOWS else "vote"
    if what == "add" and which.startswith("head:"):
        for key in await invitees.heads_of(reading, agency_id=which.removeprefix("head:")):
            invited.setdefault(key, as_what)
    elif what == "add" and is_key(which) and len(invited) < MOST:
        invited.setdefault(which, as_what)
    elif what == "remove":
        invited.pop(which, None)
    elif what in ("group", "ask") and which in invitees.KINDS:
        there = {group.agency.id for group in await invitees.chosen(reading, invited)}
        every = invitees.heads_of if what == "group" else invitees.keys_of
        for key in await every(reading, which, without=there):
            invited.setdefault(key, as_what)
    elif what == "ungroup" and which in invitees.KINDS:
        for group in await invitees.chosen(reading, invited):
            if group.agency.kind == which:
                for line in group.lines:
                    invited.pop(line.key, None)
    elif what in ("list", "unlist") and (kept := await list_of(reading, actor, which)):
        if what == "unlist":
            raw["invited"] = {key: value for key, value in invited.items() if key not in kept.invited}
        else:
            _add_list(raw, kept)
    elif what == "swap":
        person, _, post = which.partition(":")
        if is_key(post) and person in invited:
            raw["invited"] = {post if key == person else key: value for key, value in invited.items()}


def _add_list(raw: Raw, kept: Row) -> None:
    """Whoever is invited already stays as he is."""
    new = [key for key in kept.invited if key not in raw["invited"]][: max(MOST - len(raw["invited"]), 0)]
    raw["invited"] |= {key: kept.invited[key] for key in new}
    raw["optional"] += [key for key in kept.optional if key in new]
    raw["seats"] |= {key: str(n) for key, n in kept.seats.items() if key in new}
    raw["wish"] |= {key: words for key, words in kept.wish.items() if key in new}


def nobody() -> Raw:
    """The fields of this part when nobody is invited."""
    return {"invited": {}, "optional": [], "for_item": {}, "seats": {}, "wish": {}}


def keep_field(raw: Raw, name: str, value: str) -> bool:
    """Takes a field of this part (`invite.<key>`, `optional.<key>` and so on) into the form; whether it was one."""
    head, _, key = name.partition(".")
    if name in SETTINGS_OF_SEARCH:
        return True
    if not key or head not in (*OF_KEYS, "optional"):
        return False
    if head == "optional":
        raw["optional"].append(key)
    elif value:
        raw[OF_KEYS[head]][key] = value
    return True
