"""When each item of an agenda is planned. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from .spans import Span

SHORTEST = 15  # minutes: an item without a length


def item_spans(items: Iterable[tuple[str, int]], starts_at: datetime, ends_at: datetime) -> dict[str, Span]:
    """By id, of (id, minutes) in their order, one after the other from the start. What would begin after the end is left out."""
    found: dict[str, Span] = {}
    begins = starts_at
    for key, minutes in items:
        if begins < ends_at:
            found[key] = begins, min(begins + timedelta(minutes=minutes or SHORTEST), ends_at)
        begins += timedelta(minutes=minutes)
    return found
