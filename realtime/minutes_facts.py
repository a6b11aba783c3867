"""The words of the facts that stand in a meeting's minutes: made once a number of the log and language, however many ask
at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from meetings import live_log
from meetings.database import Database
from meetings.minutes_document import facts_in_words

from .connections import Member
from .ready_json import Ready, encode


class FactsInWords:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: dict[tuple[str, str], tuple[tuple[str, int], Ready]] = {}
        self._making: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, member: Member) -> dict[str, Any]:
        """`facts`: {`kind:of`: paragraphs}, in the member's language, of every fact there may be."""
        key = (member.meeting_id, member.actor.language)
        async with self._making[key], self._db.reading() as reading:
            place = await live_log.position(reading, member.meeting_id)
            kept = self._kept.get(key)
            if kept is None or kept[0] != place:
                kept = self._kept[key] = (place, Ready((encode(await facts_in_words(reading, *key)),)))
        return {"facts": kept[1]}

    def forget(self, meeting_id: str) -> None:
        for key in [key for key in self._making if key[0] == meeting_id]:
            self._kept.pop(key, None)
            if not self._making[key].locked():
                del self._making[key]
