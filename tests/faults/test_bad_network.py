"""A ballot over a network that slices, slows, cuts within frames and hangs half-open: every vote counts once, everybody ends with
the same state, and the record adds up."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.database import Database
from meetings.models.columns import new_id
from meetings.perform import perform
from meetings.speaking import AskToSpeak
from meetings.voting import CloseBallot, OpenBallot, PrepareBallot
from tests.support.bad_network import FAULTS, bad_network
from tests.support.live_rooms import live_rooms
from tests.support.meetings import hold_meeting
from tests.support.room_client import RoomClient

from .history import History, assert_true, insist
from .rounds import ROUNDS

VOTERS = 24


@pytest.mark.parametrize("seed", range(1, 2 + ROUNDS))
async def test_every_vote_counts_once_over_a_bad_network(db: Database, seed: int) -> None:
    held = await hold_meeting(db, VOTERS)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    await asyncio.gather(*(perform(db, member, CheckIn(meeting_id=held.id, mode="room")) for member in held.members))
    ballot = (await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="Thông qua?")))["ballot_id"]
    await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=ballot))
    dice = random.Random(seed)
    choices = [dice.choice(["for", "against", "abstain"]) for _ in held.members]
    async with live_rooms(db) as rooms, bad_network(int(rooms.url.rpartition(":")[2]), seed) as network:
        clients = []
        for member in held.members:
            rooms.known[member.key] = member
            clients.append(RoomClient(network.url, f"who={member.key}"))
            clients[-1].meeting_id = held.id

        history = History()

        async def take_part(client: RoomClient, choice: str) -> None:
            act = await history.vote(client, ballot, choice)
            await insist(client, {"id": new_id(), "name": "AskToSpeak", "subject": choice})
            vote = {"id": act.id, "name": "CastVote", "ballot_id": ballot, "choice": choice}
            assert (await insist(client, vote))["answer"]["receipt"] == act.receipt

        await asyncio.gather(*(take_part(client, choice) for client, choice in zip(clients, choices, strict=True)))
        assert {act.outcome for act in history.acts} == {"ok"}
        network.calm = True
        result = (await perform(db, held.chair, CloseBallot(meeting_id=held.id, ballot_id=ballot)))["result"]
        assert {key: result[key] for key in ("for", "against", "abstain") if result[key]} == dict(Counter(choices))
        # Whatever each one has been through, a last reconnection brings it to the same state as a fresh browser.
        await perform(db, held.chair, AskToSpeak(meeting_id=held.id, subject="kết thúc"))
        for client, member in zip(clients, held.members, strict=True):
            await client.wire.cut()
            await client.rejoin()
            fresh = await rooms.joined(member, held.id)
            await client.until_known(fresh.known)
            assert client.state == fresh.state
            await client.wire.cut()
        assert set(network.suffered) == set(FAULTS)
    await assert_true(history, db, held.chair, held.id, ballot)
