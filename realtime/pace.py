"""How fast one session may send what costs the room something. Nobody who works by hand reaches it, a roll call by keyboard included;
a script that floods the log for everybody does."""

from __future__ import annotations

import time

from meetings.errors import TooFast

BURST = 100.0  # messages at once
PER_SECOND = 10.0  # after that
MOST_KEPT = 4096  # sessions, before those that are rested are forgotten


class Pace:
    """A bucket of tokens a session."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, float]] = {}  # tokens and when, by session

    def take(self, session: str) -> None:
        """Raises TooFast."""
        now = time.monotonic()
        tokens = self._tokens(session, now)
        if tokens < 1:
            raise TooFast("too_fast")
        self._kept[session] = (tokens - 1, now)
        if len(self._kept) > MOST_KEPT:
            self._kept = {key: kept for key, kept in self._kept.items() if self._tokens(key, now) < BURST}

    def _tokens(self, session: str, now: float) -> float:
        tokens, at = self._kept.get(session, (BURST, now))
        return min(BURST, tokens + (now - at) * PER_SECOND)
