"""Some consecutive rows of the log as each viewer gets them. Whatever is common to many viewers is filtered and encoded once;
of one entity only the last event is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol, get_args

from meetings.database import Row

from .ready_json import Ready, encode
from .visibility import Role, entity_key, see

View = tuple[Role, tuple[int, ...]]  # the role, and the numbers of the personal rows
_COMMON: dict[Role, View] = {role: (role, ()) for role in get_args(Role)}
Told = list[tuple[int, bytes]]  # number and `[seq, kind, data]` as JSON


class Viewer(Protocol):
    role: Role
    participant_id: str | None


class Batch:
    def __init__(self, rows: Sequence[Row]) -> None:
        self._common = [row for row in rows if row.audience is None]
        self._personal: dict[str, list[Row]] = defaultdict(list)  # by participant
        for row in rows:
            for participant_id in row.audience or ():
                self._personal[participant_id].append(row)
        self._told: dict[Role, Told] = {}
        self._lists: dict[View, Ready] = {}

    def viewed_by(self, viewer: Viewer) -> View:
        """A key: viewers with the same one get the same events."""
        own = self._personal and self._personal.get(viewer.participant_id or "")
        return (viewer.role, tuple([row.seq for row in own])) if own else _COMMON[viewer.role]

    def events(self, viewer: Viewer) -> Ready:
        """The list of events, in order, that such a viewer gets."""
        key, role = self.viewed_by(viewer), viewer.role
        if key not in self._lists:
            own = _told(self._personal[viewer.participant_id or ""], role) if key[1] else []
            told = sorted(self._common_told(role) + own) if own else self._common_told(role)
            self._lists[key] = Ready((b"[%b]" % b",".join([text for _, text in told]),))
        return self._lists[key]

    def _common_told(self, role: Role) -> Told:
        if role not in self._told:
            self._told[role] = _told(self._common, role)
        return self._told[role]


def _told(rows: Iterable[Row], role: Role) -> Told:
    latest: dict[tuple[str, ...], tuple[int, str, object]] = {}
    for row in rows:
        seen = see(row.kind, row.data, role)
        if seen is not None:
            key = entity_key(row.kind, seen)
            latest.pop(key, None)
            latest[key] = (row.seq, row.kind, seen)
    return [(event[0], encode(event)) for event in latest.values()]
