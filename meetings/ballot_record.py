"""The record of a ballot: one hash-chained entry for whatever happened to it, from which anybody can count again. It is exported
as one file; `web/static/verify_ballot.py` checks such a file without any of this code.

Canonical JSON: keys sorted, no spaces, UTF-8. An entry's hash is SHA-256 of the hash before, a line feed, and the canonical
JSON of the entry without its hash; the first follows the empty text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from . import clock
from .database import Row, Transaction
from .json_text import canonical
from .models.room import ballot_entries, ballots

FORMAT = "diemcau-ballot/2"
Entry = dict[str, Any]


class Chain:
    """The entries of one ballot that a transaction adds; `keep` writes them."""

    def __init__(self, ballot: Row, last: datetime | None) -> None:
        self._id, self._seq, self._hash = ballot.id, ballot.record_seq, ballot.record_hash
        self._last = last
        self._rows: list[Entry] = []

    @classmethod
    async def of(cls, tx: Transaction, ballot: Row) -> Chain:
        entries = ballot_entries.c
        wanted = sa.select(entries.at).where(entries.ballot_id == ballot.id, entries.seq == ballot.record_seq)
        return cls(ballot, await tx.value(wanted) if ballot.record_seq else None)

    def add(self, now: datetime, what: str, data: dict[str, Any]) -> None:
        # Never before the entry before it, whatever the clocks of several machines say.
        now = self._last = max(now, self._last or now)
        self._seq += 1
        self._hash = link(self._hash, entry_of(self._seq, now, what, data))
        self._rows.append({"ballot_id": self._id, "seq": self._seq, "at": now, "what": what, "data": data, "hash": self._hash})

    async def keep(self, tx: Transaction, **values: Any) -> None:
        """Write what was added, and `values` of the ballot's row."""
        await tx.insert_many(ballot_entries, self._rows)
        await tx.update(ballots, self._id, record_seq=self._seq, record_hash=self._hash, **values)
        self._rows = []


def entry_of(seq: int, at: datetime, what: str, data: dict[str, Any]) -> Entry:
    return {"seq": seq, "at": clock.iso(at), "what": what, "data": data}


def link(before: str, entry: Entry) -> str:
    return hashlib.sha256(f"{before}\n{canonical(entry)}".encode()).hexdigest()


def receipt_of(ballot_id: str, mandate_id: str, choice: str, marks: Mapping[str, str], text: str, command_id: str) -> str:
    """What a voter is given: whoever has the record can make it again from the entry of the vote."""
    said = (ballot_id, mandate_id, choice, canonical(marks) if marks else "{}", text, command_id)  # a burst has no marks, mostly
    return hashlib.sha256("|".join(said).encode()).hexdigest()
