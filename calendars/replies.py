"""One mail that came in: bytes -> Reply. Pure, tolerant, bounded: nothing that anybody sends raises, or costs more than a
fraction of a second."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Literal

from meetings.reply import Attendee, Bounce, Event, Partstat, Reply
from meetings.text import clean

from .content_lines import LARGEST, Component, Property, TooMuch, calendars_in, duration, moment
from .mime import Part, addresses, parts_of, words

MOST_EVENTS, MOST_ATTENDEES = 60, 300
LONGEST_SAID, LONGEST_COMMENT = 4000, 2000
_CALENDARS = ("text/calendar", "application/ics")
# Where delivery, forwarding and mailing programs leave the address that a mail came for.
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_PARTSTATS: dict[str, Partstat] = {
    "ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative", "DELEGATED": "delegated",
}  # fmt: skip


def reply_of(raw: bytes, authority: str = "") -> Reply:
    """`authority`: the authserv-id of our own mail server, whose Authentication-Results (RFC 8601) alone are believed."""
    whole, *parts = parts_of(raw)
    senders = addresses(whole.first("from"))
    name, sender = senders[0] if len(senders) == 1 else ("", "")
    method, events, fault = _calendar(parts)
    return Reply(
        fingerprint=hashlib.sha256(whole.first("message-id").encode("utf-8", "replace") + whole.body).hexdigest(),
        sender=sender[:254], sender_name=_line(words(name)), subject=_line(words(whole.first("subject"))),
        recipients=tuple(address for header in _DELIVERED for value in whole.all(header) for _, address in addresses(value))[:60],
        said=_said(parts), method=method, events=events, automatic=_automatic(whole), bounce=_bounce(whole, parts),
        dmarc=_dmarc(whole, authority), fault=fault,
    )  # fmt: skip


def _calendar(parts: Sequence[Part]) -> tuple[str, tuple[Event, ...], Literal["", "large", "broken"]]:
    """Of all calendars in the mail, whatever their method is said to be; the same one twice counts once."""
    method, events = "", dict[Event, None]()
    for part in parts:
        if part.kind not in _CALENDARS and not part.parameter("name").lower().endswith(".ics"):
            continue
        text = part.text()
        if len(text) > LARGEST:
            return method, (), "large"
        try:
            for calendar in calendars_in(text):
                method = method or (calendar.text("METHOD") or part.parameter("method")).upper()[:20]
                events |= dict.fromkeys(_event(one, calendar) for one in calendar.parts if one.name == "VEVENT")
        except TooMuch:
            return method, (), "large"
    if len(events) > MOST_EVENTS:
        return method, (), "large"
    return method, tuple(events), "broken" if method and not events else ""


def _event(event: Component, calendar: Component) -> Event:
    starts_at, ends_at = moment(event.first("DTSTART"), calendar), moment(event.first("DTEND"), calendar)
    lasts = duration(event.first("DURATION"))
    if starts_at and ends_at is None and lasts:
        ends_at = starts_at + lasts
    sequence = event.text("SEQUENCE")
    return Event(
        uid=clean(event.text("UID"))[:255], sequence=int(sequence) if re.fullmatch(r"\d{1,9}", sequence, re.ASCII) else 0,
        stamped_at=moment(event.first("DTSTAMP"), calendar), recurrence=moment(event.first("RECURRENCE-ID"), calendar),
        of_instance=event.first("RECURRENCE-ID") is not None, starts_at=starts_at, ends_at=ends_at,
        comment=_paragraph("\n".join(found.text for found in event.all("COMMENT"))),
        attendees=tuple(_attendee(found) for found in event.all("ATTENDEE")[:MOST_ATTENDEES]),
    )  # fmt: skip


def _attendee(found: Property) -> Attendee:
    said = found.parameters
    return Attendee(
        address=_address(found.value), name=_line(said.get("CN", "")), sent_by=_address(said.get("SENT-BY", "")),
        partstat=_PARTSTATS.get(said.get("PARTSTAT", "").upper(), ""),
        delegated_to=tuple(_address(one) for one in said.get("DELEGATED-TO", "").split(",") if one.strip())[:5],
        comment=_paragraph(said.get("X-RESPONSE-COMMENT", "")),
    )  # fmt: skip


def _address(text: str) -> str:
    return re.sub(r"^mailto:", "", clean(text).strip('"').lower()).strip(" <>")[:254]


def _said(parts: Sequence[Part]) -> str:
    plain = next((part for part in parts if part.kind == "text/plain" and not part.first("content-disposition")), None)
    return _paragraph(plain.text()[: 4 * LONGEST_SAID], LONGEST_SAID) if plain else ""


def _automatic(whole: Part) -> bool:
    """RFC 3834, what programs wrote before it, and whatever wants no answer itself (an empty Return-Path)."""
    said = whole.first("auto-submitted").lower().partition(";")[0].strip()
    older = whole.first("x-autoreply") or whole.first("x-autorespond") or whole.first("return-path") == "<>"
    return said not in ("", "no") or bool(older) or whole.first("precedence").lower() in ("bulk", "auto_reply", "junk", "list")


def _bounce(whole: Part, parts: Sequence[Part]) -> Bounce | None:
    report = next((part for part in parts if part.kind == "message/delivery-status"), None)
    if report is None or whole.parameter("report-type").lower() not in ("", "delivery-status"):
        return None
    text = report.text()[:8000]
    action = _field(text, "action").lower()
    known: Literal["failed", "delayed", "other"] = "failed" if action == "failed" else "delayed" if action == "delayed" else "other"
    status = re.match(r"[245]\.\d{1,3}\.\d{1,3}", _field(text, "status"))
    return Bounce(known, status[0] if status else "", _line(_field(text, "diagnostic-code").partition(";")[2]))


def _field(report: str, name: str) -> str:
    found = re.search(rf"^{name}:[ \t]*(.*(?:\r?\n[ \t]+.*)*)", report, re.I | re.M)
    return " ".join(found[1].split()) if found else ""


def _dmarc(whole: Part, authority: str) -> Literal["", "pass", "fail"]:
    """Of the topmost result that our own server wrote; anybody may have written the others."""
    for result in whole.all("authentication-results"):
        server, _, found = result.partition(";")
        if authority and server.split()[:1] == [authority]:
            verdict = re.search(r"\bdmarc=(\w+)", found)
            return "pass" if verdict and verdict[1] == "pass" else "fail" if verdict and verdict[1] == "fail" else ""
    return ""


def _line(text: str) -> str:
    return clean(" ".join(text.split()))[:300]


def _paragraph(text: str, most: int = LONGEST_COMMENT) -> str:
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))[:most].rstrip()
