"""Drawing a room's plan by keyboard and mouse; placing people on it; the door; and none of it has a finding."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import PHONE, People
from .rooms import enter, same_as_fresh
from .test_minutes import running_meeting
from .test_pages import judged, judged_here

pytestmark = pytest.mark.browser


async def test_an_administrator_draws_a_room(people: People) -> None:
    admin = await people.page("admin", bypass_csp=True)
    await admin.goto(f"{people.server.url}/admin/rooms")
    await admin.get_by_role("link", name="Phòng họp 3").click()
    await admin.get_by_role("link", name="Vẽ sơ đồ phòng").click()
    await admin.select_option("#shape", "round")
    await admin.fill("#seats", "12")
    await admin.click("button[value=shape]")
    await expect(admin.locator(".notice.warn")).to_contain_text("chưa được lưu")
    await expect(admin.locator("#plan-count")).to_have_text("12 chỗ")
    # A head seat becomes a plain one by the mouse; a seat is added by the keyboard, with a label of its own.
    await admin.locator(".put-head").first.click()
    await admin.get_by_role("radio", name="Ghế", exact=True).check()
    corner = admin.locator("[data-x='0'][data-y='0']")
    await corner.focus()
    await admin.keyboard.press("Space")
    await admin.fill("#plan-label", "GÓC")
    await admin.get_by_role("button", name="Lưu sơ đồ").click()
    await expect(admin.locator("[data-x='0'][data-y='0']")).to_have_text("GÓC")
    assert not await judged_here(admin, "plan")
    await admin.set_viewport_size(PHONE)
    assert not await judged_here(admin, "plan on a phone")


async def test_the_secretary_places_people_and_everybody_sees_where(people: People) -> None:
    secretary = await people.page("thuky", bypass_csp=True)
    phone = await people.page("vyda", size=PHONE, bypass_csp=True)
    meeting = await running_meeting(secretary)
    for page in (secretary, phone):
        await enter(page, people.server.url + meeting)
    await phone.click("[data-part=people]")
    await phone.click("#open-seating")
    await secretary.click("#open-seating")
    await secretary.locator(".person-pick", has_text="Hoàng Khánh Nga").click()
    await secretary.locator("[data-key=seat-H2]").click()
    await expect(secretary.locator("[data-key=seat-H2]")).to_contain_text("Nga")
    await expect(phone.locator("#seating-own")).to_have_text("Chỗ của Ông/Bà: H2")
    # Dragged onto another's seat, the two change places.
    await secretary.locator("[data-key=seat-H2]").hover()
    await secretary.mouse.down()
    for _ in range(2):  # a browser says that something is dragged over only after a second move
        await secretary.locator("[data-key=seat-B1]").hover()
    await secretary.mouse.up()
    await expect(phone.locator("#seating-own")).to_have_text("Chỗ của Ông/Bà: B1")
    await expect(secretary.locator("[data-key=seat-H2]")).to_contain_text("Trang")
    for page in (secretary, phone):
        await same_as_fresh(page)
        assert not await judged_here(page, "seating")
    await secretary.keyboard.press("Escape")
    await secretary.click("#open-roll")
    assert not await judged_here(secretary, "roll call")
    path = meeting.removesuffix("/room")
    assert not await judged(secretary, people.server.url, f"{path}/seating")
    assert not await judged(secretary, people.server.url, f"{path}/door")
    await expect(secretary.locator("#code")).to_have_js_property("complete", True)
    assert await secretary.locator("#code").evaluate("(image) => image.naturalWidth > 0")
