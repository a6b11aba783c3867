"""Whose vote counts how much, and who casts it: weights, proxies where the body's rules allow them, and so who stands on the roll
when a ballot opens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from ..audit import Answer
from ..commands import MeetingCommand
from ..database import Row, Transaction
from ..errors import Conflict, NotAllowed
from ..models.columns import new_id
from ..models.meeting import meetings, participants
from ..models.room import proxies
from ..roll_call import PRESENT
from ..standing import Standing, require_open
from ..text import Id
from ..views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowProxies(MeetingCommand):
    """Whether the body's rules let an absent member's mandate be voted by another."""

    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveProxy(MeetingCommand):
    """One's own mandate; another's is recorded by whoever runs the meeting and has it in writing."""

    participant_id: Id
    holder_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawProxy(MeetingCommand):
    proxy_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWeight(MeetingCommand):
    """How much a member's vote counts in weighted ballots."""

    participant_id: Id
    weight: Annotated[int, Field(ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class Mandate:
    """One line of a roll: a member's vote, and who casts it."""

    member: Row
    voter_id: str


def roll_of(members: Iterable[Row], recused: Collection[str], holders: Mapping[str, str]) -> list[Mandate]:
    """Every member with a vote who did not recuse himself and is present, or whose proxy's holder is such a one. `holders`: by
    whose mandate it is. Whoever came votes himself, whatever proxy he gave."""
    voting = [m for m in members if m.votes and not m.removed and m.id not in recused]
    here = {m.id for m in voting if m.attendance in PRESENT}
    own = [Mandate(m, m.id) for m in voting if m.id in here]
    return own + [Mandate(m, holders[m.id]) for m in voting if m.id not in here and holders.get(m.id) in here]


async def allow_proxies(tx: Transaction, by: Standing, command: AllowProxies) -> Answer:
    require_open(by, "meeting_not_live")
    await tx.update(meetings, command.meeting_id, proxies_allowed=command.allowed)
    await announce(tx, "meeting", [command.meeting_id])
    return None


async def give_proxy(tx: Transaction, by: Standing, command: GiveProxy) -> Answer:
    require_open(by, "meeting_not_live")
    if by.meeting is None or not by.meeting.proxies_allowed:
        raise Conflict("proxies_not_allowed")
    member = await _member(tx, command.meeting_id, command.participant_id)
    _require_own(by, member.id)
    holder = await _member(tx, command.meeting_id, command.holder_id)
    if member.id == holder.id:
        raise Conflict("proxy_for_oneself")
    key = await tx.value(sa.select(proxies.c.id).where(proxies.c.participant_id == member.id)) or new_id()
    row = {"id": key, "meeting_id": command.meeting_id, "participant_id": member.id, "holder_id": holder.id, "given_at": tx.now}
    await tx.upsert(proxies, [row], key=["id"])
    await announce(tx, "proxy", [key])
    return {"proxy_id": key}


async def withdraw_proxy(tx: Transaction, by: Standing, command: WithdrawProxy) -> Answer:
    require_open(by, "meeting_not_live")
    row = await tx.one(sa.select(proxies).where(proxies.c.id == command.proxy_id, proxies.c.meeting_id == command.meeting_id))
    _require_own(by, row.participant_id)
    await tx.write(sa.delete(proxies).where(proxies.c.id == row.id))
    await announce(tx, "proxy", [row.id])
    return None


async def set_weight(tx: Transaction, by: Standing, command: SetWeight) -> Answer:
    require_open(by, "meeting_not_live")
    member = await _member(tx, command.meeting_id, command.participant_id)
    await tx.update(participants, member.id, weight=command.weight)
    await announce(tx, "participant", [member.id])
    return None


async def _member(tx: Transaction, meeting_id: str, participant_id: str) -> Row:
    here = sa.and_(participants.c.meeting_id == meeting_id, ~participants.c.removed)
    member = await tx.one(sa.select(participants).where(here, participants.c.id == participant_id))
    if not member.votes:
        raise Conflict("has_no_vote")
    return member


def _require_own(by: Standing, participant_id: str) -> None:
    if not by.runs and (by.me is None or by.me.id != participant_id):
        raise NotAllowed("not_allowed")


