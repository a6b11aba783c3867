"""One message to many sockets: the Socket.IO packet and its WebSocket frames are made once and written straight to every
socket that is idle. A socket that is busy, or still polls, gets the same packet through its engine.io queue, as
python-socketio itself would do; so each client sees its messages in order. A client that cannot keep up is dropped and
comes back through `sync`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import socketio
from engineio import packet as eio_packet

from . import ready_json
from .direct import DirectWebSocket, header, sorted_out

MOST_BUFFERED = 8 << 20  # bytes not yet sent, above which a client is dropped; a large room's snapshot must fit in
MOST_QUEUED = 256  # packets, likewise


class Message:
    """An event, encoded once: as WebSocket frames, and, where a queue needs it, as engine.io packets."""

    def __init__(self, parts: Sequence[str | bytes]) -> None:
        self._parts = parts
        self.frames = b"".join(map(_message_frame, parts))

    @cached_property
    def packets(self) -> list[Any]:
        return [eio_packet.Packet(eio_packet.MESSAGE, part) for part in self._parts]


def message(event: str, data: Mapping[str, Any] | ready_json.Ready) -> Message:
    """Bytes among the values of `data` (one at most) travel as an attachment."""
    if isinstance(data, ready_json.Ready):
        return Message([f'2["{event}",{b"".join(data.parts).decode()}]'])
    attached = [v for v in data.values() if isinstance(v, bytes)]
    if not attached:
        return Message([f"2{ready_json.dumps([event, data])}"])
    shown = {k: {"_placeholder": True, "num": 0} if isinstance(v, bytes) else v for k, v in data.items()}
    return Message([f"51-{ready_json.dumps([event, shown])}", *attached])


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
        idle, busy = sorted_out([socket for sid in sids if (socket := self._sockets.get(sid)) is not None])
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


def _keeps_up(socket: Any) -> bool:
    direct: DirectWebSocket | None = getattr(socket, "direct", None)
    owed = direct.transport.get_write_buffer_size() if direct is not None else 0
    return owed <= MOST_BUFFERED and socket.queue.qsize() <= MOST_QUEUED


def _message_frame(part: str | bytes) -> bytes:
    body = part if isinstance(part, bytes) else f"4{part}".encode()
    return header(0x82 if isinstance(part, bytes) else 0x81, len(body)) + body
