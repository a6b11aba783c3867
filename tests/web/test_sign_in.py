"""Signing in and out, sessions, and passwords, through the running site."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.accounts import SaveAccount
from meetings.models.live import audit
from meetings.models.organisation import accounts, people, sessions, sign_in_failures
from meetings.sessions import SESSION_IDLE
from meetings.sign_in_tries import Patience
from tests.support.organisation import PASSWORD, actor_of_token, do, light_hash, make_agency, make_user
from tests.support.site import Site, sign_in

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


async def user(site: Site, name: str = "lan.nt", **more):
    return await make_user(site.db, await make_agency(site.db), name, **more)


async def test_the_right_password_opens_the_page_that_was_asked_for(site: Site):
    await user(site)
    browser = site.browser()
    asked = await browser.get("/account")
    assert asked.path == "/sign-in?next=/account"
    page = await browser.post("/sign-in", username="LAN.NT ", password=PASSWORD, next="/account")
    assert (page.status, page.path) == (200, "/account")
    assert "Người lan.nt" in page.text


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer_after_the_same_time(site: Site):
    await user(site)
    answers, took = [], []
    for name in ("lan.nt", "khong.co"):
        for _ in range(2):
            browser = site.browser()
            await browser.get("/sign-in")
            started = time.perf_counter()
            page = await browser.post("/sign-in", username=name, password="sai mật khẩu rồi")
            took.append(time.perf_counter() - started)
            answers.append((page.status, page.text.replace(name, "-")))
    assert len(set(answers)) == 1
    assert WRONG in answers[0][1]
    # The first of all also pays for making the hash of nobody.
    assert 0.4 < took[1] / min(took[2], took[3]) < 2.5


async def test_an_account_that_is_locked_or_whose_person_left_is_answered_like_a_wrong_password(site: Site):
    actor = await user(site)
    gone = await user(site, "gone")
    await do(site.db, SaveAccount(person_id=actor.person_id, username="lan.nt", locked=True))
    async with site.db.transaction("test") as tx:
        await tx.update(people, gone.person_id, active=False)
    for name in ("lan.nt", "gone"):
        page = await sign_in(site.browser(), name)
        assert page.status == 422 and WRONG in page.text


@pytest.fixture
def a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first delay is one that even a slow machine does not outlast."""
    monkeypatch.setattr(Patience, "delay", lambda self, attempts: timedelta(minutes=attempts > self.free))


@pytest.mark.usefixtures("a_minute")
async def test_guessing_is_slowed_down_alike_for_names_that_exist_and_names_that_do_not(site: Site):
    await user(site)
    texts = {}
    for name in ("lan.nt", "khong.co"):
        browser = site.browser()
        pages = [await sign_in(browser, name, "sai") for _ in range(6)]
        assert [p.status for p in pages] == [422] * 5 + [429]
        texts[name] = re.sub(r"\d+ (giây|phút)", "-", pages[-1].text.replace(name, "-"))
    assert "Hãy thử lại sau -" in texts["lan.nt"]
    assert texts["lan.nt"] == texts["khong.co"]
    # even the right password has to wait
    assert (await sign_in(site.browser(), "lan.nt")).status == 429


@pytest.mark.usefixtures("a_minute")
async def test_many_guesses_at_the_same_moment_gain_nothing(site: Site):
    await user(site)
    browsers = [site.browser() for _ in range(12)]
    pages = await asyncio.gather(*(sign_in(b, "lan.nt", f"sai {n}") for n, b in enumerate(browsers)))
    assert sorted(p.status for p in pages) == [422] * 5 + [429] * 7


async def test_signing_in_forgives_earlier_mistakes(site: Site):
    await user(site)
    browser = site.browser()
    for _ in range(4):
        await sign_in(browser, "lan.nt", "sai")
    assert (await sign_in(browser, "lan.nt")).path == "/"
    async with site.db.reading() as reading:
        left = await reading.column(sa.select(sign_in_failures.c.failures))
    assert left == [4]  # of the address, which may be everybody's


async def test_no_secret_is_kept_readable(site: Site):
    await user(site)
    browser = await site.signed_in("lan.nt")
    token = browser.cookie("dc_session")
    assert len(token) >= 43
    async with site.db.reading() as reading:
        rows = await reading.all(sa.select(sessions)) + await reading.all(sa.select(audit))
    everything = " ".join(str(dict(row._mapping)) for row in rows)
    assert token not in everything
    assert PASSWORD not in everything and light_hash(PASSWORD) not in everything
    assert "lan.nt" not in str([row for row in rows if "TrySignIn" in str(row)])


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site):
    await user(site)
    browser = site.browser()
    await browser.get("/sign-in")
    page = await browser.post("/sign-in", follow=False, username="lan.nt", password=PASSWORD)
    said = next(v for v in page.headers.getall("Set-Cookie") if v.startswith("dc_session="))
    assert "HttpOnly" in said and "SameSite=Lax" in said and "Path=/" in said


async def test_signing_out_ends_the_session_for_good(site: Site):
    await user(site)
    browser = await site.signed_in("lan.nt")
    token = browser.cookie("dc_session")
    page = await browser.post("/sign-out")
    assert page.path == "/sign-in" and "Đã đăng xuất." in page.text
    assert "Đã đăng xuất." not in (await browser.get("/sign-in")).text
    assert await actor_of_token(site.db, token) is None


async def test_a_session_ends_when_idle_and_when_its_time_is_up(site: Site):
    await user(site)
    now = clock.now()
    for column, instant in ((sessions.c.seen_at, now - SESSION_IDLE), (sessions.c.expires_at, now)):
        token = (await site.signed_in("lan.nt")).cookie("dc_session")
        assert await actor_of_token(site.db, token)
        async with site.db.transaction("test") as tx:
            await tx.write(sa.update(sessions).values({column.name: instant}))
        assert await actor_of_token(site.db, token) is None


async def test_own_sessions_are_listed_and_another_one_can_be_ended(site: Site):
    await user(site)
    here, there = await site.signed_in("lan.nt"), await site.signed_in("lan.nt")
    page = await here.get("/account")
    assert page.text.count("Chrome · Windows") == 2 and "Phiên này" in page.text
    async with site.db.reading() as reading:
        ids = await reading.column(sa.select(sessions.c.id).order_by(sessions.c.created_at))
    assert ids[1] in page.html
    await here.post("/account/sessions", session_id=ids[1])
    assert (await there.get("/account")).path.startswith("/sign-in")
    assert (await here.get("/account")).path == "/account"


async def test_nobody_ends_the_session_of_somebody_else(site: Site):
    await user(site)
    await user(site, "khac")
    mine, other = await site.signed_in("lan.nt"), await site.signed_in("khac")
    async with site.db.reading() as reading:
        theirs = await reading.value(sa.select(sessions.c.id).order_by(sessions.c.created_at))
    await other.get("/account")
    await other.post("/account/sessions", session_id=theirs)
    assert (await mine.get("/account")).path == "/account"


async def test_changing_the_password_ends_the_other_sessions(site: Site):
    await user(site)
    here, there = await site.signed_in("lan.nt"), await site.signed_in("lan.nt")
    await here.get("/account/password")
    new = "một câu khác dễ nhớ hơn"
    page = await here.post("/account/password", current=PASSWORD, password=new, again=new)
    assert page.path == "/account" and "Đã đổi mật khẩu" in page.text
    assert (await there.get("/account")).path.startswith("/sign-in")
    assert (await sign_in(site.browser(), "lan.nt")).status == 422
    assert (await sign_in(site.browser(), "lan.nt", new)).path == "/"


async def test_a_weak_or_mistyped_new_password_is_refused_in_words(site: Site):
    await user(site)
    browser = await site.signed_in("lan.nt")
    await browser.get("/account/password")
    for password, again, words in (
        ("ngắn quá", "ngắn quá", "ít nhất 12 ký tự"),
        ("một câu dài dễ nhớ", "một câu dài dễ nhó", "chưa giống nhau"),
        ("matkhau123456", "matkhau123456", "dễ đoán"),
        ("lan.nt lan.nt lan", "lan.nt lan.nt lan", "dễ đoán"),
        (PASSWORD, PASSWORD, "phải khác"),
        ("x" * 300, "x" * 300, "dài quá"),
    ):
        page = await browser.post("/account/password", current=PASSWORD, password=password, again=again)
        assert page.status == 422 and words in page.text, password
    page = await browser.post("/account/password", current="sai", password="một câu dài dễ nhớ", again="một câu dài dễ nhớ")
    assert page.status == 422 and "Mật khẩu hiện tại không đúng" in page.text


async def test_a_temporary_password_must_be_changed_before_anything_else(site: Site):
    await user(site, must_change=True)
    browser = site.browser()
    page = await sign_in(browser, "lan.nt")
    assert page.path == "/account/password" and "do quản trị cấp" in page.text
    assert (await browser.get("/meetings")).path == "/account/password"
    new = "một câu khác dễ nhớ hơn"
    page = await browser.post("/account/password", current=PASSWORD, password=new, again=new)
    assert page.path == "/account"
    assert (await browser.get("/meetings")).path == "/meetings"
    async with site.db.reading() as reading:
        assert not await reading.value(sa.select(accounts.c.must_change))


async def test_an_address_may_fail_often_before_it_has_to_wait(site: Site):
    """A whole agency may sit behind one address."""
    browser = site.browser()
    statuses = [(await sign_in(browser, f"khong{n}", "sai")).status for n in range(12)]
    assert statuses == [422] * 12


async def test_the_next_page_is_never_one_of_another_site(site: Site):
    await user(site)
    for evil in ("//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"):
        browser = site.browser()
        await browser.get("/sign-in")
        page = await browser.post("/sign-in", follow=False, username="lan.nt", password=PASSWORD, next=evil)
        assert (page.status, page.path) == (303, "/")


async def test_the_language_is_the_browsers_until_one_is_chosen_and_then_the_accounts(site: Site):
    await user(site)
    browser = site.browser("en-GB,en;q=0.9")
    assert "Sign in" in (await browser.get("/sign-in")).text
    assert "Đăng nhập" in (await browser.post("/language", language="vi", next="/sign-in")).text
    await sign_in(browser, "lan.nt")
    page = await browser.post("/language", language="en", next="/account")
    assert "My account" in page.text
    assert "My account" in (await (await site.signed_in("lan.nt")).get("/account")).text
