"""The parts of a mail, read with hard limits: whatever is sent, reading costs a fraction of a second. The standard library's
parser has none (deep nesting, a hundred thousand parts), so only its tools for single headers are used here."""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from meetings.text import clean

LARGEST = 1 << 20  # of a mail; what comes after is not read
DEEPEST, MOST_PARTS, MOST_HEADERS = 8, 40, 200
LONGEST_HEADER, LARGEST_HEAD = 2000, 1 << 16
_CHARSET = re.compile(r"utf-?(8|16(le|be)?)|(us-?)?ascii|iso-?8859-?\d+|(windows-|cp)?125\d|koi8-[ru]|gb(2312|k|18030)|big5|"
                      r"shift_jis|euc-(jp|kr)|iso-2022-jp|tcvn|viscii", re.I)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """`headers`: names in lower case, values unfolded and cut. `body`: as it stands, not yet decoded."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def first(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    @property
    def kind(self) -> str:
        """`text/calendar`."""
        return self._typed().get_content_type().lower()

    def parameter(self, name: str) -> str:
        """Of Content-Type."""
        found = self._typed().get_param(name, "")
        return (found[2] if isinstance(found, tuple) else str(found or "")).strip()

    def _typed(self) -> Message:
        typed = Message()
        typed["Content-Type"] = self.first("content-type").encode("ascii", "replace").decode() or "text/plain"
        return typed

    def content(self) -> bytes:
        coding = self.first("content-transfer-encoding").strip().lower()
        if coding == "quoted-printable":
            return quopri.decodestring(self.body)
        if coding == "base64":
            kept = re.sub(rb"[^A-Za-z0-9+/]", b"", self.body)
            try:
                return binascii.a2b_base64(kept[: len(kept) // 4 * 4] + _tail(kept))
            except binascii.Error:
                return b""
        return self.body

    def text(self) -> str:
        """Decoded by the charset that it names, or by one that fits."""
        content = self.content()
        named = self.parameter("charset")
        for charset in (named if _CHARSET.fullmatch(named) else "", "utf-8"):
            try:
                return codecs.decode(content, charset) if charset else content.decode("ascii")
            except (UnicodeError, LookupError):
                continue
        return content.decode("latin-1")


def _tail(base64: bytes) -> bytes:
    """The last, unpadded group."""
    rest = base64[len(base64) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def parts_of(raw: bytes) -> list[Part]:
    """The mail itself first, then its leaves in order. Parts that are mails themselves are not opened."""
    whole = _part(raw[:LARGEST])
    return [whole, *_leaves(whole, DEEPEST, [MOST_PARTS])]


def _leaves(part: Part, depth: int, left: list[int]) -> Iterator[Part]:
    if not part.kind.startswith("multipart/"):
        yield part
        return
    boundary = part.parameter("boundary").encode()
    if not boundary or depth == 0:
        return
    pieces = re.split(rb"(?:^|\r?\n)--" + re.escape(boundary), b"\n" + part.body, maxsplit=left[0] + 1)
    for piece in pieces[1:]:
        if piece.startswith(b"--") or left[0] == 0:
            return
        left[0] -= 1
        yield from _leaves(_part(piece.partition(b"\n")[2]), depth - 1, left)


def _part(raw: bytes) -> Part:
    head_ends = re.search(rb"\r?\n\r?\n|\A\r?\n", raw[:LARGEST_HEAD])
    head = raw[: head_ends.start()] if head_ends else raw[:LARGEST_HEAD]
    return Part(_headers(head), raw[head_ends.end() :] if head_ends else b"")


def _headers(head: bytes) -> tuple[tuple[str, str], ...]:
    text = re.sub(r"\r?\n(?=[ \t])", "", head.decode("utf-8", "replace"))
    found = []
    for line in text.splitlines()[:MOST_HEADERS]:
        name, colon, value = line.partition(":")
        if colon and name.strip():
            found.append((name.strip().lower(), value.strip()[:LONGEST_HEADER]))
    return tuple(found)


def words(header: str) -> str:
    """A header's text, encoded words (RFC 2047) decoded."""
    try:
        pieces = decode_header(header)
    except (HeaderParseError, ValueError):
        return header
    said = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            said.append(piece)
        else:
            said.append(_decoded(piece, charset or ""))
    return " ".join("".join(said).split())


def _decoded(piece: bytes, charset: str) -> str:
    try:
        return piece.decode(charset if _CHARSET.fullmatch(charset) else "utf-8")
    except (UnicodeError, LookupError):
        return piece.decode("latin-1")


def addresses(header: str) -> list[tuple[str, str]]:
    """(name, address in lower case) of every mailbox that the header names; the name still encoded."""
    return [(name, clean(address).lower()) for name, address in getaddresses([header]) if "@" in address][:20]
