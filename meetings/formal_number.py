"""Number and symbol of a formal invitation (giấy mời), as Decree 30/2020/NĐ-CP writes them: `05/GM-VPUB`."""

from __future__ import annotations

import re
import unicodedata

_FORM = re.compile(r"(?:số\s*:?\s*)?(\d{1,6})\s*/\s*(GM(?:\s*[-–]\s*[\w&.]+)+)", re.I)


def formal_number(typed: str) -> str:
    """`Số: 5 / gm-vpub` as `05/GM-VPUB`: a number under ten has a zero before it. Raises ValueError for what is no such number."""
    found = _FORM.fullmatch(unicodedata.normalize("NFC", typed).strip())
    if found is None:
        raise ValueError(typed)
    symbol = re.sub(r"\s*[-–]\s*", "-", found[2]).upper()
    return f"{found[1].zfill(2)}/{symbol}"
