"""The whole main job as the README tells it: schedule, mail, answer, join, speak, vote, conclude, minutes, print."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from playwright.async_api import Page, expect

from .conftest import PHONE, People, on_both_databases
from .pictures import picture
from .rooms import choose, enter, invite, same_as_fresh

pytestmark = pytest.mark.browser


async def schedule(secretary: Page, chair: str) -> str:
    """From `Soạn cuộc họp` to `Gửi giấy mời`; the meeting's page."""
    await secretary.get_by_role("button", name="Soạn cuộc họp").first.click()
    await secretary.fill("#title", "Họp thử đầu tiên")
    await secretary.select_option("#chair_id", label=await label_of(secretary, "#chair_id", chair))
    await invite(secretary, "giam doc so y te", "vote")
    await expect(secretary.locator("#invited-count")).to_contain_text("1 cơ quan")
    await secretary.fill("[name='items.0.title']", "Việc thứ nhất")
    await secretary.fill("[name='items.0.minutes']", "20")
    await secretary.fill("#place", "Phòng họp 1")
    await secretary.fill("#contact", "Văn phòng, 0234 3822 000")
    await secretary.fill("#date", await secretary.evaluate("() => new Date(Date.now() + 864e5 * 9).toISOString().slice(0, 10)"))
    await secretary.evaluate("() => scrollTo(0, 0)")
    await picture(secretary, "schedule")
    await secretary.click("button[value=preview]")
    await expect(secretary.frame_locator("iframe.mail").get_by_text("Việc thứ nhất")).to_be_visible()
    await secretary.get_by_role("button", name="Gửi giấy mời").click()
    await expect(secretary.locator("h1")).to_have_text("Họp thử đầu tiên")
    return secretary.url


async def all_mails(page: Page, count: int) -> None:
    """On the outbox page, once all have been sent."""
    mails = page.locator("main li:has-text('Họp thử đầu tiên')")
    for _ in range(50):
        await page.goto(urljoin(page.url, "/outbox"))
        if await mails.count() == count:
            return
        await page.wait_for_timeout(100)
    await expect(mails).to_have_count(count)


async def label_of(page: Page, select: str, part: str) -> str:
    options = await page.locator(f"{select} option").all_inner_texts()
    return next(text for text in options if part in text)


@on_both_databases
async def test_from_an_empty_form_to_printed_minutes(people: People) -> None:
    url = people.server.url
    secretary = await people.page("thuky")
    await picture(secretary, "home")
    chair = await people.page("chutri")
    meeting = await schedule(secretary, await chair.locator(".me strong").first.inner_text())

    # The mail is there, and the personal link in it works without an account, on a phone.
    await all_mails(secretary, 3)
    await secretary.locator("main li a").first.click()
    await expect(secretary.frame_locator("iframe.mail").get_by_text("Việc thứ nhất")).to_be_visible()
    await picture(secretary, "mail")
    guest = await people.page(size=PHONE)
    hrefs = []
    for n in range(3):
        await secretary.goto(f"{url}/outbox")
        await secretary.locator("main li:has-text('Họp thử đầu tiên') a").nth(n).click()
        if "Sở Y tế" in await secretary.frame_locator("iframe.mail").locator("body").inner_text():
            hrefs.append(await secretary.locator("main a.button.primary").first.get_attribute("href"))
    assert len(hrefs) == 1
    await guest.goto(str(hrefs[0]))
    await guest.get_by_role("button", name="Tham dự", exact=True).click()
    await expect(guest.get_by_text("Đã ghi nhận trả lời")).to_be_visible()
    await guest.get_by_role("button", name="Vào họp").click()
    await expect(guest.locator("#before")).to_be_visible()

    # The chair starts; the room changes by itself for everybody.
    await enter(chair, f"{meeting}/room")
    await enter(secretary, f"{meeting}/room")
    await chair.keyboard.press("s")
    for page in (chair, guest, secretary):
        await expect(page.locator("#before")).to_be_hidden()
    await chair.get_by_role("button", name="Chuyển nội dung 1").click()
    await expect(guest.locator("#item-head h2")).to_have_text("Việc thứ nhất")
    # Check-in opens two hours before; the meeting is live, so both may.
    await chair.get_by_role("button", name="Tôi dự trực tiếp").click()
    await guest.get_by_role("button", name="Tôi dự trực tuyến").click()
    await expect(chair.locator("#quorum svg")).to_have_attribute("aria-label", "Có mặt 2 trên 2 thành viên")

    # Speaking.
    await guest.click("[data-part=speak]")
    await guest.fill("#ask-subject", "góp ý")
    await guest.click("#ask-form button")
    await chair.locator("#chair-bar").get_by_role("button", name="phát biểu").click()
    await expect(guest.locator("#floor .clock")).to_have_count(1)
    await chair.keyboard.press("p")
    await expect(chair.locator("#floor")).to_be_hidden()

    # A ballot comes to both who may vote, and to nobody else; the guest keeps what was being typed.
    await guest.fill("#ask-subject", "đang gõ dở")
    await chair.keyboard.press("b")
    await chair.fill("#b-question", "Thông qua việc thứ nhất?")
    await chair.locator("#ballot-dialog button.primary").click()
    await expect(chair.locator("#chair-bar")).to_contain_text("Mở biểu quyết")
    await chair.keyboard.press("b")
    await chair.click("#confirm-yes")
    await expect(guest.locator("#ballot-sheet h2")).to_have_text("Thông qua việc thứ nhất?")
    assert await guest.input_value("#ask-subject") == "đang gõ dở"
    await expect(secretary.locator("#ballot-sheet")).to_be_hidden()
    await choose(guest, "against")
    await choose(guest, "for")  # changed: the ballot lets it
    await choose(chair, "for")
    await chair.locator("#chair-bar button.primary").click()
    await chair.click("#confirm-yes")
    await chair.click("[data-tab=ballots]")
    await expect(chair.locator("#ballots")).to_contain_text("Được thông qua")
    await expect(chair.locator("#ballots")).to_contain_text("2 tán thành trên tổng số 2 thành viên, cần từ 2.")

    # Conclusion and minutes, with the result put in by one click.
    await secretary.click("[data-tab=conclusions]")
    await secretary.get_by_role("button", name="Ghi kết luận").first.click()
    await secretary.fill("#c-text", "Giao Sở Y tế thực hiện")
    await secretary.select_option("#c-lead", label="Sở Y tế")
    await secretary.locator("#conclusion-dialog button.primary").click()
    await expect(chair.locator("#conclusions")).to_contain_text("Giao Sở Y tế thực hiện")
    await secretary.click("[data-tab=minutes]")
    await secretary.locator(".minutes-editor").first.click()
    await secretary.keyboard.type("Đại biểu thảo luận sôi nổi.")
    await secretary.click(".insert-menu summary")
    await secretary.click("[data-insert=results]")
    await expect(secretary.locator("#minutes-state")).to_have_text("Đã lưu mọi chữ")
    await chair.click("[data-tab=minutes]")
    await expect(chair.locator(".minutes-editor").first).to_contain_text("tán thành 2, không tán thành 0")
    for page in (chair, secretary, guest):
        await same_as_fresh(page)

    # The end, approval by both, the printed form.
    await chair.keyboard.press("Escape")
    await chair.locator("[data-tab=papers]").focus()
    await chair.keyboard.press("e")
    await chair.click("#confirm-yes")
    for page in (guest, chair):
        await expect(page.locator("#after-text")).to_be_visible()
    await expect(guest.locator("#after-text")).to_have_text("Cuộc họp đã kết thúc.")
    for page in (chair, secretary):
        await page.goto(f"{meeting}/minutes")
        await page.get_by_role("button", name="Thông qua biên bản này").click()
    await expect(secretary.get_by_text("Đã thông qua và khóa")).to_be_visible()
    await secretary.goto(f"{meeting}/minutes/print")
    for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Đại biểu thảo luận sôi nổi.", "Được thông qua", "Niêm phong", "CHỦ TỌA"):
        await expect(secretary.get_by_text(text).first).to_be_visible()
