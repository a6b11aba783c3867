"""One invitation as iTIP (RFC 5546): REQUEST, CANCEL or DECLINECOUNTER, for one recipient, in the form that every calendar
program acts on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vCalAddress, vRecur, vText, vUri

from meetings import clock
from meetings.i18n import span_text, translator
from meetings.invitation import Invitation

_PARTSTAT = {"accepted": "ACCEPTED", "declined": "DECLINED", "tentative": "TENTATIVE"}
PRODUCT = "-//Diem Cau//Meetings//VI"


def calendar_of(facts: Invitation) -> bytes:
    """The VCALENDAR as bytes: CRLF, folded at 75 octets, UTF-8. The same facts give the same bytes."""
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", facts.method)
    if facts.method == "DECLINECOUNTER":
        calendar.add_component(_refusal(facts))
        return bytes(calendar.to_ical())
    if facts.zone == clock.HOME_ZONE:
        calendar.add_component(_home_zone())
    for one in (facts, *facts.overrides):
        calendar.add_component(_event(one))
    return bytes(calendar.to_ical())


def _home_zone() -> Timezone:
    # Exactly one STANDARD block, without rules: Outlook may take the first of several, or refuse the whole message.
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("TZID", clock.HOME_ZONE)
    standard.add("DTSTART", datetime(1976, 1, 1))  # noqa: DTZ001 - a VTIMEZONE's own times are local by definition
    standard.add("TZOFFSETFROM", timedelta(hours=7))
    standard.add("TZOFFSETTO", timedelta(hours=7))
    standard.add("TZNAME", "+07")
    zone.add_component(standard)
    return zone


def _refusal(facts: Invitation) -> Event:
    """That a proposed time is not taken: no more than RFC 5546, 3.2.8 and libical both allow."""
    event = Event()
    event.add("UID", facts.uid)
    event.add("DTSTAMP", clock.instant(facts.dtstamp))
    event.add("ORGANIZER", _address(facts.organiser_email, facts.organiser_name))
    if facts.reason:
        event.add("COMMENT", facts.reason)
    return event


def _event(facts: Invitation) -> Event:
    event = Event()
    event.add("UID", facts.uid)
    event.add("DTSTAMP", clock.instant(facts.dtstamp))
    event.add("SEQUENCE", facts.sequence)
    if facts.original_start:
        event.add("RECURRENCE-ID", _moment(facts.original_start, facts.zone))
    event.add("DTSTART", _moment(facts.starts_at, facts.zone))
    event.add("DTEND", _moment(facts.ends_at, facts.zone))
    if facts.rrule:
        event.add("RRULE", vRecur.from_ical(facts.rrule))
    if facts.exdates:
        event.add("EXDATE", [_moment(one, facts.zone) for one in facts.exdates])
    event.add("SUMMARY", _one_line(facts.title))
    if facts.method == "REQUEST":
        event.add("STATUS", "CONFIRMED")
        event.add("TRANSP", "OPAQUE")
        event.add("CLASS", "PUBLIC")
        if not facts.answers_come_in:
            event.add("X-MICROSOFT-DISALLOW-COUNTER", "TRUE")
        _ways_to_join(event, facts)
    elif facts.whole:
        event.add("STATUS", "CANCELLED")
    event.add("ORGANIZER", _address(facts.organiser_email, facts.organiser_name))
    if facts.method == "REQUEST":
        chair = _address(facts.organiser_email, facts.organiser_name, ROLE="CHAIR", PARTSTAT="ACCEPTED", CUTYPE="GROUP")
        event.add("ATTENDEE", chair)
        partstat = _PARTSTAT.get(facts.answer, "NEEDS-ACTION")
        asked = {"PARTSTAT": partstat} | ({"RSVP": "TRUE"} if partstat == "NEEDS-ACTION" else {})
        role = "OPT-PARTICIPANT" if facts.duty == "guest" or not facts.required else "REQ-PARTICIPANT"
    else:
        asked, role = {}, "REQ-PARTICIPANT"
    event.add("ATTENDEE", _address(facts.recipient_email, facts.recipient_name, CUTYPE="INDIVIDUAL", ROLE=role, **asked))
    return event


def _ways_to_join(event: Event, facts: Invitation) -> None:
    """The personal link where each client shows it: LOCATION (Google), DESCRIPTION (all), URL, and CONFERENCE as an extra."""
    event.add("LOCATION", _one_line(" – ".join(part for part in (facts.place, facts.join_url) if part)))
    event.add("DESCRIPTION", description(facts))
    event.add("URL", vUri(facts.join_url))
    how: dict[str, Any] = {"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": "Diem Cau"}
    event.add("CONFERENCE", facts.join_url, parameters=how)


def description(facts: Invitation) -> str:
    """What a calendar shows under the event: how to join, who chairs, the agenda, what is asked."""
    t = translator(facts.language)
    lines = [t("mail.join_here") + " " + facts.join_url]
    lines += [f"{t('mail.video_id')}: {facts.video_id}"] if facts.video_id else []
    lines += [f"{t('mail.video_passcode')}: {facts.video_passcode}"] if facts.video_passcode else []
    lines += [f"{t('mail.chair')}: {facts.chair}"] if facts.chair else []
    if not facts.rrule:  # whose event says it on each date
        start, end = clock.instant(facts.starts_at), clock.instant(facts.ends_at)
        lines.append(f"{t('mail.when')}: {span_text(start, end, facts.language, facts.zone)}")
    lines += [f"{t('mail.for_item')}: {facts.for_item}"] if facts.for_item else []
    lines += [f"{t('mail.sites')}: {', '.join(facts.sites)}"] if facts.sites else []
    lines += [f"{t('mail.agencies')}: {', '.join(facts.agencies)}"] if facts.agencies else []
    lines += [f"{n}. {line.title}" + (f" ({line.presenter})" if line.presenter else "") for n, line in enumerate(facts.agenda, 1)]
    lines += [facts.requests] if facts.requests else []
    lines += [f"{t('mail.contact')}: {facts.contact}"] if facts.contact else []
    return "\n".join(lines)


def _moment(text: str, zone: str) -> datetime:
    """In our own zone with its VTIMEZONE; elsewhere as UTC, because zones with daylight saving would need rules that
    Outlook is known to refuse, and a single event loses nothing by UTC."""
    instant = clock.instant(text)
    return instant.astimezone(ZoneInfo(zone)) if zone == clock.HOME_ZONE else instant.astimezone(UTC)


def _address(email: str, name: str, **parameters: str) -> vCalAddress:
    # Bare address: a name inside the mailto broke updates in Gmail.
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(common_name(name))
    for key, value in parameters.items():
        address.params[key] = vText(value)
    return address


def common_name(name: str) -> str:
    """CN without what RFC 6868 would write as ^' and ^^, which older clients show as it stands."""
    return _one_line(name).replace('"', "'").replace("^", "")


def _one_line(text: str) -> str:
    return " ".join(text.split())
