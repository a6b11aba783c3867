"""What an invitation says to people: subject, plain text and HTML, in the recipient's language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from meetings import clock
from meetings.i18n import span_text, translator
from meetings.invitation import Invitation


def subject_of(facts: Invitation) -> str:
    t = translator(facts.language)
    kind = "cancelled" if facts.method == "CANCEL" and facts.whole else "removed" if facts.method == "CANCEL" else "invited"
    if kind == "invited" and facts.rrule:
        kind = "series"
    if facts.method == "REQUEST" and facts.changes:
        kind = "changed"
    elif facts.method == "DECLINECOUNTER":
        kind = "time_stays"
    return " ".join(t(f"mail.subject_{kind}", title=facts.title, when=_when(facts)).split())


def text_of(facts: Invitation) -> str:
    return _render("invitation.txt", facts)


def html_of(facts: Invitation) -> str:
    """A whole HTML document with its styles inlined: no mail program has to fetch anything."""
    return css_inline.inline(_render("invitation.html", facts))


@cache
def environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder), autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _when(facts: Invitation) -> str:
    return span_text(clock.instant(facts.starts_at), clock.instant(facts.ends_at), facts.language, facts.zone)


def _zone_note(facts: Invitation) -> str:
    """The zone and the time in Vietnam, of a meeting that is held elsewhere."""
    if facts.zone == clock.HOME_ZONE:
        return ""
    home = span_text(clock.instant(facts.starts_at), clock.instant(facts.ends_at), facts.language)
    return f"{facts.zone}; {translator(facts.language)('meeting.home_time', when=home)}"


def _dates(facts: Invitation) -> list[str]:
    """Of a series, every date as it is held now."""
    moved = {one.original_start: one for one in facts.overrides}
    lasts = clock.instant(facts.ends_at) - clock.instant(facts.starts_at)
    found = []
    for key in facts.dates:
        one = moved.get(key)
        start = clock.instant(one.starts_at if one else key)
        found.append(span_text(start, clock.instant(one.ends_at) if one else start + lasts, facts.language, facts.zone))
    return found


def _render(template: str, facts: Invitation) -> str:
    return environment().get_template(template).render(
        f=facts, t=translator(facts.language), when=_when(facts), zone_note=_zone_note(facts), dates=_dates(facts),
    )  # fmt: skip
