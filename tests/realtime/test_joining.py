"""Coming in: who may, what they get, catching up after a cut, being sent away."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from meetings import clock, live_log, views
from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.commands import Actor
from meetings.database import Database
from meetings.models.columns import new_id
from meetings.models.live import scopes
from meetings.models.meeting import participants
from meetings.models.organisation import accounts, sessions
from meetings.perform import perform
from realtime import rooms as rooms_module
from tests.support.live_rooms import LiveRooms
from tests.support.meetings import Held, hold_meeting


async def started(db: Database, members: int = 3) -> Held:
    held = await hold_meeting(db, members)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held


async def change(db: Database, held: Held, actor: Actor, **values: object) -> None:
    async with db.transaction(held.id) as tx:
        await tx.update(participants, held.pid(actor), **values)
        await views.announce(tx, "participant", [held.pid(actor)])


async def test_a_join_gives_the_state_and_its_place_in_the_log(db: Database, rooms: LiveRooms):
    held = await started(db)
    client = await rooms.joined(held.members[0], held.id)
    async with db.reading() as reading:
        epoch, seq = await live_log.position(reading, held.id)
    assert (client.epoch, client.known, client.role, client.me) == (epoch, seq, "member", held.pid(held.members[0]))
    assert client.state["meeting"]["state"] == "live"
    assert client.state["mandates"] == {}
    assert set(client.state["participants"]) == {held.pid(a) for a in held.everybody}
    assert set(client.state["agencies"].values()) == {"Sở A"}


async def test_what_happens_reaches_everybody_and_the_acknowledgement_names_its_place(db: Database, rooms: LiveRooms):
    held = await started(db)
    chair, member = await rooms.joined(held.chair, held.id), await rooms.joined(held.members[0], held.id)
    answer = await chair.do("StartItem", item_id=held.items[1])
    assert answer == {"ok": True, "seq": chair.known + 1, "answer": None}
    for client in (chair, member):
        await client.until_known(answer["seq"])
        assert client.state["items"][held.items[1]]["state"] == "running"
        assert client.syncs == 0


async def test_the_first_event_ever_of_a_meeting_is_not_missed(db: Database, rooms: LiveRooms):
    held = await hold_meeting(db)
    chair = await rooms.joined(held.chair, held.id)
    assert (chair.known, chair.epoch) == (0, "")
    answer = await chair.do("StartMeeting")
    await chair.until_known(answer["seq"])
    assert chair.state["meeting"]["state"] == "live"


async def test_a_stranger_finds_nothing_by_any_message(db: Database, rooms: LiveRooms):
    held = await started(db)
    stranger = rooms.client(held.stranger)
    await stranger.wire.connect()
    refused = await stranger.join(held.id)
    assert (refused["ok"], refused["code"]) == (False, "not_found")
    assert refused == await stranger.join(new_id())
    assert (await stranger.do("CheckIn", mode="room"))["code"] == "not_joined"
    for message in ("sync", "y-sv", "y-up"):
        assert (await stranger.call(message, {"since": 0, "update": b"x", "vector": b""}))["ok"] is False
    await perform(db, held.chair, CheckIn(meeting_id=held.id, mode="room"))
    await asyncio.sleep(0.2)
    assert stranger.heard == []


async def test_staff_of_another_agency_see_the_page_but_are_not_in_the_room(db: Database, rooms: LiveRooms):
    held = await started(db)
    host = await rooms.joined(held.chair, held.id)
    agency = host.state["participants"][host.me]["agency_id"]
    staff = {"kind": "account", "name": "Văn thư", "account_id": new_id(), "person_id": new_id(), "role": "secretary"}
    watcher = rooms.client(Actor(**staff, agency_id=agency))
    await watcher.wire.connect()
    assert (await watcher.join(held.id))["role"] == "projector"
    other = rooms.client(Actor(**staff | {"account_id": new_id()}, agency_id=held.stranger.agency_id))
    await other.wire.connect()
    async with db.transaction("organisation") as tx:
        await tx.update(participants, held.pid(held.guest), agency_id=held.stranger.agency_id)
    refused = await other.join(held.id)
    assert (refused["code"], "thành phần dự họp" in refused["text"]) == ("not_in_room", True)


async def test_nobody_connects_without_a_session_or_from_a_foreign_page(db: Database, rooms: LiveRooms):
    held = await started(db)
    unknown = rooms.client(held.chair)
    rooms.known.clear()
    with pytest.raises(ConnectionError, match="signed_out"):
        await unknown.wire.connect()
    client = rooms.client(held.chair)
    for origin in ("https://evil.example", "null", rooms.url.replace("http:", "https:")):
        with pytest.raises(ConnectionError):
            await client.wire.connect(Origin=origin)
    await client.wire.connect(Origin=rooms.url)


async def test_after_a_cut_the_missed_events_are_replayed(db: Database, rooms: LiveRooms):
    held = await started(db)
    client = await rooms.joined(held.members[0], held.id)
    await client.wire.cut()
    for member in held.members:
        await perform(db, member, CheckIn(meeting_id=held.id, mode="online"))
    await client.rejoin()
    fresh = await rooms.joined(held.members[0], held.id)
    assert (client.state, client.known) == (fresh.state, fresh.known)


@pytest.mark.parametrize("why", ["too far behind", "another epoch", "ahead"])
async def test_who_cannot_catch_up_by_events_gets_a_snapshot(db: Database, rooms: LiveRooms, monkeypatch, why):
    held = await started(db)
    client = await rooms.joined(held.chair, held.id)
    for member in held.members:
        await perform(db, member, CheckIn(meeting_id=held.id, mode="room"))
    since = client.known
    if why == "too far behind":
        monkeypatch.setattr(rooms_module, "MOST_REPLAYED", 2)
    ask = {"since": since + 50 if why == "ahead" else since - 3, "epoch": "x" if why == "another epoch" else client.epoch}
    answer = await client.call("sync", ask)
    assert answer["ok"]
    assert answer["state"]["meeting"]["id"] == held.id


async def test_a_restored_backup_makes_everybody_start_afresh(db: Database, rooms: LiveRooms):
    held = await started(db)
    client = await rooms.joined(held.chair, held.id)
    async with db.transaction("organisation") as tx:
        await tx.write(sa.update(scopes).where(scopes.c.id == held.id).values(epoch="restored"))
        tx.wake.add(held.id)
    await client.until(lambda: client.epoch == "restored")
    answer = await client.do("StartItem", item_id=held.items[0])
    await client.until_known(answer["seq"])
    assert client.state["items"][held.items[0]]["state"] == "running"


async def test_whoever_is_removed_goes_before_the_next_event(db: Database, rooms: LiveRooms):
    held = await started(db)
    removed, other = await rooms.joined(held.members[0], held.id), await rooms.joined(held.members[1], held.id)
    before = len(removed.events())
    await change(db, held, held.members[0], removed=True)
    await perform(db, held.chair, CheckIn(meeting_id=held.id, mode="room"))
    gone = await removed.until_heard("gone")
    assert gone["code"] == "link_removed"
    assert "không còn trong thành phần" in gone["text"]
    await asyncio.wait_for(removed.wire.ended.wait(), 5)
    assert len(removed.events()) == before
    await other.until(lambda: held.pid(held.members[0]) not in other.state["participants"])
    await other.until(lambda: other.state["participants"][held.pid(held.chair)]["attendance"] == "room")
    await removed.wire.cut()
    await removed.wire.connect()
    assert (await removed.join(held.id))["code"] == "not_found"


async def test_a_new_duty_shows_at_once_what_it_may_see(db: Database, rooms: LiveRooms):
    held = await started(db)
    await change(db, held, held.members[1], answer="declined", answer_reason="đi công tác")
    client = await rooms.joined(held.members[0], held.id)
    assert client.state["participants"][held.pid(held.members[1])]["answer_reason"] == ""
    await change(db, held, held.members[0], duty="secretary")
    await client.until(lambda: client.role == "runner")
    assert client.state["participants"][held.pid(held.members[1])]["answer_reason"] == "đi công tác"
    await change(db, held, held.members[0], duty="participant")
    await client.until(lambda: client.role == "member")
    assert client.state["participants"][held.pid(held.members[1])]["answer_reason"] == ""


async def test_a_session_that_ends_leaves_the_room(db: Database, rooms: LiveRooms):
    held = await started(db)
    now, key, account = clock.now(), new_id(), new_id()
    async with db.transaction("organisation") as tx:
        await tx.insert(
            accounts, id=account, person_id=held.chair.person_id, username="chu.tri", role="member", created_at=now
        )  # fmt: skip
        await tx.insert(
            sessions, id=key, account_id=account, token_hash=new_id(), csrf="x", created_at=now, seen_at=now,
            expires_at=now + timedelta(hours=1),
        )  # fmt: skip
    actor = Actor(kind="account", name="Chủ trì", account_id=account, person_id=held.chair.person_id, session_id=key, language="en")
    client, other = await rooms.joined(actor, held.id), await rooms.joined(held.secretary, held.id)
    async with db.transaction("organisation") as tx:
        await tx.update(sessions, key, revoked_at=clock.now())
        tx.wake.add("sessions")
    assert await client.until_heard("gone") == {"code": "signed_out", "text": "Your session has ended. Sign in again to go on."}
    await asyncio.wait_for(client.wire.ended.wait(), 5)
    await other.do("CheckIn", mode="room")
    assert not other.wire.ended.is_set()


async def test_a_thousandth_join_costs_no_second_reading_of_the_state(db: Database, rooms: LiveRooms, monkeypatch):
    from realtime import snapshots

    held = await started(db, members=20)
    read = []

    async def counted(reading, meeting_id):
        read.append(meeting_id)
        return await original(reading, meeting_id)

    original = snapshots.room_state
    monkeypatch.setattr(snapshots, "room_state", counted)
    clients = await asyncio.gather(*(rooms.joined(m, held.id) for m in held.members))
    assert len({tuple(c.state["participants"]) for c in clients}) == 1
    assert len(read) == 1
