"""One event to everybody in a room: deliveries a second until the last has it."""

from __future__ import annotations

import asyncio
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
from .servers import bare as bare_server
from .servers import database, stock

SIZES = {200: 200, 1000: 60, 2000: 40}  # clients: rounds of one event to all
REPEATS = 7
Send = Callable[[], Awaitable[None]]


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

            async def send() -> None:
                pump.send([next(later)])

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

        async def send() -> None:
            await server.emit("events", EVENT, room="room")

        yield browsers, send


@asynccontextmanager
async def bare_loop(clients: int) -> Any:
    frame = message("events", EVENT).frames
    async with bare_server() as (port, transports), load(port, ["a=b"] * clients, kind="bare") as browsers:

        async def send() -> None:
            for transport in transports:
                transport.write(frame)

        yield browsers, send


SERVERS = {"room": room, "stock": stock_room, "bare": bare_loop}


async def deliveries(browsers: Load, send: Send, clients: int, rounds: int) -> tuple[float, float]:
    """(deliveries a second, CPU of the load client as a part of ours)."""
    await browsers.count(clients * rounds)
    cpu, ours, started = await browsers.cpu(), time.process_time(), time.perf_counter()
    for _ in range(rounds):
        await send()
        await asyncio.sleep(0)
    await browsers.told("counted")
    seconds, ours = time.perf_counter() - started, time.process_time() - ours
    return clients * rounds / seconds, (await browsers.cpu() - cpu) / ours


async def run() -> list[Figure]:
    figures, lightness = [], 0.0
    for clients, rounds in SIZES.items():
        rates: dict[str, list[float]] = {"room": [], "stock": [], "bare": []}
        async with AsyncExitStack() as stack:  # all three at once, measured in turns: what disturbs one disturbs all
            servers = {name: await stack.enter_async_context(serve(clients)) for name, serve in SERVERS.items()}
            for turn in range(REPEATS + 1):
                for name, (browsers, send) in servers.items():
                    rate, part = await deliveries(browsers, send, clients, rounds if turn else 5)
                    if turn:  # the first is for warming up
                        rates[name].append(rate)
                        lightness = max(lightness, part if name != "stock" else 0)
        name, ours, usual, bare = f"fanout, {clients:,}", *(median(rates[key]) for key in ("room", "stock", "bare"))
        of_usual, of_bare = (median(a / b for a, b in zip(rates["room"], rates[key], strict=True)) for key in ("stock", "bare"))
        figures += [
            Figure(f"{name} clients", ours / 1000, "thousand/s", "deliveries of the real room"),
            Figure(f"{name}: room / stock", of_usual, "times", f"python-socketio emit, {usual:,.0f}/s", 5),
            Figure(f"{name}: room / bare loop", of_bare, "times", f"aiohttp, ready frame, {bare:,.0f}/s", 0.8),
        ]
    light = Figure("fanout: CPU of load client / server, most", lightness, "times", "process CPU time while sending", 1, less=True)
    return [*figures, light]
