"""Answers in the shapes that mail programs really give them, written by hand so that nothing of the product judges itself."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from meetings import clock
from meetings.database import Database
from meetings.models.meeting import meetings, participants
from meetings.models.post import letters, outbox

THUNDERBIRD = (Path(__file__).parent / "thunderbird-accept.eml").read_bytes()


@dataclass(frozen=True)
class Invited:
    """What an invited person's mail program knows."""

    participant_id: str
    address: str
    uid: str
    sequence: int
    to: str  # ORGANIZER
    starts_at: str

    def calendar(self, partstat: str, *, method: str = "REPLY", stamp: datetime | None = None, **more: str) -> str:
        """`more`: lines of the event that replace or add; an empty one removes."""
        stamp = stamp or clock.now()
        lines = {
            "UID": f"UID:{self.uid}", "DTSTAMP": f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}", "SEQUENCE": f"SEQUENCE:{self.sequence}",
            "ORGANIZER": f"ORGANIZER:mailto:{self.to}", "ATTENDEE": f"ATTENDEE;PARTSTAT={partstat}:mailto:{self.address}",
        } | more  # fmt: skip
        event = "\r\n".join(line for line in lines.values() if line)
        return _calendar(method, f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT")

    def mail(self, calendar: str, *, sender: str = "", to: str = "", head: str = "", words: str = "Trả lời") -> bytes:
        part = base64.encodebytes(calendar.encode()).decode()
        method = re.search(r"METHOD:(\w+)", calendar)
        return (
            f"{head}From: {sender or self.address}\r\nTo: {to or self.to}\r\nSubject: Re\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            f"{words}\r\n--x\r\nContent-Type: text/calendar; charset=utf-8; method={method[1] if method else 'REPLY'}\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{part}\r\n--x--\r\n"
        ).encode()

    def thunderbird(self) -> bytes:
        """The genuine one: the same calendar twice, 8-bit, METHOD and all of it as Thunderbird 153 wrote it."""
        stamp = f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}".encode()
        text = THUNDERBIRD.replace(b"3c0c7a52-6a0e-4b5f-9c1c-7c1d1f0f2c11@hop.example.gov.vn", self.uid.encode())
        text = re.sub(rb"mailto:vanphong@botttt\.\r?\n example\.gov\.vn", f"mailto:{self.to}".encode(), text)
        text = text.replace(b"vanphong@botttt.example.gov.vn", self.to.encode())
        text = text.replace(b"an.nguyen@hanoi.example.gov.vn", self.address.encode())
        return re.sub(rb"DTSTAMP:\w+", stamp, text).replace(b"SEQUENCE:1", b"SEQUENCE:%d" % self.sequence)

    def exchange(self, partstat: str = "ACCEPTED") -> bytes:
        """Without ORGANIZER, in upper case, with a Windows time zone."""
        calendar = self.calendar(
            partstat, ORGANIZER="", ATTENDEE=f"ATTENDEE;PARTSTAT={partstat};CN=X:MAILTO:{self.address.upper()}",
            DTSTART="DTSTART;TZID=SE Asia Standard Time:20261203T080000", COMMENT="COMMENT;LANGUAGE=vi-VN:Sẽ dự\\, đến muộn\\n",
        )  # fmt: skip
        return self.mail(calendar)

    def google(self, partstat: str = "ACCEPTED", comment: str = "") -> bytes:
        """The calendar in the alternative and again as a file; the comment within ATTENDEE; automatic by its headers."""
        said = f';X-RESPONSE-COMMENT="{comment}"' if comment else ""
        attendee = f"ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT={partstat};CN={self.address}{said};X-NUM-GUESTS=0:mailto:{self.address}"
        calendar = self.calendar(partstat, ATTENDEE=attendee)
        inner = self.mail(calendar).partition(b"MIME-Version: 1.0\r\n")[2]
        head = (
            f"Auto-Submitted: auto-replied\r\nFrom: {self.address}\r\nTo: {self.to}\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n"
        )
        file = f"--y\r\nContent-Type: application/ics; name=invite.ics\r\n\r\n{calendar}\r\n--y--\r\n"
        return head.encode() + inner + file.encode()

    def series(self, partstat: str = "TENTATIVE") -> bytes:
        """Thunderbird's answer to a series with an override: everybody of the override still NEEDS-ACTION."""
        stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
        everybody = "\r\n".join(f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{one}" for one in ("khac@x.example", self.address))
        master = f"UID:{self.uid}\r\nDTSTAMP:{stamp}\r\nSEQUENCE:{self.sequence}\r\nATTENDEE;PARTSTAT={partstat}:mailto:{self.address}"
        override = (
            f"UID:{self.uid}\r\nDTSTAMP:{stamp}\r\nSEQUENCE:{self.sequence}\r\n"
            f"RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20270101T080000\r\n{everybody}"
        )
        events = f"BEGIN:VEVENT\r\n{master}\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n{override}\r\nEND:VEVENT"
        return self.mail(_calendar("REPLY", events))


def _calendar(method: str, events: str) -> str:
    return f"BEGIN:VCALENDAR\r\nPRODID:-//x//x//EN\r\nVERSION:2.0\r\nMETHOD:{method}\r\n{events}\r\nEND:VCALENDAR\r\n"


async def invited(db: Database, meeting: str, address: str) -> Invited:
    """By what the outbox holds for this address."""
    async with db.reading() as r:
        joined = outbox.join(participants, participants.c.id == outbox.c.participant_id)
        mine = sa.and_(outbox.c.meeting_id == meeting, participants.c.email == address, outbox.c.method == "REQUEST")
        row = await r.one(sa.select(outbox).select_from(joined).where(mine).order_by(outbox.c.sequence.desc(), outbox.c.created_at.desc()))
    facts = row.facts
    return Invited(row.participant_id, address, facts["uid"], facts["sequence"], facts["organiser_email"], facts["starts_at"])


def as_other(who: Invited, address: str) -> Invited:
    """Somebody to whom the invitation was forwarded: another address, the same secret."""
    return replace(who, address=address)


async def answer_of(db: Database, who: Invited) -> Any:
    """(answer, reason, way)."""
    async with db.reading() as r:
        row = await r.get(participants, who.participant_id)
    return row.answer, row.answer_reason, row.answer_by


async def last_letter(db: Database) -> Any:
    async with db.reading() as r:
        return await r.first(sa.select(letters).order_by(letters.c.received_at.desc()))


async def meeting_row(db: Database, meeting: str) -> Any:
    async with db.reading() as r:
        return await r.get(meetings, meeting)
