"""Ballots of the other kinds, as people hold them: an election with a proxy and a tie that age decides, a count by hand that a
second person confirms, a deadline, the ready list, and the order of what is prepared."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from .conftest import PHONE, People
from .rooms import enter, same_as_fresh, state_of
from .test_minutes import running_meeting
from .test_pages import judged_here

pytestmark = pytest.mark.browser
CANDIDATES = ["Trần An, Phó Chánh Văn phòng", "Lê Bình, Phó Giám đốc Sở Tài chính", "Hồ Chi"]


async def do(page: Page, name: str, **fields: Any) -> Any:
    answer = await page.evaluate("([name, fields]) => window.room.do(name, fields)", [name, fields])
    assert answer["ok"], answer
    return answer["answer"]


async def open_dialog(chair: Page, question: str, template: str) -> None:
    await chair.click("[data-tab=ballots]")
    await chair.locator("#ballots [data-key=new-ballot]").click()
    await chair.click(f"[data-template={template}]")
    await chair.fill("#b-question", question)


async def test_an_election_with_a_proxy_and_a_tie_that_age_decides(people: People) -> None:
    chair, phone, other = await people.page("chutri"), await people.page("sotaichinh", size=PHONE), await people.page("sokhcn")
    room = people.server.url + await running_meeting(chair)
    for page in (chair, phone, other):
        await enter(page, room)
    state = await state_of(chair)
    me = await phone.evaluate("() => window.room.me")
    absent = next(p for p in state["participants"].values() if p["votes"] and p["attendance"] == "absent")

    await open_dialog(chair, "Bầu Tổ thẩm định", "election")
    await chair.fill("#b-options", "\n".join(CANDIDATES))
    await chair.fill("#b-seats", "9")
    await chair.locator("#ballot-dialog details summary").click()
    await chair.select_option("#b-tie", "elder")
    await chair.select_option("#b-base", "cast")
    await chair.select_option("#b-threshold", "other")
    await chair.fill("#b-share-num", "1")
    await chair.fill("#b-share-den", "3")
    await chair.locator("#ballot-dialog button.primary").click()
    await expect(chair.locator("#ballot-dialog [role=alert]")).to_have_text("Số được bầu phải từ 1 đến 3.")
    await chair.fill("#b-seats", "1")
    await chair.locator("#ballot-dialog button.primary").click()

    # The ready list says who votes and why not; there the secretary or chair records the proxy.
    ballot = chair.locator(".ballot.prepared", has_text="Bầu Tổ thẩm định")
    await ballot.locator(".ready-line").click()
    await expect(chair.locator(f"[data-key=ready-{absent['id']}]")).to_contain_text("vắng mặt")
    await chair.check("#ready-proxies")
    await chair.select_option("#proxy-giver", absent["id"])
    await chair.select_option("#proxy-holder", me)
    await chair.click("#proxy-form button")
    await expect(chair.locator(f"[data-key=ready-{absent['id']}]")).to_contain_text("biểu quyết thay")
    await chair.locator("#ready-dialog [data-close]").click()
    await ballot.get_by_role("button", name="Mở biểu quyết").click()

    # One's own mandate, then the other's, each with its own receipt; and one more elsewhere makes a tie of one to one to one.
    sheet = phone.locator("#ballot-sheet")
    await phone.locator("[data-key=mark-1]").click()
    await phone.locator("[data-key=send-vote]").click()
    await expect(sheet.locator(".notice")).to_contain_text(f"thay {absent['name']}")
    await phone.locator("[data-key=mark-2]").click()
    await phone.locator("[data-key=send-vote]").click()
    await expect(sheet.locator(".receipt")).to_contain_text("Lê Bình")
    await phone.locator("[data-key=mandate-own]").click()
    await expect(sheet.locator(".receipt")).to_contain_text("Trần An")
    await chair.locator("[data-key=hide-vote]").click()
    await chair.locator(".ballot.open").get_by_role("button", name="Kết thúc biểu quyết").click()
    closed = chair.locator(".ballot.closed", has_text="Bầu Tổ thẩm định")
    await expect(closed).to_contain_text("Cần ghi ai cao tuổi hơn.")
    await closed.get_by_role("button", name="Ghi người cao tuổi hơn").click()
    await chair.locator("#elder-dialog").get_by_text("Lê Bình").click()
    await chair.locator("#elder-dialog button.primary").click()
    await other.click("[data-tab=ballots]")
    await expect(other.locator(".ballot.closed li.won")).to_contain_text("Lê Bình")
    for page in (chair, phone, other):
        await same_as_fresh(page)


async def test_a_count_by_hand_is_confirmed_by_a_second_person(people: People) -> None:
    chair, secretary = await people.page("chutri"), await people.page("thuky")
    room = people.server.url + await running_meeting(chair)
    for page in (chair, secretary):
        await enter(page, room)
    await open_dialog(chair, "Giơ tay thông qua nội quy", "hands")
    await chair.locator("#ballot-dialog button.primary").click()
    await chair.locator(".ballot.prepared", has_text="nội quy").get_by_role("button", name="Mở biểu quyết").click()
    await expect(chair.locator("#ballot-sheet")).to_be_hidden()
    await secretary.click("[data-tab=ballots]")
    await secretary.locator(".ballot.open").get_by_role("button", name="Ghi số kiểm đếm").click()
    await secretary.fill("#count-for", "900")
    await secretary.fill("#count-against", "1")
    await secretary.fill("#count-abstain", "0")
    await secretary.locator("#count-dialog button.primary").click()
    await expect(secretary.locator("#count-dialog [role=alert]")).to_contain_text("không khớp")
    await secretary.fill("#count-for", "2")
    await secretary.locator("#count-dialog button.primary").click()
    await expect(secretary.locator(".ballot.open")).to_contain_text("Chờ người thứ hai xác nhận")
    await chair.locator(".ballot.open").get_by_role("button", name="Xác nhận số kiểm đếm").click()
    await expect(chair.locator("#confirm-text")).to_contain_text("tán thành 2, không tán thành 1")
    await chair.click("#confirm-yes")
    await expect(chair.locator(".ballot.closed", has_text="nội quy")).to_contain_text("2 tán thành")
    for page in (chair, secretary):
        await same_as_fresh(page)


async def test_a_deadline_is_seen_and_kept_and_the_list_is_ordered(people: People) -> None:
    chair, phone = await people.page("chutri"), await people.page("sotaichinh", size=PHONE)
    room = people.server.url + await running_meeting(chair)
    for page in (chair, phone):
        await enter(page, room)
    for question, seconds in (("Câu thứ nhất", 1), ("Câu thứ hai", 3600)):
        await do(chair, "PrepareBallot", question=question, quorum=[0, 1], seconds=seconds, kind="approval", options=CANDIDATES)
    await chair.click("[data-tab=ballots]")
    second = chair.locator(".ballot.prepared", has_text="Câu thứ hai")
    await second.get_by_role("button", name="Lên trước").click()
    await expect(chair.locator(".ballot.prepared", has_text="Câu thứ").first).to_contain_text("Câu thứ hai")
    await second.get_by_role("button", name="Sửa").click()
    await expect(chair.locator("#b-options")).to_have_value("\n".join(CANDIDATES))
    await chair.fill("#b-question", "Câu thứ hai, đã sửa")
    await chair.locator("#ballot-dialog button.primary").click()
    await chair.locator(".ballot.prepared", has_text="đã sửa").get_by_role("button", name="Mở biểu quyết").click()
    await expect(phone.locator("#ballot-sheet [data-closes]")).to_contain_text("còn 59:")
    await phone.locator("[data-key=mark-all]").click()
    await phone.locator("[data-key=mark-3-against]").click()
    await phone.locator("[data-key=send-vote]").click()
    await expect(phone.locator("#ballot-sheet .receipt")).to_contain_text("1 không tán thành")
    await chair.locator(".ballot.open").get_by_role("button", name="Kết thúc biểu quyết").click()
    await expect(chair.locator(".ballot.closed", has_text="đã sửa")).to_contain_text("Không ai, không mục nào đủ số phiếu tán thành.")

    await chair.locator(".ballot.prepared", has_text="Câu thứ nhất").get_by_role("button", name="Mở biểu quyết").click()
    await expect(chair.locator(".ballot.closed", has_text="Câu thứ nhất")).to_be_visible()  # by itself
    await expect(phone.locator("#ballot-sheet")).to_be_hidden()
    for page in (chair, phone):
        await same_as_fresh(page)


async def test_no_part_of_a_ballot_has_a_finding(people: People) -> None:
    chair = await people.page("chutri", bypass_csp=True)
    phone = await people.page("sotaichinh", size=PHONE, bypass_csp=True)
    room = people.server.url + await running_meeting(chair)
    for page in (chair, phone):
        await enter(page, room)
    found: list[str] = []
    await open_dialog(chair, "Bầu Tổ thẩm định", "election")
    await chair.locator("#ballot-dialog details summary").click()
    found += await judged_here(chair, "preparing")
    await chair.keyboard.press("Escape")
    common = {"quorum": [0, 1], "progress": "votes", "base": "cast", "threshold": [0, 1], "strict": False, "options": CANDIDATES}
    for kind, mark in (("election", "1"), ("approval", "1-for")):
        seats = {"most": 1, "seats": 1, "tie": "elder"} if kind == "election" else {}
        ballot = (await do(chair, "PrepareBallot", question=f"Phiếu {kind}", kind=kind, **common, **seats))["ballot_id"]
        await chair.locator(f"[data-key=ready-{ballot}]").click()
        found += await judged_here(chair, "ready list")
        await chair.locator("#ready-dialog [data-close]").click()
        await do(chair, "OpenBallot", ballot_id=ballot)
        await phone.locator(f"[data-key=mark-{mark}]").click()
        found += await judged_here(phone, f"sheet of {kind}") + await judged_here(chair, f"open {kind}")
        await phone.locator("[data-key=send-vote]").click()
        await expect(phone.locator("#ballot-sheet .receipt")).to_be_visible()
        found += await judged_here(phone, f"receipt of {kind}")
        await do(chair, "CloseBallot", ballot_id=ballot)
        await phone.click("[data-tab=ballots]")
        found += await judged_here(chair, f"result of {kind}") + await judged_here(phone, f"result of {kind}")
    ballot = (await do(chair, "PrepareBallot", question="Giơ tay", quorum=[0, 1], method="hand", tie="chair"))["ballot_id"]
    await do(chair, "OpenBallot", ballot_id=ballot)
    await chair.locator(f"[data-key=count-{ballot}]").click()
    found += await judged_here(chair, "counting")
    assert not found, "\n".join(found)
