"""Pages about minutes: their history, their way round for remarks, and the templates that administrators keep."""

from __future__ import annotations

import email
import re
from datetime import timedelta
from email import policy

import pytest
import sqlalchemy as sa

from calendars.mailer import Mailer
from meetings import clock
from meetings.agenda import EndMeeting, StartMeeting
from meetings.commands import Actor
from meetings.minutes_circulation import CirculateMinutes
from meetings.models.meeting import items
from meetings.models.minutes import minutes_updates
from meetings.models.post import kept_mail, outbox
from meetings.outbox import Outbox
from meetings.perform import perform
from tests.support.minutes_text import texts, write
from tests.support.organisation import make_account, make_agency, make_user
from tests.support.scheduled import SENDER, Office, open_office
from tests.support.site import Browser, Site


async def begun(site: Site) -> tuple[Office, str, str]:
    """A meeting under way, with its first item."""
    office = await open_office(site.db)
    meeting = await office.draft()
    await office.send(meeting)
    await perform(site.db, office.secretary, StartMeeting(meeting_id=meeting))
    async with site.db.reading() as r:
        item = await r.value(sa.select(items.c.id).where(items.c.meeting_id == meeting).order_by(items.c.position))
    return office, meeting, item


async def signed_in(site: Site, office: Office, key: str) -> Browser:
    await make_account(site.db, office.people[key], f"nguoi.{key}", "member")
    return await site.signed_in(f"nguoi.{key}")


async def test_the_history_shows_what_differs_and_brings_a_version_back(site: Site):
    office, meeting, item = await begun(site)
    await write(site.db, office.secretary, meeting, item, "Giao Sở A chủ trì")
    async with site.db.transaction(meeting) as tx:
        await tx.write(sa.update(minutes_updates).values(added_at=clock.now() - clock.minutes(30)))
    await write(site.db, office.secretary, meeting, item, "Thêm một đoạn")
    browser = await signed_in(site, office, "secretary")
    address = f"/meetings/{meeting}/minutes/history"
    page = await browser.get(address)
    assert re.search(r"<ins>Thêm một đoạn</ins>", page.html)
    assert "Giao Sở A" in page.text
    assert "Khôi phục bản này" not in page.text
    page = await browser.get(f"{address}?version=1&against=0")
    assert re.search(r"<ins>Giao Sở A chủ trì</ins>", page.html)
    page = await browser.post(f"/meetings/{meeting}/minutes/restore", seq="1")
    assert "Đã khôi phục" in page.text
    assert "khôi phục bản cũ" in page.text
    assert await texts(site.db, meeting, item) == ["Giao Sở A chủ trì"]
    for odd in ("?version=999&against=x", "?version=0", "?version=-1"):
        assert (await browser.get(address + odd)).status == 200


async def test_who_does_not_run_the_meeting_reads_no_history(site: Site):
    office, meeting, _ = await begun(site)
    browser = await signed_in(site, office, "b")
    assert (await browser.get(f"/meetings/{meeting}/minutes/history")).status == 403
    assert (await browser.post(f"/meetings/{meeting}/minutes/restore", seq="1")).status == 403


async def test_an_administrator_lays_out_minutes_and_is_told_what_is_wrong(site: Site):
    await make_user(site.db, await make_agency(site.db), "quan.tri", "system_admin")
    browser = await site.signed_in("quan.tri")
    page = await browser.get("/admin/minutes/review")
    assert "{diễn biến}" in page.html
    page = await browser.post("/admin/minutes/review", frame="# Một\n{điều lạ}", item="")
    assert page.status == 422
    assert "Không có chỗ điền nào tên “điều lạ”." in page.text
    assert "đúng một dòng {diễn biến}" in page.text
    assert "{điều lạ}" in page.html
    page = await browser.post("/admin/minutes/review", frame="# Một\n{diễn biến}", item="{phát biểu}")
    assert page.text.count("Mẫu riêng") == 1
    page = await browser.post("/admin/minutes/review", built_in="1", frame="x", item="")
    assert page.text.count("Mẫu riêng") == 0
    assert (await browser.get("/admin/minutes/khac")).status == 404


@pytest.mark.parametrize("role", ["secretary", "agency_admin"])
async def test_nobody_else_lays_out_minutes(site: Site, role: str):
    await make_user(site.db, await make_agency(site.db), "nguoi.khac", role)
    browser = await site.signed_in("nguoi.khac")
    await browser.get("/account")
    assert (await browser.get("/admin/minutes")).status == 403
    assert (await browser.post("/admin/minutes/review", frame="{diễn biến}", item="")).status == 403


async def test_minutes_go_round_by_mail_and_come_back_with_remarks(site: Site):
    office, meeting, item = await begun(site)
    await write(site.db, office.secretary, meeting, item, "Đã thảo luận.")
    chair = Actor(kind="account", name="chair", account_id="1" * 32, person_id=office.people["chair"])
    await perform(site.db, chair, EndMeeting(meeting_id=meeting))
    secretary = await signed_in(site, office, "secretary")
    page = await secretary.get(f"/meetings/{meeting}/minutes/round")
    page = await secretary.post(page.path, act="send", due_on="2020-01-01", note="giữ lại")
    assert page.status == 422
    assert "giữ lại" in page.html
    page = await secretary.post(f"/meetings/{meeting}/minutes/round", act="send", due_on=str(clock.today() + timedelta(days=2)), note="")
    assert "Chưa trả lời" in page.text
    await Mailer(site.settings, Outbox(site.db), site.db.wakeups).send_due()
    async with site.db.reading() as r:
        ways = sa.select(outbox.c.facts, kept_mail.c.content).join(kept_mail, kept_mail.c.outbox_id == outbox.c.id)
        mails = await r.all(ways.where(outbox.c.method == "NOTICE"))
    mail = email.message_from_bytes(mails[0].content, policy=policy.default)
    assert str(mail["Subject"]).startswith("Đề nghị góp ý biên bản: ")
    assert mails[0].facts["join_url"] in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = mails[0].facts["join_url"].removeprefix(SENDER.base_url).removeprefix(site.settings.base_url)
    reader = site.browser()
    page = await reader.get(link)
    assert "Đã thảo luận." in page.text
    assert "Tôi nhất trí" in page.text
    page = await reader.post(link, act="remark", item_id=item, text="Bổ sung <b>ý kiến</b> của tôi")
    assert "Đã gửi góp ý tới thư ký." in page.text
    page = await secretary.get(f"/meetings/{meeting}/minutes/round")
    assert "&lt;b&gt;ý kiến&lt;/b&gt;" in page.html
    remark = re.search(r'name="remark_id" value="(\w+)"', page.html)
    assert remark is not None
    await secretary.post(page.path, act="answer", parent_id=remark[1], text="Đã bổ sung.")
    page = await secretary.post(f"/meetings/{meeting}/minutes/round", act="settle", remark_id=remark[1], state="taken")
    page = await reader.get(link)
    assert "Đã bổ sung." in page.text
    assert "Đã tiếp thu" in page.text
    page = await secretary.get(f"/outbox/{await first_notice(site)}")
    assert page.status == 200
    assert (await reader.post(link, act="settle", remark_id=remark[1], state="open")).status == 400


async def first_notice(site: Site) -> str:
    async with site.db.reading() as r:
        return str(await r.value(sa.select(outbox.c.id).where(outbox.c.method == "NOTICE")))


async def test_a_member_answers_from_the_front_page(site: Site):
    office, meeting, _ = await begun(site)
    chair = Actor(kind="account", name="chair", account_id="1" * 32, person_id=office.people["chair"])
    await perform(site.db, chair, EndMeeting(meeting_id=meeting))
    day = clock.today() + timedelta(days=2)
    await perform(site.db, office.secretary, CirculateMinutes(meeting_id=meeting, due_on=day, sender=SENDER))
    member = await signed_in(site, office, "b")
    page = await member.get("/")
    assert "Góp ý biên bản" in await member.bell()
    assert "Biên bản chờ góp ý" in page.text
    page = await member.get(f"/meetings/{meeting}/minutes/remarks")
    circulation = re.search(r'name="circulation_id" value="(\w+)"', page.html)
    assert circulation is not None
    page = await member.post(page.path, act="agree", circulation_id=circulation[1])
    assert "Ông/Bà đã nhất trí lúc" in page.text
    assert "Biên bản chờ góp ý" not in (await member.get("/")).text
    assert (await member.get(f"/meetings/{meeting}/minutes/round")).status == 403
