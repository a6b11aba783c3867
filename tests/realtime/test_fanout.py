"""The direct way of sending is the same as python-socketio's own, seen from its own client: what arrives, in which order,
polling, upgrading or over WebSocket; and a client that does not read harms nobody."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import engineio
import pytest
import socketio
from aiohttp import ClientSession, web

from realtime import direct, fanout, ready_json
from realtime.direct import DirectServer
from realtime.fanout import Fanout, message
from tests.support.wire import Wire


@dataclass
class Served:
    url: str
    server: Any
    out: Fanout
    sids: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


@asynccontextmanager
async def serving(kind: type = DirectServer) -> AsyncIterator[Served]:
    server = kind(
        async_mode="aiohttp", async_handlers=False, json=ready_json, cors_allowed_origins="*", ping_interval=1, ping_timeout=2
    )  # fmt: skip
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served = Served(f"http://127.0.0.1:{runner.addresses[0][1]}", server, Fanout(server))

    @server.event
    async def connect(sid: str, environ: Any, auth: Any = None) -> None:
        served.out.add(sid)
        served.sids.append(sid)

    @server.event
    async def disconnect(sid: str, reason: str = "") -> None:
        served.left.append((sid, reason))
        served.sids.remove(sid)
        served.out.remove(sid)

    @server.event
    async def ask(sid: str, data: Any) -> Any:
        return data

    try:
        yield served
    finally:
        for sid in list(served.sids):
            served.out.drop(sid)
        await server.shutdown()
        await runner.cleanup()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    # The Python client, unlike the browser's, refuses more than 16 packets in the answer to one poll.
    monkeypatch.setattr(engineio.payload.Payload, "max_decode_packets", 10_000)


@asynccontextmanager
async def listening(served: Served, transports: list[str]) -> AsyncIterator[tuple[Any, list[Any]]]:
    """python-socketio's client, and what it hears."""
    heard: list[Any] = []
    client = socketio.AsyncClient(reconnection=False)
    client.on("told", heard.append)
    client.on("other", lambda data: heard.append(("other", data)))
    await client.connect(served.url, transports=transports)
    yield client, heard
    await client.disconnect()


async def until(condition: Any, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what it waits for is within the libraries
            await asyncio.sleep(0.01)


SIZES = [0, 1, 118, 119, 120, 121, 65_526, 65_527, 65_528, 65_529, 300_000]
SAID: list[Any] = [{"n": n, "text": "ữ" * 3 + "x" * size} for n, size in enumerate(SIZES)]
SAID += [
    {"update": bytes(range(256)) * 40, "seq": 7},
    {"update": b"", "seq": 8},
    {"deep": [{"a": [None, True, 1.5]}], "quote": '"\u2028'},
]


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids=["websocket", "polling", "upgrade"])
async def test_what_arrives_is_what_python_socketio_itself_would_send(transports: list[str]):
    async with (
        serving() as ours,
        serving(socketio.AsyncServer) as stock,
        listening(ours, transports) as (_, heard),
        listening(stock, transports) as (_, heard_of_stock),
    ):
        for data in SAID:
            ours.out.send(ours.sids, message("told", data))
            await stock.server.emit("told", data)
        await until(lambda: len(heard) == len(heard_of_stock) == len(SAID))
    assert heard == heard_of_stock == SAID


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids=["websocket", "polling", "upgrade"])
async def test_order_holds_whichever_way_each_message_goes(transports: list[str]):
    dice = random.Random(5)
    async with serving() as served, listening(served, transports) as (client, heard):
        (sid,) = served.sids
        for n in range(600):
            if dice.random() < 0.3:
                await served.server.emit("told", n, to=sid)
            else:
                served.out.send([sid], message("told", ready_json.Ready((str(n).encode(),))))
            if n % 50 == 20:
                assert await client.call("ask", {"n": n}) == {"n": n}
            if dice.random() < 0.1:
                await asyncio.sleep(dice.random() * 0.01)
        await until(lambda: len(heard) == 600)
    assert heard == list(range(600))


async def test_bytes_do_not_fall_between_another_message_and_its_bytes():
    async with serving() as served, listening(served, ["websocket"]) as (client, heard):
        for n in range(200):
            served.out.send(served.sids, message("told", {"update": bytes([n]) * 2000, "n": n}))
            served.out.send(served.sids, message("other", {"n": n}))
            if n % 10 == 0:
                content = b"\x00" + bytes([n])
                assert (await client.call("ask", {"back": content}))["back"] == content
        await until(lambda: len(heard) == 400)
    assert [d["n"] if isinstance(d, dict) else d[1]["n"] for d in heard] == [n // 2 for n in range(400)]


async def unread(served: Served) -> socket.socket:
    """A connected client that reads nothing any more."""
    plain = socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])))
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    plain.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n".encode()
    )
    plain.setblocking(False)
    loop = asyncio.get_running_loop()
    said = b""
    while b"pingInterval" not in said:
        said += await loop.sock_recv(plain, 4096)
    assert b"Sec-WebSocket-Extensions" not in said  # no compression, even when asked for
    plain.sendall(b"\x81\x82\x00\x00\x00\x0040")
    await until(lambda: served.sids)
    return plain


async def test_a_client_that_does_not_read_is_dropped_and_the_others_hear_everything():
    async with serving() as served:
        slow = await unread(served)
        async with listening(served, ["websocket"]) as (_, heard):
            for n in range(600):
                served.out.send(served.sids, message("told", {"n": n, "text": "x" * 50_000}))
                await until(lambda: len(heard) > n - 20)  # noqa: B023 - called at once
            await until(lambda: len(heard) == 600 and len(served.sids) == 1)
        slow.close()
    assert [data["n"] for data in heard] == list(range(600))


async def test_a_client_that_pauses_misses_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(direct, "BUSY", 50_000)  # so that the pause is longer than the direct way lasts
    heard: list[int] = []
    async with serving() as served:
        wire = Wire(served.url, "", lambda name, data: heard.append(data["n"]))
        await wire.connect()
        transport = wire._socket._response.connection.transport
        transport.pause_reading()
        for n in range(150):
            served.out.send(served.sids, message("told", {"n": n, "text": "x" * 40_000}))
            if n == 100:
                await asyncio.sleep(0.1)
            if n % 3 == 0:
                await served.server.emit("told", {"n": 1000 + n}, to=served.sids[0])
        transport.resume_reading()
        await until(lambda: len(heard) == 200)
        await wire.cut()
    expected = [number for n in range(150) for number in ([n, 1000 + n] if n % 3 == 0 else [n])]
    assert heard == expected


ODD = (
    '42', '42[]', '42{"ask":1}', '42["ask"', '427["ask"', '42[["ask"],1]', '42[1,2]', '425["nobody",1]', '426["ask"]',
    '428["connect",{}]', '429["*","ask"]', '4210["disconnect"]', '42/other,11["ask",1]', '42-12["ask",1]', '4213 ["ask",1]',
    f'42{"3" * 120}["ask",1]', f'4214["ask",{"[" * 5000}{"]" * 5000}]', '4215["ask",{"_placeholder":true,"num":0}]', '4216["ask",null]',
    '42["ask","no id"]', '4217["ask",[1,"hai"],"more"]', '4218["ask","\\ud800 \u00e1"]', '49', '4', '7x',
)  # fmt: skip


async def _said_to(kind: type, packets: Sequence[str]) -> list[str]:
    """What a WebSocket client is told that sends these, and lastly something to be acknowledged."""
    told: list[str] = []
    async with (
        serving(kind) as served,
        ClientSession() as session,
        session.ws_connect(f"{served.url}/socket.io/?EIO=4&transport=websocket") as raw,
    ):
        for packet in ("40", *packets, '4299["ask","still here"]'):
            await raw.send_str(packet)
        while not told or not told[-1].startswith("4399"):
            text = await asyncio.wait_for(raw.receive_str(), 10)
            told += [] if text == "2" or text.startswith(("0", "40")) else [text]
    return told


async def test_packets_of_every_kind_are_answered_as_python_socketio_answers_them():
    ours, theirs = await _said_to(DirectServer, ODD), await _said_to(socketio.AsyncServer, ODD)
    assert ours == theirs
    assert len(ours) > 5


async def test_nothing_is_left_of_a_crowd_that_went_at_once():
    async with serving() as served:
        wires = [Wire(served.url, "", lambda name, data: None) for _ in range(50)]
        await asyncio.gather(*(wire.connect() for wire in wires))
        served.out.send(served.sids, message("told", {}))
        await asyncio.gather(*(wire.cut() for wire in wires))
        await until(lambda: not served.sids)
        assert len(served.left) == 50
        manager = served.server.manager
        assert not any((manager.rooms, manager.callbacks, manager.pending_connect, manager.pending_disconnect))
        assert not served.out._sockets


async def test_whoever_is_dismissed_is_told_why_and_then_closed():
    told: list[Any] = []
    async with serving() as served:
        wire = Wire(served.url, "", lambda name, data: told.append((name, data)))
        await wire.connect()
        served.out.dismiss(served.sids[0], {"code": "signed_out", "text": "..."})
        await asyncio.wait_for(wire.ended.wait(), 5)
        await until(lambda: not served.sids)
        await wire.cut()
    assert told == [("gone", {"code": "signed_out", "text": "..."})]


async def test_a_polling_client_that_never_comes_back_does_not_gather_messages():
    async with serving() as served, ClientSession() as session:
        async with session.get(f"{served.url}/socket.io/?EIO=4&transport=polling") as answer:
            eio_sid = (await answer.text()).split('"')[3]
        address = f"{served.url}/socket.io/?EIO=4&transport=polling&sid={eio_sid}"
        async with session.post(address, data="40") as answer:
            assert answer.status == 200
        for n in range(fanout.MOST_QUEUED + 50):
            served.out.send(served.sids, message("told", {"n": n}))
        await until(lambda: not served.sids)
