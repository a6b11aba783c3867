"""python-socketio and python-engineio with the layers left out that cost most of a message and do nothing for it: an event is read,
handled and acknowledged in one step. Whatever is not plain (binary, polling, other namespaces, broken) takes their own way.

This file and `fanout.py` alone touch their private attributes; their versions are pinned for it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import engineio
import socketio
from aiohttp import web
from engineio.async_drivers import aiohttp as driver
from socketio import packet as sio_packet

from . import ready_json

BUSY = 256 << 10  # bytes not yet sent, above which a connection is left to its queue
JOINED = 3  # parts of a frame (its header is one) up to which they are copied together
EVENT = re.compile(r"42([0-9]{0,15})(\[.*)", re.DOTALL)  # a message with an event of the main namespace: its id, and its JSON


class DirectWebSocket(driver.WebSocket):  # type: ignore[misc]  # the library is untyped
    """engine.io's WebSocket, without compression (it costs ten times what it saves here), and telling when it is idle. Events are
    handled as they come, without the task and timer that engine.io makes for each packet; it sees the other packets, pongs among them."""

    sending = False
    transport: asyncio.Transport

    async def __call__(self, environ: dict[str, Any]) -> Any:
        request: web.Request = environ["aiohttp.request"]
        self._sock = web.WebSocketResponse(max_msg_size=self.server.max_http_buffer_size, compress=False)
        await self._sock.prepare(request)
        self.environ = environ
        if request.transport is not None:  # else it has gone already, and the handler finds out
            self.transport = request.transport
            self.handler.__self__.direct = self
        await self.handler(self)
        return self._sock

    async def wait(self) -> Any:
        while True:
            data = await super().wait()
            if not isinstance(data, str) or not await self.server.take(self.handler.__self__, data):
                return data

    async def send(self, data: Any) -> None:
        self.sending = True
        try:
            await super().send(data)
        finally:
            self.sending = False


class DirectEngine(engineio.AsyncServer):  # type: ignore[misc]  # the library is untyped
    take: Callable[[Any, str], Awaitable[bool]]  # DirectServer's

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._async: dict[str, Any] = self._async | {"websocket": DirectWebSocket}


class Manager(socketio.AsyncManager):  # type: ignore[misc]  # the library is untyped
    def basic_disconnect(self, sid: str, namespace: str, **_: Any) -> None:
        """Stock searches every room for the client, and every client has one: a stall when many leave at once. Here a
        client is in two, its own and everybody's."""
        for room in (sid, None):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
            if not pending.get(namespace, True):
                del pending[namespace]


class DirectServer(socketio.AsyncServer):  # type: ignore[misc]  # the library is untyped
    def __init__(self, **settings: Any) -> None:
        super().__init__(client_manager=Manager(), **settings)
        self.eio.take = self._take

    def _engineio_server_class(self) -> type[DirectEngine]:
        return DirectEngine

    async def _take(self, socket: Any, packet: str) -> bool:
        """Handle an event, by a handler that is a coroutine function, and acknowledge it. False: it is no plain event, and nothing
        was done."""
        event = EVENT.fullmatch(packet)
        sid = self.manager.sid_from_eio_sid(socket.sid, "/")
        if event is None or not socket.upgraded or socket.sid in self._binary_packet or not self.manager.is_connected(sid, "/"):
            return False
        try:
            name, *arguments = ready_json.loads(event[2])
        except (ValueError, RecursionError):
            return False
        handler = self.handlers["/"].get(name) if isinstance(name, str) and name not in ("*", *self.reserved_events) else None
        if handler is None:
            return False
        try:
            answer = await handler(sid, *arguments)
            if event[1]:
                await self._acknowledge(socket, int(event[1]), [] if answer is None else [answer])
        except Exception:  # the connection lives on, as it does in python-socketio
            self.logger.exception("%s failed", name)
        return True

    async def _send_packet(self, eio_sid: str, pkt: Any) -> None:
        socket = self.eio.sockets.get(eio_sid) if pkt.packet_type == sio_packet.ACK else None
        if socket is None:
            await super()._send_packet(eio_sid, pkt)
        else:
            await self._acknowledge(socket, pkt.id, pkt.data)

    async def _acknowledge(self, socket: Any, number: int, data: list[Any]) -> None:
        """Straight to an idle socket, too, without its queue and writer task; what is common to many is not copied for each."""
        idle, _ = sorted_out([socket])
        try:
            body = [b"4%d%d" % (sio_packet.ACK, number), *ready_json.parts(data)]
        except TypeError:  # bytes, which python-socketio attaches
            idle = []
        if not idle:
            await super()._send_packet(socket.sid, self.packet_class(sio_packet.ACK, namespace="/", id=number, data=data))
            return
        frame = [header(0x81, sum(map(len, body))), *body]
        if len(frame) > JOINED:
            idle[0].writelines(frame)
        else:
            idle[0].write(b"".join(frame))


def sorted_out(sockets: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """(the transports of sockets for which nothing waits to be sent before, so that what is written now arrives in order; the
    other sockets: they poll, are busy, or have gone)"""
    idle, others = [], []
    for socket in sockets:
        try:
            direct: DirectWebSocket = socket.direct
        except AttributeError:  # it polls
            others.append(socket)
            continue
        transport = direct.transport
        # An item taken from the queue but not yet written is still an unfinished task.
        if (
            direct.sending or socket.queue._unfinished_tasks or socket.closed or not socket.upgraded
            or transport.is_closing() or transport.get_write_buffer_size() > BUSY
        ):  # fmt: skip
            others.append(socket)
        else:
            idle.append(transport)
    return idle, others


def header(first: int, size: int) -> bytes:
    """Of a WebSocket frame (RFC 6455, 5.2); unmasked, as servers send."""
    if size < 126:
        return bytes((first, size))
    if size < 1 << 16:
        return bytes((first, 126)) + size.to_bytes(2, "big")
    return bytes((first, 127)) + size.to_bytes(8, "big")
