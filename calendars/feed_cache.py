"""The bytes of subscribed calendars, made once a version and kept while there is room."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

ROOM = 64 << 20  # bytes, all together


@dataclass(frozen=True)
class Kept:
    plain: bytes
    etag: str

    @classmethod
    def of(cls, content: bytes) -> Kept:
        return cls(content, hashlib.sha256(content).hexdigest())

    @cached_property
    def packed(self) -> bytes:
        """gzip, for programs that take it: made when the first one asks."""
        return gzip.compress(self.plain, 1, mtime=0)

    @property
    def size(self) -> int:
        return len(self.plain) * 5 // 4  # with the packed one, which is less than a quarter


class FeedCache:
    """Of each feed the last version that was asked for; the feeds that nobody asked for the longest time go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[str, Kept]] = OrderedDict()
        self._size = 0

    def get(self, feed_id: str, key: str) -> Kept | None:
        found = self._kept.get(feed_id)
        if found is None or found[0] != key:
            return None
        self._kept.move_to_end(feed_id)
        return found[1]

    def put(self, feed_id: str, key: str, kept: Kept) -> None:
        self._forget(feed_id)
        self._kept[feed_id] = (key, kept)
        self._size += kept.size
        while self._size > ROOM and len(self._kept) > 1:
            self._forget(next(iter(self._kept)))

    def _forget(self, feed_id: str) -> None:
        found = self._kept.pop(feed_id, None)
        if found:
            self._size -= found[1].size
