"""One message to many sockets: the Socket.IO packet and its WebSocket frames are made once and written straight to every
socket that is idle. A socket that is busy, or still polls, gets the same packet through its engine.io queue, as
python-socketio itself would do; so each client sees its messages in order. A client that cannot keep up is dropped and
comes back through `sync`.

This file alone touches private attributes of python-socketio and python-engineio; their versions are pinned for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import engineio
import socketio
from aiohttp import web
from engineio import packet as eio_packet
from engineio.async_drivers import aiohttp as driver
from socketio import packet as sio_packet

from . import ready_json

BUSY = 256 << 10  # bytes not yet sent, above which a connection is left to its queue
MOST_BUFFERED = 8 << 20  # bytes not yet sent, above which a client is dropped; a large room's snapshot must fit in
JOINED = 3  # parts of a frame (its header is one) up to which they are copied together
MOST_QUEUED = 256  # packets, likewise


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """An event, encoded once: its engine.io packets for a queue, and the same as WebSocket frames."""

    packets: tuple[Any, ...]
    frames: bytes


def message(event: str, data: Mapping[str, Any] | ready_json.Ready) -> Message:
    """Bytes among the values of `data` (one at most) travel as an attachment."""
    attached = [] if isinstance(data, ready_json.Ready) else [v for v in data.values() if isinstance(v, bytes)]
    parts: list[str | bytes]
    if attached and not isinstance(data, ready_json.Ready):
        shown = {k: {"_placeholder": True, "num": 0} if isinstance(v, bytes) else v for k, v in data.items()}
        parts = [f"51-{ready_json.dumps([event, shown])}", *attached]
    else:
        parts = [f"2{ready_json.dumps([event, data])}"]
    return Message(tuple(eio_packet.Packet(eio_packet.MESSAGE, p) for p in parts), b"".join(map(_message_frame, parts)))


class Fanout:
    """Sends to sockets that `add` made known. Never waits."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        self._server = server
        self._sockets: dict[str, Any] = {}  # engine.io sockets by Socket.IO sid
        self._closing: set[asyncio.Task[None]] = set()

    def add(self, sid: str) -> None:
        self._sockets[sid] = self._server.eio.sockets.get(self._server.manager.eio_sid_from_sid(sid, "/"))

    def remove(self, sid: str) -> None:
        self._sockets.pop(sid, None)

    def send(self, sids: Iterable[str], what: Message) -> None:
        idle, busy = _sorted_out([socket for sid in sids if (socket := self._sockets.get(sid)) is not None])
        for socket in busy:
            if socket.closed or socket.closing:
                continue
            if _keeps_up(socket):
                for packet in what.packets:
                    socket.queue.put_nowait(packet)
            else:
                self._cut(socket)
        # In a loop of their own: between two writes the processor forgets whatever else was at hand.
        frames = what.frames
        for transport in idle:
            transport.write(frames)

    def drop(self, sid: str) -> None:
        """Cut the connection without a word: the client reconnects and syncs."""
        socket = self._sockets.get(sid)
        if socket is not None:
            self._cut(socket)

    def _cut(self, socket: Any) -> None:
        direct = getattr(socket, "direct", None)
        if direct is not None:
            direct.transport.abort()
        elif not socket.closing:
            self._soon(socket.close(wait=False, reason=self._server.eio.reason.TRANSPORT_ERROR))

    def dismiss(self, sid: str, why: Mapping[str, str]) -> None:
        """Tell the client why it must go (`gone`), and close."""
        self.send([sid], message("gone", why))
        socket = self._sockets.get(sid)
        if socket is not None:
            self._soon(self._close(sid, socket))

    async def _close(self, sid: str, socket: Any) -> None:
        await self._server.disconnect(sid)
        if not socket.closed:
            await socket.close(wait=False, reason=self._server.eio.reason.SERVER_DISCONNECT)

    def _soon(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


class DirectWebSocket(driver.WebSocket):  # type: ignore[misc]  # the library is untyped
    """engine.io's WebSocket, without compression (it costs ten times what it saves here), and telling when it is idle."""

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

    async def send(self, data: Any) -> None:
        self.sending = True
        try:
            await super().send(data)
        finally:
            self.sending = False


class DirectEngine(engineio.AsyncServer):  # type: ignore[misc]  # the library is untyped
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

    def _engineio_server_class(self) -> type[DirectEngine]:
        return DirectEngine

    async def _send_packet(self, eio_sid: str, pkt: Any) -> None:
        """Acknowledgements, too, go straight to an idle socket, without its queue and writer task; what is common to many is not
        copied for each."""
        socket = self.eio.sockets.get(eio_sid) if pkt.packet_type == sio_packet.ACK else None
        idle, _ = _sorted_out([] if socket is None else [socket])
        if not idle:
            await super()._send_packet(eio_sid, pkt)
            return
        body = [b"4%d%d" % (sio_packet.ACK, pkt.id), *ready_json.parts(pkt.data)]
        frame = [_header(0x81, sum(map(len, body))), *body]
        if len(frame) > JOINED:
            idle[0].writelines(frame)
        else:
            idle[0].write(b"".join(frame))


def _sorted_out(sockets: Sequence[Any]) -> tuple[list[Any], list[Any]]:
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


def _keeps_up(socket: Any) -> bool:
    direct: DirectWebSocket | None = getattr(socket, "direct", None)
    owed = direct.transport.get_write_buffer_size() if direct is not None else 0
    return owed <= MOST_BUFFERED and socket.queue.qsize() <= MOST_QUEUED


def _message_frame(part: str | bytes) -> bytes:
    body = part if isinstance(part, bytes) else f"4{part}".encode()
    return _header(0x82 if isinstance(part, bytes) else 0x81, len(body)) + body


def _header(first: int, size: int) -> bytes:
    """Of a WebSocket frame (RFC 6455, 5.2); unmasked, as servers send."""
    if size < 126:
        return bytes((first, size))
    if size < 1 << 16:
        return bytes((first, 126)) + size.to_bytes(2, "big")
    return bytes((first, 127)) + size.to_bytes(8, "big")
