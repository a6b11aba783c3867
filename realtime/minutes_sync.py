"""The minutes' Yjs document over Socket.IO: what a client lacks, what it adds, and who is typing where.

Updates are kept through `perform` like every change, and sent on from what was kept; a client that was away asks with its
state vector and gets exactly what it lacks.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from pycrdt import Doc, merge_updates

from meetings import minutes
from meetings.database import Database

from .connections import Connections, Member
from .fanout import Fanout, message
from .minutes_facts import FactsInWords

log = logging.getLogger(__name__)
FEW = 40  # updates that are merged as they are; the library's merge of many is slow, and a document's difference is not
LARGEST_AWARENESS = 4096


class Replica:
    """The server's copy of one meeting's minutes, up to the update numbered `upto`."""

    def __init__(self, doc: Doc[Any], upto: int) -> None:
        self.doc, self.upto = doc, upto

    def add(self, updates: Sequence[tuple[int, bytes]]) -> bytes | None:
        """Take in the updates (number, content) that are new; one update with all of them."""
        before, added = self.doc.get_state(), []
        for seq, content in updates:
            if seq > self.upto:
                self.upto = seq
                if self._applied(seq, content):
                    added.append(content)
        if not added:
            return None
        if len(added) > FEW:
            return self.doc.get_update(before)
        return merge_updates(*added) if len(added) > 1 else added[0]

    def _applied(self, seq: int, content: bytes) -> bool:
        try:
            self.doc.apply_update(content)
        except (ValueError, RuntimeError) as error:  # it was readable when it was kept; nobody else need suffer from it
            log.error("update %s of the minutes: %s", seq, error)
            return False
        return True


class MinutesSync:
    def __init__(self, db: Database, connections: Connections, fanout: Fanout) -> None:
        self._db, self._connections, self._fanout = db, connections, fanout
        self._replicas: dict[str, Replica] = {}
        self.facts = FactsInWords(db)

    async def open(self, member: Member, vector: bytes) -> dict[str, Any]:
        """`y-sv`: the update that the client lacks, and our state vector, so that it sends what we lack. Raises ValueError
        for a vector that is none."""
        replica = await self._replica(member.meeting_id)
        update = replica.doc.get_update(vector) if vector else replica.doc.get_update()
        # From here on it gets what is added; nothing can come between, because nothing is awaited.
        member.reads_minutes = True
        return {"update": update, "vector": replica.doc.get_state(), "seq": replica.upto}

    async def send_new(self, meeting_id: str) -> None:
        """Send what was kept since to everybody who has the minutes open here."""
        replica = self._replicas.get(meeting_id)
        if replica is None:
            return
        async with self._db.reading() as reading:
            rows = await minutes.updates_after(reading, meeting_id, replica.upto)
            missing = bool(rows) and rows[0].seq > replica.upto + 1  # folded away before this process read them
            doc, upto = await minutes.load(reading, meeting_id) if missing else (None, 0)
        new = replica.add([(upto, doc.get_update())] if doc is not None else [(row.seq, row.content) for row in rows])
        readers = [m.sid for m in self._connections.room(meeting_id) if m.reads_minutes]
        if new is not None and readers:
            self._fanout.send(readers, message("y-up", {"update": new, "seq": replica.upto}))

    def awareness(self, member: Member, update: bytes) -> bool:
        """Cursors: sent on to the others who have the minutes open, never kept. False when there is too much of it."""
        if len(update) > LARGEST_AWARENESS:
            return False
        self.show(member.meeting_id, update, but=member.sid)
        return True

    def show(self, meeting_id: str, update: bytes, but: str = "") -> None:
        readers = [m.sid for m in self._connections.room(meeting_id) if m.reads_minutes and m.sid != but]
        if readers:
            self._fanout.send(readers, message("y-aw", {"update": update}))

    def forget(self, meeting_id: str) -> None:
        self._replicas.pop(meeting_id, None)
        self.facts.forget(meeting_id)

    async def _replica(self, meeting_id: str) -> Replica:
        if meeting_id not in self._replicas:
            async with self._db.reading() as reading:
                doc, upto = await minutes.load(reading, meeting_id)
            self._replicas.setdefault(meeting_id, Replica(doc, upto))
        return self._replicas[meeting_id]
