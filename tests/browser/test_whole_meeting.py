"""A whole meeting in five browsers at once, through a killed server and a cut; its pictures are those of the guides."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from .conftest import People
from .pictures import picture
from .whole_meeting import Five, gather
from .whole_meeting_ballots import first_ballot, second_ballot

pytestmark = pytest.mark.browser


async def test_a_whole_meeting_in_five_browsers(people: People, tmp_path: Path) -> None:
    five = await gather(people)
    for number, stage in enumerate((come, speak, question, present, tell), 1):
        await stage(five)
        await five.agree()
        assert not people.complaints, number
    await first_ballot(five, tmp_path)
    await second_ballot(five, tmp_path)
    await conclude(five)
    await five.agree()
    await end(five)


async def come(five: Five) -> None:
    """The site is ready, people check in by themselves, at the site and by roll call; the chair starts."""
    for check in ("sound", "picture", "network"):
        await five.site.locator(f"[data-key={check}-ok]").click()
    await five.site.get_by_role("button", name="Báo sẵn sàng").click()
    await expect(five.site.locator("#readiness h2")).to_have_text("Sẵn sàng")
    await five.site.fill("#heads", "23")
    await five.site.locator("#people [data-key^=here-]").first.click()
    await expect(five.site.locator("#people")).to_contain_text("Có mặt 1 trên 1")
    await picture(five.site, "site-ready")
    await picture(five.phone, "check-in-phone")
    await five.phone.get_by_role("button", name="Tôi dự trực tuyến").click()
    for page in (five.chair, five.secretary):
        await page.get_by_role("button", name="Tôi dự trực tiếp").click()
    await five.secretary.click("#open-roll")
    await five.secretary.fill("#roll-find", "so y te")
    await five.secretary.keyboard.press("3")
    await expect(five.secretary.locator("#roll-counts")).to_contain_text("1 vắng có phép")
    await picture(five.secretary, "roll-call")
    await five.secretary.locator("#roll-dialog [data-close]").click()
    await expect(five.chair.locator("#quorum svg")).to_have_attribute("aria-label", "Có mặt 2 trên 3 thành viên")
    await picture(five.chair, "chair-start")
    await five.chair.keyboard.press("s")
    await five.chair.get_by_role("button", name="Chuyển nội dung 1").click()
    for page, where in ((five.phone, "#item-head h2"), (five.screen, "#title")):
        await expect(page.locator(where)).to_contain_text("Kế hoạch bảo đảm đường truyền năm tới")
    await five.secretary.click("#open-sites")
    await picture(five.secretary, "sites-board")
    await five.secretary.keyboard.press("Escape")


async def ask(page: Page, subject: str, kind: str = "request") -> None:
    await page.fill("#ask-subject", subject)
    await page.select_option("#ask-kind", kind)
    await page.click("#ask-form button")


async def speak(five: Five) -> None:
    """A member; the secretary with a point of order, who comes before who asked earlier; somebody at the site."""
    chair, floor = five.chair, five.phone.locator("#floor .clock")
    await five.phone.click("[data-part=speak]")
    await ask(five.phone, "đường truyền ở phường")
    await expect(chair.locator("#queue")).to_contain_text("đường truyền ở phường")
    await picture(five.phone, "speak-phone")
    await chair.keyboard.press("p")
    await expect(floor).to_have_count(1)
    await expect(five.screen.locator("#stage")).to_contain_text("đường truyền ở phường")
    await picture(five.screen, "projector")
    await five.site.select_option("#ask-who", "other")
    await five.site.fill("#ask-name", "Ông Hồ Văn Thôn, Trưởng thôn 2")
    await five.site.fill("#ask-subject", "sóng ở các thôn xa")
    await five.site.get_by_role("button", name="Đăng ký phát biểu").click()
    await expect(chair.locator("#queue")).to_contain_text("Xã Khe Tre")
    await chair.keyboard.press("p")
    await expect(floor).to_have_count(0)
    await ask(five.secretary, "xin nói ngắn gọn", "order")
    await expect(chair.locator("#queue li").first).to_contain_text("về điều hành")
    for words in ("xin nói ngắn gọn", "Hồ Văn Thôn"):
        await chair.locator("[data-key=bar-P]").click()
        await expect(chair.locator("#floor")).to_contain_text(words)
        if words == "Hồ Văn Thôn":
            await expect(five.site.locator("#site-floor")).to_contain_text("Đến lượt điểm cầu phát biểu")
            await picture(chair, "room")
            await picture(five.site, "site-floor")
        await chair.locator("[data-key=bar-P]").click()
        await expect(chair.locator("#floor")).to_be_hidden()


async def question(five: Five) -> None:
    await five.phone.click("[data-list=questions]")
    await five.phone.click("#ask-question")
    await five.phone.select_option("#q-to", label="UBND xã Khe Tre")
    await five.phone.fill("#q-text", "Bao giờ thôn 2 có đường truyền?")
    await five.phone.click("#question-dialog .primary")
    await five.chair.locator("[data-key=bar-Q]").click()
    await expect(five.chair.locator("#answer .clock")).to_be_visible()
    await expect(five.screen.locator("#stage")).to_contain_text("Bao giờ thôn 2 có đường truyền?")
    await five.chair.click("[data-list=questions]")
    await picture(five.chair, "question")
    await five.chair.locator("[data-key=bar-Q]").click()
    await expect(five.chair.locator("#answer")).to_be_hidden()


async def present(five: Five) -> None:
    """The secretary turns the pages; the phone and the shared screen follow."""
    await five.secretary.get_by_role("button", name="Mở: Dự thảo Kế hoạch").click()
    await expect(five.secretary.locator("#viewer-page canvas")).to_be_visible()
    await five.secretary.locator("[data-key=present]").click()
    await five.phone.click("[data-part=now]")
    await expect(five.phone.locator("#viewer-page canvas")).to_be_visible()
    await five.secretary.click("#page-on")
    await expect(five.phone.locator("#viewer-page")).to_have_attribute("aria-label", "Dự thảo Kế hoạch bảo đảm đường truyền: Trang 2")
    await expect(five.screen.locator("#paper canvas")).to_be_visible()
    await five.secretary.click("#page-back")
    await expect(five.phone.locator("#viewer-page")).to_have_attribute("aria-label", "Dự thảo Kế hoạch bảo đảm đường truyền: Trang 1")
    await picture(five.secretary, "present")
    await picture(five.phone, "paper-phone")
    await five.secretary.locator("[data-key=present]").click()
    await expect(five.screen.locator("#paper")).to_be_hidden()


async def tell(five: Five) -> None:
    await five.secretary.click("#more summary")
    await five.secretary.click("#open-announcements")
    await five.secretary.fill("#announce-text", "Giải lao lúc 10 giờ, các điểm cầu giữ kết nối.")
    await five.secretary.click("#announce-form button")
    for page in (five.chair, five.phone, five.site):
        await expect(page.locator("#announcements")).to_contain_text("các điểm cầu giữ kết nối")
    await expect(five.screen.locator("#announced")).to_contain_text("các điểm cầu giữ kết nối")
    await picture(five.secretary, "announce")
    await five.secretary.keyboard.press("Escape")
    for page in (five.chair, five.secretary, five.phone):
        await page.locator("[data-key=announcements-read]").click()


async def conclude(five: Five) -> None:
    """A conclusion with who does it and by when; the facts stand in the minutes, linked."""
    await five.chair.locator("[data-key=bar-K]").click()
    await five.chair.fill("#c-text", "Hoàn thành đường truyền dự phòng tại các xã miền núi.")
    await five.chair.select_option("#c-lead", label="UBND xã Khe Tre")
    await picture(five.chair, "conclusion")
    await five.chair.locator("#conclusion-dialog button.primary").click()
    section = five.secretary.locator(".minutes-section.now")
    await section.locator(".minutes-editor").click()
    await five.secretary.keyboard.press("Control+End")
    for name in ("attendance", "skeleton"):
        await five.secretary.click(".insert-menu summary")
        await five.secretary.click(f"[data-insert={name}]")
    for words in ("Khi máy chủ chết vẫn ghi được.", "phát biểu về", "tán thành 2, không tán thành 0", "Hoàn thành đường truyền dự phòng"):
        await expect(section).to_contain_text(words)
    await expect(five.secretary.locator("#minutes-state")).to_have_text("Đã lưu mọi chữ")
    await section.locator(".fact").last.scroll_into_view_if_needed()
    await picture(five.secretary, "minutes")
    await five.phone.click("[data-part=minutes]")
    await expect(five.phone.locator("#minutes")).to_contain_text("tán thành 2, không tán thành 0")


async def end(five: Five) -> None:
    """Both approve the same words; the printed form."""
    await five.chair.locator("[data-key=bar-E]").click()
    await five.chair.click("#confirm-yes")
    await expect(five.phone.locator("#after-text")).to_have_text("Cuộc họp đã kết thúc.")
    await five.agree()
    for page in (five.chair, five.secretary):
        await page.goto(f"{five.meeting}/minutes")
        if page == five.chair:
            await picture(page, "approve")
        await page.get_by_role("button", name="Thông qua biên bản này").click()
    await expect(five.secretary.get_by_text("Đã thông qua và khóa")).to_be_visible()
    await five.secretary.goto(f"{five.meeting}/minutes/print")
    for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Khi máy chủ chết vẫn ghi được.", "Được thông qua", "Niêm phong", "CHỦ TỌA"):
        await expect(five.secretary.get_by_text(text).first).to_be_visible()
    await picture(five.secretary, "minutes-print")
