"""The bell and the mail of the morning: what waits for somebody, once a day, and only what is his."""

from __future__ import annotations

import asyncio
import json
from dataclasses import fields
from datetime import datetime
from types import SimpleNamespace

import sqlalchemy as sa

from meetings import clock
from meetings.i18n import translator, worded
from meetings.models.meeting import participants
from meetings.models.post import digests, outbox
from meetings.notice import Notice
from meetings.queries.today import Today
from meetings.queries.todo import todos_of
from tests.support.organisation import make_account, make_agency, make_user
from tests.support.scheduled import Office, open_office
from tests.support.site import Browser, Site
from web.digesting import due, send_digests


async def morning_mails(site: Site) -> dict[str, Notice]:
    async with site.db.reading() as r:
        rows = await r.column(sa.select(outbox.c.facts).where(outbox.c.meeting_id.is_(None)))
    notices = [Notice.from_json(facts) for facts in rows]
    assert len({one.recipient_email for one in notices}) == len(notices)
    return {one.recipient_email: one for one in notices}


async def invited(site: Site) -> tuple[Office, str]:
    office = await open_office(site.db)
    meeting = await office.draft(title="Họp <b>thoát nước</b>")
    await office.send(meeting)
    await make_account(site.db, office.people["b"], "nguoi.b", "member")
    await make_user(site.db, await make_agency(site.db), "nguoi.la")
    return office, meeting


async def answer(browser: Browser, site: Site, office: Office, meeting: str) -> None:
    async with site.db.reading() as r:
        mine = sa.and_(participants.c.meeting_id == meeting, participants.c.person_id == office.people["b"])
        key = await r.value(sa.select(participants.c.id).where(mine))
    await browser.get(f"/meetings/{meeting}")
    page = await browser.post(f"/meetings/{meeting}/answer", participant_id=key, answer="accepted", reason="")
    assert page.status == 200, page.text


async def test_the_mail_of_the_morning_says_once_what_waits(site: Site):
    await invited(site)
    sent = await asyncio.gather(*(send_digests(site.settings, site.db, set()) for _ in range(3)))
    assert sum(sent) == 1  # nothing waits for the other one
    assert await send_digests(site.settings, site.db, set()) == 0
    mails = await morning_mails(site)
    assert list(mails) == ["b@hue.example"]
    assert any("Trả lời giấy mời “Họp <b>thoát nước</b>”" in said for said in mails["b@hue.example"].paragraphs)
    async with site.db.reading() as r:
        assert len(await r.all(sa.select(digests))) == 1


async def test_whoever_does_not_want_it_gets_none(site: Site):
    await invited(site)
    browser = await site.signed_in("nguoi.b")
    await browser.get("/account")
    page = await browser.post("/account/digest")
    assert page.status == 200
    assert await send_digests(site.settings, site.db, set()) == 0
    await browser.post("/account/digest", on="on")
    assert await send_digests(site.settings, site.db, set()) == 1


async def test_the_bell_shows_what_waits_to_whom_it_concerns_until_it_is_done(site: Site):
    office, meeting = await invited(site)
    b, stranger = await site.signed_in("nguoi.b"), await site.signed_in("nguoi.la")
    told = json.loads((await b.get("/bell")).html)
    assert told["count"] == 1
    assert f'href="/meetings/{meeting}#answer"' in told["html"]
    assert "&lt;b&gt;" in told["html"]
    assert json.loads((await stranger.get("/bell")).html)["count"] == 0
    await answer(b, site, office, meeting)
    assert json.loads((await b.get("/bell")).html)["count"] == 0
    assert (await site.browser().get("/bell", follow=False)).status in (303, 401)


def test_whatever_home_shows_as_waiting_is_on_the_bell_and_in_the_mail():
    now = clock.now()
    row = SimpleNamespace(
        id="1", meeting_id="1", title="Họp", name="Sở", room_name="A", what="Tờ trình", text="Việc", n=2, late=1, named=0, seats=2,
        deadline_at=now, due_at=now, starts_at=now, due_on=now.date(),
    )  # fmt: skip
    nothing = {one.name: 0 if one.name == "letters" else [] for one in fields(Today)}
    for name in nothing.keys() - {"now", "drafts", "week"}:
        (found,) = todos_of(Today(**nothing | {name: 3 if name == "letters" else [row]}), now, clock.HOME_ZONE)
        for language in ("vi", "en"):
            assert translator(language)(f"todo.{found.kind}", **worded(found.params, language))


def test_mornings_are_of_working_days():
    def at(text: str) -> datetime:
        return clock.from_local(datetime.fromisoformat(text), clock.HOME_ZONE)

    times = {"2026-11-25T06:59": False, "2026-11-25T07:00": True, "2026-11-25T12:00": False, "2026-11-28T08:00": False,
             "2026-09-02T08:00": False, "2026-08-22T08:00": True}  # fmt: skip
    assert {text: due(at(text), clock.HOME_ZONE) for text in times} == times
