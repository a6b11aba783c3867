"""What must reach the other processes that serve the same rooms but is not kept anywhere: presence and cursors, over Redis
publish/subscribe. Without Redis, or while it is away, each process tells of its own people alone; nothing else depends on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from meetings.models.columns import new_id

log = logging.getLogger(__name__)
CHANNEL = "diemcau:room:"
HEARTBEAT = 10.0  # seconds
ANSWERS = 1.0  # seconds within which the others have answered who is with them
FORGOTTEN = 25.0  # seconds after which a process that says nothing is gone


class Neighbours:
    def __init__(self, url: str) -> None:
        self._redis = redis.asyncio.from_url(url) if url else None
        self._me = new_id()
        self._told: dict[str, dict[str, Any]] = {}  # what this process last told, by meeting
        self._heard: dict[str, dict[str, tuple[float, dict[str, Any]]]] = {}  # by meeting and process
        self._sending: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(1000)
        # Whether what is known of presence is all there is: nobody is missing only because another process is out of sight.
        self.in_sight = self._redis is None
        self.on_sight: Callable[[], None] = lambda: None
        self.on_presence: Callable[[str], None] = lambda meeting_id: None
        self.on_awareness: Callable[[str, bytes], None] = lambda meeting_id, update: None

    def tell(self, meeting_id: str, facts: dict[str, Any]) -> None:
        """This process's presence in a meeting."""
        if facts["here"] or facts["sites"]:
            self._told[meeting_id] = facts
        else:
            self._told.pop(meeting_id, None)
        self._put(meeting_id, b"p" + json.dumps(facts).encode())

    def show(self, meeting_id: str, update: bytes) -> None:
        """A cursor."""
        self._put(meeting_id, b"a" + update)

    def know(self, meeting_id: str) -> Iterable[dict[str, Any]]:
        """What the other processes last told of a meeting."""
        recent = time.monotonic() - FORGOTTEN
        return [facts for heard, facts in self._heard.get(meeting_id, {}).values() if heard > recent]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        jobs = [self._listen, self._send, self._beat] if self._redis is not None else []
        tasks = [asyncio.create_task(self._kept_up(job), name=f"neighbours {job.__name__}") for job in jobs]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._redis is not None:
            await self._redis.aclose()

    def _put(self, meeting_id: str, payload: bytes) -> None:
        if self._redis is not None and not self._sending.full():  # full: Redis is away, and this will be stale
            self._sending.put_nowait((CHANNEL + meeting_id, self._me.encode() + payload))

    async def _kept_up(self, job: Callable[[redis.asyncio.Redis], Any]) -> None:
        while self._redis is not None:
            try:
                await job(self._redis)
            except (RedisError, OSError) as error:
                log.warning("other processes are out of sight: %s", error)
                await asyncio.sleep(1)

    async def _send(self, client: redis.asyncio.Redis) -> None:
        while True:
            channel, payload = await self._sending.get()
            await client.publish(channel, payload)

    async def _beat(self, client: redis.asyncio.Redis) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            self._tell_all()
            self._forget()

    def _tell_all(self) -> None:
        for meeting_id, facts in list(self._told.items()):
            self._put(meeting_id, b"p" + json.dumps(facts).encode())

    def _see(self, whole: bool) -> None:
        if self.in_sight != whole:
            self.in_sight = whole
            self.on_sight()

    async def _listen(self, client: redis.asyncio.Redis) -> None:
        async with client.pubsub() as listening:
            await listening.psubscribe(f"{CHANNEL}*")
            self._put("", b"q")
            answered = asyncio.get_running_loop().call_later(ANSWERS, self._see, True)
            try:
                async for told in listening.listen():
                    if told["type"] == "pmessage":
                        self._hear(told["channel"].decode().removeprefix(CHANNEL), told["data"])
            finally:
                answered.cancel()
                self._see(False)

    def _hear(self, meeting_id: str, said: bytes) -> None:
        process, kind, content = said[:32].decode(), said[32:33], said[33:]
        if process == self._me:
            return
        if kind == b"a":
            self.on_awareness(meeting_id, content)
            return
        if kind == b"q":  # a process that has just started asks who is here
            self._tell_all()
            return
        known = self._heard.setdefault(meeting_id, {})
        before = known.get(process)
        facts = json.loads(content)
        known[process] = (time.monotonic(), facts)
        if before is None or before[1] != facts:
            self.on_presence(meeting_id)

    def _forget(self) -> None:
        """Processes that died without a word."""
        recent = time.monotonic() - FORGOTTEN
        for meeting_id, known in list(self._heard.items()):
            for process in [p for p, (heard, _) in known.items() if heard < recent]:
                del known[process]
                self.on_presence(meeting_id)
            if not known:
                del self._heard[meeting_id]
