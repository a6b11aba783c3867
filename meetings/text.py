"""Text as it enters: NFC, trimmed, without control characters. The annotated types are what commands are declared with,
so that every edge (form, socket, import, mail) refuses the same things with the same codes.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

_LETTERS = {letter: rank for rank, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"": 0, "\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SHAPES = {"\u0306", "\u0302", "\u031b"}


def clean(text: str) -> str:
    """NFC, without control or direction-override characters (line breaks and tabs stay), trimmed."""
    kept = (c for c in unicodedata.normalize("NFC", text) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return "".join(kept).strip()


def _one_line(text: str) -> str:
    if any(c in text for c in "\r\n\u2028\u2029"):
        raise PydanticCustomError("line_break", "one line only")
    return clean(text)


def _filled(text: str) -> str:
    if not text:
        raise PydanticCustomError("required", "required")
    return text


def _many_lines(text: str) -> str:
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))


def _bare_address_or_none(text: str) -> str:
    return _bare_address(text) if text else text


def _bare_address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    ascii_only = all(33 <= ord(c) < 127 and c not in '<>()[],;:\\"' for c in text)
    if not (local and "." in domain and ascii_only and not domain.startswith(".") and not domain.endswith(".")):
        raise PydanticCustomError("email", "not an e-mail address")
    return text.lower()


Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
OptionalLine = Annotated[str, StringConstraints(max_length=300), AfterValidator(_one_line)]
Line = Annotated[OptionalLine, AfterValidator(_filled)]
OptionalParagraph = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_many_lines)]
Paragraph = Annotated[OptionalParagraph, AfterValidator(_filled)]
Email = Annotated[str, StringConstraints(max_length=254, strip_whitespace=True), AfterValidator(_bare_address)]
OptionalEmail = Annotated[str, StringConstraints(max_length=254, strip_whitespace=True), AfterValidator(_bare_address_or_none)]


def fold(text: str) -> str:
    """For search: lower case, without marks, đ as d."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def sort_key(text: str) -> str:
    """A key that sorts like CLDR `vi`: letters first (ă, â after a; đ after d ...), then tones. Digits only, so that it
    sorts the same under every database's collation."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", char.lower())
        shaped = unicodedata.normalize("NFC", "".join(c for c in parts if c in _SHAPES or not unicodedata.combining(c)))
        letters.append(_rank(shaped))
        tones.append(str(next((_TONES[c] for c in parts if c in _TONES), 0)))
    return "".join(letters) + "00" + "".join(tones)


def _rank(char: str) -> str:
    """Two digits: spaces, digits, signs, then the Vietnamese alphabet, then everything else."""
    if char in _LETTERS:
        return str(30 + _LETTERS[char])
    if char.isspace():
        return "01"
    return str(10 + int(char)) if char.isdecimal() else "20" if char.isascii() else "99"


def name_sort_key(name: str) -> str:
    """People are sorted by given name (the last word), then by the rest."""
    *family, given = name.split() or [""]
    return f"{sort_key(given)}00{sort_key(' '.join(family))}"[:300]
