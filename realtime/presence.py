"""Who is here now, which sites, and who is typing where: in memory, sent at most twice a second a meeting, never kept."""

from __future__ import annotations

import asyncio
from typing import Any

from .connections import Connections, Member
from .fanout import Fanout, message
from .neighbours import Neighbours

PAUSE = 0.5  # seconds
Typing = dict[str, str]  # participant -> section


class Presence:
    def __init__(self, connections: Connections, fanout: Fanout, neighbours: Neighbours) -> None:
        self._connections, self._fanout, self._neighbours = connections, fanout, neighbours
        self._typing: dict[str, Typing] = {}  # by meeting
        self._planned: dict[str, asyncio.TimerHandle] = {}
        neighbours.on_presence = self.told
        neighbours.on_sight = self.sight_changed

    def changed(self, meeting_id: str) -> None:
        """Tell the room, soon: what changes within the pause travels together."""
        if meeting_id not in self._planned:
            loop = asyncio.get_running_loop()
            self._planned[meeting_id] = loop.call_later(self._pause(meeting_id), self._tell, meeting_id)

    def typing(self, member: Member, section: str | None) -> None:
        if member.participant_id is None or member.role == "projector":
            return
        who = self._typing.setdefault(member.meeting_id, {})
        if section is None:
            who.pop(member.participant_id, None)
        else:
            who[member.participant_id] = section
        self.changed(member.meeting_id)

    def left(self, member: Member) -> None:
        """The member has left the room here."""
        if member.participant_id not in self._here(member.meeting_id):
            self._typing.get(member.meeting_id, {}).pop(member.participant_id or "", None)
        self.changed(member.meeting_id)

    def told(self, meeting_id: str) -> None:
        """Another process knows something new."""
        if meeting_id in self._connections.rooms:
            self.changed(meeting_id)

    def sight_changed(self) -> None:
        """Other processes came into sight, or out of it."""
        for meeting_id in self._connections.rooms:
            self.changed(meeting_id)

    def facts(self, meeting_id: str) -> dict[str, Any]:
        """Of this process."""
        here, sites = sorted(self._here(meeting_id)), sorted(self._sites(meeting_id))
        return {"here": here, "sites": sites, "typing": self._typing.get(meeting_id, {})}

    def close(self) -> None:
        for planned in self._planned.values():
            planned.cancel()

    def _pause(self, meeting_id: str) -> float:
        # Each tells everybody of everybody: twice a second is too much where a thousand are.
        return PAUSE * max(1.0, (len(self._connections.rooms.get(meeting_id, ())) / 500) ** 2)

    def _here(self, meeting_id: str) -> set[str]:
        members = self._connections.rooms.get(meeting_id, {}).values()
        return {m.participant_id for m in members if m.participant_id is not None and m.role != "projector"}

    def _sites(self, meeting_id: str) -> set[str]:
        return {m.site_id for m in self._connections.rooms.get(meeting_id, {}).values() if m.site_id is not None}

    def _tell(self, meeting_id: str) -> None:
        del self._planned[meeting_id]
        facts = self.facts(meeting_id)
        self._neighbours.tell(meeting_id, facts)
        everywhere = [facts, *self._neighbours.know(meeting_id)]
        here = sorted({key for part in everywhere for key in part["here"]})
        sites = sorted({key for part in everywhere for key in part["sites"]})
        typing = {key: section for part in everywhere for key, section in part["typing"].items()}
        sids = list(self._connections.rooms.get(meeting_id, ()))
        if sids:
            told = {"here": here, "sites": sites, "whole": self._neighbours.in_sight, "typing": typing}
            self._fanout.send(sids, message("presence", told))
        else:
            self._typing.pop(meeting_id, None)
