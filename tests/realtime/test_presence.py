"""Who is here and who is typing; throttled; told between the processes that serve one room."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest
import redis.asyncio
from redis.exceptions import RedisError

from meetings.agenda import StartMeeting
from meetings.database import Database, open_database
from meetings.models.meeting import sites
from meetings.perform import perform
from meetings.sites import KeepContact
from meetings.views import announce
from realtime import neighbours
from tests.support.live_rooms import LiveRooms, live_rooms
from tests.support.meetings import Held, hold_meeting
from tests.support.requirements import need
from tests.support.room_client import RoomClient

REDIS = os.environ.get("DIEMCAU_TEST_REDIS", "redis://127.0.0.1:6379/0")


def present(client: RoomClient) -> set[str]:
    told = [data for name, data in client.heard if name == "presence"]
    return set(told[-1]["here"]) if told else set()


def typing(client: RoomClient) -> dict[str, str]:
    return next((data["typing"] for name, data in reversed(client.heard) if name == "presence"), {})


async def started(db: Database) -> Held:
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held


async def test_everybody_sees_who_comes_types_and_goes_but_not_the_screen(db: Database, rooms: LiveRooms):
    held = await started(db)
    chair, one, two = held.pid(held.chair), held.pid(held.members[0]), held.pid(held.members[1])
    first = await rooms.joined(held.chair, held.id)
    await rooms.joined(held.secretary, held.id, "projector")
    second, third = await rooms.joined(held.members[0], held.id), await rooms.joined(held.members[1], held.id)
    tab = await rooms.joined(held.members[1], held.id)
    for client in (first, second, third):
        await client.until(lambda client=client: present(client) == {chair, one, two})
    await second.wire.send("typing", {"section": "item-1"})
    await first.until(lambda: typing(first) == {one: "item-1"})
    await tab.wire.cut()
    await second.wire.cut()
    await first.until(lambda: present(first) == {chair, two})
    assert typing(first) == {}
    await third.call("leave")
    await first.until(lambda: present(first) == {chair})


async def test_a_hundred_keystrokes_are_told_at_most_twice_a_second(db: Database, rooms: LiveRooms):
    held = await started(db)
    writer, reader = await rooms.joined(held.chair, held.id), await rooms.joined(held.guest, held.id)
    before = len(reader.heard)
    for n in range(100):
        await writer.wire.send("typing", {"section": f"item-{n}"})
        await asyncio.sleep(0.012)
    await reader.until(lambda: typing(reader) == {held.pid(held.chair): "item-99"})
    assert len(reader.heard) - before <= 6


def told_of_sites(client: RoomClient) -> list[tuple[list[str], bool]]:
    return [(data["sites"], data["whole"]) for name, data in client.heard if name == "presence"]


async def test_a_site_is_here_by_its_page_or_its_screen(db: Database, rooms: LiveRooms):
    held = await started(db)
    site = held.sites[1]
    chair, page = await rooms.joined(held.chair, held.id), await rooms.joined(site, held.id, "site")
    screen = await rooms.joined(site, held.id, "projector")
    assert (page.role, screen.role, page.me) == ("site", "projector", None)
    await chair.until(lambda: told_of_sites(chair)[-1:] == [([site.site_id], True)])
    await page.wire.cut()
    await screen.until(lambda: len(told_of_sites(screen)) > 1)
    assert told_of_sites(chair)[-1][0] == [site.site_id]
    await screen.wire.cut()
    await chair.until(lambda: told_of_sites(chair)[-1][0] == [])


async def test_nobody_sits_at_a_site_that_is_not_his(db: Database, rooms: LiveRooms):
    held, other = await started(db), await hold_meeting(db)
    for actor, meeting, view in (
        (held.sites[0], other.id, "site"), (held.sites[0], other.id, "projector"), (held.members[0], held.id, "site"),
        (replace(held.sites[0], site_id=other.sites[0].site_id), held.id, "room"),
    ):  # fmt: skip
        client = rooms.client(actor, view)
        await client.wire.connect()
        assert not (await client.join(meeting))["ok"], (actor.name, view)


async def test_the_page_of_a_site_that_is_planned_no_more_closes(db: Database, rooms: LiveRooms):
    held = await started(db)
    page = await rooms.joined(held.sites[1], held.id)
    async with db.transaction(held.id) as tx:
        await tx.update(sites, held.sites[1].site_id, removed=True)
        await announce(tx, "site", [held.sites[1].site_id or ""])
    assert (await page.until_heard("gone"))["code"] == "link_removed"


async def test_the_technician_s_phone_is_for_those_who_run(db: Database, rooms: LiveRooms):
    held = await started(db)
    site = held.sites[1]
    await perform(db, site, KeepContact(meeting_id=held.id, site_id=site.site_id or "", technician="Phan Kỹ", phone="0905 123 456"))
    viewers = ((held.chair, "room"), (held.members[0], "room"), (site, "site"), (held.sites[0], "site"), (held.secretary, "projector"))
    seen = [(await rooms.joined(actor, held.id, view)).state["sites"][site.site_id]["phone"] for actor, view in viewers]
    assert seen == ["0905 123 456", "", "", "", ""]


async def redis_is_there() -> bool:
    client = redis.asyncio.from_url(REDIS)
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()


@asynccontextmanager
async def two_processes(db: Database) -> AsyncIterator[tuple[LiveRooms, LiveRooms]]:
    """Two servers of the same database that share nothing else but Redis."""
    need("Redis", await redis_is_there())
    async with AsyncExitStack() as stack:
        other = open_database(str(db.engine.url.render_as_string(hide_password=False)))
        stack.push_async_callback(other.close)
        yield await stack.enter_async_context(live_rooms(db, redis=REDIS)), await stack.enter_async_context(live_rooms(other, redis=REDIS))


@pytest.mark.redis
async def test_presence_and_cursors_cross_processes(db: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(neighbours, "HEARTBEAT", 0.2)
    monkeypatch.setattr(neighbours, "FORGOTTEN", 1.0)
    held = await started(db)
    async with two_processes(db) as (here, there):
        chair, secretary = await here.joined(held.chair, held.id), await there.joined(held.secretary, held.id)
        both = {held.pid(held.chair), held.pid(held.secretary)}
        for client in (chair, secretary):
            await client.until(lambda client=client: present(client) == both)
        await chair.call("y-sv", {"vector": b""})
        await secretary.wire.send("typing", {"section": "item-1"})
        await secretary.wire.send("y-aw", {"update": b"\x00cursor"})
        assert (await chair.until_heard("y-aw"))["update"] == b"\x00cursor"
        await chair.until(lambda: typing(chair) == {held.pid(held.secretary): "item-1"})
        monkeypatch.setattr(there.live.neighbours, "_put", lambda *_: None)  # the other process dies without a word
        await chair.until(lambda: present(chair) == {held.pid(held.chair)})


@pytest.mark.redis
async def test_a_process_that_starts_knows_at_once_which_sites_are_with_the_others(db: Database, monkeypatch: pytest.MonkeyPatch):
    held = await started(db)
    async with two_processes(db) as (here, there):
        await there.joined(held.sites[1], held.id, "site")
        async with live_rooms(db, redis=REDIS) as late:  # long before the next heartbeat
            chair = await late.joined(held.chair, held.id)
            await chair.until(lambda: told_of_sites(chair)[-1:] == [([held.sites[1].site_id], True)], seconds=5)
        assert here.live.neighbours.in_sight
        for client in (here.live.neighbours, there.live.neighbours):
            client._see(False)  # as when Redis goes away
        chair = await here.joined(held.chair, held.id)
        await chair.until(lambda: told_of_sites(chair)[-1:] and not told_of_sites(chair)[-1][1])


@pytest.mark.redis
async def test_without_redis_each_process_goes_on_alone(db: Database):
    held = await started(db)
    async with live_rooms(db, redis="redis://127.0.0.1:1/0") as alone:
        chair, guest = await alone.joined(held.chair, held.id), await alone.joined(held.guest, held.id)
        await chair.until(lambda: present(chair) == {held.pid(held.chair), held.pid(held.guest)})
        answer = await chair.do("StartItem", item_id=held.items[0])
        await guest.until_known(answer["seq"])


@pytest.mark.redis
@pytest.mark.parametrize("db", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)  # SQLite serves one process
async def test_events_and_minutes_reach_the_browsers_of_another_process(db: Database):
    held = await started(db)
    async with two_processes(db) as (here, there):
        chair, member = await here.joined(held.chair, held.id), await there.joined(held.members[0], held.id)
        await member.call("y-sv", {"vector": b""})
        answer = await chair.do("StartItem", item_id=held.items[1])
        await asyncio.wait_for(member.until_known(answer["seq"]), 5)
        assert member.state["items"] == chair.state["items"] or await chair.until(lambda: member.state["items"] == chair.state["items"])
