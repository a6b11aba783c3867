"""Finding a time under a secretary's hands: by keys and by touch, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from .conftest import PHONE, People
from .test_schedule import new_draft, saved

pytestmark = pytest.mark.browser


async def test_a_time_is_looked_at_with_keys_and_a_proposal_taken_with_one_click(people: People) -> None:
    page = await new_draft(people)
    await page.fill("#title", "Họp chọn giờ")
    await page.get_by_role("button", name="Tất cả sở, ban, ngành", exact=True).click()
    await expect(page.locator("#free .notice-title")).to_contain_text(re.compile(r"\d+/\d\d người rảnh"))  # all are drawn
    mark = page.get_by_role("slider")
    await mark.focus()
    was = await mark.get_attribute("aria-valuenow")
    await page.keyboard.press("ArrowRight")
    await expect(mark).not_to_have_attribute("aria-valuenow", was or "")
    await expect(page.locator("#marked p")).to_contain_text(re.compile(r"^08:30–10:30"))
    await page.keyboard.press("Enter")
    await expect(page.locator("#start")).to_have_value("08:30")
    await saved(page)
    await page.get_by_role("button", name="Tìm giờ chung").click()
    proposal = page.locator(".proposals [data-takes]").nth(1)
    wanted = await proposal.get_attribute("data-start")
    await proposal.click()
    await expect(page.locator("#start")).to_have_value(wanted or "")
    await saved(page)
    await page.reload()
    await expect(page.locator("#start")).to_have_value(wanted or "")
    await expect(page.locator("#title")).to_have_value("Họp chọn giờ")


async def test_on_a_phone_one_day_is_drawn_and_a_tap_looks_at_a_time(people: People) -> None:
    page = await new_draft(people, size=PHONE)
    await expect(page.locator(".day-names span")).to_have_count(1)
    box = await page.locator(".time-mark svg").bounding_box()
    assert box is not None
    await page.locator(".time-mark").click(position={"x": box["width"] * 0.7, "y": box["height"] / 2})
    await expect(page.locator("#marked p")).to_contain_text(re.compile(r"^14:[03]0–16:[03]0"))
    await page.get_by_role("button", name="Muộn hơn 30 phút").click()
    await page.locator("#marked").get_by_role("button", name="Chọn giờ này").click()
    await expect(page.locator("#start")).to_have_value(re.compile("15:00|14:30"))
    await page.get_by_role("button", name="Sau đó").click()
    await expect(page.locator(".day-names span")).to_have_count(1)
