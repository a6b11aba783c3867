"""Personal links: `<participant id>.<mac>`, good for one meeting and one person. Nothing secret is stored; raising the
participant's `link_version` makes every earlier link worthless."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

_TOKEN = re.compile(r"^([0-9a-f]{32})\.([A-Za-z0-9_-]{32})$")


def token_of(key: bytes, participant_id: str, link_version: int) -> str:
    """192 bits of HMAC-SHA256 over the participant and the version."""
    mac = hmac.new(key, f"link:{participant_id}:{link_version}".encode(), hashlib.sha256).digest()
    return f"{participant_id}.{base64.urlsafe_b64encode(mac[:24]).decode()}"


def participant_of(token: str) -> str | None:
    """Whose link it claims to be; None when it does not look like one."""
    match = _TOKEN.match(token)
    return match.group(1) if match else None


def genuine(key: bytes, token: str, link_version: int) -> bool:
    participant_id = participant_of(token)
    return participant_id is not None and hmac.compare_digest(token, token_of(key, participant_id, link_version))
