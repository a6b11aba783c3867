"""Proxies that cut what is idle or forbid WebSocket, a laptop that sleeps, one person with two devices: everybody ends with the state
of a fresh browser, and nothing is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.commands import Actor
from meetings.database import Database
from meetings.perform import perform
from meetings.queries.ballots import record_of
from meetings.speaking import AskToSpeak
from meetings.voting import OpenBallot, PrepareBallot
from tests.support.bad_network import BadNetwork, bad_network
from tests.support.live_rooms import LiveRooms, live_rooms
from tests.support.meetings import Held, hold_meeting
from tests.support.polling_wire import PollingWire
from tests.support.room_client import RoomClient
from tests.support.wire import Wire

from .history import History, assert_true, insist


class Scene:
    """A running meeting with a ballot open, its server, and a network before it that is calm unless told otherwise."""

    def __init__(self, db: Database, held: Held, ballot: str, rooms: LiveRooms, network: BadNetwork) -> None:
        self.db, self.held, self.ballot, self.rooms, self.network = db, held, ballot, rooms, network

    async def joined(self, actor: Actor, wire: type[Wire] = Wire) -> RoomClient:
        self.rooms.known[actor.key] = actor
        client = RoomClient(self.network.url, f"who={actor.key}", wire=wire)
        await client.wire.connect()
        assert (await client.join(self.held.id))["ok"]
        return client

    async def happen(self) -> None:
        """Something that everybody is told."""
        await perform(self.db, self.held.members[-1], AskToSpeak(meeting_id=self.held.id, subject="góp ý"))

    async def same_as_fresh(self, client: RoomClient, actor: Actor) -> None:
        fresh = await self.rooms.joined(actor, self.held.id)
        await client.until_known(fresh.known)
        assert client.state == fresh.state


@pytest.fixture
async def scene(db: Database) -> AsyncIterator[Scene]:
    held = await hold_meeting(db, members=4)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    for member in held.members:
        await perform(db, member, CheckIn(meeting_id=held.id, mode="online"))
    prepared = await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="Thông qua?"))
    ballot = str((prepared or {})["ballot_id"])
    await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=ballot))
    async with live_rooms(db) as rooms, bad_network(int(rooms.url.rpartition(":")[2]), 1) as network:
        network.calm = True
        yield Scene(db, held, ballot, rooms, network)


async def test_after_a_proxy_cut_the_idle_connection_nothing_is_missing(scene: Scene):
    member, history = scene.held.members[0], History()
    client = await scene.joined(member)
    scene.network.idle = 0.2
    await scene.happen()  # after which nothing is said
    await client.wire.ended.wait()
    await scene.happen()
    scene.network.idle = None
    assert (await history.vote(client, scene.ballot, "for")).outcome == "ok"
    await scene.same_as_fresh(client, member)
    await client.wire.cut()
    await assert_true(history, scene.db, scene.held.chair, scene.held.id, scene.ballot)


async def test_a_laptop_that_slept_is_not_waited_for_and_catches_up(scene: Scene):
    engine, member = scene.rooms.live.server.eio, scene.held.members[0]
    engine.ping_interval, engine.ping_timeout = 0.3, 2
    sleeper, watcher = await scene.joined(member), await scene.rooms.joined(scene.held.chair, scene.held.id)
    mine = scene.held.pid(member)
    await watcher.until_heard("presence", lambda data: mine in data["here"])
    scene.network.awake.clear()
    before = len(watcher.heard)
    await scene.happen()
    await watcher.until(lambda: any(name == "presence" and mine not in data["here"] for name, data in watcher.heard[before:]))
    assert len(scene.rooms.live.connections.members) == 1
    engine.ping_interval = engine.ping_timeout = 10
    scene.network.awake.set()
    assert (await insist(sleeper, {"id": "0" * 32, "name": "AskToSpeak", "subject": "đã dậy"}))["ok"]
    await scene.same_as_fresh(sleeper, member)
    await sleeper.wire.cut()


async def test_where_websocket_is_forbidden_polling_does_the_same(scene: Scene):
    scene.network.websocket = False
    history, members = History(), scene.held.members[:3]
    with pytest.raises((ConnectionError, AssertionError)):
        await scene.joined(members[0])
    clients = [await scene.joined(member, PollingWire) for member in members]
    await asyncio.gather(*(history.vote(client, scene.ballot, "for") for client in clients))
    await scene.happen()
    for client, member in zip(clients, members, strict=True):
        await scene.same_as_fresh(client, member)
        assert client.state["mandates"][scene.ballot]["choice"] == "for"
        await client.wire.cut()
    await assert_true(history, scene.db, scene.held.chair, scene.held.id, scene.ballot)


@pytest.mark.parametrize("second", [Wire, PollingWire])
async def test_one_person_with_two_devices_has_one_vote_and_sees_it_on_both(scene: Scene, second: type[Wire]):
    member, history = scene.held.members[0], History()
    desk, phone = await scene.joined(member), await scene.joined(member, second)
    for choices in (("for", "against"), ("against", "for"), ("abstain", "for")):
        await asyncio.gather(*(history.vote(d, scene.ballot, c) for d, c in zip((desk, phone), choices, strict=True)))
    for device in (desk, phone):
        await scene.same_as_fresh(device, member)
        assert device.state["ballots"][scene.ballot]["cast"] == 1
    assert desk.state == phone.state
    record = await assert_changes(history, scene)
    assert desk.state["mandates"][scene.ballot]["receipt"] == record[-1]["data"]["receipt"]
    await phone.wire.cut()
    await scene.happen()
    await scene.same_as_fresh(desk, member)
    await desk.wire.cut()


async def assert_changes(history: History, scene: Scene) -> list[dict[str, object]]:
    """As `assert_true`, but that a vote for what one has voted for already adds nothing to the record."""
    async with scene.db.reading() as reading:
        record = await record_of(reading, scene.held.chair, scene.held.id, scene.ballot)
    noted = {entry["data"]["command_id"] for entry in record["entries"] if entry["what"] == "vote"}
    history.acts = [act for act in history.acts if act.id in noted]
    return list((await assert_true(history, scene.db, scene.held.chair, scene.held.id, scene.ballot))["entries"])
