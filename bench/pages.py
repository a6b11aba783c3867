"""Pages of somebody signed in, with 50,000 meetings and 5,000 people in the database and 50 browsers that ask without pause."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import aiohttp
from aiohttp import web

from meetings.settings import Settings
from web.app import build_app
from web.middleware import COOKIE

from .city import MEETINGS, busy_city
from .figures import Figure
from .servers import database, listening

BROWSERS, SECONDS = 50, 4


async def one(url: str, cookie: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url, headers={"Cookie": cookie}) as got:
        return await got.read()


async def asked(port: int, cookie: str, path: str, browsers: int) -> tuple[float, float, float]:
    """(requests a second, p50 ms, p95 ms)"""
    arguments = ["-m", "bench.http_load", str(port), cookie, path, str(browsers), str(SECONDS)]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=subprocess.PIPE)
    rate, p50, p95 = (await process.communicate())[0].split()
    return float(rate), float(p50), float(p95)


async def bare_rate(page: bytes) -> float:
    """aiohttp answering these ready bytes."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=page, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", answer)
    async with listening(app) as port:
        return (await asked(port, "a=b", "/", BROWSERS))[0]


async def run() -> list[Figure]:
    figures: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        async with database(kind) as db:
            city = await busy_city(db)
            cookie = f"{COOKIE}={city.cookie}"
            with tempfile.TemporaryDirectory() as folder:
                async with listening(build_app(Settings(data=Path(folder)), db, work=False)) as port:
                    pages = {
                        "home": "/", "meetings": "/meetings", "meeting": f"/meetings/{city.meeting}",
                        "schedule form": f"/meetings/{city.meeting}/edit",
                        "past meetings": "/meetings?when=past", "tasks": "/tasks",
                    }  # fmt: skip
                    for name, path in pages.items():
                        page = await one(f"http://127.0.0.1:{port}{path}", cookie)
                        _, _, alone = await asked(port, cookie, path, 1)
                        rate, _, p95 = await asked(port, cookie, path, BROWSERS)
                        bare, label = await bare_rate(page), f"pages, {kind}: {name}"
                        against = f"{BROWSERS} at once, {MEETINGS:,} meetings, {len(page) >> 10} KiB"
                        figures += [
                            Figure(f"{label}, p95", p95, "ms", against, 60, less=True),
                            Figure(f"{label}, p95, one browser", alone, "ms", "the same, one at a time"),
                            Figure(label, rate, "requests/s", f"aiohttp with ready bytes, {bare:,.0f}/s"),
                        ]
    return figures
