"""Mail has time: it goes on when no page is being made and the event loop is prompt, or after a while anyway, and then in small steps.
So two thousand invitations cost whoever asks for a page, or sits in a room, next to nothing, and go at full speed where nobody does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator

PROMPT = 0.004  # seconds: later than that, the loop has much to do
QUIET = 0.03  # seconds without a page: nobody is about to ask for the next one
STEP, LONGEST = 0.02, 0.3  # seconds


class Courtesy:
    def __init__(self) -> None:
        self._pages = 0
        self._last = 0.0

    @contextlib.contextmanager
    def page(self) -> Iterator[None]:
        """While a page is being made."""
        self._pages += 1
        try:
            yield
        finally:
            self._pages -= 1
            self._last = time.perf_counter()

    async def wait(self) -> None:
        """Before much is done: until nobody else has anything to do, at most LONGEST seconds."""
        began = time.perf_counter()
        await asyncio.sleep(0)
        prompt = time.perf_counter() - began < PROMPT
        while not (prompt and self._quiet()) and time.perf_counter() - began < LONGEST:
            await asyncio.sleep(STEP)
            prompt = True

    async def pause(self) -> None:
        """Between two small things: a moment, where pages are being made."""
        if not self._quiet():
            await asyncio.sleep(STEP)

    def _quiet(self) -> bool:
        return not self._pages and time.perf_counter() - self._last > QUIET
