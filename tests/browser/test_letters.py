"""An answer by mail under everybody's eyes: in the room at once, and with the secretary, who decides about another time."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from .conftest import PHONE, People
from .test_pages import judged_here

pytestmark = pytest.mark.browser


async def open_mail(page: Page, url: str, title: str, to: str) -> None:
    await page.goto(f"{url}/outbox")
    await page.locator("main li", has_text=title).filter(has_text=to).locator("a").first.click()
    await page.wait_for_selector("iframe.mail")


async def test_an_answer_by_mail_is_seen_in_the_room_and_a_proposed_time_in_the_preview(people: People) -> None:
    url, title = people.server.url, "bệnh án điện tử"
    secretary = await people.page("thuky", bypass_csp=True)
    await open_mail(secretary, url, title, "Trang")
    meeting = str(await secretary.locator("main a[href^='/meetings/']").first.get_attribute("href"))
    room = await people.page("thuky")
    await room.goto(f"{url}{meeting}/room")
    person = room.locator("#people li", has_text="Dương Thanh Trang")
    await room.locator("#people summary", has_text="Sở Y tế").click()
    await expect(person).to_contain_text("Chờ trả lời")
    await secretary.fill("#comment", "Tôi đến muộn 10 phút")
    await secretary.get_by_role("button", name="Chưa chắc").click()
    await expect(person).to_contain_text("Chưa chắc qua thư")
    await open_mail(secretary, url, title, "Trang")
    await secretary.get_by_role("button", name="Đề nghị muộn một giờ").click()
    await secretary.get_by_role("link", name="Trang cuộc họp").click()
    await secretary.set_viewport_size(PHONE)
    assert not await judged_here(secretary, "a meeting with a letter")
    await secretary.goto(f"{url}/letters")
    assert not await judged_here(secretary, "letters")
    await secretary.get_by_role("button", name="Đổi theo giờ này").click()
    await secretary.wait_for_url("**/preview")
    await expect(secretary.locator("main")).to_contain_text("15:00–17:00")
