"""One event to everybody in a room: deliveries a second until the last has it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from typing import Any

from meetings import live_log
from meetings.agenda import StartMeeting
from meetings.perform import perform
from realtime.fanout import message
from tests.support.live_rooms import live_rooms
from tests.support.meetings import hold_meeting

from .figures import Figure
from .load import Load, load
from .peers import peer
from .servers import bare as bare_server
from .servers import database, stock

SIZES = {200: 100, 1000: 30, 2000: 20}  # clients: rounds of one event to all
REPEATS = 5
# Server, its name in the figures, what it does, and the least that the room should do of it with 2,000 clients.
BESIDE = (
    ("stock", "stock", "python-socketio emit", 6.0),
    ("bare", "bare loop", "aiohttp, ready frame", 0.85),
    ("node", "Node socket.io", "socket.io emit", 1.0),
)
Send = Callable[[int], Awaitable[None]]  # so many times


@asynccontextmanager
async def room(clients: int) -> Any:
    """The real room, with its members; sends what the log says of an item of the agenda that changed."""
    async with database("sqlite") as db, live_rooms(db) as rooms:
        held = await hold_meeting(db, clients)
        await perform(db, held.chair, StartMeeting(meeting_id=held.id))
        async with db.reading() as reading:
            row = (await live_log.read_after(reading, held.id, 0))[-1]
        for member in held.members:
            rooms.known[member.key] = member
        port = int(rooms.url.rpartition(":")[2])
        cookies = [f"who={member.key}" for member in held.members]
        async with load(port, cookies, ("join", {"meeting_id": held.id})) as browsers:
            await asyncio.sleep(0.5)  # presence is told
            pump, _ = rooms.live.rooms._pumps[held.id]
            later = _numbered(row)

            async def send(rounds: int) -> None:
                for _ in range(rounds):
                    pump.send([next(later)])
                    await asyncio.sleep(0)

            yield browsers, send


def _numbered(row: Any) -> Iterator[Any]:
    """The same event again and again, each with the next number."""
    while True:
        row = type(row)(row._parent, None, row._key_to_index, (row.seq + 1, *row[1:]))
        yield row


# As long as the room's own.
EVENT = {"epoch": "0" * 32, "from": 1, "to": 1, "now": "2026-11-24T08:00:00.000Z", "events": [[1, "item.changed", {"title": "x" * 375}]]}


@asynccontextmanager
async def stock_room(clients: int) -> Any:
    async with stock() as (port, server), load(port, ["a=b"] * clients) as browsers:

        async def send(rounds: int) -> None:
            for _ in range(rounds):
                await server.emit("events", EVENT, room="room")
                await asyncio.sleep(0)

        yield browsers, send


@asynccontextmanager
async def bare_loop(clients: int) -> Any:
    frame = message("events", EVENT).frames
    async with bare_server() as (port, transports), load(port, ["a=b"] * clients, kind="bare") as browsers:

        async def send(rounds: int) -> None:
            for _ in range(rounds):
                for transport in transports:
                    transport.write(frame)
                await asyncio.sleep(0)

        yield browsers, send


@asynccontextmanager
async def node_room(clients: int) -> Any:
    async with peer("socketio.mjs") as found:
        if found is None:
            yield None
            return
        port, told = found
        async with load(port, ["a=b"] * clients) as browsers:

            async def send(rounds: int) -> None:
                told.write(f"{rounds} {json.dumps(EVENT)}\n".encode())
                await told.drain()

            yield browsers, send


SERVERS = {"room": room, "stock": stock_room, "bare": bare_loop, "node": node_room}


async def deliveries(browsers: Load, send: Send, clients: int, rounds: int) -> tuple[float, float]:
    """(deliveries a second, CPU of the load client as a part of ours)."""
    await browsers.count(clients * rounds)
    cpu, ours, started = await browsers.cpu(), time.process_time(), time.perf_counter()
    await send(rounds)
    await browsers.told("counted")
    seconds, ours = time.perf_counter() - started, time.process_time() - ours
    return clients * rounds / seconds, (await browsers.cpu() - cpu) / ours


async def run() -> list[Figure]:
    figures, lightness = [], 0.0
    for clients, rounds in SIZES.items():
        rates: dict[str, list[float]] = {name: [] for name in SERVERS}
        async with AsyncExitStack() as stack:  # all at once, measured in turns: what disturbs one disturbs all
            servers = {name: await stack.enter_async_context(serve(clients)) for name, serve in SERVERS.items()}
            for turn in range(REPEATS + 1):
                for name, served in servers.items():
                    if served is None:
                        continue
                    rate, part = await deliveries(*served, clients, rounds if turn else 5)
                    if turn:  # the first is for warming up
                        rates[name].append(rate)
                        lightness = max(lightness, part if name in ("room", "bare") else 0)
        figures.append(Figure(f"fanout, {clients:,} clients", median(rates["room"]) / 1000, "thousand/s", "deliveries of the real room"))
        for key, label, against, goal in BESIDE:
            if rates[key]:
                times = median(a / b for a, b in zip(rates["room"], rates[key], strict=True))
                against = f"{against}, {median(rates[key]):,.0f}/s"
                figures.append(Figure(f"fanout, {clients:,}: room / {label}", times, "times", against, goal if clients == 2000 else None))
    light = Figure("fanout: CPU of load client / server, most", lightness, "times", "process CPU time while sending", 1, less=True)
    return [*figures, light]
