"""JSON for Socket.IO that can carry parts encoded before: what many receive is encoded once, and not even copied."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import Any

from meetings.json_text import sent


@dataclass(frozen=True, slots=True)
class Ready:
    """A value that is JSON already, as UTF-8 in parts."""

    parts: tuple[bytes, ...]


def encode(value: Any) -> bytes:
    return sent(value).encode()


def parts(value: Any) -> list[bytes]:
    """Compact JSON in parts; those of each Ready value are put in as they are. Raises TypeError for what is no JSON."""
    with contextlib.suppress(TypeError):  # mostly there is none, and the encoder that knows nothing of them is made already
        return [encode(value)]
    ready: list[Ready] = []

    def mark(part: Any) -> str:
        if not isinstance(part, Ready):
            raise TypeError(f"{type(part).__name__} is not JSON")
        ready.append(part)
        return f"\x00ready{len(ready) - 1}\x00"

    rest, found = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=mark), []
    for number, part in enumerate(ready):
        before, _, rest = rest.partition(f'"\\u0000ready{number}\\u0000"')
        found += [before.encode(), *part.parts]
    return [*found, rest.encode()]


def dumps(value: Any, **_: Any) -> str:
    return b"".join(parts(value)).decode()


loads = json.loads
