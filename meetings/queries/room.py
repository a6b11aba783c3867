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
from ..voting.running import mandate_view, rolls_of
from .talk import letters_to_runners, messages_to_room

State = dict[str, Any]
PLURAL = {"participant": "participants", "site": "sites", "item": "items", "paper": "papers", "speech": "speeches"}
PLURAL |= {"presentation": "presentations", "announcement": "announcements"}
PLURAL |= {"question": "questions", "ballot": "ballots", "recusal": "recusals", "proxy": "proxies", "conclusion": "conclusions"}
PLURAL |= {"remark": "remarks"}


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
    """Mandates that these participants cast, and how, by participant and then by ballot; another's by ballot and whose it is."""
    joined = roll.join(ballots, ballots.c.id == roll.c.ballot_id).outerjoin(
        votes, sa.and_(votes.c.ballot_id == roll.c.ballot_id, votes.c.participant_id == roll.c.participant_id)
    )
    theirs = sa.and_(ballots.c.meeting_id == meeting_id, ballots.c.method == "online", roll.c.voter_id.in_(participant_ids))
    wanted = sa.select(
        roll.c.participant_id, roll.c.voter_id, roll.c.ballot_id, votes.c.choice, votes.c.marks, votes.c.text, votes.c.receipt
    )
    found: dict[str, State] = {}
    for row in await reading.all(wanted.select_from(joined).where(theirs)):
        whose = None if row.voter_id == row.participant_id else row.participant_id
        view = mandate_view(row.ballot_id, whose, dict(row._mapping) if row.choice else None)
        found.setdefault(row.voter_id, {})[row.ballot_id + (whose or "")] = view
    return found


async def _add_voted(reading: Reading, meeting_id: str, state: State) -> None:
    """Roll and who has voted, of the ballot under way."""
    under_way = {key: ballot for key, ballot in state["ballots"].items() if ballot["state"] in UNDER_WAY}
    rolls = await rolls_of(reading, list(under_way))
    for key, ballot in under_way.items():
        wanted = sa.select(votes.c.participant_id).where(votes.c.ballot_id == key).order_by(votes.c.participant_id)
        ballot["roll"], ballot["voted"] = rolls[key], await reading.column(wanted)


async def _agencies(reading: Reading, state: State) -> dict[str, str]:
    """Names of the agencies that conclusions can be given to here: of everybody invited, and of the host."""
    ids = {p["agency_id"] for p in state["participants"].values() if p["agency_id"]}
    ids |= {c["lead_agency_id"] for c in state["conclusions"].values() if c["lead_agency_id"]}
    ids |= {key for c in state["conclusions"].values() for key in c["support_agency_ids"]}
    host = sa.select(meetings.c.host_agency_id).where(meetings.c.id == state["meeting"]["id"]).scalar_subquery()
    wanted = sa.select(agencies.c.id, agencies.c.name).where(sa.or_(agencies.c.id.in_(ids), agencies.c.id == host))
    return {row.id: row.name for row in await reading.all(wanted.order_by(agencies.c.position, agencies.c.name))}
