"""Durable, acknowledged votes over real sockets, on both databases: 500 voters without pause, and 2,000 at once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from statistics import median
from typing import Any
from unittest import mock

from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.perform import perform
from meetings.voting import OpenBallot, PrepareBallot
from tests.support.live_rooms import live_rooms
from tests.support.meetings import hold_meeting

from .figures import Figure
from .load import UNIQUE, load
from .servers import database

VOTERS, EACH = 500, 20
CROWD, BURSTS = 2000, 5
GOALS = {"sqlite": 3000.0, "postgresql": 2000.0}


@asynccontextmanager
async def open_ballot(kind: str, voters: int = VOTERS) -> Any:
    """(load client with every voter in the room, the message of one vote)."""
    async with database(kind) as db, live_rooms(db) as rooms:
        held = await hold_meeting(db, voters)
        await perform(db, held.chair, StartMeeting(meeting_id=held.id))
        await asyncio.gather(*(perform(db, member, CheckIn(meeting_id=held.id, mode="room")) for member in held.members))
        ballot = (await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="Thông qua?")))["ballot_id"]
        await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=ballot))
        rooms.known |= {member.key: member for member in held.members}
        port = int(rooms.url.rpartition(":")[2])
        vote = {"id": UNIQUE, "name": "CastVote", "ballot_id": ballot, "choice": "for"}
        async with load(port, [f"who={member.key}" for member in held.members], ("join", {"meeting_id": held.id})) as voters:
            yield voters, vote


async def run() -> list[Figure]:
    figures = []
    for kind, goal in GOALS.items():
        async with open_ballot(kind) as (voters, vote):
            await voters.acked("do", vote)
            seconds, _, _ = await voters.acked("do", vote, EACH)
            grouped = VOTERS * EACH / seconds
        async with open_ballot(kind, CROWD) as (voters, vote):
            await voters.acked("do", vote)
            bursts = [await voters.acked("do", vote) for _ in range(BURSTS)]
        with mock.patch("meetings.group_commit.LARGEST_GROUP", 1):
            async with open_ballot(kind) as (voters, vote):
                seconds, _, _ = await voters.acked("do", vote, 2)
                single = VOTERS * 2 / seconds
        burst = median(p95 for _, _, p95 in bursts)
        figures += [
            Figure(f"votes, {kind}", grouped, "votes/s", "durable, acknowledged, 500 voters", goal),
            Figure(f"votes, {kind}: group / single", grouped / single, "times", f"one commit a vote, {single:,.0f}/s"),
            Figure(f"votes, {kind}: burst of {CROWD:,}, p95", burst, "ms", "from sending to acknowledgement", 1000, less=True),
        ]
    return figures
