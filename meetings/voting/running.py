"""The run of a ballot: it opens and freezes its roll, pauses, and may be declared void. A ballot is never opened again: a new one
names the old. Opening, casting and closing run under the same lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from .. import clock, live_log
from ..attendance import Quorum, quorum_of
from ..audit import Answer
from ..ballot_record import Chain
from ..commands import MeetingCommand
from ..database import Reading, Row, Transaction
from ..errors import Conflict
from ..models.meeting import participants
from ..models.room import UNDER_WAY, ballots, proxies, recusals, roll
from ..roll_call import PRESENT
from ..standing import Standing, require_live
from ..text import Id, Paragraph
from ..views import ballot_view
from .mandates import Mandate, roll_of
from .preparing import ballot_of

DEADLINES = "deadlines"  # whoever closes ballots in time is woken by this name


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBallot(MeetingCommand):
    ballot_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseBallot(MeetingCommand):
    """Nobody can vote until it is resumed; or closed. Its deadline waits too."""

    ballot_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeBallot(MeetingCommand):
    ballot_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidBallot(MeetingCommand):
    """Without effect, open or closed, for a reason that stays on record."""

    ballot_id: Id
    reason: Paragraph


async def open_ballot(tx: Transaction, by: Standing, command: OpenBallot) -> Answer:
    """Freezes the roll. Refused without quorum, or while another is open."""
    require_live(by)
    ballot = await ballot_of(tx, command.meeting_id, command.ballot_id)
    if ballot.state == "open":
        return None
    if ballot.state != "prepared":
        raise Conflict("ballot_closed")
    if await tx.first(sa.select(ballots.c.id).where(ballots.c.meeting_id == command.meeting_id, ballots.c.state.in_(UNDER_WAY))):
        raise Conflict("another_ballot_open")
    members = await tx.all(sa.select(participants).where(participants.c.meeting_id == command.meeting_id))
    quorate = quorum_of(members, ballot.quorum_num, ballot.quorum_den)
    if not quorate.reached or not quorate.present:
        raise Conflict("no_quorum", present=quorate.present, members=quorate.members, needed=max(quorate.needed, 1))
    mandates = await _mandates(tx, by, ballot, members)
    weights = {m.id: m.weight if ballot.weighted else 1 for m in members if m.votes and not m.removed}
    lines = [
        {"ballot_id": ballot.id, "participant_id": m.member.id, "voter_id": m.voter_id, "weight": weights[m.member.id]}
        for m in mandates
    ]
    await tx.insert_many(roll, lines)
    closes_at = tx.now + timedelta(seconds=ballot.seconds) if ballot.seconds else None
    frozen = {
        "members_total": quorate.members, "present_total": quorate.present, "entitled": len(lines),
        "weight_total": sum(weights.values()), "entitled_weight": sum(line["weight"] for line in lines),
    }  # fmt: skip
    chain = await Chain.of(tx, ballot)
    chain.add(tx.now, "opened", _opening(ballot, members, quorate, mandates, weights, closes_at))
    await chain.keep(tx, state="open", opened_at=tx.now, closes_at=closes_at, **frozen)
    tx.wake.add(DEADLINES)
    await tell(tx, ballot.id)
    if ballot.method == "online":
        _tell_mandates(tx, ballot.id, mandates)
    return {"entitled": len(lines)}


async def _mandates(tx: Transaction, by: Standing, ballot: Row, members: Sequence[Row]) -> list[Mandate]:
    told = sa.select(recusals.c.participant_id).where(recusals.c.meeting_id == ballot.meeting_id, recusals.c.item_id == ballot.item_id)
    recused = set(await tx.column(told))
    holders: dict[str, str] = {}
    if by.meeting is not None and by.meeting.proxies_allowed:
        given = sa.select(proxies.c.participant_id, proxies.c.holder_id).where(proxies.c.meeting_id == ballot.meeting_id)
        holders = {row.participant_id: row.holder_id for row in await tx.all(given)}
    return roll_of(members, recused, holders)


def _opening(
    ballot: Row, members: Sequence[Row], quorate: Quorum, mandates: Sequence[Mandate], weights: dict[str, int],
    closes_at: datetime | None,
) -> dict[str, Any]:  # fmt: skip
    """The first entry of the record: all that the result depends on, besides the votes."""
    same = (
        "question", "kind", "options", "most", "seats", "method", "disclosure", "progress", "weighted", "base", "strict", "tie",
        "change_allowed", "previous_id",
    )  # fmt: skip
    return {
        "ballot_id": ballot.id, "meeting_id": ballot.meeting_id,
        "settings": {name: getattr(ballot, name) for name in same} | {
            "threshold": [ballot.threshold_num, ballot.threshold_den], "quorum": [ballot.quorum_num, ballot.quorum_den],
        },
        "closes_at": clock.iso(closes_at) if closes_at else None,
        "members": quorate.members, "present": quorate.present, "weight": sum(weights.values()),
        "chair": presiding(members),
        "roll": [
            {"id": m.member.id, "name": m.member.name, "agency": m.member.agency_name, "voter": m.voter_id, "weight": weights[m.member.id]}
            for m in mandates
        ],
    }  # fmt: skip


def presiding(members: Sequence[Row]) -> str | None:
    """Whose side prevails in a tie, where the rule says so: the chair, or the deputy in his absence."""
    here = [m for m in members if not m.removed and m.attendance in PRESENT]
    chairs = [m.id for m in here if m.duty == "chair"] + [m.id for m in here if m.deputy]
    return chairs[0] if chairs else None


def _tell_mandates(tx: Transaction, ballot_id: str, mandates: Sequence[Mandate]) -> None:
    own = [m.member.id for m in mandates if m.voter_id == m.member.id]
    live_log.append(tx, "mandate.changed", mandate_view(ballot_id), audience=own)
    for mandate in mandates:
        if mandate.voter_id != mandate.member.id:
            live_log.append(tx, "mandate.changed", mandate_view(ballot_id, mandate.member.id), audience=[mandate.voter_id])


def mandate_view(ballot_id: str, of: str | None = None, vote: dict[str, Any] | None = None) -> dict[str, Any]:
    """A mandate that one casts, as `mandate.changed` tells it. `of`: whose it is, when not one's own."""
    seen: dict[str, Any] = {"ballot_id": ballot_id, "of": of, "choice": None, "marks": {}, "text": "", "receipt": None}
    return seen | {k: vote[k] for k in ("choice", "marks", "text", "receipt")} if vote else seen


async def pause_ballot(tx: Transaction, by: Standing, command: PauseBallot) -> Answer:
    ballot = await ballot_of(tx, command.meeting_id, command.ballot_id)
    if ballot.state == "paused":
        return None
    if ballot.state != "open" or is_due(ballot, tx.now):
        raise Conflict("ballot_not_open")
    await _turn(tx, ballot, "paused", {}, state="paused", paused_at=tx.now)
    return None


async def resume_ballot(tx: Transaction, by: Standing, command: ResumeBallot) -> Answer:
    ballot = await ballot_of(tx, command.meeting_id, command.ballot_id)
    if ballot.state == "open":
        return None
    if ballot.state != "paused":
        raise Conflict("ballot_not_open")
    closes_at = ballot.closes_at + (tx.now - ballot.paused_at) if ballot.closes_at else None
    told = {"closes_at": clock.iso(closes_at) if closes_at else None}
    await _turn(tx, ballot, "resumed", told, state="open", paused_at=None, closes_at=closes_at)
    tx.wake.add(DEADLINES)
    return None


async def void_ballot(tx: Transaction, by: Standing, command: VoidBallot) -> Answer:
    ballot = await ballot_of(tx, command.meeting_id, command.ballot_id)
    if ballot.state == "void":
        return None
    if by.meeting is not None and by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    if ballot.state == "prepared":
        raise Conflict("ballot_not_open")
    await _turn(tx, ballot, "void", {"reason": command.reason}, state="void", void_reason=command.reason)
    return None


async def _turn(tx: Transaction, ballot: Row, what: str, data: dict[str, Any], **values: Any) -> None:
    chain = await Chain.of(tx, ballot)
    chain.add(tx.now, what, data)
    await chain.keep(tx, **values)
    await tell(tx, ballot.id)


def is_due(ballot: Row, now: datetime) -> bool:
    """Its deadline has come. A paused one waits."""
    return ballot.state == "open" and ballot.closes_at is not None and now >= ballot.closes_at


async def tell(tx: Transaction, ballot_id: str) -> None:
    """Tell the room how a ballot that was opened now is; while it is under way, with its roll."""
    view = ballot_view(await tx.get(ballots, ballot_id))
    if view["state"] in UNDER_WAY:
        view |= {"roll": (await rolls_of(tx, [ballot_id]))[ballot_id]}
    live_log.append(tx, "ballot.changed", view)


async def rolls_of(reading: Reading, ballot_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """By ballot: who casts it, by whose mandate it is."""
    found: dict[str, dict[str, str]] = {key: {} for key in ballot_ids}
    for row in await reading.all(sa.select(roll).where(roll.c.ballot_id.in_(ballot_ids))):
        found[row.ballot_id][row.participant_id] = row.voter_id
    return found
