"""The words of the facts that stand in a meeting's minutes: made once a number of the log and language, however many ask."""

from __future__ import annotations

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

    async def of(self, member: Member) -> dict[str, Any]:
        """`facts`: {`kind:of`: paragraphs}, in the member's language, of every fact there may be."""
        key = (member.meeting_id, member.actor.language)
        async with self._db.reading() as reading:
            place = await live_log.position(reading, member.meeting_id)
            if key not in self._kept or self._kept[key][0] != place:
                self._kept[key] = (place, Ready(encode(await facts_in_words(reading, *key))))
        return {"facts": self._kept[key][1]}

    def forget(self, meeting_id: str) -> None:
        for key in [key for key in self._kept if key[0] == meeting_id]:
            del self._kept[key]
