"""DKIM (RFC 6376): our domain signs the mails that leave, relaxed/relaxed, rsa-sha256. `cryptography` makes the signature, as the
usual library computes it in Python alone, too slowly for thousands; that library verifies ours in the tests."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from meetings.settings import PREFIX, Settings

# From must be signed; the others are those that a forger would like to change. Each is signed once more than it occurs when it
# must not be added afterwards.
SIGNED = ("from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted")
OVERSIGNED = ("from", "subject")
SMALLEST = 1024  # bits, RFC 8301


@dataclass(frozen=True, slots=True)
class Signer:
    domain: str
    selector: str
    key: RSAPrivateKey

    @classmethod
    def of(cls, settings: Settings) -> Signer | None:
        """None without a key. Raises ValueError that names the setting, or OSError, when the file is none of an RSA key."""
        if not settings.dkim_key:
            return None
        wrong = f"{PREFIX}DKIM_KEY must be the file of an RSA key (PEM, without a password) of {SMALLEST} bits or more"
        try:
            key = load_pem_private_key(Path(settings.dkim_key).read_bytes(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise ValueError(wrong) from error
        if not isinstance(key, RSAPrivateKey) or key.key_size < SMALLEST:
            raise ValueError(wrong)
        return cls(settings.dkim_domain or settings.mail_domain, settings.dkim_selector, key)

    def signed(self, mail: bytes) -> bytes:
        """The mail with its DKIM-Signature in front. Mails end their lines with CRLF."""
        head, _, body = mail.partition(b"\r\n\r\n")
        headers = _headers(head)
        names = [name for name in SIGNED if name in headers]
        listed = ":".join([*names, *OVERSIGNED])
        digest = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode("ascii")
        tags = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector};\r\n h={listed};\r\n bh={digest};\r\n b="
        covered = b"".join(relaxed_header(name, headers[name]) + b"\r\n" for name in names)
        covered += relaxed_header("dkim-signature", tags.encode("ascii"))
        signature = base64.b64encode(self.key.sign(covered, PKCS1v15(), SHA256())).decode("ascii")
        folded = "\r\n ".join(signature[start : start + 72] for start in range(0, len(signature), 72))
        return f"DKIM-Signature: {tags}{folded}\r\n".encode("ascii") + mail


def _headers(head: bytes) -> dict[str, bytes]:
    """Our own mails have each header once."""
    lines = re.split(rb"\r\n(?![ \t])", head)
    pairs = (line.partition(b":") for line in lines)
    return {name.decode("ascii").lower(): value for name, _, value in pairs}


def relaxed_header(name: str, value: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    return name.lower().encode("ascii") + b":" + re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip()


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    lines = re.sub(rb"[ \t]+", b" ", body).replace(b" \r\n", b"\r\n").rstrip(b" ")
    while lines.endswith(b"\r\n"):
        lines = lines[:-2]
    return lines + b"\r\n" if lines else b""
