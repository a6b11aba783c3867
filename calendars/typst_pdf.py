"""PDF by Typst, from a template of ours and what is said as data: never as source. The same data give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

_HERE = Path(__file__).parent


def pdf(template: str, said: Mapping[str, Any], issued: datetime) -> bytes:
    """PDF/A-2b. `template`: a file in `templates/`. `issued`: the date that the file bears."""
    drawn = typst.compile(
        _source(template), font_paths=_fonts(), sys_inputs={"data": json.dumps(said)}, format="pdf", pdf_standards="a-2b",
        timestamp=int(issued.timestamp()),
    )  # fmt: skip
    return bytes(drawn)


@cache
def _source(template: str) -> bytes:
    return (_HERE / "templates" / template).read_bytes()


@cache
def _fonts() -> Any:
    """Ours alone, so that the same document comes out on every machine."""
    return typst.Fonts(font_paths=[_HERE / "fonts"], include_system_fonts=False)
