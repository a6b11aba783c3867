"""What one mail that came in says, as plain data: made by `calendars.replies` from the bytes, judged by `reply_rules`.

Nothing in it is believed: it is what the sender wrote, cut to a length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Partstat = Literal["", "accepted", "declined", "tentative", "delegated"]


@dataclass(frozen=True, slots=True)
class Attendee:
    """One ATTENDEE. Addresses are lower case, without `mailto:`; `partstat` is empty for NEEDS-ACTION and whatever we do not know."""

    address: str
    name: str = ""
    partstat: Partstat = ""
    sent_by: str = ""
    delegated_to: tuple[str, ...] = ()
    comment: str = ""  # Google writes it into the ATTENDEE


@dataclass(frozen=True, slots=True)
class Event:
    """One VEVENT. `recurrence`: which instance of a series it is about; `starts_at`, `ends_at`: what a COUNTER proposes."""

    uid: str = ""
    sequence: int = 0
    stamped_at: datetime | None = None
    recurrence: datetime | None = None
    of_instance: bool = False  # it has a RECURRENCE-ID, readable or not
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    comment: str = ""
    attendees: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report (RFC 3464). `status`: `5.1.1`."""

    action: Literal["failed", "delayed", "other"]
    status: str
    told: str  # the diagnostic, in the words of the server that gave up


@dataclass(frozen=True, slots=True)
class Reply:
    """`fingerprint`: the same when the same mail is delivered again. `method`: of the calendar's own body, upper case; empty when
    there is no calendar. `fault`: why it was not read. `dmarc`: what our own mail server found; empty when it said nothing."""

    fingerprint: str = ""
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    recipients: tuple[str, ...] = ()  # every address that may carry our token
    said: str = ""  # the text part
    method: str = ""
    events: tuple[Event, ...] = ()
    automatic: bool = False
    bounce: Bounce | None = None
    dmarc: Literal["", "pass", "fail"] = ""
    fault: Literal["", "large", "broken"] = ""

    @property
    def uids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(event.uid for event in self.events if event.uid))
