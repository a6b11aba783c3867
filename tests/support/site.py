"""The running product on a real port, and a browser without a screen: cookies, redirects, the forms of the page it is on."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from meetings.database import Database
from meetings.settings import Settings
from web.app import build_app

from .organisation import PASSWORD

Files = dict[str, tuple[str, bytes]]  # field: file name, content


@dataclass
class Page:
    """An answer. `text` is what one reads on it, without the markup."""

    status: int
    path: str
    html: str
    headers: Any
    fields: dict[str, str] = field(default_factory=dict)  # hidden and typed values of its forms, by name
    content: bytes = b""

    @property
    def text(self) -> str:
        bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", self.html, flags=re.S)
        return " ".join(unescape(bare).split())


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "input" and said.get("name") and said.get("type") not in ("checkbox", "radio", "submit"):
            self.found.setdefault(str(said["name"]), said.get("value") or "")


class Browser:
    """One person's browser. `language` goes into Accept-Language."""

    def __init__(self, url: str, language: str = "vi") -> None:
        self.url = url
        self.page: Page | None = None
        self._headers = {"Accept-Language": language, "User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36"}
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def get(self, path: str, *, follow: bool = True, **headers: str) -> Page:
        return await self._send("GET", path, follow, headers=headers)

    async def post(self, path: str, *, follow: bool = True, files: Files | None = None, **typed: str) -> Page:
        """Sends `typed` and the hidden tokens of the present page, as a click on its button does."""
        tokens = {k: v for k, v in (self.page.fields if self.page else {}).items() if k in ("csrf", "form_token")}
        data: Any = tokens | typed
        if files:
            form = aiohttp.FormData(data, quote_fields=False)
            for name, (file_name, content) in files.items():
                form.add_field(name, content, filename=file_name)
            data = form
        return await self._send("POST", path, follow, data=data, headers={"Origin": self.url})

    async def send(self, method: str, path: str, **more: Any) -> Page:
        """Exactly this, with nothing added but cookies."""
        return await self._send(method, path, False, **more)

    async def bell(self) -> str:
        """What waits, as one reads it in the list of the bell."""
        html = json.loads((await self.send("GET", "/bell")).html)["html"]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())

    def cookie(self, name: str) -> str:
        return next((c.value for c in self._session.cookie_jar if c.key == name), "")

    async def close(self) -> None:
        await self._session.close()

    async def _send(self, method: str, path: str, follow: bool, headers: dict[str, str] | None = None, **more: Any) -> Page:
        said = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        async with self._session.request(
            method, self.url + path, allow_redirects=follow, headers=self._headers | said, **more
        ) as answer:
            content = await answer.read()
            html = content.decode(answer.charset or "utf-8", errors="replace")
            fields = _Fields()
            if answer.content_type == "text/html":
                fields.feed(html)
            where = answer.headers.get("Location", "") if not follow else ""
            found = Page(answer.status, where or answer.url.path_qs, html, answer.headers, fields.found, content)
        if answer.content_type == "text/html":
            self.page = found
        return found


@dataclass
class Site:
    url: str
    db: Database
    settings: Settings
    browsers: list[Browser] = field(default_factory=list)

    def browser(self, language: str = "vi") -> Browser:
        self.browsers.append(Browser(self.url, language))
        return self.browsers[-1]

    async def signed_in(self, username: str, password: str = PASSWORD) -> Browser:
        browser = self.browser()
        page = await sign_in(browser, username, password)
        assert page.path != "/sign-in", page.text
        return browser


@asynccontextmanager
async def running_site(db: Database, folder: Path, **settings: Any) -> AsyncIterator[Site]:
    """`build_app` on a free port, without the mail loop."""
    runner = web.AppRunner(build_app(chosen := Settings(data=folder, **settings), db, work=False), access_log=None)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    host, port = runner.addresses[0][:2]
    site = Site(f"http://{host}:{port}", db, chosen)
    try:
        yield site
    finally:
        for browser in site.browsers:
            await browser.close()
        await runner.cleanup()


async def sign_in(browser: Browser, username: str, password: str = PASSWORD, **more: str) -> Page:
    await browser.get("/sign-in")
    return await browser.post("/sign-in", username=username, password=password, **more)
