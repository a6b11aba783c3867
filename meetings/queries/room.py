"""The whole state of a room at one moment, as PROTOCOL.md describes it, before roles are considered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ..database import Reading
from ..models.meeting import meetings
from ..models.organisation import agencies
from ..models.room import UNDER_WAY, ballots, roll, votes
from ..views import ENTITIES
from ..voting import mandate_view
from .talk import letters_to_runners, messages_to_room

State = dict[str, Any]
PLURAL = {"participant": "participants", "site": "sites", "item": "items", "paper": "papers", "speech": "speeches"}
PLURAL |= {"presentation": "presentations", "announcement": "announcements"}
PLURAL |= {"question": "questions", "ballot": "ballots", "recusal": "recusals", "conclusion": "conclusions"}


async def room_state(reading: Reading, meeting_id: str) -> State:
    """Everything, as those who run the meeting see it; without anybody's mandates. `letters`: theirs. Raises NotFound."""
    table, view = ENTITIES["meeting"]
    state: State = {"meeting": view(await reading.get(table, meeting_id))}
    for kind, plural in PLURAL.items():
        table, view = ENTITIES[kind]
        rows = await reading.all(sa.select(table).where(table.c.meeting_id == meeting_id))
        state[plural] = {row.id: seen for row in rows if (seen := view(row)) is not None}
    await _add_voted(reading, meeting_id, state)
    state["messages"] = await messages_to_room(reading, meeting_id)
    state["letters"] = await letters_to_runners(reading, meeting_id)
    state["agencies"] = await _agencies(reading, state)
    return state


async def mandates_of(reading: Reading, meeting_id: str, participant_ids: Sequence[str]) -> dict[str, State]:
    """Mandates and votes of these participants, by participant and ballot."""
    joined = roll.join(ballots, ballots.c.id == roll.c.ballot_id).outerjoin(
        votes, sa.and_(votes.c.ballot_id == roll.c.ballot_id, votes.c.participant_id == roll.c.participant_id)
    )
    theirs = sa.and_(ballots.c.meeting_id == meeting_id, roll.c.participant_id.in_(participant_ids))
    wanted = sa.select(roll.c.participant_id, roll.c.ballot_id, votes.c.choice, votes.c.text, votes.c.receipt)
    found: dict[str, State] = {}
    for row in await reading.all(wanted.select_from(joined).where(theirs)):
        vote = {"choice": row.choice, "text": row.text, "receipt": row.receipt} if row.choice else None
        found.setdefault(row.participant_id, {})[row.ballot_id] = mandate_view(row.ballot_id, vote)
    return found


async def _add_voted(reading: Reading, meeting_id: str, state: State) -> None:
    open_ones = sa.and_(ballots.c.meeting_id == meeting_id, ballots.c.state.in_(UNDER_WAY))
    wanted = sa.select(votes.c.ballot_id, votes.c.participant_id).join(ballots, ballots.c.id == votes.c.ballot_id)
    for ballot in state["ballots"].values():
        if ballot["state"] in UNDER_WAY:
            ballot["voted"] = []
    for row in await reading.all(wanted.where(open_ones)):
        state["ballots"][row.ballot_id]["voted"].append(row.participant_id)
    for ballot in state["ballots"].values():
        if "voted" in ballot:
            ballot["voted"].sort()


async def _agencies(reading: Reading, state: State) -> dict[str, str]:
    """Names of the agencies that conclusions can be given to here: of everybody invited, and of the host."""
    ids = {p["agency_id"] for p in state["participants"].values() if p["agency_id"]}
    ids |= {c["lead_agency_id"] for c in state["conclusions"].values() if c["lead_agency_id"]}
    ids |= {key for c in state["conclusions"].values() for key in c["support_agency_ids"]}
    host = sa.select(meetings.c.host_agency_id).where(meetings.c.id == state["meeting"]["id"]).scalar_subquery()
    wanted = sa.select(agencies.c.id, agencies.c.name).where(sa.or_(agencies.c.id.in_(ids), agencies.c.id == host))
    return {row.id: row.name for row in await reading.all(wanted.order_by(agencies.c.position, agencies.c.name))}
