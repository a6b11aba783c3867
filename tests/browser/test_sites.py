"""A bridge site from its link to the floor, and the board on which those who run see how all sites stand."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Page, expect

from .conftest import PHONE, People
from .rooms import enter, same_as_fresh
from .test_pages import findings, meetings_of

pytestmark = pytest.mark.browser


async def links_of(page: Page, url: str, meeting: str) -> dict[str, str]:
    """Link by site, as the secretary copies them."""
    await page.goto(f"{url}{meeting}/sites")
    named = "(button) => [button.closest('li').querySelector('strong').textContent, button.dataset.copies]"
    script = f"() => JSON.stringify([...document.querySelectorAll('[data-copies]')].map({named}))"
    return {name: link.replace("http://127.0.0.1:8080", url) for name, link in json.loads(await page.evaluate(script))}


async def test_a_site_tests_reports_asks_is_lost_and_comes_back(people: People):
    url = people.server.url
    secretary = await people.page("thuky", bypass_csp=True)
    meeting = (await meetings_of(secretary, url))["now"]
    links = await links_of(secretary, url, meeting)
    site = await people.page(size=PHONE, bypass_csp=True)
    await site.goto(links["Xã Khe Tre"])
    await site.get_by_role("button", name="Mở trang điểm cầu").click()
    await expect(site.locator("#connection")).to_have_class("chip ok")
    await expect(site.locator("#readiness h2")).to_have_text("Chưa thử")
    assert await findings(site) == []
    await enter(secretary, f"{url}{meeting}/room")
    await expect(secretary.locator("#sites-bar")).to_contain_text("Có lỗi: Xã A Lưới 1")
    await expect(secretary.locator("#sites-bar")).to_contain_text("Mất kết nối: Xã Long Quảng", timeout=20_000)  # ready, and not there

    # Pressed quickly one after the other, each result stays.
    for check in ("sound", "picture", "network"):
        await site.locator(f"[data-key={check}-ok]").click()
    await expect(site.locator("#readiness h2")).to_have_text("Đã thử")
    await site.get_by_role("button", name="Báo sẵn sàng").click()
    await expect(site.locator("#readiness h2")).to_have_text("Sẵn sàng")
    await site.fill("#heads", "23")
    await site.fill("#visitor", "Hồ Văn Khách")
    await site.locator("#visitor-form button").click()
    await expect(site.locator("#visitors")).to_contain_text("Hồ Văn Khách")
    await site.select_option("#ask-who", "other")
    await site.fill("#ask-name", "Ông Hồ Văn Thôn")
    await site.fill("#ask-form #ask-subject", "đường vào xã")
    await site.get_by_role("button", name="Đăng ký phát biểu").click()
    await expect(site.locator("#asks-list")).to_contain_text("Thứ 4 trên 4 người chờ")
    await expect(secretary.locator("#queue")).to_contain_text("Xã Khe Tre")

    # On the board: its tile, its people, the floor.
    await secretary.click("#open-sites")
    tile = secretary.locator(".site-tile", has_text="Xã Khe Tre")
    await expect(tile).to_have_class("site-tile ready asks")
    await expect(tile).to_contain_text("23")
    await secretary.locator("[data-key=filter-problems]").click()
    await expect(secretary.locator(".site-tile")).to_have_count(2)
    await secretary.locator("[data-key=filter-asking]").click()
    await tile.click()
    await expect(secretary.locator("#site-detail")).to_contain_text("Hồ Văn Khách")
    assert await findings(secretary) == []
    await secretary.locator("#site-detail").get_by_role("button", name="Mời").click()
    await expect(site.locator("#site-floor")).to_contain_text("Đến lượt điểm cầu phát biểu")
    await secretary.locator("[data-key=filter-all]").click()

    # The line is cut: lost after some seconds, and back by itself.
    await site.context.set_offline(True)
    await site.evaluate("() => window.room.connection.socket.io.engine.close()")
    await expect(tile).to_have_class("site-tile lost", timeout=20_000)
    await site.context.set_offline(False)
    await expect(tile).to_have_class("site-tile ready", timeout=20_000)
    for page in (site, secretary):
        await same_as_fresh(page)


async def test_what_is_lost_is_told_by_time_and_never_while_blind(people: People):
    page = await people.page("thuky", bypass_csp=True)
    await enter(page, f"{people.server.url}{(await meetings_of(page, people.server.url))['now']}/room")
    told = await page.evaluate("""async () => {
      const main = document.querySelector("script[src*='room/main.js']").src;
      const { SiteStates } = await import(main.replace("main.js", "site_states.js"));
      const heard = {};
      const connection = { status: "connected", on: (name, act) => { heard[name] = act; } };
      let now = 0;
      const states = new SiteStates(connection, () => now);
      const site = { id: "a", sound: "ok", picture: "ok", network: "ok", ready: true, vouched: false };
      const live = { state: "live", starts_at: "2026-01-01T00:00:00Z" };
      const at = (seconds, meeting = live, of = site) => {
        now = seconds * 1000;
        return states.of(of, meeting, Date.parse("2026-01-01T00:00:00Z"));
      };
      const said = {};
      said.unknown = [at(0), at(60)];
      heard.presence({ sites: [], whole: true });
      said.missed = [at(60), at(65), at(67)];
      heard.presence({ sites: ["a"], whole: true });
      said.back = at(68);
      heard.presence({ sites: [], whole: true });
      at(70);
      heard.presence({ sites: [], whole: false });
      said.blind = at(90);
      heard.presence({ sites: [], whole: true });
      at(91);
      connection.status = "reconnecting";
      heard.status();
      said.cut = at(120);
      heard.presence({ sites: [], whole: true });
      said.again = [at(121), at(128)];
      said.vouched = at(200, live, { ...site, vouched: true });
      said.early = at(200, { state: "invited", starts_at: "2026-02-01T00:00:00Z" });
      said.bad = at(200, live, { ...site, sound: "bad" });
      return said;
    }""")
    assert told == {
        "unknown": ["ready", "ready"], "missed": ["ready", "ready", "lost"], "back": "ready", "blind": "ready", "cut": "ready",
        "again": ["ready", "lost"], "vouched": "ready", "early": "tested", "bad": "trouble",
    }  # fmt: skip


async def test_a_hundred_and_twenty_sites_fit_on_one_screen(people: People):
    page = await people.page("thuky", bypass_csp=True)
    await enter(page, f"{people.server.url}{(await meetings_of(page, people.server.url))['now']}/room")
    await page.evaluate("""() => {
      const { state } = window.room;
      const [one] = Object.values(state.sites);
      for (let n = 0; n < 108; n += 1) {
        const id = String(n).padStart(32, "0");
        const stands = { ready: n % 9 > 0, vouched: n % 9 > 1, heads: n, sound: n % 17 ? "ok" : "bad" };
        state.sites[id] = { ...one, id, name: `Xã Chân Mây – Lăng Cô ${n}`, position: 20 + n, ...stands };
      }
    }""")
    await page.click("#open-sites")
    await expect(page.locator(".site-tile")).to_have_count(120)
    hidden = "(board) => [board.scrollHeight - board.clientHeight, board.scrollWidth - board.clientWidth]"
    assert await page.locator("#sites-board").evaluate(hidden) == [0, 0]
    assert await findings(page) == []
