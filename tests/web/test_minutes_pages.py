"""Pages about minutes: their history, and the templates that administrators keep."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.agenda import StartMeeting
from meetings.models.meeting import items
from meetings.models.minutes import minutes_updates
from meetings.perform import perform
from tests.support.minutes_text import texts, write
from tests.support.organisation import make_account, make_agency, make_user
from tests.support.scheduled import Office, open_office
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
