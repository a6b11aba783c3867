"""The agenda while it runs: what the forecast says, and what the chair does with an item as others see it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from .conftest import PHONE, People
from .rooms import enter, same_as_fresh
from .test_minutes import running_meeting

pytestmark = pytest.mark.browser

START = 1_800_000_000_000  # milliseconds


def item(position: int, state: str, minutes: int, **more: Any) -> dict[str, Any]:
    return {"id": str(position), "position": position, "state": state, "minutes": minutes, "spent_seconds": 0, "started_at": None} | more


async def pace(page: Page, agenda: list[dict[str, Any]], at: int, **more: Any) -> Any:
    """[minutes late, minutes from the start at which each item to come is likely to begin], `at` minutes after the start; an hour is
    planned."""
    meeting = {"state": "live", "break_until": None} | more
    script = """async ([agenda, meeting, start, at]) => {
      const { forecast } = await import(new URL("plan.js", document.querySelector("script[src$='room/main.js']").src));
      const iso = (minute) => new Date(start + minute * 60000).toISOString();
      const begun = ({ started_at }) => started_at === null ? null : iso(started_at);
      const items = Object.fromEntries(agenda.map((item) => [item.id, { ...item, started_at: begun(item) }]));
      const times = { starts_at: iso(0), ends_at: iso(60), break_until: meeting.break_until && iso(meeting.break_until) };
      const found = forecast({ items, meeting: { ...meeting, ...times } }, start + at * 60000);
      return JSON.stringify(found && [found.late, [...found.starts.values()].map((ms) => (ms - start) / 60000)]);
    }"""
    return json.loads(await page.evaluate(script, [agenda, meeting, START, at]))


async def test_the_forecast_follows_what_runs_over_is_skipped_or_paused(people: People) -> None:
    page = await people.page("chutri")
    await enter(page, people.server.url + await running_meeting(page))
    plan = [item(1, "done", 10), item(2, "running", 20, started_at=10), item(3, "planned", 20), item(4, "planned", 10)]
    assert await pace(page, plan, 15) == [0, [30, 50]]
    assert await pace(page, plan, 40) == [10, [40, 60]]  # the running item is ten minutes over
    returned = [plan[0], plan[1] | {"spent_seconds": 600}, *plan[2:]]
    assert await pace(page, returned, 15) == [-10, [20, 40]]  # it ran before: its time then counts
    assert await pace(page, [*plan[:2], plan[2] | {"state": "skipped"}, plan[3]], 15) == [-20, [30]]
    assert await pace(page, [*plan[:2], plan[2] | {"state": "moved"}, plan[3]], 15) == [-20, [30]]
    assert await pace(page, plan, 15, break_until=25) == [10, [40, 60]]
    assert await pace(page, [item(1, "done", 10)], 15) is None
    assert await pace(page, plan, 15, state="invited") is None
    assert await pace(page, plan, 24 * 60) is None  # held on another day than planned


async def act(page: Page, number: int, name: str) -> None:
    await page.locator("#agenda .agenda-item").nth(number).locator("[data-key^=acts-]").click()
    await page.click(f"[data-key=act-{name}]")


async def test_the_chair_skips_changes_and_splits_off_as_everybody_sees(people: People) -> None:
    chair, phone, secretary = await people.page("chutri"), await people.page("vyda", size=PHONE), await people.page("thuky")
    room = people.server.url + await running_meeting(chair)
    for page in (chair, phone):
        await enter(page, room)
    await phone.click("[data-part=agenda]")
    lines = phone.locator("#agenda .agenda-item")
    await expect(phone.locator("#agenda [data-key^=acts-]")).to_have_count(0)  # a member runs nothing

    await act(chair, 2, "skip")
    await expect(lines.nth(2)).to_contain_text("đã bỏ qua")
    await act(chair, 2, "plan")
    await expect(lines.nth(2)).not_to_contain_text("đã bỏ qua")

    await act(chair, 3, "edit")
    await chair.fill("#i-minutes", "200")
    await chair.fill("#i-limit", "2.5")
    await chair.click("#item-dialog .primary")
    await expect(lines.nth(3)).to_contain_text("200′")
    await expect(phone.locator(".pace.behind")).to_contain_text("chậm")
    await expect(chair.locator("#notes")).to_contain_text("kết thúc chậm")

    title = await chair.locator("#agenda .agenda-item").nth(3).locator(".as-text").inner_text()
    await act(chair, 3, "split")
    await chair.fill("#split-dialog [name=title]", "Họp riêng về an toàn thông tin")
    await chair.click("#split-dialog .primary")
    await expect(lines.nth(3)).to_contain_text("đã chuyển sang “Họp riêng về an toàn thông tin”")
    await expect(phone.locator(".pace.behind")).to_have_count(0)
    for page in (chair, phone):
        await same_as_fresh(page)

    # The secretary finds the draft, which says where it comes from.
    await secretary.reload()
    await secretary.locator("li", has_text="Họp riêng về an toàn thông tin").get_by_role("link").click()
    await expect(secretary.locator("main")).to_contain_text("Tách từ cuộc họp Họp giao ban về chuyển đổi số")
    assert title in [await field.input_value() for field in await secretary.locator("#agenda-items [name$='.title']").all()]
