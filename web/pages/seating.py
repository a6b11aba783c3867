"""Seats: the plan of a room in administration, and who sits where in one meeting, to print."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from meetings import seating_plan
from meetings.access import standing
from meetings.errors import Invalid, NotFound, Problem, Refusal
from meetings.perform import perform
from meetings.queries.meetings import meeting_page
from meetings.queries.organisation import room_of
from meetings.seating import SavePlan, room_with_plan
from meetings.seating_plan import Plan
from meetings.validation import validated

from ..flashes import redirect
from ..forms import fields_of
from ..keys import DB, known
from ..rendering import page
from .admin import Problems, admin_page, administrator, again

routes = web.RouteTableDef()
EMPTY = Plan(16, 12, ())


@routes.get("/admin/rooms/{id}/plan")
async def plan_form(request: web.Request) -> web.Response:
    return await _plan_form(request)


async def _plan_form(request: web.Request, *, typed: Plan | None = None, problems: Problems = (), status: int = 200) -> web.Response:
    actor = administrator(request)
    async with request.app[DB].reading() as reading:
        room = await room_of(reading, actor, request.match_info["id"])
    plan = typed or (seating_plan.plan_of(room.plan) if room.plan else EMPTY)
    context = {"room": room, "plan": plan, "cells": {(c.x, c.y): c for c in plan.cells}, "shapes": list(seating_plan.SHAPES)}
    return admin_page(request, "plan.html", "rooms", status=status, problems=problems, unsaved=typed is not None, **context)


@routes.post("/admin/rooms/{id}/plan")
async def save_plan(request: web.Request) -> web.Response:
    """Keeps the plan; or (`action`) shows one of the usual shapes, or every seat labelled anew, to be kept after a look."""
    actor, data = administrator(request), await fields_of(request)
    try:
        plan = _typed(data)
    except Refusal as refusal:
        return await again(refusal, _plan_form, request)
    try:
        if data.get("action") == "shape":
            return await _plan_form(request, typed=_shape(data))
        if data.get("action") == "label":
            return await _plan_form(request, typed=seating_plan.relabelled(plan))
        await perform(request.app[DB], actor, SavePlan(room_id=request.match_info["id"], plan=plan))
    except Refusal as refusal:
        return await again(refusal, _plan_form, request, typed=plan)
    raise redirect(f"/admin/rooms/{request.match_info['id']}/plan", "seating.saved")


def _typed(data: dict[str, str]) -> Plan:
    try:
        fields: Any = json.loads(data.get("plan", ""))
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise Invalid("plan_unreadable", "plan")
    return validated(Plan, fields)


def _shape(data: dict[str, str]) -> Plan:
    seats = data.get("seats", "")
    if data.get("shape") not in seating_plan.SHAPES or not seats.isdecimal() or not 4 <= int(seats) <= 400:
        raise Invalid.of([Problem("plan_seats", "seats")])
    return seating_plan.shape(data["shape"], int(seats))


@routes.get("/meetings/{id}/plan.json")
async def plan(request: web.Request) -> web.Response:
    """For the room. Raises NotFound where there is none."""
    async with request.app[DB].reading() as reading:
        meeting = (await standing(reading, request.match_info["id"], known(request))).meeting
        room = await room_with_plan(reading, meeting) if meeting is not None else None
    if room is None:
        raise NotFound
    return web.json_response(room.plan | {"name": room.name}, headers={"Cache-Control": "no-store"})


@routes.get("/meetings/{id}/seating")
async def printed(request: web.Request) -> web.Response:
    """The plan with everybody's name, on A4. Raises NotFound where there is no plan."""
    async with request.app[DB].reading() as reading:
        found = await meeting_page(reading, known(request), request.match_info["id"])
        room = await room_with_plan(reading, found.meeting)
    if room is None:
        raise NotFound
    drawn = seating_plan.plan_of(room.plan)
    seated = {row.seat: row for row in found.participants if row.seat}
    return page(
        request, "seating/print.html", m=found.meeting, room=room, plan=drawn, cells={(c.x, c.y): c for c in drawn.cells}, seated=seated,
        standing=[row for row in found.participants if row.seat not in {c.label for c in drawn.cells}],
    )  # fmt: skip
