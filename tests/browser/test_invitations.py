"""Inviting with a formal invitation: seen before it is sent, its sending watched, and the invited person's way from the mail's button."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import PHONE, People
from .rooms import invite
from .test_schedule import new_draft, saved

pytestmark = pytest.mark.browser


async def test_a_numbered_invitation_is_sent_and_answered_from_its_button(people: People) -> None:
    page = await new_draft(people)
    await page.fill("#title", "Họp rà soát chuyển đổi số")
    await page.select_option("#chair_id", index=3)
    await invite(page, "giam doc so y te", "vote")
    await page.fill("#place", "Phòng họp 2")
    await page.fill("#contact", "Phòng Tổng hợp")
    await page.fill("#number", "7/gm-vpub")
    async with page.expect_response(lambda answer: answer.request.method == "POST" and "/edit" in answer.url):
        await page.fill("#requests", "Đọc trước tài liệu")
    await saved(page)
    await page.get_by_role("button", name="Xem trước giấy mời").click()
    await expect(page.locator(".field-error")).to_contain_text("phải có người ký")
    await expect(page.locator("#number")).to_have_value("7/gm-vpub")
    await page.fill("#signer", "Nguyễn Văn Đức")
    await page.get_by_role("button", name="Xem trước giấy mời").click()
    formal = page.get_by_role("link", name="Xem giấy mời số 07/GM-VPUB (PDF)")
    pdf = await page.context.request.get(people.server.url + str(await formal.get_attribute("href")))
    assert (await pdf.body()).startswith(b"%PDF-")
    await page.get_by_role("button", name="Gửi giấy mời").click()
    # The page follows the sending to its end, unless all was sent before it was drawn.
    await expect(page.locator("[data-mails] a:visible").or_(page.get_by_text("Thư đã gửi:"))).to_be_visible(timeout=20_000)
    await page.reload()
    await expect(page.get_by_text("Thư đã gửi:")).to_be_visible()
    await page.goto(f"{people.server.url}/outbox")
    await page.locator("ul.list a").first.click()
    link = await page.get_by_role("link", name="Mở đường dẫn").get_attribute("href")
    phone = await people.page(size=PHONE)
    await phone.goto(f"{link}?answer=declined#answer")
    await expect(phone.locator("#answer [role=status]")).to_contain_text("Xin ghi lý do")
    await phone.get_by_label("Lý do hoặc ghi chú").fill("Đi công tác")
    await phone.get_by_role("button", name="Không dự").click()
    await expect(phone.locator("#answer")).to_contain_text("Không dự")
