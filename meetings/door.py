"""The code at the door: a screen shows a new one every half minute, and whoever is invited scans it with a phone that knows him.

A code is signed, good for one meeting and for a minute at most. It names nobody: it checks in whoever is signed in on the phone
that scanned it, as himself, and each person once. So many can scan the same picture at once, and nobody can check in another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from .attendance import mark, require_check_in
from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Conflict, NotAllowed
from .models.meeting import stays
from .standing import Standing

STEP = 30  # seconds that a code is shown; it is good for one step more, so that there is time to press the button
_CODE = re.compile(r"^([0-9]{1,10})-([A-Za-z0-9_-]{24})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInAtDoor(MeetingCommand):
    """`step`: of the code, whose signature the page has verified."""

    step: Annotated[int, Field(ge=0)]


def step_at(moment: datetime) -> int:
    """The number of the code that is shown at that moment."""
    return int(moment.timestamp()) // STEP


def fresh(step: int, now: datetime) -> bool:
    """One step of tolerance, also for a clock that is a little ahead."""
    return abs(step_at(now) - step) <= 1


def code_of(key: bytes, meeting_id: str, step: int) -> str:
    """144 bits of HMAC-SHA256 over the meeting and the step."""
    mac = hmac.new(key, f"door:{meeting_id}:{step}".encode(), hashlib.sha256).digest()
    return f"{step}-{base64.urlsafe_b64encode(mac[:18]).decode()}"


def step_of(key: bytes, meeting_id: str, code: str) -> int | None:
    """The step of a genuine code of this meeting, fresh or not; None for anything else."""
    found = _CODE.match(code)
    if found is None:
        return None
    step = int(found[1])
    return step if hmac.compare_digest(code, code_of(key, meeting_id, step)) else None


async def check_in_at_door(tx: Transaction, by: Standing, command: CheckInAtDoor) -> Answer:
    require_check_in(tx, by.meeting)
    if by.me is None:
        raise NotAllowed("not_in_room")
    if not fresh(command.step, tx.now):
        raise Conflict("door_code_old")
    if by.me.attendance == "room":
        return None
    used = sa.select(stays.c.id).where(stays.c.participant_id == by.me.id, stays.c.door_step == command.step)
    if await tx.first(used):  # gone since: the same picture does not bring him back
        raise Conflict("door_code_used")
    await mark(tx, by.me, "room", "door", door_step=command.step)
    return None
