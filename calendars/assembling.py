"""A mail put together from ready parts, byte by byte: the standard library's EmailMessage takes ten times as long. Only its encoding
of header words is used. Every part is base64, so no line and no boundary can be mistaken."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from email.header import Header
from email.utils import format_datetime, quote
from functools import lru_cache

from meetings import clock

Headers = Iterable[tuple[str, bytes]]
LINE = 76


def part(content_type: str, content: bytes, disposition: str = "") -> bytes:
    """A leaf. `content_type`: with its parameters, ASCII."""
    said = f"Content-Disposition: {disposition}\r\n" if disposition else ""
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n{said}\r\n"
    return head.encode("ascii") + base64.encodebytes(content).replace(b"\n", b"\r\n")


def text_part(subtype: str, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return part(f'text/{subtype}; charset="utf-8"', lines.encode())


def many(kind: str, parts: Sequence[bytes]) -> bytes:
    """multipart/<kind>. The boundary has a letter that base64 has not."""
    boundary = f"=_{kind}"
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode("ascii")
    mark = f"--{boundary}".encode("ascii")
    return head + b"".join(mark + b"\r\n" + one + b"\r\n" for one in parts) + mark + b"--\r\n"


def mail(headers: Headers, body: bytes) -> bytes:
    """`body`: a part, with its own Content-Type. Two mails of the same parts are the same."""
    head = b"".join(name.encode("ascii") + b": " + value + b"\r\n" for name, value in headers if value)
    return head + b"MIME-Version: 1.0\r\n" + body


def sent_by_us(language: str, stamp: str, message_id: str) -> Headers:
    """What every mail of ours says of itself, so that no machine answers it (RFC 3834). `stamp`: ISO 8601 UTC."""
    return (
        ("Date", format_datetime(clock.instant(stamp)).encode("ascii")), ("Message-ID", message_id.encode("ascii")),
        ("Auto-Submitted", b"auto-generated"), ("X-Auto-Response-Suppress", b"All"), ("Content-Language", language.encode("ascii")),
    )  # fmt: skip


@lru_cache(1024)
def words(name: str, text: str) -> bytes:
    """An unstructured header's value: RFC 2047 where it is not plain ASCII, folded."""
    plain = text.isascii() and "=?" not in text
    return Header(text, "us-ascii" if plain else "utf-8", LINE, name).encode(linesep="\r\n").encode("ascii")


def mailbox(header: str, name: str, address: str) -> bytes:
    """`"Name" <address>`; the address alone without a name."""
    name = " ".join(name.split())
    if not name:
        return address.encode("ascii")
    said = f'"{quote(name)}"'.encode("ascii") if name.isascii() and "=?" not in name else words(header, name)
    last = len(said.rpartition(b"\r\n")[2]) + (0 if b"\r\n" in said else len(header) + 2)
    space = b" " if last + len(address) + 3 <= LINE else b"\r\n "
    return said + space + b"<" + address.encode("ascii") + b">"
