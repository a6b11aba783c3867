"""Codes become text here. A catalogue is `locale/<language>/<topic>.toml`; the key `room.give_floor` is the entry
`give_floor` of `room.toml`. An entry is a sentence with `{name}` placeholders, or a table with plural forms (`one`,
`other`) chosen by the parameter `n`. Vietnamese is first and has no plural forms; English is second and complete.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal, format_percent

from .clock import HOME_ZONE, local

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
_ROOT = Path(__file__).parent / "locale"

Entry = str | Mapping[str, str]


class Translate:
    """`t(key, **params)` for one language. A missing key raises KeyError: the tests ask for every key there is."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else DEFAULT_LANGUAGE
        self._entries = catalogue(self.language)
        self._plural = Locale(self.language).plural_form

    def __call__(self, key: str, **params: Any) -> str:
        entry = self._entries[key]
        if not isinstance(entry, str):
            entry = entry.get(self._plural(params["n"])) or entry["other"]
        return entry.format(**params) if params else entry


@cache
def catalogue(language: str) -> Mapping[str, Entry]:
    """Every entry of `language`, keyed `topic.entry`."""
    entries: dict[str, Entry] = {}
    for file in sorted((_ROOT / language).glob("*.toml")):
        with file.open("rb") as stream:
            for key, value in tomllib.load(stream).items():
                entries[f"{file.stem}.{key}"] = value
    return entries


@cache
def translator(language: str) -> Translate:
    return Translate(language)


def refusal_text(code: str, params: Mapping[str, object], t: Translate) -> str:
    """The sentence for a refusal's code, from whichever `refusal_...` catalogue has it."""
    return t(refusal_keys()[code], **worded(params, t.language))


def worded(params: Mapping[str, object], language: str, zone: str = HOME_ZONE) -> dict[str, object]:
    """Parameters as a sentence of `language` writes them: spans (start, end), instants and days in words, whatever else as it is."""
    return {name: _word(value, language, zone) for name, value in params.items()}


def _word(value: object, language: str, zone: str) -> object:
    if isinstance(value, tuple):
        return span_text(value[0], value[1], language, zone)
    if isinstance(value, datetime):
        return when_text(value, language, zone)
    return date_text(value, language) if isinstance(value, date) else value


@cache
def refusal_keys() -> Mapping[str, str]:
    """Catalogue key by refusal code. A code stands in one catalogue only."""
    return {key.partition(".")[2]: key for key in catalogue(DEFAULT_LANGUAGE) if key.startswith("refusal_")}


def choose(accept_language: str) -> str:
    """The best of our languages for an Accept-Language header; Vietnamese unless English clearly comes first."""
    for part in accept_language.split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return DEFAULT_LANGUAGE


def time_text(instant: datetime, zone: str = HOME_ZONE) -> str:
    """`14:00`."""
    return f"{local(instant, zone):%H:%M}"


def date_text(day: date, language: str) -> str:
    """`thứ Hai, 23/11/2026` / `Monday, 23 November 2026`."""
    if language == "vi":
        names = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
        return f"{names[day.weekday()]}, {day:%d/%m/%Y}"
    return babel_date(day, "EEEE, d MMMM y", locale="en")


def when_text(instant: datetime, language: str, zone: str = HOME_ZONE) -> str:
    """`14:00 thứ Hai, 23/11/2026`."""
    return f"{time_text(instant, zone)} {date_text(local(instant, zone).date(), language)}"


def span_text(start: datetime, end: datetime, language: str, zone: str = HOME_ZONE) -> str:
    """`14:00–16:30, thứ Hai, 23/11/2026`; both dates are named when they differ."""
    if local(start, zone).date() == local(end, zone).date():
        return f"{time_text(start, zone)}–{time_text(end, zone)}, {date_text(local(start, zone).date(), language)}"
    return f"{when_text(start, language, zone)} – {when_text(end, language, zone)}"


def official_date(day: date) -> str:
    """`ngày 05 tháng 02 năm 2026`: Decree 30/2020 writes a leading zero for days under 10 and for January and February."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def number_text(value: float, language: str) -> str:
    return format_decimal(value, locale=language)


def percent_text(share: float, language: str) -> str:
    """`70,4%` / `70.4%`."""
    return format_percent(share, format="#,##0.#%", locale=language)
