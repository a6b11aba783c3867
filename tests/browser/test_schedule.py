"""The schedule page under a secretary's hands: it saves by itself, warns while one types, and loses nothing."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from .conftest import PHONE, People
from .test_pages import judged_here

pytestmark = pytest.mark.browser


async def new_draft(people: People, **more: object) -> Page:
    page = await people.page("thuky", **more)
    await page.goto(f"{people.server.url}/meetings")
    await page.get_by_role("button", name="Soạn cuộc họp").first.click()
    await page.wait_for_url("**/edit")
    return page


async def saved(page: Page) -> None:
    """The draft, by itself, after something was typed."""
    await expect(page.locator("#saved")).to_have_class("chip ok")
    await expect(page.locator("#saved")).to_contain_text("Bản nháp đã lưu lúc")


async def type_and_wait(page: Page, selector: str, text: str) -> None:
    async with page.expect_response(lambda answer: answer.request.method == "POST" and "/edit" in answer.url) as answer:
        await page.fill(selector, text)
    assert (await answer.value).status == 200
    await saved(page)


async def test_what_is_typed_saves_itself_and_is_there_after_a_crash_of_the_browser(people: People) -> None:
    page = await new_draft(people)
    await page.fill("#title", "Họp về <b>thoát nước</b> & đê điều")
    await page.get_by_role("button", name="Thêm nội dung").click()
    await expect(page.locator("#agenda-items > li")).to_have_count(4)
    await page.locator("#agenda-items > li").nth(1).get_by_role("button").click()
    await expect(page.locator("#agenda-items > li")).to_have_count(3)
    await page.locator("#agenda-items > li").nth(2).locator("input:visible").first.fill("Việc thêm sau")
    await type_and_wait(page, "#contact", "Phòng Tổng hợp")
    url = page.url
    await page.close()
    again = await page.context.new_page()
    await again.goto(url)
    await expect(again.locator("#title")).to_have_value("Họp về <b>thoát nước</b> & đê điều")
    await expect(again.locator("#contact")).to_have_value("Phòng Tổng hợp")
    await expect(again.locator("#agenda-items > li").nth(2).locator("input:visible").first).to_have_value("Việc thêm sau")


async def test_warnings_follow_what_is_typed_and_each_has_a_way_out(people: People) -> None:
    page = await new_draft(people)
    await expect(page.locator("#advice")).not_to_contain_text("3 ngày làm việc")
    tomorrow = await page.evaluate("() => new Date(Date.now() + 864e5).toISOString().slice(0, 10)")
    await type_and_wait(page, "#date", tomorrow)
    await expect(page.locator("#advice")).to_contain_text("3 ngày làm việc")
    await page.fill("#title", "Họp gấp")
    await page.locator("#advice button").first.click()
    await page.wait_for_load_state()
    await expect(page.locator("#advice")).not_to_contain_text("3 ngày làm việc")
    await expect(page.locator("#title")).to_have_value("Họp gấp")
    assert await page.input_value("#date") > tomorrow


async def test_people_are_found_without_marks_and_whole_groups_invited_at_once(people: People) -> None:
    page = await new_draft(people, size=PHONE)
    await page.fill("#people-filter", "giam doc so y te")
    found = page.locator("#people-found [role=option]")
    await expect(found).to_have_count(2)  # the director and the deputy
    await page.fill("#people-filter", "không có ai tên thế này")
    await expect(page.get_by_text("Không tìm thấy ai.")).to_be_visible()
    await page.fill("#people-filter", "so y te")
    await expect(found.first).to_contain_text("người đứng đầu")
    await expect(found).to_have_count(6)  # its head, the agency itself, and its four people
    await page.press("#people-filter", "ArrowDown")
    await page.press("#people-filter", "Enter")
    await expect(page.locator("#invited-count")).to_contain_text("1 cơ quan, 1 thành phần")
    await page.get_by_role("button", name="Tất cả xã, phường", exact=True).click()
    await expect(page.locator("#chosen")).to_contain_text("40/40 xã, phường")
    await page.get_by_role("button", name="Không mời").nth(5).click()
    await expect(page.locator("#chosen")).to_contain_text("39/40 xã, phường, trừ")
    await saved(page)
    await page.reload()
    await expect(page.locator("#invited-count")).to_contain_text("40 cơ quan, 40 thành phần")
    await expect(page.locator("#chosen")).to_contain_text("39/40 xã, phường, trừ")


async def test_on_a_slow_line_nobody_is_lost_who_was_chosen_just_before_going_on(people: People) -> None:
    page = await new_draft(people)
    chosen = asyncio.Event()

    async def slowly(route: Route) -> None:
        if "add%3A" in (route.request.post_data or ""):
            await chosen.wait()
        await route.continue_()

    await page.route("**/edit", slowly)
    await page.fill("#people-filter", "giam doc so y te")
    await page.locator("#people-found [role=option]").first.wait_for()
    await page.press("#people-filter", "Enter")
    await page.get_by_role("button", name="Xem trước").click()
    await page.wait_for_timeout(300)  # a form that was sent would have gone by now
    chosen.set()
    await expect(page.locator(".invited-list")).to_contain_text("Giám đốc")
    await expect(page.get_by_text("Chưa điền mục này.").first).to_be_visible()


async def test_without_script_people_are_found_and_invited_by_plain_buttons(people: People) -> None:
    page = await new_draft(people, java_script_enabled=False)
    await page.fill("#title", "Không có script")
    await page.fill("#people-filter", "giam doc so y te")
    await page.get_by_role("button", name="Tìm", exact=True).click()
    await page.get_by_role("button", name="Mời:").first.click()
    await expect(page.locator(".invited-list")).to_contain_text("Giám đốc")
    await page.get_by_role("button", name="Không mời").click()
    await expect(page.locator(".invited-list")).to_have_count(0)
    await expect(page.locator("#title")).to_have_value("Không có script")


async def test_a_draft_open_in_two_windows_is_put_together_and_nothing_is_overwritten(people: People) -> None:
    page = await new_draft(people, bypass_csp=True)
    other = await page.context.new_page()
    await other.goto(page.url)
    # Each writes elsewhere: both have both, without anybody reloading.
    await type_and_wait(page, "#place", "Phòng họp số 2")
    await page.get_by_role("button", name="Thêm nội dung").click()
    await type_and_wait(page, "[name='items.3.title']", "Việc của cửa sổ thứ nhất")
    await type_and_wait(other, "#contact", "Văn phòng, máy lẻ 12")
    await expect(other.locator("#place")).to_have_value("Phòng họp số 2")
    await expect(other.locator("[name='items.3.title']")).to_have_value("Việc của cửa sổ thứ nhất")
    await expect(other.locator(".toast")).to_contain_text("vừa sửa cùng bản nháp này")
    # Both write in one field: who comes later is told beside it, and nothing is sent before he has decided.
    await type_and_wait(page, "#title", "Từ cửa sổ thứ nhất")
    await other.fill("#title", "Từ cửa sổ thứ hai")
    note = other.locator(".field:has(#title) .clash")
    await expect(note).to_contain_text("“Từ cửa sổ thứ nhất”")
    await type_and_wait(other, "#contact", "Văn phòng, máy lẻ 15")
    await other.get_by_role("button", name="Xem trước giấy mời").click()
    await expect(note.get_by_role("button").first).to_be_focused()
    await expect(other.locator("#title")).to_have_value("Từ cửa sổ thứ hai")
    await expect(other.locator("#saved")).to_have_class("chip ok")
    assert not await judged_here(other, "a clash")
    async with other.expect_response(lambda answer: answer.request.method == "POST" and "/edit" in answer.url):
        await note.get_by_role("button", name="Giữ của tôi").click()
    await expect(note).to_have_count(0)
    await page.reload()
    await expect(page.locator("#title")).to_have_value("Từ cửa sổ thứ hai")
    await expect(page.locator("#contact")).to_have_value("Văn phòng, máy lẻ 15")


async def test_wrong_fields_are_said_beside_them_and_keep_what_was_typed(people: People) -> None:
    page = await new_draft(people)
    await page.fill("#title", "Họp ngược giờ")
    await page.fill("#start", "10:00")
    await page.fill("#end", "09:00")
    await page.fill("[name='items.0.title']", "Việc")
    await page.fill("[name='items.0.minutes']", "nhiều")
    await page.fill("#guests", "Ông không có thư")
    await page.get_by_role("button", name="Xem trước giấy mời").click()
    await expect(page.locator("#end")).to_have_attribute("aria-invalid", "true")
    for field, typed in (("#title", "Họp ngược giờ"), ("#end", "09:00"), ("[name='items.0.minutes']", "nhiều")):
        await expect(page.locator(field)).to_have_value(typed)
    await expect(page.locator("#guests")).to_have_value("Ông không có thư")
    first = page.locator(".problems a").first
    await first.click()
    assert await page.evaluate("() => document.activeElement !== document.body")
