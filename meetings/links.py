"""Links without an account: `<id>.<mac>` of a participant or of a bridge site, good for one meeting. Nothing secret is stored; raising
its `link_version` makes every earlier link worthless. A participant's token is no site's, and the other way round."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Literal

Whose = Literal["link", "site", "feed"]  # a participant's, a site's, a subscribed calendar's
_TOKEN = re.compile(r"^([0-9a-f]{32})\.([A-Za-z0-9_-]{32})$")


def token_of(key: bytes, holder_id: str, link_version: int, whose: Whose = "link") -> str:
    """192 bits of HMAC-SHA256 over the kind of link, its holder and the version."""
    mac = hmac.new(key, f"{whose}:{holder_id}:{link_version}".encode(), hashlib.sha256).digest()
    return f"{holder_id}.{base64.urlsafe_b64encode(mac[:24]).decode()}"


def holder_of(token: str) -> str | None:
    """Whose link it claims to be; None when it does not look like one."""
    match = _TOKEN.match(token)
    return match.group(1) if match else None


def genuine(key: bytes, token: str, link_version: int, whose: Whose = "link") -> bool:
    holder_id = holder_of(token)
    return holder_id is not None and hmac.compare_digest(token, token_of(key, holder_id, link_version, whose))
