"""Addresses and passwords of calendars kept elsewhere, sealed by the installation's key (AES-256-GCM): who has the database alone
cannot read them, and one row's are worthless in another."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass(frozen=True, slots=True)
class Access:
    url: str = field(repr=False)  # may itself be a secret
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def sealed(key: bytes, row_id: str, access: Access) -> str:
    nonce = secrets.token_bytes(12)
    content = json.dumps(asdict(access)).encode()
    return base64.b64encode(nonce + _cipher(key).encrypt(nonce, content, row_id.encode())).decode("ascii")


def opened(key: bytes, row_id: str, text: str) -> Access:
    """Raises ValueError when it was sealed by another key or for another row."""
    content = base64.b64decode(text)
    try:
        return Access(**json.loads(_cipher(key).decrypt(content[:12], content[12:], row_id.encode())))
    except InvalidTag:
        raise ValueError("sealed by another key") from None


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hmac.new(key, b"outside calendars", hashlib.sha256).digest())
