"""The roll call by keyboard, absence with a reason, leaving early and coming back, on every screen."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from meetings.text import fold as plain

from .conftest import PHONE, People
from .rooms import enter, same_as_fresh
from .test_minutes import running_meeting

pytestmark = pytest.mark.browser


async def test_the_secretary_calls_the_roll_by_keyboard(people: People) -> None:
    secretary, phone = await people.page("thuky"), await people.page("vyda", size=PHONE)
    room = people.server.url + await running_meeting(secretary)
    for page in (secretary, phone):
        await enter(page, room)
    await secretary.click("#open-roll")
    lines = secretary.locator(".roll-line")
    await secretary.select_option("#roll-state", "awaited")
    before = await lines.count()
    name = await lines.filter(has_text="có biểu quyết").first.locator(".strong").inner_text()
    await secretary.locator("#roll-find").fill(plain(name))
    await secretary.keyboard.press("3")
    await expect(secretary.locator("#roll-find")).to_have_value("")
    await expect(lines).to_have_count(before - 1)
    await secretary.keyboard.press("Enter")
    await expect(lines).to_have_count(before - 2)
    await secretary.select_option("#roll-state", "excused")
    await secretary.locator(".roll-reason input").fill("đi công tác")
    await secretary.locator(".roll-reason input").press("Tab")
    await expect(lines.first).to_contain_text("Vắng có phép · đi công tác")

    # Why is not told to everybody.
    await phone.click("[data-part=people]")
    await phone.get_by_text("1 vắng có phép").wait_for()
    assert "đi công tác" not in await phone.content()
    for page in (secretary, phone):
        await same_as_fresh(page)


async def test_who_leaves_early_comes_back_by_checking_in_again(people: People) -> None:
    secretary, member = await people.page("thuky"), await people.page("sotaichinh")
    room = people.server.url + await running_meeting(secretary)
    for page in (secretary, member):
        await enter(page, room)
    await member.click("#leave-meeting")
    await member.click("#confirm-yes")
    await expect(member.locator("#check-in")).to_contain_text("đã rời cuộc họp lúc")
    await expect(secretary.locator("#quorum")).to_contain_text("1 đã về")
    await member.click("[data-key=check-room]")
    await expect(member.locator("#check-in")).to_be_hidden()
    await expect(secretary.locator("#quorum")).not_to_contain_text("đã về")
