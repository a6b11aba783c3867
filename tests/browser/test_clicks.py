"""A busy room redraws all the time: a finger that is down on a button stays on it, what is open stays open."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from .conftest import People
from .rooms import enter, same_as_fresh
from .test_minutes import running_meeting

pytestmark = pytest.mark.browser


async def press(page: Page, selector: str) -> None:
    """The button goes down, and stays there."""
    box = await page.locator(selector).first.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.down()


async def test_a_click_that_spans_an_event_is_not_lost(people: People) -> None:
    chair, member = await people.page("chutri"), await people.page("sotaichinh")
    room = people.server.url + await running_meeting(chair)
    for page in (chair, member):
        await enter(page, room)
    first = await chair.locator("#queue li .strong").nth(1).inner_text()
    await press(chair, "#queue li button")
    await member.click("#ask-form button")
    await expect(chair.locator("#queue li")).to_have_count(4)
    await chair.mouse.up()
    await expect(chair.locator("#floor h3")).to_contain_text(first)
    for page in (chair, member):
        await same_as_fresh(page)


async def test_what_is_open_stays_open_and_the_focus_stays_where_it_is(people: People) -> None:
    chair, member = await people.page("chutri"), await people.page("sotaichinh")
    room = people.server.url + await running_meeting(chair)
    for page in (chair, member):
        await enter(page, room)
    group = chair.locator("#people details", has_text="Sở Tài chính").first
    await group.locator("summary").click()
    await expect(group.locator("ul")).to_be_visible()
    await expect(group.locator("summary")).to_be_focused()
    await member.click("#ask-form button")
    await expect(chair.locator("#queue li")).to_have_count(4)
    await expect(group.locator("ul")).to_be_visible()
    await expect(group.locator("summary")).to_be_focused()
