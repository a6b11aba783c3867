"""Snapshots of rooms. Those who ask within a moment share one reading; the state is read and encoded once a number of
the log and role, however many join.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meetings import clock, live_log
from meetings.database import Database, Reading
from meetings.errors import Refusal
from meetings.queries.room import mandates_of, room_state
from meetings.queries.talk import letters_of
from meetings.standing import standings

from .connections import Member, seat
from .gathering import Gathering
from .ready_json import Ready, encode
from .visibility import Role, snapshot_for

GATHER = 0.05  # seconds: who asks meanwhile shares the reading


@dataclass(slots=True)
class _Kept:
    """One meeting's state as last read."""

    epoch: str
    seq: int
    state: dict[str, Any]
    texts: dict[Role, bytes]

    def text(self, role: Role) -> bytes:
        """As JSON, without the closing brace: what is the member's own follows."""
        if role not in self.texts:
            self.texts[role] = encode(snapshot_for(self.state, role))[:-1]
        return self.texts[role]


class Snapshots:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._gathering = Gathering(self._answers, GATHER)
        self._kept: dict[str, _Kept] = {}

    async def of(self, member: Member) -> dict[str, Any]:
        """The acknowledgement of `join`: the state as this member may see it, and its place in the log. Also settles the
        member's role as of that place. Raises Refusal when the member may no longer be here."""
        member.stale = False
        return await self._gathering.ask(member.meeting_id, member)

    def forget(self, meeting_id: str) -> None:
        self._kept.pop(meeting_id, None)

    async def _answers(self, meeting_id: str, members: Sequence[Member]) -> list[dict[str, Any] | Exception]:
        async with self._db.reading() as reading:
            return await self._all_of(reading, meeting_id, members)

    async def _all_of(self, reading: Reading, meeting_id: str, members: Sequence[Member]) -> list[dict[str, Any] | Exception]:
        epoch, seq = await live_log.position(reading, meeting_id)
        kept = self._kept.get(meeting_id)
        if kept is None or (kept.epoch, kept.seq) != (epoch, seq):
            kept = self._kept[meeting_id] = _Kept(epoch, seq, await room_state(reading, meeting_id), {})
        found = await standings(reading, meeting_id, [member.actor for member in members])
        here = [by.me.id for by in found if by.me is not None]
        mandates, letters = await mandates_of(reading, meeting_id, here), await letters_of(reading, meeting_id, here)
        answers: list[dict[str, Any] | Exception] = []
        for member, by in zip(members, found, strict=True):
            try:
                participant_id, role = seat(by, member.view, member.site_id)
            except Refusal as refusal:
                answers.append(refusal)
                continue
            if not member.stale:  # else the pump, which is further on in the log, has set it meanwhile
                member.participant_id, member.role = participant_id, role
            voted = mandates.get(participant_id or "", {}) if role != "projector" else {}
            theirs = {"runner": kept.state["letters"], "member": letters.get(participant_id or "", {})}.get(role, {})
            own = b',"mandates":%b,"letters":%b}' % (encode(voted), encode(theirs))
            now = clock.iso(clock.now())
            who = {"role": role, "me": participant_id, "site": member.site_id}
            answers.append({"epoch": epoch, "seq": seq} | who | {"now": now, "state": Ready((kept.text(role), own))})
        return answers
