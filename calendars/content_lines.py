"""iCalendar read tolerantly (RFC 5545, 3.1): components as they nest, properties as they stand. It judges nothing: a reply that
a strict reader refuses may come from a program that half the recipients use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from meetings import clock

LARGEST = 1 << 16  # of a calendar
MOST_COMPONENTS, MOST_PROPERTIES = 400, 6000
_NAME = re.compile(r"([A-Za-z0-9-]+)")
_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,])*(?:,(?:"[^"]*"|[^";:,])*)*)')
_ESCAPED = re.compile(r"\\([nN\\;,])")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?$")
_DURATION = re.compile(r"\+?P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")


class TooMuch(ValueError):
    """More components or properties than any calendar program writes into a reply."""


@dataclass(frozen=True, slots=True)
class Property:
    value: str
    parameters: dict[str, str]

    @property
    def text(self) -> str:
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)


@dataclass(slots=True)
class Component:
    name: str
    properties: dict[str, list[Property]] = field(default_factory=dict)
    parts: list[Component] = field(default_factory=list)

    def first(self, name: str) -> Property | None:
        return next(iter(self.properties.get(name, ())), None)

    def text(self, name: str) -> str:
        found = self.first(name)
        return found.text.strip() if found else ""

    def all(self, name: str) -> list[Property]:
        return self.properties.get(name, [])


def calendars_in(text: str) -> Iterator[Component]:
    """Each VCALENDAR of the text. Raises TooMuch."""
    root = Component("")
    open_ones = [root]
    components = properties = 0
    for line in re.sub(r"\r?\n[ \t]|\r\r\n[ \t]", "", text).splitlines():
        name, parameters, value = _split(line)
        if name == "BEGIN":
            components += 1
            if components > MOST_COMPONENTS or len(open_ones) > 8:
                raise TooMuch
            begun = Component(value.strip().upper())
            open_ones[-1].parts.append(begun)
            open_ones.append(begun)
        elif name == "END":
            if len(open_ones) > 1:
                open_ones.pop()
        elif name:
            properties += 1
            if properties > MOST_PROPERTIES:
                raise TooMuch
            open_ones[-1].properties.setdefault(name, []).append(Property(value, parameters))
    yield from (part for part in root.parts if part.name == "VCALENDAR")


def _split(line: str) -> tuple[str, dict[str, str], str]:
    named = _NAME.match(line)
    if named is None:
        return "", {}, ""
    at, parameters = named.end(), {}
    while found := _PARAMETER.match(line, at):
        parameters[found[1].upper()] = _unquoted(found[2])
        at = found.end()
    return (named[1].upper(), parameters, line[at + 1 :]) if line[at : at + 1] == ":" else ("", {}, "")


def _unquoted(value: str) -> str:
    # RFC 6868: what may not stand in a parameter.
    plain = value.replace('"', "")
    return re.sub(r"\^([n'^])", lambda found: {"n": "\n", "'": '"', "^": "^"}[found[1]], plain)


def moment(found: Property | None, calendar: Component) -> datetime | None:
    """A date-time as an instant; None when there is none, it is a whole day, or its zone cannot be told."""
    match = _MOMENT.match(found.value.strip()) if found else None
    if found is None or match is None or match[4] is None:
        return None
    zone = UTC if match[7] else _zone(found.parameters.get("TZID", ""), calendar)
    try:
        wall = datetime(*(int(match[n] or 0) for n in range(1, 7)), tzinfo=zone)  # type: ignore[arg-type,misc]
        return wall.astimezone(UTC) if zone else None
    except (ValueError, OverflowError):
        return None


def duration(found: Property | None) -> timedelta | None:
    match = _DURATION.match(found.value.strip()) if found else None
    if match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _zone(name: str, calendar: Component) -> tzinfo | None:
    """By IANA name, by Outlook's own names, or by the one offset that the calendar gives for it."""
    if not name:
        return ZoneInfo(clock.HOME_ZONE)  # a floating time: what our own clients see on the wall
    known = WINDOWS_TO_OLSON.get(name, name.lstrip("/"))
    if known in clock.zones():
        return ZoneInfo(known)
    for zone in calendar.parts:
        if zone.name == "VTIMEZONE" and zone.text("TZID") == name and len(zone.parts) == 1:
            offset = _OFFSET.match(zone.parts[0].text("TZOFFSETTO"))
            if offset:
                away = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
                return timezone(-away if offset[1] == "-" else away) if away < timedelta(hours=24) else None
    return None
