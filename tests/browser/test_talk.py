"""Announcements, breaks and messages on several screens; the shared screen through a restart and a sign-out."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import PHONE, People
from .rooms import enter, same_as_fresh
from .test_minutes import running_meeting

pytestmark = pytest.mark.browser


async def test_announcements_breaks_and_messages_reach_whom_they_are_for(people: People) -> None:
    secretary, member, other = await people.page("thuky"), await people.page("sotaichinh"), await people.page("vyda", size=PHONE)
    room = people.server.url + await running_meeting(secretary)
    for page in (secretary, member, other):
        await enter(page, room)
    screen = await people.page("chutri")
    await screen.goto(room.replace("/room", "/projector"))

    await secretary.click("#more summary")
    await secretary.click("#open-announcements")
    await secretary.fill("#announce-text", "Mời ký <b>danh sách</b>")
    await secretary.click("#announce-form button")
    for page in (secretary, member, other):
        await expect(page.locator("#announcements")).to_contain_text("Mời ký <b>danh sách</b>")
    await expect(screen.locator("#announced")).to_contain_text("Mời ký <b>danh sách</b>")
    await member.locator("[data-key=announcements-read]").click()
    await expect(member.locator("#announcements")).to_be_hidden()
    await secretary.locator("[data-key=withdraw-top]").click()
    await secretary.click("#confirm-yes")
    await expect(other.locator("#announcements")).to_be_hidden()
    await expect(screen.locator("#announced")).to_be_hidden()

    await secretary.click("#more summary")
    await secretary.click("#open-announcements")
    await secretary.get_by_role("button", name="Cho giải lao").click()
    await expect(member.locator("#break")).to_contain_text("còn 15 phút")
    await expect(screen.locator("#title")).to_have_text("Giải lao đến")
    await secretary.locator("[data-key=end-break]").click()
    await expect(member.locator("#break")).to_be_hidden()

    # To the room; and between one member and those who run the meeting.
    for page in (member, other):
        await page.click("[data-tab=talk]")
    await member.fill("#talk-text", "Xin phụ lục\n<script>alert(1)</script>")
    await member.keyboard.press("Enter")
    await expect(other.locator("#talk-list")).to_contain_text("<script>alert(1)</script>")
    await expect(secretary.locator("#unread-talk")).to_have_text("1")
    await member.click("[data-talk=letters]")
    await member.fill("#talk-text", "Tên tôi bị sai")
    await member.click("#talk-send")
    await expect(secretary.locator("#unread-talk")).to_have_text("2")
    await secretary.click("[data-tab=talk]")
    await secretary.click("[data-talk=letters]")
    await secretary.locator("[data-key^=answer-]").click()
    await secretary.fill("#talk-text", "Đã sửa")
    await secretary.click("#talk-send")
    await expect(member.locator("#talk-list")).to_contain_text("Đã sửa")
    await other.click("[data-talk=letters]")
    await expect(other.locator("#talk-list")).to_contain_text("Chưa có thư riêng")

    # Taken away, and switched off; what was typed stays.
    await secretary.click("[data-talk=messages]")
    await secretary.locator("#talk [data-key^=remove-]").click()
    await secretary.click("#confirm-yes")
    await other.click("[data-talk=messages]")
    await expect(other.locator("#talk-list")).to_contain_text("đã được gỡ")
    await other.fill("#talk-text", "đang gõ dở")
    await secretary.click("#talk-switch")
    await expect(other.locator("#talk-closed")).to_be_visible()
    await secretary.click("#talk-switch")
    await expect(other.locator("#talk-text")).to_have_value("đang gõ dở")
    for page in (secretary, member, other, screen):
        await same_as_fresh(page)


KEEP_LOCK = """
const ask = navigator.wakeLock.request.bind(navigator.wakeLock);
navigator.wakeLock.request = async (kind) => window.locked = await ask(kind);
"""


async def test_the_shared_screen_comes_back_after_a_restart_and_says_what_to_do_when_signed_out(people: People) -> None:
    screen, chair = await people.page("thuky"), await people.page("chutri")
    path = await running_meeting(screen)
    await screen.add_init_script(KEEP_LOCK)
    await screen.goto(people.server.url + path.replace("/room", "/projector?kiosk"))
    await expect(screen.locator("#title")).to_have_text("Kế hoạch chuyển đổi số năm tới")
    assert await screen.locator("body.kiosk").count() == 1
    await screen.wait_for_function("() => window.locked?.released === false")  # it does not go dark
    people.server.stop()
    await expect(screen.locator("#cut")).to_be_visible()
    await people.server.start()
    await expect(screen.locator("#cut")).to_be_hidden()
    # Restarted as a newer version, it is taken up by itself, once.
    assert await screen.evaluate("() => window.locked.released === false")
    people.server.stop()
    await screen.route("**/version", lambda route: route.fulfill(body="newer"), times=1)
    await people.server.start()
    await screen.wait_for_function("() => performance.getEntriesByType('navigation')[0].type === 'reload'")
    await expect(screen.locator("#title")).to_have_text("Kế hoạch chuyển đổi số năm tới")
    await screen.wait_for_function("() => window.locked?.released === false")
    await enter(chair, people.server.url + path)
    await chair.keyboard.press("p")
    await expect(screen.locator(".clock")).to_be_visible()
    # Signed out on this computer: the words say so, and nothing of the meeting stays on the wall.
    other = await screen.context.new_page()
    await other.goto(people.server.url + "/")
    await other.evaluate("() => document.querySelector('form[action=\"/sign-out\"]').requestSubmit()")
    await expect(screen.locator("#gone")).to_contain_text("hết phiên đăng nhập")
    assert await screen.locator("#stage *").count() == 0
