"""The bytes of subscribed calendars, made once a version and kept while there is room."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass

ROOM = 64 << 20  # bytes, all together


@dataclass(frozen=True, slots=True)
class Kept:
    plain: bytes
    packed: bytes  # gzip, for programs that take it
    etag: str

    @classmethod
    def of(cls, content: bytes) -> Kept:
        return cls(content, gzip.compress(content, 1, mtime=0), hashlib.sha256(content).hexdigest())

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed)


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
