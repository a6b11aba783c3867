"""The list of speakers on three screens: points of order, the fair order, a pause, a closed list, and the times drawn."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import PHONE, People
from .rooms import enter, same_as_fresh
from .test_minutes import running_meeting

pytestmark = pytest.mark.browser


async def test_the_chair_orders_pauses_and_closes_the_list(people: People) -> None:
    chair, member, phone = await people.page("chutri"), await people.page("sotaichinh"), await people.page("vyda", size=PHONE)
    room = people.server.url + await running_meeting(chair)
    for page in (chair, member, phone):
        await enter(page, room)
    await member.fill("#ask-subject", "xin đổi thứ tự")
    await member.select_option("#ask-kind", "order")
    await member.click("#ask-form button")
    await expect(chair.locator("#queue li").first).to_contain_text("về điều hành")
    await chair.keyboard.press("p")
    await expect(member.locator("#floor .clock")).to_have_count(1)

    # A pause stands still on every screen.
    await chair.locator("[data-key=pause-speech]").click()
    await expect(member.locator("#floor")).to_contain_text("Tạm dừng phát biểu")
    shown = await member.locator("#floor .clock").inner_text()
    await member.wait_for_timeout(1500)
    assert await member.locator("#floor .clock").inner_text() == shown
    await chair.locator("[data-key=pause-speech]").click()
    await expect(member.locator("#floor")).not_to_contain_text("Tạm dừng phát biểu")
    await chair.wait_for_timeout(1200)
    await chair.keyboard.press("p")
    await expect(chair.locator("#speaking-times-list li")).to_have_count(1)

    # Whoever has spoken comes after those who have not; the closed list takes points of order only.
    await member.fill("#ask-subject", "lần nữa")
    await member.click("#ask-form button")
    await expect(chair.locator("#queue li")).to_have_count(4)
    await chair.click("[data-key=queue-acts]")
    await chair.click("[data-key=order-fair]")
    await expect(chair.locator("#queue li").last).to_contain_text("lần nữa")
    await chair.click("[data-key=queue-acts]")
    await chair.click("[data-key=close-list]")
    await phone.click("[data-part=speak]")
    await expect(phone.locator("#ask-closed")).to_be_visible()
    for page in (chair, member, phone):
        await same_as_fresh(page)


async def test_a_short_word_holds_the_speech_and_others_are_called_for_as_long_as_the_chair_says(people: People) -> None:
    chair, member = await people.page("chutri"), await people.page("sotaichinh")
    room = people.server.url + await running_meeting(chair)
    for page in (chair, member):
        await enter(page, room)
    await expect(member.locator("#ask-interjection")).to_be_disabled()  # nobody speaks
    await chair.keyboard.press("p")
    speaker = await chair.locator("#floor h3").inner_text()
    await member.select_option("#ask-kind", "interjection")
    await member.click("#ask-form button")
    await expect(chair.locator("#queue li").first).to_contain_text("xin đáp lời")
    await chair.locator("#queue [data-key^=floor-]").first.click()
    await expect(member.locator("#floor")).to_contain_text(f"Sau đó {speaker} phát biểu tiếp")
    await member.locator("[data-key=end-speech]").click()
    await expect(chair.locator("#floor h3")).to_have_text(speaker)
    await chair.keyboard.press("p")
    await chair.click("#called summary")
    await expect(chair.locator("#called-list li")).to_have_count(2)

    await chair.locator("#queue [data-key^=request-]").first.click()
    await chair.click("[data-key=give-10]")
    await expect(member.locator("#floor .clock")).to_have_text("9:59")
    await chair.keyboard.press("p")
    await chair.click("[data-key=queue-acts]")
    await chair.click("[data-key=limit]")
    await chair.fill("#limit-minutes", "2")
    await chair.click("#limit-dialog .primary")
    await chair.click("[data-key=queue-acts]")
    await chair.click("[data-key=call]")
    await chair.select_option("#call-person", await member.evaluate("window.room.me"))
    await chair.click("#call-dialog .primary")
    await expect(member.locator("#floor .clock")).to_have_text("1:59")
    for page in (chair, member):
        await same_as_fresh(page)
