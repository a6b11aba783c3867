"""The server dies without a word; the browsers come back by themselves, with the right state."""

from __future__ import annotations

import signal

import pytest
from playwright.async_api import expect

from .conftest import People, on_both_databases
from .rooms import enter, same_as_fresh
from .test_minutes import running_meeting

pytestmark = pytest.mark.browser


@on_both_databases
async def test_after_a_crash_every_browser_is_back_in_the_room_and_nothing_is_lost_or_doubled(people: People) -> None:
    secretary, member = await people.page("thuky"), await people.page("sotaichinh")
    room = people.server.url + await running_meeting(secretary)
    for page in (secretary, member):
        await enter(page, room)
    people.server.stop(signal.SIGKILL)
    await expect(member.locator("#cut")).to_be_visible(timeout=25_000)
    # Asked while nobody answers: sent once the server is back.
    await member.fill("#ask-subject", "khi máy chủ chết")
    await member.click("#ask-form button")
    await expect(member.locator("#connection")).to_contain_text("1 việc chờ gửi")
    await people.server.start()
    for page in (secretary, member):
        await expect(page.locator("#connection")).to_have_class("chip ok", timeout=30_000)
    await expect(secretary.locator("#queue li", has_text="khi máy chủ chết")).to_have_count(1)
    await expect(member.locator("#connection")).not_to_contain_text("chờ gửi")
    for page in (secretary, member):
        await same_as_fresh(page)
