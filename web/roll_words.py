"""A person's place on the roll in words: how present, how late, until when, or why away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meetings.database import Row
from meetings.i18n import Translate
from meetings.roll_call import PRESENT, RollState, minutes_late, reason_of, roll_state
from meetings.views import View, meeting_view, participant_view

from .rendering import Formats

COLOURS: dict[RollState, str] = {
    "room": "ok", "online": "online", "left": "now", "excused": "abstain", "unexcused": "bad", "awaited": "rest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RollWords:
    """Of one meeting. `private`: the reader may know why somebody is away."""

    meeting: View
    t: Translate
    fmt: Formats
    private: bool

    def state(self, person: Row) -> str:
        return self._word(roll_state(_view(person), self.meeting))

    def present(self, person: Row) -> bool:
        return person.attendance in PRESENT

    def reason(self, person: Row) -> str:
        return reason_of(_view(person))

    def late(self, person: Row) -> int:
        return minutes_late(_view(person), self.meeting)

    def text(self, person: Row) -> str:
        """`Có mặt trực tiếp · từ 08:12 · muộn 12 phút`."""
        late = self.late(person)
        said = [self.state(person), self._times(person), self.t("room_attendance.late", n=late) if late else ""]
        if self.private and person.attendance not in PRESENT:
            said.append(self.reason(person))
        return " · ".join(part for part in said if part)

    def parts(self, people: Sequence[Row]) -> list[dict[str, object]]:
        """For a stacked bar: how many stand where."""
        states = [roll_state(_view(person), self.meeting) for person in people]
        return [{"fill": COLOURS[state], "value": states.count(state), "text": self._word(state)} for state in COLOURS if state in states]

    def stays(self, stays: Sequence[Row]) -> str:
        """`08:02–09:10 (tự điểm danh); 09:40– (thư ký ghi)`."""
        spans = [(self.fmt.time(s.came_at), self.fmt.time(s.left_at) if s.left_at else "", s.how) for s in stays]
        return "; ".join(f"{came}–{left} ({self.t(f'room_attendance.how_{how}')})" for came, left, how in spans)

    def _word(self, state: RollState) -> str:
        return self.t(f"room_attendance.is_{state}")

    def _times(self, person: Row) -> str:
        if person.arrived_at is None:
            return ""
        if person.left_at is not None:
            return self.t("room_attendance.from_to", **{"from": self.fmt.time(person.arrived_at), "to": self.fmt.time(person.left_at)})
        return self.t("room_attendance.since", time=self.fmt.time(person.arrived_at))


def roll_words(meeting: Row, private: bool, t: Translate, language: str) -> RollWords:
    return RollWords(meeting_view(meeting), t, Formats(language, meeting.zone), private)


def _view(person: Row) -> View:
    return participant_view(person) or {}
