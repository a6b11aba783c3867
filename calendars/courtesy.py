"""Mail has time: it goes on when no page is being made and the event loop is prompt, or after a while anyway. So two thousand
invitations cost whoever asks for a page, or sits in a room, next to nothing, and go at full speed where nobody does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator

PROMPT = 0.004  # seconds: later than that, the loop has much to do
STEP, LONGEST = 0.02, 0.3  # seconds


class Courtesy:
    def __init__(self) -> None:
        self._pages = 0

    @contextlib.contextmanager
    def page(self) -> Iterator[None]:
        """While a page is being made."""
        self._pages += 1
        try:
            yield
        finally:
            self._pages -= 1

    async def wait(self) -> None:
        """Until nobody else has anything to do, at most LONGEST seconds."""
        began = time.perf_counter()
        await asyncio.sleep(0)
        if not self._pages and time.perf_counter() - began < PROMPT:
            return
        while True:
            await asyncio.sleep(STEP)
            if not self._pages or time.perf_counter() - began > LONGEST:
                return
