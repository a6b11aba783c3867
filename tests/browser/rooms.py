"""What browser tests do in the room, in words."""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import Page, expect

STATE = "() => JSON.stringify({...window.room.state, role: window.room.connection?.role})"


async def enter(page: Page, url: str) -> None:
    await page.goto(url)
    await expect(page.locator("#connection")).to_have_class("chip ok")


async def state_of(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await page.evaluate(STATE))
    return found


async def fresh_state(page: Page) -> dict[str, Any]:
    """The state that the server gives a newcomer of the same role: what the page's own state must equal."""
    script = """async () => {
      const { io } = await import("socket.io");
      const socket = io({ transports: ["websocket"], forceNew: true });
      await new Promise((resolve) => socket.on("connect", resolve));
      const boot = JSON.parse(document.getElementById("boot").textContent);
      const answer = await socket.emitWithAck("join", { meeting_id: boot.meeting, view: boot.view });
      socket.disconnect();
      return JSON.stringify({ ...answer.state, role: answer.role });
    }"""
    found: dict[str, Any] = json.loads(await page.evaluate(script))
    return found


async def same_as_fresh(page: Page) -> None:
    """`apply(old snapshot, events) == fresh snapshot`, once what is under way has arrived."""
    for _ in range(50):
        fresh = await fresh_state(page)
        if await state_of(page) == fresh:
            return
        await page.wait_for_timeout(100)
    assert await state_of(page) == fresh


async def choose(page: Page, choice: str) -> None:
    """Votes in the sheet that came."""
    sheet = page.locator("#ballot-sheet")
    await expect(sheet).to_be_visible()
    await sheet.locator(f"button.vote.{choice}").click()
    await sheet.locator("[data-key=send-vote]").click()
    await expect(sheet.locator(".receipt")).to_be_visible()


async def invite(secretary: Page, who: str, how: str) -> None:
    """On the schedule form: the first whom the search finds."""
    await secretary.select_option("#invite-how", how)
    await secretary.fill("#people-filter", who)
    await secretary.locator("#people-found [role=option]").first.wait_for()
    async with secretary.expect_response(lambda answer: "add%3A" in (answer.request.post_data or "")):
        await secretary.press("#people-filter", "Enter")
