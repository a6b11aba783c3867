"""Writing the minutes: facts that stay linked, the skeleton of speakers, the toolbar by keyboard, Vietnamese typed by composition, and
what Word puts on the clipboard."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from .conftest import People
from .test_minutes import open_minutes, same_text
from .word_samples import LIBREOFFICE, LIBREOFFICE_CLEAN, WORD, WORD_CLEAN

pytestmark = pytest.mark.browser

SPEECHES = "(state) => Object.values(room.state.speeches).filter((each) => each.state === state).map((each) => each.id)"


async def do(page: Page, name: str, **fields: Any) -> dict[str, Any]:
    """A command as the room gives it."""
    answer: dict[str, Any] = await page.evaluate("([name, fields]) => window.room.do(name, fields)", [name, fields])
    assert answer["ok"], answer
    return answer


async def insert(page: Page, name: str) -> None:
    await page.click(".insert-menu summary")
    await page.click(f"[data-insert={name}]")


async def somebody_speaks(page: Page) -> None:
    (waiting, *_) = await page.evaluate(SPEECHES, "waiting")
    await do(page, "GiveFloor", speech_id=waiting, seconds=0)
    await do(page, "EndSpeech", speech_id=waiting)


async def paste(page: Page, html: str) -> str:
    """Pastes into the second section; the section as HTML, without ProseMirror's own trailing breaks."""
    editor = page.locator(".minutes-editor").nth(1)
    await editor.click()
    await editor.evaluate("""(editor, html) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/html", html);
      editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }""", html)  # fmt: skip
    shown = await editor.inner_html()
    return re.sub(r'<br class="ProseMirror-trailingBreak">| class="[^"]*"', "", shown)


async def test_facts_and_the_skeleton_follow_the_room(people: People) -> None:
    secretary, member = await open_minutes(people, "thuky"), await open_minutes(people, "sotaichinh")
    section = secretary.locator(".minutes-section.now")
    await somebody_speaks(secretary)
    await section.locator(".minutes-editor").click()
    await insert(secretary, "skeleton")
    await expect(section.locator(".fact")).to_have_count(3)  # who spoke, results, conclusions
    await expect(section.locator(".fact").first).to_contain_text("phát biểu về")
    await somebody_speaks(secretary)
    await insert(secretary, "skeleton")
    await expect(section.locator(".fact")).to_have_count(4)  # only who spoke since
    await expect(section.locator(".fact").nth(1)).to_contain_text("phát biểu về")
    await expect(section.locator(".fact").last).to_contain_text("Chưa có kết luận")
    item = await secretary.evaluate("() => Object.values(room.state.items).find((each) => each.state === 'running').id")
    await do(secretary, "RecordConclusion", item_id=item, text="Giao Sở Y tế trong tháng.")
    for page in (secretary, member):
        await expect(page.locator(".minutes-section.now .fact").last).to_contain_text("Giao Sở Y tế trong tháng.")


async def test_the_toolbar_is_reached_and_left_by_keyboard(people: People) -> None:
    page = await open_minutes(people, "thuky")
    editor = page.locator(".minutes-editor").nth(1)
    await editor.click()
    await page.keyboard.type("một")
    await page.keyboard.press("Control+b")
    await expect(page.get_by_role("button", name="Chữ đậm")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.type(" hai")
    await page.get_by_role("button", name="Chữ đậm").focus()
    for _ in range(2):
        await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")  # heading; and the cursor is back in the text
    await page.keyboard.type(" ba")
    await expect(editor.locator("h4")).to_have_text("một hai ba")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Bảng", exact=True).click()
    await editor.locator("td").first.click()
    await page.keyboard.type("a")
    for letter in "bcde":
        await page.keyboard.press("Tab")
        await page.keyboard.type(letter)
    assert [text.strip() for text in await editor.locator("td").all_inner_texts()] == ["a", "b", "c", "d", "e", ""]


@pytest.mark.parametrize(("html", "clean"), [(WORD, WORD_CLEAN), (LIBREOFFICE, LIBREOFFICE_CLEAN)], ids=["word", "libreoffice"])
async def test_a_paste_becomes_clean_structure(people: People, html: str, clean: str) -> None:
    page, reader = await open_minutes(people, "thuky"), await open_minutes(people, "thuky2")
    assert await paste(page, html) == clean
    await expect(page.locator("#minutes-state")).to_have_text("Đã lưu mọi chữ")
    await same_text(page, reader)


async def test_a_letter_being_composed_neither_leaves_nor_is_broken_by_others(people: People) -> None:
    first, second = await open_minutes(people, "thuky"), await open_minutes(people, "thuky2")
    for page in (first, second):
        await page.locator(".minutes-editor").nth(1).click()
    await first.keyboard.type("A ")
    await same_text(first, second)
    await first.evaluate("() => { window.sent = []; room.connection.socket.onAnyOutgoing((name) => window.sent.push(name)); }")
    ime = await first.context.new_cdp_session(first)
    for shown in ("n", "ng", "ngu", "ngươ", "người"):  # as Telex shows "nguwowif"
        await ime.send("Input.imeSetComposition", {"text": shown, "selectionStart": len(shown), "selectionEnd": len(shown)})
    await second.keyboard.press("Home")
    await second.keyboard.type("Kia ")
    await first.wait_for_timeout(400)
    assert not [name for name in await first.evaluate("() => window.sent") if name.startswith("y-")]
    assert "Kia" not in await first.locator(".minutes-editor").nth(1).inner_text()
    await ime.send("Input.insertText", {"text": "người"})
    await first.keyboard.type(" Huế")
    assert (await same_text(first, second))[1] == "Kia A người Huế"


async def test_a_comment_stays_with_its_passage_and_is_answered_and_settled(people: People) -> None:
    first, second = await open_minutes(people, "thuky"), await open_minutes(people, "thuky2")
    member = await open_minutes(people, "sotaichinh")
    section = first.locator(".minutes-section").nth(1)
    await section.locator(".minutes-editor").click()
    await first.keyboard.type("Giao Sở A")
    for _ in range(4):
        await first.keyboard.press("Shift+ArrowLeft")
    await insert(first, "comment")
    await first.fill("#reason-text", "Sở B mới đúng")
    await first.locator("#reason-dialog button.primary").click()
    await expect(second.locator(".remarked")).to_have_text("Sở A")
    await second.locator(".minutes-editor").nth(1).click()
    await second.keyboard.press("Home")
    await second.keyboard.type("Chủ trì kết luận: ")
    for page in (first, second):
        await expect(page.locator(".remarked")).to_have_text("Sở A")
    theirs = second.locator(".minutes-section").nth(1).locator(".remarks")
    await theirs.locator("summary").click()
    await theirs.get_by_label("Trả lời góp ý này").fill("Đồng ý")
    await theirs.get_by_role("button", name="Trả lời", exact=True).click()
    await section.locator(".remarks summary").click()
    await expect(section.locator(".remark")).to_contain_text("Đồng ý")
    await section.get_by_role("button", name="Tiếp thu").click()
    await expect(second.locator(".remarked")).to_have_count(0)
    await expect(theirs).to_contain_text("Đã tiếp thu")
    assert await member.locator(".remarks").count() == 0
    assert await member.evaluate("() => Object.keys(room.state.remarks).length") == 0


async def test_an_hour_of_typing_without_network_survives_closing_the_page(people: People) -> None:
    first, second = await open_minutes(people, "thuky"), await open_minutes(people, "thuky2")
    cut, address = people.contexts[0], first.url
    await first.locator(".minutes-editor").nth(1).click()
    await first.keyboard.type("Trước. ")
    await expect(first.locator("#minutes-state")).to_have_text("Đã lưu mọi chữ")
    await cut.set_offline(True)
    await first.evaluate("() => window.room.connection.socket.io.engine.close()")
    await expect(first.locator("#cut")).to_be_visible()
    await first.evaluate("() => { for (let n = 0; n < 400; n++) document.execCommand('insertText', false, `ữ${n} `); }")
    await expect(first.locator(".minutes-editor").nth(1)).to_contain_text("ữ399")
    await first.wait_for_timeout(500)
    await first.close()
    await second.locator(".minutes-editor").nth(1).click()
    await second.keyboard.press("Control+End")
    await second.keyboard.type("Người kia.")
    await expect(second.locator("#minutes-state")).to_have_text("Đã lưu mọi chữ")
    await cut.set_offline(False)
    again = await cut.new_page()
    await again.goto(address)
    await again.click("[data-tab=minutes]")
    await expect(again.locator(".minutes-editor").nth(1)).to_contain_text("Người kia.")
    await expect(again.locator("#minutes-state")).to_have_text("Đã lưu mọi chữ")
    both = (await same_text(again, second))[1]
    words = both.replace("Người kia.", " ").split()
    assert words == ["Trước.", *(f"ữ{n}" for n in range(400))]
    assert both.count("Người kia.") == 1
    kept = """() => new Promise((resolve) => { indexedDB.open("diemcau-minutes").onsuccess = ({ target }) => {
      target.result.transaction("updates").objectStore("updates").count().onsuccess = (event) => resolve(event.target.result); }; })"""
    assert await again.evaluate(kept) == 0
