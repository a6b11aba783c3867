"""Ballots beyond the plain one: other opinions in words, recusal, a pause, totals only, void and again, and the record."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from web.static import verify_ballot

from .conftest import PHONE, People
from .rooms import choose, enter, same_as_fresh
from .test_minutes import running_meeting

pytestmark = pytest.mark.browser


async def prepare(chair: Page, question: str, **chosen: str) -> None:
    await chair.click("[data-tab=ballots]")
    await chair.locator("#ballots [data-key=new-ballot]").click()
    await chair.fill("#b-question", question)
    await chair.locator("#ballot-dialog details summary").click()
    for name, value in chosen.items():
        await chair.select_option(f"#b-{name}", value)
    await chair.select_option("#b-tie", "chair")
    await chair.locator("#ballot-dialog button.primary").click()
    await chair.locator(".ballot", has_text=question).get_by_role("button", name="Mở biểu quyết").click()
    await chair.locator("[data-key=hide-vote]").click()


async def test_an_opinion_in_words_a_pause_totals_only_and_the_record(people: People, tmp_path: Path) -> None:
    chair, member, phone = await people.page("chutri"), await people.page("sotaichinh"), await people.page("sokhcn", size=PHONE)
    room = people.server.url + await running_meeting(chair)
    for page in (chair, member, phone):
        await enter(page, room)
    question = "Ý kiến về phương án 2"
    await prepare(chair, question, kind="opinion", disclosure="totals")

    # Another opinion is not sent without words; they survive what happens in the room meanwhile.
    await expect(phone.locator("#ballot-sheet h2")).to_have_text(question)
    await phone.locator("[data-key=vote-abstain]").click()
    await expect(phone.locator("[data-key=send-vote]")).to_be_disabled()
    await phone.locator("#opinion-text").press_sequentially("Cần thêm ")
    await choose(member, "for")
    await expect(phone.locator("#ballot-sheet")).to_contain_text("1 trên")
    await phone.locator("#opinion-text").press_sequentially("số liệu")
    await expect(phone.locator("#opinion-text")).to_have_value("Cần thêm số liệu")

    # Paused: nothing can be sent, nothing typed is lost.
    await chair.locator(".ballot.open").get_by_role("button", name="Tạm dừng").click()
    await expect(phone.locator("#ballot-sheet .chip")).to_have_text("Tạm dừng")
    await expect(phone.locator("[data-key=send-vote]")).to_have_count(0)
    await chair.locator(".ballot.paused").get_by_role("button", name="Cho biểu quyết tiếp").click()
    await phone.locator("[data-key=send-vote]").click()
    await expect(phone.locator("#ballot-sheet .receipt")).to_contain_text("Ý kiến khác")
    await chair.locator(".ballot.open").get_by_role("button", name="Kết thúc biểu quyết").click()
    for page in (chair, member, phone):
        await same_as_fresh(page)

    # Totals outside, names inside; the record is counted again by the file that anybody can have.
    await member.click("[data-tab=ballots]")
    ballot = member.locator(".ballot.closed", has_text=question)
    await expect(ballot).to_contain_text("Ý kiến khác")
    await expect(ballot.locator("details")).to_have_count(0)
    mine = chair.locator(".ballot.closed", has_text=question)
    await mine.locator("details summary").click()
    await expect(mine).to_contain_text("Cần thêm số liệu")
    async with chair.expect_download() as download:
        await mine.get_by_role("link", name="Tải hồ sơ biểu quyết").click()
    record = tmp_path / "record.json"
    await (await download.value).save_as(record)
    command = [sys.executable, "-I", verify_ballot.__file__, str(record)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.splitlines()[:2]) == (0, ["OK", question])
    record.write_text(json.dumps(json.loads(record.read_text(encoding="utf-8")) | {"seal": "0" * 64}), encoding="utf-8")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1

    # Void for a reason that everybody reads; the next one names it.
    await mine.get_by_role("button", name="Hủy kết quả").click()
    await chair.fill("#reason-text", "Nêu nhầm phương án")
    await chair.locator("#reason-dialog button.primary").click()
    await expect(member.locator(".ballot.void")).to_contain_text("Đã hủy kết quả: Nêu nhầm phương án")
    await chair.locator(".ballot.void").get_by_role("button", name="Biểu quyết lại").click()
    await expect(chair.locator("#b-question")).to_have_value(question)
    await chair.fill("#b-question", "Ý kiến về phương án 3")
    await chair.locator("#ballot-dialog button.primary").click()
    await expect(chair.locator(".ballot.prepared", has_text="phương án 3")).to_contain_text(f"Biểu quyết lại nội dung: {question}")


async def test_whoever_recuses_himself_gets_no_ballot_of_that_item(people: People) -> None:
    chair, member = await people.page("chutri"), await people.page("sotaichinh")
    room = people.server.url + await running_meeting(chair)
    for page in (chair, member):
        await enter(page, room)
    await member.get_by_role("button", name="Khai có quyền lợi liên quan").click()
    await member.fill("#reason-text", "Người thân dự thầu")
    await member.locator("#reason-dialog button.primary").click()
    await expect(chair.locator("#item-head")).to_contain_text("Người thân dự thầu")
    await expect(member.get_by_role("button", name="Rút khai quyền lợi liên quan")).to_be_visible()
    await prepare(chair, "Chọn nhà thầu?")
    await member.click("[data-tab=ballots]")
    await expect(member.locator(".ballot.open")).to_contain_text("không có trong danh sách")
    await expect(member.locator("#ballot-sheet")).to_be_hidden()
    for page in (chair, member):
        await same_as_fresh(page)
