"""Tokens in our own mail addresses: `hop+r...@domain` receives the answers of one participant, `hop+b...@domain` the bounces of
one mail. 128 bits of HMAC each; nothing is stored. Lower case letters and digits only, because some programs change the case
of addresses and some refuse other signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["r", "b"]
_TOKEN = re.compile(r"(?<![a-z0-9])([rb])([a-z2-7]{26})([a-z2-7]{26})(?![a-z0-9])")
LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
LENGTH = 53


@dataclass(frozen=True, slots=True)
class MailToken:
    """As it stands in an address; whether it is `genuine` is another question."""

    kind: Kind
    id: str  # r: of a participant; b: of a row of the outbox
    mac: str

    def genuine(self, key: bytes, version: int = 0) -> bool:
        return hmac.compare_digest(self.mac, _mac(key, self.kind, self.id, version))


def token_of(key: bytes, kind: Kind, id: str, version: int = 0) -> str:
    """`version`: the participant's `link_version`; whatever makes old links worthless makes old addresses worthless."""
    return kind + _short(bytes.fromhex(id)) + _mac(key, kind, id, version)


def address_with(pattern: str, token: str, agency: str = "") -> str:
    """The address for `*` and `{agency}` in the setting `inbox_address`. An agency's code is cut to what fits."""
    local, _, domain = pattern.partition("@")
    room = LONGEST_LOCAL_PART - len(local.replace("*", "").replace("{agency}", "")) - LENGTH
    plain = re.sub(r"[^a-z0-9-]", "", agency.lower())[:room] or "hop"[:room]
    return f"{local.replace('{agency}', plain).replace('*', token)}@{domain}"


def base_of(pattern: str, agency: str = "") -> str:
    """The same without a token: `hop@domain`."""
    local, _, domain = pattern.partition("@")
    return f"{address_with(local + '@' + domain, '', agency).partition('@')[0].strip('+-._')}@{domain}"


def token_in(address: str) -> MailToken | None:
    found = _TOKEN.search(address.lower().rpartition("@")[0])
    if found is None:
        return None
    kind: Kind = "r" if found[1] == "r" else "b"
    return MailToken(kind, _long(found[2]), found[3])


def _mac(key: bytes, kind: str, id: str, version: int) -> str:
    return _short(hmac.new(key, f"mail:{kind}:{id}:{version}".encode(), hashlib.sha256).digest()[:16])


def _short(content: bytes) -> str:
    """16 bytes as 26 letters and digits."""
    return base64.b32encode(content).decode("ascii").rstrip("=").lower()


def _long(text: str) -> str:
    return base64.b32decode(text.upper() + "======").hex()
