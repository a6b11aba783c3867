"""The search among 50,000 meetings and 5,000 people: rare and common words, a name, half a word; on the page, 50 browsers at once."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from meetings.database import Database
from meetings.queries.search import search
from meetings.settings import Settings
from web.app import build_app
from web.middleware import COOKIE

from .city import MEETINGS, BusyCity, busy_city
from .figures import Figure, quantile
from .pages import BROWSERS, asked
from .servers import database, listening

TYPED = ("họp", "dau tu cong", "bệnh án điện tử Bạch Mã", "Nguyễn Văn An", "th", "giải phóng mặt bằng quý IV", "không có gì như thế")
TIMES = 20


async def run() -> list[Figure]:
    figures: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        async with database(kind) as db:
            began = time.perf_counter()
            city = await busy_city(db)
            built = time.perf_counter() - began
            took = await _took(db, city)
            label, slowest = f"search, {kind}", max(took, key=took.__getitem__)
            figures += [
                Figure(f"{label}: {slowest}, p95", took[slowest] * 1000, "ms", "the slowest of seven", 100, less=True),
                Figure(f"{label}: {TYPED[1]}, p95", took[TYPED[1]] * 1000, "ms", f"{MEETINGS:,} meetings", 100, less=True),
                Figure(f"{label}: the data", built, "s", "made anew for each run"),
            ]
            with tempfile.TemporaryDirectory() as folder:
                async with listening(build_app(Settings(data=Path(folder)), db, work=False)) as port:
                    path = f"/search?q={quote(TYPED[1])}"
                    for browsers, goal in ((1, None), (BROWSERS, 60)):
                        rate, _, p95 = await asked(port, f"{COOKIE}={city.cookie}", path, browsers)
                        figures.append(Figure(f"{label}: page, {browsers} at once, p95", p95, "ms", f"{rate:,.0f}/s", goal, less=True))
    return figures


async def _took(db: Database, city: BusyCity) -> dict[str, float]:
    """Seconds, p95, by what was typed."""
    found = {}
    for text in TYPED:
        times = []
        for _ in range(TIMES):
            began = time.perf_counter()
            async with db.reading() as reading:
                await search(reading, city.secretary, text)
            times.append(time.perf_counter() - began)
        found[text] = quantile(sorted(times), 0.95)
    return found
