"""Invitations by the thousand: what two recipients' mails have in common is made once. A mould is the text, the HTML and the calendar
with marks in the place of what is personal; pouring somebody in costs a few replacements. The result is what making each by itself
gives (`message.text_of`, `html_of`, `invitations.calendar_of`), which a property test holds."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Any

from icalendar.parser import Parameters

from meetings.invitation import Invitation

from .invitations import calendar_of, common_name
from .texts import html_of, text_of

PERSONAL = ("join_url", "recipient_name", "recipient_email", "recipient_position", "recipient_agency", "organiser_email")
# Of this process alone, so that no text of a user can contain one. Letters and digits: escaped nowhere.
_MARK = {name: f"mark{secrets.token_hex(8)}{place}x" for place, name in enumerate(PERSONAL)}
_ANY = re.compile("|".join(_MARK.values()))
_NAME_OF = {mark: name for name, mark in _MARK.items()}
_FOLD = re.compile("\r\n[ \t]")
OCTETS = 75  # RFC 5545, 3.1


@dataclass(frozen=True, slots=True)
class Mould:
    text: str
    html: str
    calendar: tuple[bytes | str, ...]  # bytes: ready lines; text: one unfolded line with marks


@dataclass(frozen=True, slots=True)
class Poured:
    text: str
    html: str
    calendar: bytes


def poured(facts: Invitation) -> Poured:
    if facts.overrides:  # each with a link of its own
        return Poured(text_of(facts), html_of(facts), calendar_of(facts))
    mould = _mould(common(facts))
    personal = {name: getattr(facts, name) for name in PERSONAL}
    html = _filled(mould.html, {name: _escaped(value) for name, value in personal.items()})
    return Poured(_filled(mould.text, personal), html, _calendar(mould, facts, personal))


def common(facts: Invitation) -> Invitation:
    """The same for all who have the same language and part: whoever is meant is a mark, what is empty stays empty."""
    marks: dict[str, Any] = {name: _MARK[name] if getattr(facts, name) else "" for name in PERSONAL}
    return replace(facts, **marks)


@lru_cache(64)
def _mould(shared: Invitation) -> Mould:
    return Mould(text_of(shared), html_of(shared), _segments(calendar_of(shared).decode()))


def _segments(ics: str) -> tuple[bytes | str, ...]:
    found: list[bytes | str] = []
    for line in _FOLD.sub("", ics).split("\r\n")[:-1]:
        if _ANY.search(line):
            found.append(line)
        elif found and isinstance(found[-1], bytes):
            found[-1] += folded(line)
        else:
            found.append(folded(line))
    return tuple(found)


def _calendar(mould: Mould, facts: Invitation, personal: dict[str, str]) -> bytes:
    if re.search(r'[\\;,"\n]', facts.join_url):  # would have to be escaped in a TEXT, and not in a URI
        return calendar_of(facts)
    name = Parameters(CN=common_name(facts.recipient_name)).to_ical().decode().removeprefix("CN=")
    values = personal | {"recipient_name": name}  # which stands in CN alone
    return b"".join(one if isinstance(one, bytes) else folded(_filled(one, values)) for one in mould.calendar)


def _escaped(text: str) -> str:
    """As HTML is written out after its styles were inlined."""
    return escape(text, quote=False).replace("\xa0", "&nbsp;")


def _filled(text: str, values: dict[str, str]) -> str:
    """In one pass, so that nothing personal is filled in again."""
    return _ANY.sub(lambda found: values[_NAME_OF[found[0]]], text)


def folded(line: str) -> bytes:
    """A content line with its end; no line over 75 octets, no letter and no escape divided."""
    content = line.encode()
    pieces, start, room = [], 0, OCTETS
    while len(content) - start > room:
        end = start + room
        while content[end] & 0xC0 == 0x80 or content[end - 1] in b"\\^":
            end -= 1
        pieces.append(content[start:end])
        start, room = end, OCTETS - 1
    return b"\r\n ".join([*pieces, content[start:]]) + b"\r\n"
