"""Durable, acknowledged votes over real sockets, on both databases: 500 voters who change theirs without pause, and 2,000 who first
vote at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from unittest import mock

from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.database import Database
from meetings.perform import perform
from meetings.voting import CloseBallot, OpenBallot, PrepareBallot
from tests.support.live_rooms import live_rooms
from tests.support.meetings import Held, hold_meeting

from .figures import Figure
from .load import UNIQUE, Load, load
from .servers import as_served, database

VOTERS, EACH = 500, 20
CROWD, BURSTS = 2000, 5
GOALS = {"sqlite": 3000.0, "postgresql": 2000.0}


@dataclass
class Hall:
    """A meeting with every voter in the room. Votes repeated as they were are acknowledged without being kept, so none is."""

    db: Database
    held: Held
    voters: Load

    async def opened(self) -> list[dict[str, Any]]:
        """The messages of a vote for and of one against, in a ballot in which nobody has voted."""
        chair, here = self.held.chair, {"meeting_id": self.held.id}
        ballot = (await perform(self.db, chair, PrepareBallot(**here, question="Thông qua?")))["ballot_id"]
        await perform(self.db, chair, OpenBallot(**here, ballot_id=ballot))
        return [{"id": UNIQUE, "name": "CastVote", "ballot_id": ballot, "choice": choice} for choice in ("for", "against")]

    async def first_votes(self) -> tuple[float, float, float]:
        """All at once; what `acked` says."""
        vote, _ = await self.opened()
        told = await self.voters.acked("do", vote)
        await perform(self.db, self.held.chair, CloseBallot(meeting_id=self.held.id, ballot_id=vote["ballot_id"]))
        return told

    async def rate(self, each: int) -> float:
        """Votes a second when all change theirs `each` times, one after the other."""
        vote, other = await self.opened()
        await self.voters.acked("do", vote)
        seconds, _, _ = await self.voters.acked("do", other, vote, each=each)
        return len(self.held.members) * each / seconds


@asynccontextmanager
async def hall(kind: str, voters: int = VOTERS) -> AsyncIterator[Hall]:
    async with database(kind) as db, live_rooms(db) as rooms:
        held = await hold_meeting(db, voters)
        await perform(db, held.chair, StartMeeting(meeting_id=held.id))
        await asyncio.gather(*(perform(db, member, CheckIn(meeting_id=held.id, mode="room")) for member in held.members))
        rooms.known |= {member.key: member for member in held.members}
        port = int(rooms.url.rpartition(":")[2])
        async with load(port, [f"who={member.key}" for member in held.members], ("join", {"meeting_id": held.id})) as clients:
            yield Hall(db, held, clients)


async def run() -> list[Figure]:
    with as_served():
        return await _figures()


async def _figures() -> list[Figure]:
    figures = []
    for kind, goal in GOALS.items():
        async with hall(kind) as room:
            grouped = await room.rate(EACH)
        async with hall(kind, CROWD) as room:
            await room.first_votes()
            bursts = [await room.first_votes() for _ in range(BURSTS)]
        with mock.patch("meetings.group_commit.LARGEST_GROUP", 1):
            async with hall(kind) as room:
                single = await room.rate(2)
        burst = median(p95 for _, _, p95 in bursts)
        figures += [
            Figure(f"votes, {kind}", grouped, "votes/s", "durable, acknowledged, 500 voters", goal),
            Figure(f"votes, {kind}: group / single", grouped / single, "times", f"one commit a vote, {single:,.0f}/s"),
            Figure(f"votes, {kind}: burst of {CROWD:,}, p95", burst, "ms", "from sending to acknowledgement", 1000, less=True),
        ]
    return figures
