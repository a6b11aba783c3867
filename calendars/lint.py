"""Our own judge of what we send: the faults that no other program we know of points out."""

from __future__ import annotations

import re
from typing import Any

from icalendar import Calendar

from .invitations import PRODUCT

_PARTSTAT = {"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"}
_METHODS = {"REQUEST", "CANCEL", "REPLY", "PUBLISH", "ADD", "REFRESH", "COUNTER", "DECLINECOUNTER"}


def lint(ics: bytes) -> list[str]:
    """The faults found, in words; empty when there are none."""
    faults = _of_bytes(ics)
    calendar = Calendar.from_ical(ics)
    events = calendar.events
    method = str(calendar.get("METHOD", ""))
    if method not in _METHODS:
        faults.append(f"unknown METHOD {method!r}")
    if str(calendar.get("PRODID", "")) != PRODUCT:
        faults.append("foreign PRODID")
    if calendar.get("UID") is not None:
        faults.append("UID on the VCALENDAR")
    if len({str(e.get("UID")) for e in events}) != 1:
        faults.append("not one UID")
    whole = [event for event in events if "RECURRENCE-ID" not in event]
    # Outlook takes one date's change only from a mail that holds nothing else.
    if len(whole) > 1 or (not whole and len(events) > 1):
        faults.append("several events that are not one series")
    if whole and len(events) > 1 and "RRULE" not in whole[0]:
        faults.append("RECURRENCE-ID beside an event that does not recur")
    faults += _of_zones(calendar)
    for event in events:
        faults += _of_event(event, method)
    return faults


def _of_bytes(ics: bytes) -> list[str]:
    faults = []
    if re.search(rb"(?<!\r)\n|\r(?!\n)", ics):
        faults.append("a bare line break")
    for line in ics.split(b"\r\n"):
        if len(line) > 75:
            faults.append(f"a line of {len(line)} octets")
        try:
            line.decode()
        except UnicodeDecodeError:
            faults.append("a fold within a letter")
    return faults


def _of_zones(calendar: Calendar) -> list[str]:
    faults = []
    known = {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")}
    used = {p.params["TZID"] for e in calendar.events for p in e.values() if "TZID" in getattr(p, "params", {})}
    if used - known:
        faults.append(f"no VTIMEZONE for {', '.join(sorted(used - known))}")
    for zone in calendar.walk("VTIMEZONE"):
        parts = zone.subcomponents
        if len(parts) != 1 or parts[0].name != "STANDARD" or {"RRULE", "RDATE", "COMMENT"} & parts[0].keys():
            faults.append("a VTIMEZONE that is not one plain STANDARD")
    return faults


def _of_event(event: Any, method: str) -> list[str]:
    if method == "DECLINECOUNTER":  # says which event, and nothing of it
        return [f"{name} where it may not be" for name in event if name not in ("UID", "DTSTAMP", "ORGANIZER", "COMMENT")]
    faults = [f"no {name}" for name in ("UID", "DTSTAMP", "SEQUENCE", "ORGANIZER", "ATTENDEE") if name not in event]
    start, end = event.get("DTSTART"), event.get("DTEND")
    if start is None or end is None or end.dt <= start.dt:
        faults.append("DTEND not after DTSTART")
    if "RECURRENCE-ID" in event and start is not None and type(event["RECURRENCE-ID"].dt) is not type(start.dt):
        faults.append("RECURRENCE-ID of another type than DTSTART")
    if "RRULE" in event:
        until = event["RRULE"].get("UNTIL")
        if until and getattr(until[0], "tzinfo", None) is None:
            faults.append("a local UNTIL")
        if "RECURRENCE-ID" in event:
            faults.append("an RRULE on one date")
    attendees = event.get("ATTENDEE", [])
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        faults += _of_attendee(attendee)
    if method == "CANCEL" and event.walk("VALARM"):
        faults.append("an alarm in a CANCEL")
    if method == "REQUEST" and str(event.get("STATUS", "CONFIRMED")) not in ("CONFIRMED", "TENTATIVE"):
        faults.append("a STATUS that a REQUEST may not have")
    return faults


def _of_attendee(attendee: Any) -> list[str]:
    faults = []
    text, params = str(attendee), getattr(attendee, "params", {})
    if not re.fullmatch(r"mailto:[^\s<>@]+@[^\s<>@]+", text):
        faults.append(f"an ATTENDEE that is not a bare mailto: {text}")
    if str(params.get("PARTSTAT", "NEEDS-ACTION")) not in _PARTSTAT:
        faults.append("an unknown PARTSTAT")
    if "^" in str(params.get("CN", "")) or '"' in str(params.get("CN", "")):
        faults.append("a double quote in CN")
    return faults
