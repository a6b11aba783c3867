"""Papers in the room: opened, followed page by page, on the shared screen too; notes that nothing loses."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from .conftest import PHONE, People
from .rooms import enter, same_as_fresh
from .test_minutes import running_meeting
from .test_pages import judged_here

pytestmark = pytest.mark.browser
PAPER = "#papers [data-key^=paper-] > [data-key^=paper-]"


async def at_page(page: Page, number: int) -> None:
    await expect(page.locator("#viewer-page canvas")).to_be_visible()
    await expect(page.locator("#viewer-page")).to_have_attribute("aria-label", f"Dự thảo Kế hoạch chuyển đổi số: Trang {number}")


async def test_everybody_follows_the_presenter_and_may_leave_him(people: People) -> None:
    secretary, member, phone = await people.page("thuky"), await people.page("sotaichinh"), await people.page("vyda", size=PHONE)
    path = await running_meeting(secretary)
    room = people.server.url + path
    for page in (secretary, member, phone):
        await enter(page, room)
    screen = await people.page("chutri")
    await screen.goto(room.replace("/room", "/projector"))

    # One reads by oneself, with keys that are not the chair's.
    await secretary.locator(PAPER).click()
    await at_page(secretary, 1)
    await secretary.locator("#viewer-page").focus()
    await secretary.keyboard.press("ArrowRight")
    await at_page(secretary, 2)
    await expect(secretary.locator("#viewer-words")).to_contain_text("Phan 2 tren 6")

    # Presenting: everybody sees the page, and the next one.
    await secretary.locator("[data-key=present]").click()
    for page in (member, phone):
        await at_page(page, 2)
    await expect(screen.locator("#paper canvas")).to_be_visible()
    await secretary.click("#page-on")
    await secretary.click("#page-on")
    for page in (secretary, member, phone):
        await at_page(page, 4)
    await expect(screen.locator("#paper canvas")).to_have_attribute("aria-label", "Dự thảo Kế hoạch chuyển đổi số, 4")

    # Who turns a page himself has left; one press brings him back. Who does something else is only told.
    await member.click("#page-back")
    await phone.click("[data-tab=notes]")
    await secretary.fill("#page-number", "6")
    await secretary.keyboard.press("Enter")
    await at_page(secretary, 6)
    await expect(phone.locator("#presenting")).to_contain_text("trang 6")
    await at_page(member, 3)
    await member.locator("[data-key=viewer-back]").click()
    await at_page(member, 6)
    await phone.locator("[data-key=follow]").click()
    await at_page(phone, 6)

    # The secretary lets the member present, who turns the pages for all, and stops.
    await secretary.click("#viewer-close")
    await secretary.locator("[data-key=name-presenter]").click()
    who = await secretary.locator("#presenter-who option", has_text="Giám đốc – Sở Tài chính").get_attribute("value")
    await secretary.select_option("#presenter-who", who)
    await secretary.get_by_role("button", name="Mời trình chiếu").click()
    await expect(member.locator("[data-key=present]")).to_be_visible()
    await member.click("#page-back")
    await at_page(phone, 5)
    await member.locator("[data-key=present]").click()
    await expect(screen.locator("#paper")).to_be_hidden()

    # Who has opened it: for the secretary, with names.
    await secretary.locator("[data-key^=openings-]").click()
    await expect(secretary.locator("#openings-list")).to_contain_text("Đã mở · 4")
    assert not await member.locator("[data-key^=openings-]").count()
    answer = await member.request.get(room.replace("/room", "/openings"))
    assert answer.status == 403
    for page in (secretary, member, phone):
        await same_as_fresh(page)


async def test_notes_outlive_a_cut_a_reload_and_a_second_device(people: People) -> None:
    desk = await people.page("sotaichinh")
    room = people.server.url + await running_meeting(desk)
    await enter(desk, room)
    await desk.click("[data-tab=notes]")
    kept = desk.locator("#note-item").locator("xpath=..").locator("[data-note-state]")
    await desk.fill("#note-item", "Hỏi lại về kinh phí")
    await expect(kept).to_have_text("Đã lưu")

    # Typed while cut off, and the page closed at once: it is there when one comes back.
    people.server.stop()
    await desk.fill("#note-item", "Hỏi lại về kinh phí\nvà tiến độ")
    await expect(kept).to_contain_text("giữ trên máy này")
    await people.server.start()
    await enter(desk, room)
    await desk.click("[data-tab=notes]")
    await expect(desk.locator("#note-item")).to_have_value("Hỏi lại về kinh phí\nvà tiến độ")
    await expect(kept).to_have_text("Đã lưu")

    # Another device of the same person, which had the note open before: both texts are kept.
    tablet = await people.page("sotaichinh")
    await enter(tablet, room)
    await tablet.click("[data-tab=notes]")
    await expect(tablet.locator("#note-item")).to_have_value("Hỏi lại về kinh phí\nvà tiến độ")
    await desk.fill("#note-item", "Hỏi lại về kinh phí\nvà tiến độ\nmáy bàn")
    await expect(kept).to_have_text("Đã lưu")
    await tablet.fill("#note-item", "Hỏi lại về kinh phí\nvà tiến độ\nmáy tính bảng")
    both = "Hỏi lại về kinh phí\nvà tiến độ\nmáy bàn\nmáy tính bảng"
    await expect(tablet.locator("#note-item")).to_have_value(both)
    await desk.goto(room.replace("/room", "/notes"))
    await expect(desk.locator("main p.lines")).to_have_text(both)
    assert "máy tính bảng" in await (await desk.request.get(room.replace("/room", "/notes.txt"))).text()
    chair = await people.page("chutri")
    await chair.goto(room.replace("/room", "/notes"))
    await expect(chair.locator("main")).not_to_contain_text("máy bàn")


def scanned_pdf() -> bytes:
    """A page that is one fax-coded picture (CCITT group 4), as scanners make them: all black, so that one sees whether it was
    decoded. Each line of 64 equal dots is one bit, then the end of the block."""
    picture = b"\xff" * 8 + bytes.fromhex("001001")
    draws = b"q 595 0 0 842 0 0 cm /I Do Q"
    coded = b"/BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 64 /Rows 64 >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(draws), draws),
        b"<< /Type /XObject /Subtype /Image /Width 64 /Height 64 %b /Decode [1 0] /Length %d >>\nstream\n%b\nendstream"
        % (coded, len(picture), picture),
    ]  # fmt: skip
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%b\nendobj\n" % (n, content) for n, content in enumerate(objects, 1))
    return body + b"trailer << /Size 6 /Root 1 0 R >>\n%%EOF\n"


async def test_a_scanned_page_is_drawn_under_our_policy(people: People) -> None:
    secretary = await people.page("thuky")
    room = people.server.url + await running_meeting(secretary)
    await secretary.goto(room.replace("/room", "/edit"))
    scan = {"name": "quet.pdf", "mimeType": "application/pdf", "buffer": scanned_pdf()}
    await secretary.set_input_files("#file-add", scan)  # type: ignore[arg-type]
    await secretary.fill("#title-add", "Bản quét")
    await secretary.get_by_role("button", name="Tải lên").click()
    await secretary.wait_for_url("**/edit#papers")
    await enter(secretary, room)
    await secretary.get_by_role("button", name="Mở: Bản quét").click()
    middle = "(c) => [...c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data.slice(0, 3)]"
    assert await secretary.locator("#viewer-page canvas").evaluate(middle) == [0, 0, 0]


@pytest.mark.parametrize("tab", ["papers", "notes", "talk"])
async def test_these_tabs_have_no_finding(people: People, tab: str) -> None:
    page = await people.page("thuky", size=PHONE, bypass_csp=True)
    await enter(page, people.server.url + await running_meeting(page))
    if tab == "papers":
        await page.locator(PAPER).click()
        await at_page(page, 1)
    else:
        await page.click(f"[data-tab={tab}]")
    assert not await judged_here(page, tab)
