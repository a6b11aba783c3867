"""Questions on four screens: registered, put, answered or owed in writing; and the running handed to a deputy and taken back."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import PHONE, People
from .rooms import enter, same_as_fresh
from .test_minutes import running_meeting

pytestmark = pytest.mark.browser


async def test_a_question_is_put_answered_and_another_owed_in_writing(people: People) -> None:
    chair, member, phone = await people.page("chutri"), await people.page("sotaichinh"), await people.page("vyda", size=PHONE)
    screen = await people.page("thuky")
    room = people.server.url + await running_meeting(chair)
    for page in (chair, member, phone):
        await enter(page, room)
    await screen.goto(room.replace("/room", "/projector"))
    await phone.click("[data-part=speak]")
    for page, text in ((member, "Bao giờ cấp đủ đường truyền?"), (phone, "Kinh phí lấy từ đâu?")):
        await page.click("[data-list=questions]")
        await page.click("#ask-question")
        await page.select_option("#q-to", label="Sở Nội vụ")
        await page.fill("#q-text", text)
        await page.click("#question-dialog .primary")
        await expect(page.locator("#questions")).to_contain_text(text)
    await chair.click("[data-list=questions]")
    await expect(chair.locator("#questions li")).to_have_count(2)

    # The chair puts the second one first, and calls it.
    await chair.locator("#questions [data-key^=acts-]").nth(1).click()
    await chair.locator("#acts-list [data-key=up]").click()
    await expect(member.locator("#questions li").first).to_contain_text("Kinh phí lấy từ đâu?")
    await chair.keyboard.press("Escape")
    await chair.locator("#questions [data-key^=call-]").first.click()
    await expect(member.locator("#answer")).to_contain_text("Sở Nội vụ")
    await expect(member.locator("#answer .clock")).to_be_visible()
    await expect(screen.locator("#stage")).to_contain_text("Kinh phí lấy từ đâu?")
    await chair.keyboard.press("q")
    await expect(member.locator("#answer")).to_be_hidden()

    # The other is owed in writing: a task of the agency that was asked.
    await chair.locator("#questions [data-key^=call-]").first.click()
    await chair.click("#answer [data-key=owe]")
    assert "Bao giờ cấp đủ đường truyền?" in await chair.input_value("#w-text")
    await chair.fill("#w-due", "2027-01-15")
    await chair.click("#written-dialog .primary")
    await member.click("#asked summary")
    await expect(member.locator("#asked-list")).to_contain_text("Bằng văn bản: Sở Nội vụ, hạn 15/01/2027")
    await member.click("[data-tab=conclusions]")
    await expect(member.locator("#conclusions")).to_contain_text("Sở Nội vụ trả lời bằng văn bản")
    for page in (chair, member, phone):
        await same_as_fresh(page)


async def test_the_deputy_has_the_chairs_acts_at_once_and_loses_them_at_once(people: People) -> None:
    chair, member = await people.page("chutri"), await people.page("sotaichinh")
    room = people.server.url + await running_meeting(chair)
    for page in (chair, member):
        await enter(page, room)
    await member.click("[data-tab=minutes]")
    await expect(member.locator(".minutes-editor").first).to_have_attribute("contenteditable", "false")
    await chair.click("#more summary")
    await chair.click("#name-deputy")
    await chair.select_option("#deputy-person", await member.evaluate("window.room.me"))
    await chair.click("#deputy-dialog .primary")
    await expect(member.locator("#chair-bar")).to_be_visible()
    await expect(member.locator(".minutes-editor").first).to_have_attribute("contenteditable", "true")
    await expect(chair.locator("#meeting-line")).to_contain_text("Điều hành thay")
    await member.locator("[data-key=bar-P]").click()  # calls the first speaker
    await expect(chair.locator("#floor")).to_be_visible()
    await chair.locator("[data-key=bar-D]").click()
    await expect(member.locator("#chair-bar")).to_be_hidden()
    await expect(member.locator(".minutes-editor").first).to_have_attribute("contenteditable", "false")
    for page in (chair, member):
        await same_as_fresh(page)
