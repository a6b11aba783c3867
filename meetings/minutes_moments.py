"""Moments of writing: updates that follow each other closely, by whoever wrote then. A moment is one version of the minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

PAUSE = timedelta(minutes=2)  # a longer silence begins another moment
LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Moment:
    """Rows of `minutes_updates`, in order, at least one. `authors`: participant ids, in the order in which they came in."""

    rows: Sequence[Any]

    @property
    def seq(self) -> int:
        return int(self.rows[-1].seq)

    @property
    def begun_at(self) -> datetime:
        return begin_of(self.rows[0])

    @property
    def ended_at(self) -> datetime:
        found: datetime = self.rows[-1].added_at
        return found

    @property
    def authors(self) -> list[str]:
        return list(dict.fromkeys(key for row in self.rows for key in (row.authors or [row.participant_id]) if key))

    @property
    def restored(self) -> int | None:
        found: int | None = self.rows[0].restored
        return found


def begin_of(row: Any) -> datetime:
    found: datetime = row.begun_at or row.added_at
    return found


def moments(rows: Iterable[Any]) -> list[Moment]:
    """Bringing an older version back is a moment of its own."""
    found: list[list[Any]] = []
    for row in rows:
        if found and _goes_on(found[-1], row):
            found[-1].append(row)
        else:
            found.append([row])
    return [Moment(group) for group in found]


def _goes_on(group: list[Any], row: Any) -> bool:
    if row.restored is not None or group[0].restored is not None:
        return False
    silence = begin_of(row) - group[-1].added_at
    lasted = row.added_at - begin_of(group[0])
    return bool(silence <= PAUSE and lasted <= LONGEST)
