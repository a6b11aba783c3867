"""Socket.IO by long polling, for whom a proxy forbids WebSocket: the same as `Wire`, in requests that wait for an answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from .wire import Wire

SEPARATOR = "\x1e"  # between packets of one answer


class PollingWire(Wire):
    async def connect(self, **headers: str) -> None:
        self._session = aiohttp.ClientSession(headers=self._headers | headers)
        self._address = f"{self._url}/socket.io/?EIO=4&transport=polling"
        try:
            (opening,) = await self._poll()
            self._address += f"&sid={json.loads(opening[1:])['sid']}"
            await self.say("40")
            first, *more = await self._poll()
            assert first.startswith("40"), first
        except aiohttp.ClientError as error:
            await self.cut()
            raise ConnectionError(str(error)) from None
        self.ended.clear()
        self._reader = asyncio.create_task(self._keep_polling(more))

    async def say(self, raw: str) -> None:
        assert self._session is not None
        async with self._session.post(self._address, data=raw.encode()) as answer:
            answer.raise_for_status()

    async def _poll(self) -> list[str]:
        assert self._session is not None
        async with self._session.get(self._address) as answer:
            answer.raise_for_status()
            return (await answer.text()).split(SEPARATOR)

    async def _keep_polling(self, packets: list[Any]) -> None:
        try:
            while True:
                for packet in packets:
                    await self._text(packet)
                packets = await self._poll()
        except aiohttp.ClientError:
            self._give_up()
