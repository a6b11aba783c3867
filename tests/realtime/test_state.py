"""The strongest test of the live room: after any course of a meeting, a snapshot taken at any moment and the events since
are the same as a fresh snapshot, for every role and every kind of event."""

from __future__ import annotations

import asyncio

import pytest

from meetings import live_log
from meetings.agenda import StartMeeting
from meetings.answers import AnswerInvitation
from meetings.attendance import CheckIn
from meetings.commands import Actor
from meetings.database import Database
from meetings.perform import perform
from meetings.voting import CastVote, OpenBallot, PrepareBallot
from realtime import visibility
from realtime.messages import COMMANDS
from tests.support.live_rooms import LiveRooms
from tests.support.meetings import Held, hold_meeting
from tests.support.room_client import RoomClient
from tests.support.room_script import Script

STEPS = 180
VIEWERS = ("chair", "secretary", "member", "guest", "site", "projector")


def viewer(held: Held, name: str) -> tuple[Actor, str, str]:
    actor = {"chair": held.chair, "member": held.members[0], "guest": held.guest, "site": held.sites[0]}.get(name, held.secretary)
    return actor, held.id, "projector" if name == "projector" else "room"


def comparable(client: RoomClient) -> dict[str, object]:
    # Agencies are fixed for the life of a snapshot.
    return {key: value for key, value in client.state.items() if key != "agencies"}


async def last(db: Database, held: Held) -> int:
    async with db.reading() as reading:
        return (await live_log.position(reading, held.id))[1]


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_snapshot_and_the_events_since_are_the_same_as_a_fresh_snapshot(db: Database, rooms: LiveRooms, seed: int):
    held = await hold_meeting(db, members=6)
    script = Script(db, held, seed)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    await asyncio.gather(*(perform(db, a, CheckIn(meeting_id=held.id, mode="room")) for a in held.members))
    watching = {(name, 0): await rooms.joined(*viewer(held, name)) for name in VIEWERS}
    cut: list[RoomClient] = []
    for step in range(STEPS):
        await script.step()
        if step % 40 == 25:  # some come in midway, some lose the connection for a while
            watching |= {(name, step): await rooms.joined(*viewer(held, name)) for name in VIEWERS}
            cut = [watching[name, 0] for name in VIEWERS]
            await asyncio.gather(*(client.wire.cut() for client in cut))
        if step % 40 == 35:
            await asyncio.gather(*(client.rejoin() for client in cut))
        if step % 60 == 30:
            await script.rounds()
    await script.finish()
    missing = {name for name in COMMANDS if not script.done[name]} - {"StartMeeting"}
    assert not missing
    async with db.reading() as reading:
        log = await live_log.read_after(reading, held.id, 0, 100_000)
    assert {row.kind for row in log} == set(visibility.RULES)
    fresh = {name: await rooms.joined(*viewer(held, name)) for name in VIEWERS}
    for (name, since), client in watching.items():
        await client.until_known(log[-1].seq)
        assert comparable(client) == comparable(fresh[name]), (name, since, seed)


async def test_nobody_sees_more_than_his_role_lets_him(db: Database, rooms: LiveRooms):
    held = await hold_meeting(db, members=4)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    await asyncio.gather(*(perform(db, a, CheckIn(meeting_id=held.id, mode="room")) for a in held.members))
    member = await rooms.joined(held.members[0], held.id)
    projector = await rooms.joined(held.secretary, held.id, "projector")
    reason = AnswerInvitation(meeting_id=held.id, participant_id=held.pid(held.members[1]), answer="declined", reason="bận")
    await perform(db, held.members[1], reason)
    prepare = PrepareBallot(meeting_id=held.id, question="Thông qua?", quorum=(1, 2))
    ballot = (await perform(db, held.chair, prepare))["ballot_id"]
    await member.until(lambda: ballot in member.state["ballots"])
    assert projector.state["ballots"] == {}
    await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=ballot))
    for actor, choice in zip(held.members, ("for", "against", "against"), strict=False):
        await perform(db, actor, CastVote(meeting_id=held.id, ballot_id=ballot, choice=choice))
    for client in (member, projector):
        await client.until_known(await last(db, held))
        cast = [data for _, kind, data in client.events() if kind == "vote.cast"]
        assert cast
        assert all(set(data) == {"ballot_id", "cast"} for data in cast)
        assert not any(p["answer_reason"] for p in client.state["participants"].values())
        assert not any("voted" in ballot for ballot in client.state["ballots"].values())
    own = [data for _, kind, data in member.events() if kind == "mandate.changed"]
    assert {data["choice"] for data in own} <= {None, "for"}
    assert member.state["mandates"][ballot]["choice"] == "for"
    assert not [kind for _, kind, _ in projector.events() if kind == "mandate.changed"]
    assert projector.state["mandates"] == {}
    assert projector.state["meeting"]["video"] == {"url": "", "id": "", "passcode": ""}
