"""Every page, in both languages and both sizes: no finding of axe, no sideways scrolling, no error in the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, ViewportSize

from .conftest import DESKTOP, PHONE, People

pytestmark = pytest.mark.browser
AXE = Path(__file__).with_name("axe.min.js")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


async def findings(page: Page) -> list[str]:
    # axe marks what it looks at with inline styles, so these pages are looked at without their policy.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("(rules) => axe.run(document, { ...rules, iframes: false })", RULES)
    nodes = [(each["id"], node) for each in found["violations"] for node in each["nodes"][:3]]
    return [f"{name}: {node['html'][:160]} ({node['failureSummary'][:200]})" for name, node in nodes]


async def judged(page: Page, url: str, path: str, status: int = 200) -> list[str]:
    answer = await page.goto(url + path)
    assert answer is not None
    assert answer.status == status, path
    return await judged_here(page, path)


async def judged_here(page: Page, path: str) -> list[str]:
    await page.wait_for_timeout(200 if not path.endswith(("/room", "/projector")) else 1500)
    return await judged_now(page, path)


async def judged_now(page: Page, path: str) -> list[str]:
    wide = await page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{path}: {each}" for each in await findings(page)] + ([f"{path}: scrolls sideways"] if wide else [])


async def meetings_of(page: Page, url: str) -> dict[str, str]:
    """Paths of the demo's meetings: now (running), next (to answer), done (finished)."""
    await page.goto(url + "/meetings")
    now = await page.locator("main li a.strong", has_text="giao ban").first.get_attribute("href")
    soon = await page.locator("main li a.strong", has_text="liên ngành").first.get_attribute("href")
    await page.goto(url + "/meetings?when=past")
    done = await page.locator("main li a.strong", has_text="thường kỳ").first.get_attribute("href")
    return {"now": str(now), "next": str(soon), "done": str(done)}


# In one language the pages are opened on a desktop and then made as narrow as a phone, in the other the other way round.
@pytest.mark.parametrize(("language", "size", "then"), [("vi-VN", DESKTOP, PHONE), ("en-GB", PHONE, DESKTOP)], ids=["vi", "en"])
async def test_no_page_has_a_finding(people: People, language: str, size: ViewportSize, then: ViewportSize) -> None:
    async def here(page: Page, path: str) -> list[str]:
        found = await judged_here(page, path)
        await page.set_viewport_size(then)
        await page.wait_for_timeout(100)
        found += [f"after a change of size: {each}" for each in await judged_now(page, path)]
        await page.set_viewport_size(size)
        return found

    async def opened(page: Page, path: str, status: int = 200) -> list[str]:
        answer = await page.goto(url + path)
        assert answer is not None
        assert answer.status == status, path
        return await here(page, path)

    url = people.server.url
    still: dict[str, Any] = {"bypass_csp": True, "reduced_motion": "reduce"}
    nobody = await people.page(size=size, language=language, **still)
    found = await opened(nobody, "/sign-in")
    secretary = await people.page("thuky", size=size, language=language, **still)
    if language == "en-GB":
        await secretary.evaluate("() => document.querySelector('form[action=\"/language\"] button').click()")
        await secretary.wait_for_function("() => document.documentElement.lang === 'en'")
    known = await meetings_of(secretary, url)
    paths = [
        "/", "/meetings", "/meetings?when=past", "/meetings?when=drafts", "/calendar", "/calendar?view=month&whose=agency", "/search?q=so",
        "/week",
        "/tasks", "/account", "/account/password", "/outbox",
    ]  # fmt: skip
    paths += ["/letters", known["next"], f"{known['next']}/edit", f"{known['next']}/papers", f"{known['next']}/cancel"]
    paths += [known["now"], f"{known['now']}/room", f"{known['now']}/projector", f"{known['now']}/programme", f"{known['now']}/notes"]
    paths += [f"{known['now']}/sites", f"{known['now']}/site-cards"]
    paths += [known["done"], f"{known['done']}/minutes", f"{known['done']}/minutes/print"]
    paths += [f"{known['now']}/minutes/{name}" for name in ("history", "round", "remarks")]
    for path in paths:
        found += await opened(secretary, path)
    found += await opened(secretary, "/rooms")
    found += await opened(secretary, str(await secretary.locator("main th a[href^='/rooms/']").first.get_attribute("href")))
    found += await opened(secretary, "/nowhere", 404)
    # A change with something wrong in it, then its preview.
    await secretary.goto(f"{url}{known['next']}/edit")
    await secretary.fill("#end", "07:00")
    await secretary.click("button[value=preview]")
    await secretary.wait_for_selector(".problems")
    found += await here(secretary, "edit with problems")
    await secretary.fill("#start", "15:00")
    await secretary.fill("#end", "17:00")
    await secretary.click("button[value=preview]")
    await secretary.wait_for_selector("iframe.mail")
    found += await here(secretary, "preview")
    # A mail, and the page that its link opens without an account.
    await secretary.goto(f"{url}/outbox")
    await secretary.locator("main li a").first.click()
    await secretary.wait_for_selector("iframe.mail")
    found += await here(secretary, "mail")
    link = str(await secretary.locator("main a.button.primary").first.get_attribute("href"))
    link = urlsplit(link).path  # the demo was loaded under another port
    found += await opened(nobody, link)
    found += await opened(nobody, link[:-1], 404)
    admin = await people.page("admin", size=size, language=language, **still)
    for kind in ("agencies", "people", "positions", "rooms"):
        found += await opened(admin, f"/admin/{kind}")
        first = await admin.locator(f"main a[href^='/admin/{kind}/']:not([href$=new])").first.get_attribute("href")
        found += await opened(admin, str(first))
        found += await opened(admin, f"/admin/{kind}/new")
    for path in ("/admin/minutes", "/admin/minutes/review", "/admin/import"):
        found += await opened(admin, path)
    broken = {"name": "a.csv", "mimeType": "text/csv", "buffer": "Loại;Mã;Tên\nCơ quan;;Thiếu mã\nNgười;KHONG;A\n".encode()}
    await admin.set_input_files("input[type=file]", broken)  # type: ignore[arg-type]
    await admin.locator("main form button.primary").last.click()
    await admin.wait_for_load_state()
    found += await here(admin, "import with errors")
    assert not found, "\n".join(found)
