"""Minutes by two at once, and through a cut."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from .conftest import People
from .rooms import enter

pytestmark = pytest.mark.browser


async def running_meeting(page: Page) -> str:
    href = await page.locator("a.primary.large", has_text="Vào họp").get_attribute("href")
    return str(href)


async def open_minutes(people: People, username: str) -> Page:
    page = await people.page(username)
    await enter(page, people.server.url + await running_meeting(page))
    await page.click("[data-tab=minutes]")
    await expect(page.locator(".minutes-editor").first).to_be_visible()
    return page


async def texts(page: Page) -> list[str]:
    """Each section's text, without the cursors of others."""
    script = """(all) => all.map((section) => [...section.querySelectorAll("p")].map((line) =>
      [...line.childNodes].filter((node) => !node.classList?.contains("cursor")).map((node) => node.textContent).join("")).join("|"))"""
    return [str(text) for text in await page.locator(".minutes-editor").evaluate_all(script)]


async def same_text(*pages: Page) -> list[str]:
    for _ in range(60):
        found = [[t.replace("\u2060", "") for t in await texts(page)] for page in pages]
        if all(each == found[0] for each in found):
            return found[0]
        await pages[0].wait_for_timeout(100)
    raise AssertionError(found)


async def test_two_secretaries_in_one_paragraph_converge(people: People) -> None:
    first, second = await open_minutes(people, "thuky"), await open_minutes(people, "thuky2")
    for page in (first, second):
        await page.locator(".minutes-editor").nth(1).click()
    for n in range(12):
        await first.keyboard.type(f"a{n} ")
        await second.keyboard.type(f"b{n} ")
    both = (await same_text(first, second))[1]
    assert all(f"{letter}{n}" in both for letter in "ab" for n in range(12))


async def test_a_secretary_offline_loses_no_letter_even_over_a_reload(people: People) -> None:
    first, second = await open_minutes(people, "thuky"), await open_minutes(people, "thuky2")
    cut = people.contexts[0]
    await first.locator(".minutes-editor").nth(1).click()
    await first.keyboard.type("Trước khi mất mạng. ")
    await expect(first.locator("#minutes-state")).to_have_text("Đã lưu mọi chữ")
    await cut.set_offline(True)
    await first.evaluate("() => window.room.connection.socket.io.engine.close()")
    await expect(first.locator("#cut")).to_be_visible()
    await first.keyboard.type("Gõ khi mất mạng: Huế ữ ỹ 𠀀. ")
    await second.locator(".minutes-editor").nth(1).click()
    await second.keyboard.press("Control+End")
    await second.keyboard.type("Người kia gõ tiếp. ")
    await expect(first.locator("#minutes-state")).to_contain_text("chữ đã gõ được giữ trên máy này")
    await cut.set_offline(False)
    await expect(first.locator("#connection")).to_have_class("chip ok", timeout=15_000)
    both = (await same_text(first, second))[1]
    for part in ("Trước khi mất mạng.", "Gõ khi mất mạng: Huế ữ ỹ 𠀀.", "Người kia gõ tiếp."):
        assert part in both

    # Typed while offline, then the page is reloaded once the network is back: still there.
    await cut.set_offline(True)
    await first.evaluate("() => window.room.connection.socket.io.engine.close()")
    await first.locator(".minutes-editor").nth(1).click()
    await first.keyboard.type("Trước khi tải lại. ")
    await first.wait_for_timeout(300)
    await cut.set_offline(False)
    await first.reload()
    await first.click("[data-tab=minutes]")
    await expect(first.locator(".minutes-editor").nth(1)).to_contain_text("Trước khi tải lại.")
    await expect(second.locator(".minutes-editor").nth(1)).to_contain_text("Trước khi tải lại.", timeout=15_000)


async def test_members_read_the_minutes_as_they_are_written_and_cannot_write(people: People) -> None:
    secretary, member = await open_minutes(people, "thuky"), await open_minutes(people, "sotaichinh")
    await secretary.locator(".minutes-editor").nth(1).click()
    await secretary.keyboard.type("Đang ghi.")
    await expect(member.locator(".minutes-editor").nth(1)).to_contain_text("Đang ghi.")
    assert await member.locator(".minutes-editor").nth(1).get_attribute("contenteditable") == "false"
