"""Ten typists and two hundred readers of one document, a process of its own on the core that the server does not use:
`python -m bench.typing_load PORT room|yjs MEETING`, cookies on standard input, typists' first; prints `P50_MS P95_MS`.

Every keystroke puts in a word that no other does; a reader looks for such words in whatever bytes come, so that it costs little and
knows nothing of the protocol. A keystroke has arrived when the last reader has seen it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import sys
import time
from typing import Any

from pycrdt import Doc, Text, create_update_message

from .figures import LOAD, quantile

TYPISTS, EVERY, KEYSTROKES = 10, 0.1, 60
WORD = re.compile(rb"~\d{7}")
LONGEST = 8


class Seen:
    """Which word was seen by how many readers, and how long that took."""

    def __init__(self, readers: int) -> None:
        self._readers, self._typed, self._count = readers, {}, {}  # type: ignore[var-annotated]
        self.took: list[float] = []

    def typed(self, word: bytes) -> None:
        self._typed[word] = time.perf_counter()

    def add(self, word: bytes) -> None:
        self._count[word] = self._count.get(word, 0) + 1
        if self._count[word] == self._readers:
            self.took.append(time.perf_counter() - self._typed[word])


class Socket:
    """A WebSocket that neither masks (RFC 6455, 5.3: the mask is 0) nor looks at what comes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def opened(cls, port: int, path: str, cookie: str) -> Socket:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        return cls(reader, writer)

    def send(self, body: bytes | str) -> None:
        first, body = (0x82, body) if isinstance(body, bytes) else (0x81, body.encode())
        size = bytes([0x80 | len(body)]) if len(body) < 126 else bytes([0x80 | 126]) + len(body).to_bytes(2, "big")
        self._writer.write(bytes([first]) + size + bytes(4) + body)

    async def until(self, what: bytes) -> None:
        await self._reader.readuntil(what)

    async def read(self, seen: Seen) -> None:
        rest = b""
        while data := await self._reader.read(1 << 16):
            data = rest + data
            last = 0
            for found in WORD.finditer(data):
                seen.add(found[0])
                last = found.end()
            rest = data[max(last, len(data) - LONGEST + 1) :]


async def enter_room(port: int, cookie: str, meeting: str) -> Socket:
    socket = await Socket.opened(port, "/socket.io/?EIO=4&transport=websocket", cookie)
    await socket.until(b"}")
    socket.send("40")
    await socket.until(b"40{")
    socket.send(f"420{json.dumps(['join', {'meeting_id': meeting}])}")
    await socket.until(b'430[{"ok":true')
    socket.send('421["y-sv",{}]')
    await socket.until(b'-1[{"ok":true')
    return socket


async def enter_yjs(port: int, cookie: str, meeting: str) -> Socket:
    return await Socket.opened(port, "/minutes", cookie)


async def type_on(socket: Socket, kind: str, number: int, seen: Seen) -> None:
    doc: Doc[Any] = Doc()
    text = doc.get(f"typist {number}", type=Text)
    for n in range(KEYSTROKES):
        await asyncio.sleep(EVERY)
        before, word = doc.get_state(), f"~{number * KEYSTROKES + n:07d}"
        text += word
        update = doc.get_update(before)
        seen.typed(word.encode())
        if kind == "yjs":
            socket.send(create_update_message(update))
        else:
            socket.send(f'451-{n + 2}["y-up",{{"update":{{"_placeholder":true,"num":0}}}}]')
            socket.send(update)


async def main(port: int, kind: str, meeting: str) -> None:
    os.sched_setaffinity(0, LOAD)
    enter = enter_yjs if kind == "yjs" else enter_room
    sockets = [await enter(port, cookie.strip(), meeting) for cookie in sys.stdin]
    typists, readers = sockets[:TYPISTS], sockets[TYPISTS:]
    seen = Seen(len(readers))
    reading = [asyncio.create_task(reader.read(seen)) for reader in readers]
    reading += [asyncio.create_task(typist.read(Seen(0))) for typist in typists]
    await asyncio.sleep(1)
    await asyncio.gather(*(type_on(typist, kind, number, seen) for number, typist in enumerate(typists)))
    async with asyncio.timeout(20):
        while len(seen.took) < TYPISTS * KEYSTROKES:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    took = sorted(seen.took)
    print(f"{quantile(took, 0.5) * 1e3:.2f} {quantile(took, 0.95) * 1e3:.2f}")
    for task in reading:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""))
