"""Who opens a personal link far away reads the time on his own clock too, with its summer time; at home nothing is said twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.async_api import async_playwright, expect

from meetings import links
from meetings.database import Database
from meetings.models.meeting import participants
from tests.support.requirements import need
from tests.support.scheduled import open_office
from tests.support.site import running_site

from .conftest import FLAGS

pytestmark = pytest.mark.browser


async def test_a_guest_abroad_sees_both_times(db: Database, tmp_path: Path) -> None:
    need("Chromium", shutil.which("chromium") is not None)
    office = await open_office(db)
    await office.send(await office.draft(date="2031-07-15", start="15:00", end="16:30"))
    async with db.reading() as r:
        guest = await r.value(sa.select(participants.c.id).where(participants.c.duty == "guest"))
    async with running_site(db, tmp_path) as site, async_playwright() as machine:
        chromium = await machine.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        address = f"{site.url}/j/{links.token_of(site.settings.signing_key(), guest, 1)}"
        for zone, said in (("Europe/Berlin", "10:00"), ("Asia/Bangkok", "")):
            page = await (await chromium.new_context(timezone_id=zone, locale="vi")).new_page()
            await page.goto(address, wait_until="networkidle")
            await expect(page.get_by_text("15:00–16:30")).to_be_visible()
            own = page.locator("[data-own-time]")
            await (expect(own).to_contain_text(said) if said else expect(own).to_be_hidden())
        await chromium.close()
