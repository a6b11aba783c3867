"""What every request meets: headers, forms of other sites, bodies too large or no bodies at all, pages that are not there."""

from __future__ import annotations

import asyncio
import gzip
import logging
from io import BytesIO
from urllib.parse import urlsplit

import aiohttp
import pytest
from yarl import URL

from meetings.commands import Actor
from tests.support.organisation import PASSWORD, make_agency, make_user
from tests.support.site import Browser, Site
from web.assets import static
from web.pages import home

MIB = 1 << 20


async def member(site: Site) -> tuple[Actor, Browser]:
    actor = await make_user(site.db, await make_agency(site.db), "lan.nt")
    return actor, await site.signed_in("lan.nt")


async def test_every_answer_carries_the_security_headers(site: Site):
    browser = site.browser()
    for path in ("/sign-in", "/", "/nothing", static("css/app.css")):
        page = await browser.get(path, follow=False)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert page.headers["X-Request-Id"]
        assert "Strict-Transport-Security" not in page.headers


async def test_each_page_has_a_nonce_of_its_own(site: Site):
    browser = site.browser()
    policies = {(await browser.get("/sign-in")).headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


async def test_a_host_header_cannot_add_to_the_policy(site: Site):
    page = await site.browser().send("GET", "/sign-in", headers={"Host": "a.example; script-src *"})
    assert "script-src *" not in page.headers.get("Content-Security-Policy", "")


async def test_the_log_has_the_pattern_of_the_address_and_never_its_token(site: Site, caplog):
    caplog.set_level(logging.INFO)
    token = "0" * 32 + "." + "A" * 32
    assert (await site.browser().get(f"/j/{token}?next=secret")).status == 404
    lines = [r.getMessage() for r in caplog.records if r.name == "web.middleware"]
    assert any("GET /j/{token} 404" in line for line in lines)
    assert token not in caplog.text and "secret" not in caplog.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/"},
        {"Sec-Fetch-Site": "cross-site"},
        {},
    ],
    ids=str,
)
async def test_a_form_of_another_site_changes_nothing(site: Site, headers: dict[str, str]):
    _, browser = await member(site)
    await browser.get("/account")
    csrf = browser.page.fields["csrf"]
    page = await browser.send("POST", "/language", data={"language": "en", "csrf": csrf}, headers=headers)
    assert page.status == 400 and "không được gửi từ trang của hệ thống" in page.text
    assert "Tài khoản của tôi" in (await browser.get("/account")).text


async def test_a_form_without_the_sessions_token_changes_nothing(site: Site):
    _, browser = await member(site)
    for data in ({"language": "en"}, {"language": "en", "csrf": "wrong"}, {"language": "en", "csrf": "ă"}):
        page = await browser.send("POST", "/language", data=data, headers={"Origin": site.url})
        assert page.status == 400 and "Phiên làm việc đã thay đổi" in page.text


async def test_a_script_of_our_own_sends_the_token_in_a_header(site: Site):
    _, browser = await member(site)
    csrf = (await browser.get("/account")).fields["csrf"]
    page = await browser.send("POST", "/language", data={"language": "en"}, headers={"Origin": site.url, "X-CSRF-Token": csrf})
    assert page.status == 303


async def test_sign_in_needs_the_cookie_of_its_own_form(site: Site):
    await make_user(site.db, await make_agency(site.db), "lan.nt")
    browser = site.browser()
    page = await browser.send("POST", "/sign-in", data={"username": "lan.nt", "password": PASSWORD}, headers={"Origin": site.url})
    assert page.status == 422 and "Hãy thử đăng nhập lại" in page.text and 'value="lan.nt"' in page.html
    assert (await browser.post("/sign-in", username="lan.nt", password=PASSWORD)).path == "/"


async def test_a_body_over_the_limit_is_answered_in_words(site: Site):
    _, browser = await member(site)
    await browser.get("/account/password")
    form = {"Origin": site.url, "Content-Type": "application/x-www-form-urlencoded"}
    page = await browser.send("POST", "/account/password", data=BytesIO(b"current=" + b"x" * 10 * MIB), headers=form)
    assert page.status == 413 and "nhiều nhất 1 MB" in page.text
    form = aiohttp.FormData({"csrf": (await browser.get("/account")).fields["csrf"]})
    form.add_field("file", BytesIO(b"x" * 8 * MIB), filename="a.csv")
    page = await browser.send("POST", "/admin/import", data=form, headers={"Origin": site.url})
    assert page.status == 413 and "nhiều nhất 6 MB" in page.text


async def test_a_stranger_cannot_make_the_server_read_a_large_upload(site: Site):
    async def endless():
        for _ in range(64):
            yield b"x" * 65536
            await asyncio.sleep(0)

    browser = site.browser()
    headers = {"Origin": site.url, "Content-Type": "multipart/form-data; boundary=x"}
    page = await browser.send("POST", "/meetings/" + "0" * 32 + "/papers", data=endless(), headers=headers)
    assert (page.status, urlsplit(page.path).path) == (303, "/sign-in")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n"),
        ("multipart/form-data", b"no boundary"),
        ("application/x-www-form-urlencoded; charset=no-such", b"csrf=1"),
        ("application/x-www-form-urlencoded", b"csrf=%00&a=\xff\xfe"),
        ("application/x-www-form-urlencoded", b"a=b&" * 5000),
    ],
)
async def test_a_body_that_is_no_form_is_refused_without_an_accident(site: Site, kind: str, body: bytes, caplog):
    _, browser = await member(site)
    for sender in (browser, site.browser()):
        page = await sender.send("POST", "/language", data=body, headers={"Origin": site.url, "Content-Type": kind})
        assert page.status in (400, 413), page.text
    assert "Traceback" not in caplog.text


async def test_a_page_that_is_not_there_says_so_in_the_users_language(site: Site):
    assert "Không có trang này" in (await site.browser("vi").get("/nothing")).text
    english = await site.browser("en").get("/meetings/%00")
    assert english.status == 404 and "No such page" in english.text
    assert (await site.browser().send("PUT", "/sign-in", headers={"Origin": site.url})).status == 405


async def test_an_accident_gives_a_number_that_the_log_has_too(site: Site, monkeypatch, caplog):
    _, browser = await member(site)

    async def broken(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(home, "today", broken)
    page = await browser.get("/")
    assert page.status == 500 and "secret detail" not in page.text
    assert page.headers["X-Request-Id"] in page.text
    assert any(page.headers["X-Request-Id"] in record.getMessage() for record in caplog.records if record.exc_info)


async def test_a_refusal_to_a_script_is_json(site: Site):
    _, browser = await member(site)
    page = await browser.send("POST", "/language", data={}, headers={"Origin": site.url, "Accept": "application/json"})
    assert page.status == 400 and page.headers["Content-Type"].startswith("application/json")
    assert '"code": "stale_form"' in page.html


async def test_static_files_are_kept_for_a_year_under_an_address_that_changes_with_them(site: Site):
    browser = site.browser()
    address = static("css/app.css")
    page = await browser.send("GET", address, headers={"Accept-Encoding": "identity"})
    assert page.headers["Content-Type"] == "text/css; charset=utf-8" and "immutable" in page.headers["Cache-Control"]
    packed = {"Accept-Encoding": "gzip"}
    async with aiohttp.ClientSession(auto_decompress=False) as raw, raw.get(site.url + address, headers=packed) as answer:
        assert gzip.decompress(await answer.read()).decode() == page.html
    old = await browser.get("/static/000000000000/css/app.css")
    assert old.status == 200 and old.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", "css", "css/../../app.py"])
async def test_nothing_but_static_files_is_served_as_one(site: Site, path: str):
    async with aiohttp.ClientSession() as raw, raw.get(URL(f"{site.url}/static/x/{path}", encoded=True)) as answer:
        assert answer.status == 404


async def test_health_answers_without_a_session(site: Site):
    page = await site.browser().get("/health")
    assert (page.status, page.html) == (200, "ok")
