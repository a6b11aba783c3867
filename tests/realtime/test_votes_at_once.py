"""Three hundred people vote at the same moment over their own sockets, and some of them lose the connection meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from itertools import cycle

from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.database import Database
from meetings.models.columns import new_id
from meetings.perform import perform
from meetings.voting import CloseBallot, OpenBallot, PrepareBallot
from tests.support.live_rooms import LiveRooms
from tests.support.meetings import Held, hold_meeting
from tests.support.room_client import RoomClient

VOTERS, DROPPERS = 300, 40


async def opened(db: Database) -> tuple[Held, str]:
    held = await hold_meeting(db, VOTERS)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    await asyncio.gather(*(perform(db, a, CheckIn(meeting_id=held.id, mode="room")) for a in held.members))
    ballot = (await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="Thông qua?")))["ballot_id"]
    await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=ballot))
    return held, ballot


async def drop_and_vote_again(client: RoomClient, vote: dict[str, str]) -> dict[str, object]:
    """Sends the vote, loses the connection at some moment, comes back, and sends the same vote until it is acknowledged."""
    for _ in range(3):
        asked = asyncio.create_task(client.call("do", vote))
        await asyncio.sleep(random.random() * 0.15)
        await client.wire.cut()
        await asyncio.gather(asked, return_exceptions=True)
        await client.rejoin()
    return await client.call("do", vote)


async def test_each_vote_counts_once_and_nobody_sees_a_gap(db: Database, rooms: LiveRooms):
    held, ballot = await opened(db)
    chair = await rooms.joined(held.chair, held.id)
    clients = await asyncio.gather(*(rooms.joined(member, held.id) for member in held.members))
    choices = [choice for choice, _ in zip(cycle(["for", "for", "against", "abstain"]), clients, strict=False)]
    votes = [{"id": new_id(), "name": "CastVote", "ballot_id": ballot, "choice": choice} for choice in choices]
    steady = list(zip(clients, votes, strict=True))[DROPPERS:]
    dropping = list(zip(clients, votes, strict=True))[:DROPPERS]
    answers = await asyncio.gather(
        *(drop_and_vote_again(client, vote) for client, vote in dropping), *(client.call("do", vote) for client, vote in steady)
    )
    assert all(answer["ok"] for answer in answers), [a for a in answers if not a["ok"]][:3]
    assert len({answer["answer"]["receipt"] for answer in answers}) == VOTERS
    result = (await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot)))["result"]
    assert {key: result[key] for key in ("for", "against", "abstain")} == dict(Counter(choices))
    fresh = await rooms.joined(held.chair, held.id)
    for client, choice, answer in zip(clients, choices, [*answers], strict=True):
        await client.until_known(fresh.known)
        mandate = client.state["mandates"][ballot]
        assert (mandate["choice"], mandate["receipt"]) == (choice, answer["answer"]["receipt"])
        assert client.state["ballots"] == fresh.state["ballots"]
    await chair.until_known(fresh.known)
    assert chair.state == fresh.state
    assert [client.syncs for client, _ in steady] == [0] * len(steady)
    cast = [data["cast"] for _, kind, data in chair.events() if kind == "vote.cast"]
    assert cast == sorted(cast)
