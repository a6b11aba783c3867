"""What one invitation says to one recipient: the frozen facts from which the mail is built, again and again the same.

The outbox keeps these facts as JSON in the transaction of the change; `calendars` turns them into iCalendar and MIME.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

Method = Literal["REQUEST", "CANCEL", "DECLINECOUNTER"]


@dataclass(frozen=True, slots=True)
class AgendaLine:
    title: str
    presenter: str  # may be empty
    minutes: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """Times are ISO 8601 UTC strings (`clock.iso`). Every URL is absolute. Empty strings mean "not given"."""

    method: Method
    uid: str  # `uuid@domain`, the same for the whole life of the meeting
    sequence: int
    dtstamp: str
    whole: bool  # CANCEL of the whole meeting (STATUS:CANCELLED) rather than of one recipient
    language: str  # vi | en: the recipient's
    title: str
    meeting_type: str  # the code of the meeting's type; its text is `type.<code>`
    starts_at: str
    ends_at: str
    zone: str
    place: str  # room and address; may be empty for an online meeting
    sites: tuple[str, ...]  # names of the bridge sites, the main one first
    join_url: str  # the recipient's personal link: answers before, joins during
    video_id: str  # to be typed into a room's own device; in everything else the personal link leads to the video system
    video_passcode: str
    host_agency: str
    organiser_name: str  # CN of ORGANIZER: the agency
    organiser_email: str  # bare address that we own; also From
    reply_to: str  # the secretary's address; may be empty
    chair: str  # "Phó Chủ tịch UBND thành phố Nguyễn Văn An"
    recipient_name: str
    recipient_email: str
    recipient_position: str
    recipient_agency: str
    duty: str  # code of participants.duty; its text is `duty.<code>`
    agenda: tuple[AgendaLine, ...]
    papers: tuple[str, ...]  # titles of papers to read beforehand
    requests: str  # what is asked of those who attend
    contact: str
    changes: tuple[str, ...] = ()  # for an update: codes of what changed, `change.<code>`: time, place, title, agenda, video ...
    reason: str = ""  # of a cancellation, of changes, or of a time proposed in vain: why
    required: bool = True  # asked to come, not just welcome
    for_item: str = ""  # comes for this item of the agenda alone; then the times are the item's
    answers_come_in: bool = False  # answers by mail to `organiser_email` are read, proposals of another time too
    answer: str = "waiting"  # the recipient's, as far as this message leaves it standing: code `answer.is_<code>`
    video: bool = False  # there is a video system, to which the personal link leads
    agencies: tuple[str, ...] = ()  # that are invited, where the meeting shows them
    number: str = ""  # of the formal invitation: `123/GM-VPUB`; empty: there is none
    signer: str = ""
    signer_title: str = ""  # a line each: `TL. CHỦ TỊCH`, `CHÁNH VĂN PHÒNG`
    parent_agency: str = ""  # of the host
    issued_in: str = ""  # the place-name before the date: `Huế`
    # Of a series either the whole, as `rrule` from `starts_at` on, or one date alone, which `original_start` names (RECURRENCE-ID).
    rrule: str = ""
    dates: tuple[str, ...] = ()  # original starts of the whole, in order
    exdates: tuple[str, ...] = ()  # what the rule names and is none of `dates`
    overrides: tuple[Invitation, ...] = ()  # dates that are not like the others, each with its `original_start`
    original_start: str = ""

    def to_json(self) -> dict[str, Any]:
        # Not dataclasses.asdict, which copies deeply: two thousand of these are written in one transaction.
        nested = {"agenda": [_line(line) for line in self.agenda], "overrides": [one.to_json() for one in self.overrides]}
        return {name: getattr(self, name) for name in _NAMES} | nested

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Invitation:
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
        values["agenda"] = tuple(AgendaLine(**line) for line in data["agenda"])
        values["overrides"] = tuple(cls.from_json(one) for one in data.get("overrides", ()))
        values.setdefault("video", bool(data.get("video_url")))  # as the first version kept it
        return cls(**values)


_NAMES = tuple(f.name for f in fields(Invitation))


def _line(line: AgendaLine) -> dict[str, Any]:
    return {"title": line.title, "presenter": line.presenter, "minutes": line.minutes}
