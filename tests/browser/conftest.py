"""A real server with the demo city, and real browsers. Chromium is Debian's; without it these tests are skipped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from tests.support.databases import drop_database, fresh_database_url
from tests.support.ports import free_port
from tests.support.requirements import need
from web.demo.people import PASSWORD

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass
class Server:
    """The product as its own process, which tests may kill."""

    data: Path
    database: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        settings = {"DIEMCAU_DATA": str(self.data), "DIEMCAU_DATABASE": self.database, "DIEMCAU_PORT": str(self.port)}
        environment = {**os.environ, **settings, "DIEMCAU_BASE_URL": self.url, "DIEMCAU_LOG_LEVEL": "warning"}
        with (self.data / "server.log").open("ab") as log:
            command = [sys.executable, "-m", "web", "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        async with aiohttp.ClientSession() as session:
            for _ in range(200):
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/health") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.1)
        raise AssertionError((self.data / "server.log").read_text(encoding="utf-8"))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None


# For tests that walk on both databases; the others walk on SQLite.
on_both_databases = pytest.mark.parametrize("server", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)


def load_demo(data: Path, database: str = "") -> None:
    """By the command that users type."""
    environment = {**os.environ, "DIEMCAU_DATA": str(data), "DIEMCAU_DATABASE": database}
    subprocess.run([sys.executable, "-m", "web", "demo", "--load-only"], cwd=ROOT, env=environment, check=True, capture_output=True)


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo city in SQLite, loaded once."""
    need("Chromium", shutil.which("chromium") is not None)
    data = tmp_path_factory.mktemp("demo")
    load_demo(data)
    return data


@pytest.fixture
async def server(request: pytest.FixtureRequest, demo_data: Path, tmp_path: Path) -> AsyncIterator[Server]:
    running = Server(tmp_path / "data")
    if getattr(request, "param", "sqlite") == "postgresql":
        running.data.mkdir()
        running.database = await fresh_database_url("postgresql", tmp_path)
        await asyncio.to_thread(load_demo, running.data, running.database)
    else:
        shutil.copytree(demo_data, running.data)
    yield running
    running.stop()
    await drop_database(running.database)


class People:
    """Browsers of several people at one server. What a browser complains of in its console fails the test at the end."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self._browser, self.server = browser, server
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    async def page(self, username: str = "", size: ViewportSize | None = None, language: str = "vi-VN", **more: Any) -> Page:
        context = await self._browser.new_context(viewport=size or DESKTOP, locale=language, **more)
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{username}: {error}"))
        page.on("console", lambda message: self._said(username, message.type, message.text))
        if username:
            await page.goto(f"{self.server.url}/sign-in")
            await page.fill("#username", username)
            await page.fill("#password", PASSWORD)
            await page.click("main form button.primary")
            await page.wait_for_url(f"{self.server.url}/")
        return page

    def _said(self, who: str, kind: str, text: str) -> None:
        # A cut connection is something that these tests make themselves.
        if kind == "error" and not any(word in text for word in ("ERR_", "WebSocket", "status of 4")):
            self.complaints.append(f"{who}: {text}")


@pytest.fixture
async def people(server: Server) -> AsyncIterator[People]:
    await server.start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        them = People(browser, server)
        yield them
        await browser.close()
    assert not them.complaints, "\n".join(them.complaints)
