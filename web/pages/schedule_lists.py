"""The buttons of the schedule form that keep a list of invitees by name, or forget one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Invalid
from meetings.invitee_lists import RemoveInviteeList, SaveInviteeList
from meetings.meeting_form import Raw
from meetings.perform import perform

from ..forms import command_from

LIST_ACTS = ("keep_list", "drop_list")


async def act_on_list(db: Database, actor: Actor, raw: Raw, action: str, data: Mapping[str, str]) -> str:
    """The key of what is said then. Raises Refusal, with the name's problems at `list_name`."""
    what, _, which = action.partition(":")
    if what == "drop_list":
        await perform(db, actor, command_from(RemoveInviteeList, {"list_id": which}))
        return "schedule.list_dropped"
    filled = {name: {key: value for key, value in raw[name].items() if value} for name in ("invited", "seats", "wish")}
    try:
        command = command_from(SaveInviteeList, filled | {"name": data.get("list_name", ""), "optional": raw["optional"]})
    except Invalid as invalid:
        there = [replace(one, where="list_name" if one.where == "name" else one.where) for one in invalid.problems]
        raise Invalid.of(there) from None
    await perform(db, actor, command)
    return "schedule.list_kept"
