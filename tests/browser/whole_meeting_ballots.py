"""The two ballots of the whole meeting: one with everybody voting, one through a cut and a killed server."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from playwright.async_api import Locator, expect

from web.static import verify_ballot

from .pictures import picture
from .rooms import choose
from .whole_meeting import Five


async def open_ballot(five: Five, question: str, shot: str = "") -> None:
    chair = five.chair
    await chair.locator("[data-key=bar-B]").click()
    await chair.fill("#b-question", question)
    if shot:
        await picture(chair, shot)
    await chair.locator("#ballot-dialog button.primary").click()
    await expect(chair.locator("[data-key=bar-B]")).to_contain_text("Mở biểu quyết")
    await chair.locator("[data-key=bar-B]").click()
    await chair.click("#confirm-yes")
    await expect(five.phone.locator("#ballot-sheet h2")).to_have_text(question)
    await expect(five.site.locator("#site-floor")).to_contain_text(question)


async def closed(five: Five, question: str, tmp_path: Path) -> Locator:
    """Ended by the chair; its record counted again by the file that anybody can have."""
    await five.chair.locator("[data-key=bar-B]").click()
    await five.chair.click("#confirm-yes")
    await five.chair.click("[data-tab=ballots]")
    ballot = five.chair.locator(".ballot.closed", has_text=question)
    await expect(ballot).to_contain_text("Được thông qua")
    async with five.chair.expect_download() as download:
        await ballot.get_by_role("link", name="Tải hồ sơ biểu quyết").click()
    record = tmp_path / f"{len(question)}.json"
    await (await download.value).save_as(record)
    run = subprocess.run([sys.executable, "-I", verify_ballot.__file__, str(record)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.splitlines()[:2]) == (0, ["OK", question])
    return ballot


async def first_ballot(five: Five, tmp_path: Path) -> None:
    """Everybody on the roll votes."""
    question = "Thông qua Kế hoạch bảo đảm đường truyền năm tới?"
    await open_ballot(five, question, "ballot-new")
    await picture(five.phone, "ballot-phone")
    await choose(five.phone, "for")
    await picture(five.phone, "receipt-phone")
    await choose(five.chair, "for")
    await expect(five.chair.locator("#ballot-sheet")).to_contain_text("2 trên 2 người đã biểu quyết")
    await picture(five.chair, "ballot-chair")
    await closed(five, question, tmp_path)
    await picture(five.chair, "result")
    await expect(five.screen.locator("main")).to_contain_text("Được thông qua")
    await picture(five.screen, "projector-result")
    await five.agree()


async def second_ballot(five: Five, tmp_path: Path) -> None:
    """The phone votes without network, the server dies; each goes on where he was, and the vote counts once."""
    question = "Giao Văn phòng đôn đốc trước mùa mưa?"
    await five.secretary.click("[data-tab=minutes]")
    await five.secretary.locator(".minutes-section.now .minutes-editor").click()
    await five.secretary.keyboard.type("Đại biểu xã Khe Tre đề nghị có đường truyền dự phòng. ")
    await open_ballot(five, question)
    await choose(five.chair, "for")
    await five.phone.context.set_offline(True)
    await five.phone.evaluate("() => window.room.connection.socket.io.engine.close()")
    await five.phone.locator("#ballot-sheet button.vote.for").click()
    await five.phone.locator("[data-key=send-vote]").click()
    await expect(five.phone.locator("#connection")).to_contain_text("1 việc chờ gửi")
    await picture(five.phone, "cut-phone")
    five.people.server.stop(signal.SIGKILL)
    await five.secretary.keyboard.type("Khi máy chủ chết vẫn ghi được.")
    for page in (five.chair, five.secretary, five.site):
        await expect(page.locator("#cut")).to_be_visible(timeout=25_000)
    await picture(five.secretary, "cut")
    await five.people.server.start()
    await five.phone.context.set_offline(False)
    for page in (five.chair, five.secretary, five.phone, five.site):
        await expect(page.locator("#connection")).to_have_class("chip ok", timeout=30_000)
    await expect(five.screen.locator("#cut")).to_be_hidden(timeout=30_000)
    await expect(five.phone.locator("#ballot-sheet .receipt")).to_be_visible(timeout=15_000)
    await expect(five.chair.locator("#ballot-sheet .receipt")).to_be_visible()
    await expect(five.chair.locator("#ballot-sheet")).to_contain_text("2 trên 2 người đã biểu quyết")
    await expect(five.secretary.locator("[data-tab=minutes]")).to_have_attribute("aria-pressed", "true")
    await expect(five.secretary.locator("#minutes-state")).to_have_text("Đã lưu mọi chữ")
    ballot = await closed(five, question, tmp_path)
    await expect(ballot).to_contain_text("2 tán thành trên tổng số 3 thành viên")
    await five.agree()
