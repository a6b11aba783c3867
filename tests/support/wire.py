"""Socket.IO over a raw WebSocket, so that tests see what is on the wire and can say what no browser would."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

import aiohttp

Then = Callable[[Any], None]
_PACKET = re.compile(r"^4([0-9])(?:(\d+)-)?(\d*)(.*)$", re.S)


class Wire:
    """`on_event` and the `then` of a call run in the order in which messages come, one before the next is looked at."""

    def __init__(self, url: str, cookie: str, on_event: Callable[[str, Any], None]) -> None:
        self.cookie = cookie
        self._url, self._headers, self._on_event = url, {"Cookie": cookie}, on_event
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._acks: dict[int, tuple[asyncio.Future[Any], Then | None]] = {}
        self._sent = 0
        self._partial: tuple[str, str, Any, int, list[bytes]] | None = None
        self.ended = asyncio.Event()

    async def connect(self, **headers: str) -> None:
        """Raises ConnectionError when the server does not let it in."""
        self._session = aiohttp.ClientSession(headers=self._headers | headers)
        address = f"{self._url}/socket.io/?EIO=4&transport=websocket"
        try:
            self._socket = await self._session.ws_connect(address, max_msg_size=0)
        except aiohttp.ClientError as error:
            await self.cut()
            raise ConnectionError(str(error)) from None
        assert (await self._socket.receive_str()).startswith("0")
        await self.say("40")
        answer = await self._socket.receive_str()
        if not answer.startswith("40"):
            await self.cut()
            raise ConnectionError(answer)
        self.ended.clear()
        self._reader = asyncio.create_task(self._read(self._socket))

    @property
    def connected(self) -> bool:
        return self._reader is not None and not self.ended.is_set()

    async def cut(self) -> None:
        """Lose the connection without a word."""
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        if self._socket is not None and (connection := self._socket._response.connection) is not None:
            if connection.transport is not None:
                connection.transport.abort()
            connection.close()
        if self._session is not None:
            await self._session.close()
        self._give_up()

    async def say(self, raw: str) -> None:
        assert self._socket is not None
        await self._socket.send_str(raw)

    async def call(self, event: str, data: Any, then: Then | None = None, seconds: float = 20) -> Any:
        """Send, and wait for the acknowledgement."""
        return await asyncio.wait_for(await self.send(event, data, then), seconds)

    async def send(self, event: str, data: Any, then: Then | None = None) -> asyncio.Future[Any]:
        number, self._sent = self._sent, self._sent + 1
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._acks[number] = (future, then)
        attached = [v for v in data.values() if isinstance(v, bytes)] if isinstance(data, dict) else []
        if attached:
            data = {k: {"_placeholder": True, "num": 0} if isinstance(v, bytes) else v for k, v in data.items()}
        await self.say(f"4{'51-' if attached else '2'}{number}{json.dumps([event, data])}")
        for part in attached:
            await self._socket.send_bytes(part)
        return future

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type == aiohttp.WSMsgType.TEXT:
                await self._text(frame.data)
            elif frame.type == aiohttp.WSMsgType.BINARY:
                self._attachment(frame.data)
        self._give_up()

    async def _text(self, text: str) -> None:
        if text == "2":
            await self.say("3")
            return
        found = _PACKET.match(text)
        if found is None:
            return
        kind, count, number, rest = found.groups()
        if kind in "56":
            self._partial = (kind, number, json.loads(rest), int(count), [])
        elif kind in "23":
            self._packet(kind, number, json.loads(rest))
        elif kind == "1":
            self._give_up()

    def _attachment(self, part: bytes) -> None:
        assert self._partial is not None
        kind, number, data, count, parts = self._partial
        parts.append(part)
        if len(parts) == count:
            self._partial = None
            self._packet({"5": "2", "6": "3"}[kind], number, _filled(data, parts))

    def _packet(self, kind: str, number: str, data: list[Any]) -> None:
        if kind == "2":
            self._on_event(data[0], data[1] if len(data) > 1 else None)
            return
        future, then = self._acks.pop(int(number), (None, None))
        answer = data[0] if data else None
        if then is not None:
            then(answer)
        if future is not None and not future.done():
            future.set_result(answer)

    def _give_up(self) -> None:
        self.ended.set()
        for future, _ in self._acks.values():
            if not future.done():
                future.set_exception(ConnectionError("cut"))
                future.exception()  # whoever waits is told; nobody need wait
        self._acks.clear()


def _filled(data: Any, parts: list[bytes]) -> Any:
    if isinstance(data, list):
        return [_filled(part, parts) for part in data]
    if isinstance(data, dict):
        return parts[data["num"]] if data.get("_placeholder") else {k: _filled(v, parts) for k, v in data.items()}
    return data
