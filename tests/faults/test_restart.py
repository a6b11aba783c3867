"""The server is killed while many are in the room, and started again: all of them come back by themselves, with the right state, and
nobody is answered with an error of the server."""

from __future__ import annotations

import asyncio
import random
import re

import sqlalchemy as sa

from meetings.database import open_database
from meetings.models.meeting import meetings
from tests.support.city import City
from tests.support.room_client import RoomClient

from .rounds import LONG

CLIENTS = 1000 if LONG else 150
PEOPLE = ("chutri", "thuky", "sotaichinh", "vyda")


async def come_back(client: RoomClient, dice: random.Random) -> list[str]:
    """As the browser does: again and again, after half a second to four. What it was told meanwhile."""
    told: list[str] = []
    for attempt in range(60):
        await asyncio.sleep(min(0.5 * 2**attempt, 4) * (0.5 + dice.random()))
        try:
            async with asyncio.timeout(20):
                await client.rejoin()
                return told
        except (ConnectionError, TimeoutError, AssertionError) as error:
            told.append(str(error))
            await client.wire.cut()
    raise AssertionError(f"never back: {told}")


async def test_after_a_restart_everybody_is_back_in_the_right_state(city: City):
    db = open_database(city.database)
    async with db.reading() as reading:
        meeting = await reading.value(sa.select(meetings.c.id).where(meetings.c.state == "live"))
    await db.close()
    await city.start("web", "serve")
    cookies = await city.cookies(PEOPLE, CLIENTS)
    clients = [RoomClient(city.url, cookie) for cookie in cookies]

    async def come_in(client: RoomClient) -> None:
        await client.wire.connect()
        assert (await client.join(meeting))["ok"]

    for some in range(0, CLIENTS, 50):
        await asyncio.gather(*map(come_in, clients[some : some + 50]))
    assert (await clients[0].do("AskToSpeak", subject="trước khi máy chủ chết"))["ok"]
    assert city.process is not None
    city.process.kill()
    city.process.wait(60)
    await asyncio.gather(*(client.wire.ended.wait() for client in clients))
    await asyncio.gather(*(client.wire.cut() for client in clients))
    dice = random.Random(1)
    _, *told = await asyncio.gather(city.start("web", "serve"), *(come_back(client, dice) for client in clients))
    assert not [one for each in told for one in each if re.search(r"\b5\d\d\b", one)]
    assert (await clients[1].do("AskToSpeak", subject="sau khi máy chủ sống lại"))["ok"]
    fresh = [RoomClient(city.url, cookie) for cookie in cookies[: len(PEOPLE)]]
    await asyncio.gather(*map(come_in, fresh))
    for number, client in enumerate(clients):
        like = fresh[number % len(fresh)]
        await client.until_known(like.known)
        assert client.state == like.state
    await asyncio.gather(*(client.wire.cut() for client in [*clients, *fresh]))
