"""A meeting before it starts: written by the secretary, sent, and opened in five browsers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect

from .conftest import PHONE, People
from .pictures import picture
from .rooms import enter, invite, same_as_fresh
from .test_first_walk import label_of
from .test_sites import links_of

TITLE = "Họp về bảo đảm đường truyền cho các xã, phường"
ITEMS = (("Kế hoạch bảo đảm đường truyền năm tới", "Chánh Văn phòng", "40"), ("Thống nhất việc phải làm trước mùa mưa", "", "20"))
SITES = ("Trụ sở UBND thành phố", "Xã Khe Tre", "Phường Vỹ Dạ", "Xã Phú Lộc", "Phường Thuận Hóa", "Xã A Lưới 1")
PAPER = """<style>body{font:13pt/1.6 serif;margin:2cm}h1{font-size:18pt;text-align:center}section{break-after:page}</style>
<section><h1>DỰ THẢO KẾ HOẠCH<br>Bảo đảm đường truyền cho các xã, phường</h1><p>1. Mỗi điểm cầu có một đường truyền chính và một
đường dự phòng.</p><p>2. Mỗi điểm cầu có một cán bộ kỹ thuật trực trong suốt cuộc họp.</p><p>3. Thử đường truyền trước giờ họp ba mươi
phút.</p></section><section><h1>Tiến độ</h1><p>Quý I: các xã miền núi. Quý II: các xã, phường còn lại.</p></section>"""


@dataclass
class Five:
    """The chair, the secretary, a member on a phone, a bridge site, the shared screen."""

    people: People
    chair: Page
    secretary: Page
    phone: Page
    site: Page
    screen: Page
    meeting: str  # its address

    @property
    def all(self) -> tuple[Page, ...]:
        return self.chair, self.secretary, self.phone, self.site, self.screen

    async def agree(self) -> None:
        """Each browser's state equals what a newcomer of its role is given."""
        for page in self.all:
            await same_as_fresh(page)


async def write(secretary: Page, chair: str) -> str:
    """From an empty form, with a paper and six sites, to sent invitations; the meeting's address."""
    await secretary.get_by_role("button", name="Soạn cuộc họp").first.click()
    await secretary.fill("#title", TITLE)
    await secretary.select_option("#chair_id", label=await label_of(secretary, "#chair_id", chair))
    await invite(secretary, "giam doc so y te", "vote")
    await invite(secretary, "vy da", "vote")
    await invite(secretary, "khe tre", "attend")
    starts = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(minutes=5)
    ends = starts + timedelta(minutes=90)
    await secretary.fill("#date", starts.date().isoformat())
    await secretary.fill("#start", f"{starts:%H:%M}")
    await secretary.fill("#end", f"{ends:%H:%M}")
    if ends.date() != starts.date():
        await secretary.click("details.fold summary")
        await secretary.fill("#end_date", ends.date().isoformat())
    await secretary.fill("#place", "Phòng họp số 1, 16 Lê Lợi")
    for number, name in enumerate(SITES):
        await secretary.get_by_role("button", name="Thêm điểm cầu", exact=True).click()
        await secretary.fill(f'[name="sites.{number}.name"]', name)
    for n, (title, presenter, minutes) in enumerate(ITEMS):
        await secretary.fill(f"[name='items.{n}.title']", title)
        await secretary.fill(f"[name='items.{n}.presenter']", presenter)
        await secretary.fill(f"[name='items.{n}.minutes']", minutes)
    await secretary.fill("#contact", "Văn phòng, 0234 3822 000")
    await secretary.locator("aside button[value=save]").click()
    await attach(secretary)
    await secretary.click("button[value=preview]")
    await secretary.get_by_role("button", name="Gửi giấy mời").click()
    await expect(secretary.locator("h1")).to_have_text(TITLE)
    return secretary.url


async def attach(secretary: Page) -> None:
    """A paper of two pages for the first item."""
    desk = await secretary.context.new_page()
    await desk.set_content(PAPER)
    content = await desk.pdf(format="A4")
    await desk.close()
    paper = {"name": "du-thao.pdf", "mimeType": "application/pdf", "buffer": content}
    await secretary.set_input_files("#file-add", paper)  # type: ignore[arg-type]
    await secretary.fill("#title-add", "Dự thảo Kế hoạch bảo đảm đường truyền")
    await secretary.select_option("#item_id-add", index=1)
    await secretary.get_by_role("button", name="Tải lên").click()
    await secretary.wait_for_url("**/edit#papers")


async def gather(people: People) -> Five:
    """All five in the room, which has not started; the site tested and ready."""
    secretary, chair = await people.page("thuky"), await people.page("chutri")
    meeting = await write(secretary, await chair.locator(".me strong").first.inner_text())
    await picture(secretary, "meeting")
    link = (await links_of(secretary, people.server.url, meeting.removeprefix(people.server.url)))["Xã Khe Tre"]
    await picture(secretary, "site-links")
    site, phone, screen = await people.page(), await people.page("vyda", size=PHONE), await people.page("thuky2")
    await site.goto(link)
    await site.get_by_role("button", name="Mở trang điểm cầu").click()
    await expect(site.locator("#readiness h2")).to_have_text("Chưa thử")
    await picture(site, "site-test")
    for page in (chair, secretary, phone):
        await enter(page, f"{meeting}/room")
    await screen.goto(f"{meeting}/projector")
    return Five(people, chair, secretary, phone, site, screen, meeting)
