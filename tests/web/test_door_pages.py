"""Scanning the code at the door: opening it changes nothing, one button checks in, and only those who keep the door see codes."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from meetings import clock, door, links
from meetings.agenda import StartMeeting
from meetings.models.meeting import participants
from meetings.perform import perform
from tests.support.organisation import make_account
from tests.support.scheduled import Office, open_office
from tests.support.site import Site


async def started(site: Site) -> tuple[Office, str]:
    office = await open_office(site.db)
    meeting = await office.draft()
    await office.send(meeting)
    await make_account(site.db, office.people["b"], "duoc.moi", "member")
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    await perform(site.db, office.secretary, StartMeeting(meeting_id=meeting))
    return office, meeting


def code(site: Site, meeting: str, step: int = 0) -> str:
    return door.code_of(site.settings.signing_key(), meeting, door.step_at(clock.now()) + step)


async def attendance(site: Site, meeting: str, email: str) -> str:
    async with site.db.reading() as r:
        mine = sa.and_(participants.c.meeting_id == meeting, participants.c.email == email)
        return str(await r.value(sa.select(participants.c.attendance).where(mine)))


async def test_one_button_checks_in_and_opening_the_code_does_not(site: Site):
    _, meeting = await started(site)
    browser = await site.signed_in("duoc.moi")
    address = f"/meetings/{meeting}/door/{code(site, meeting)}"
    page = await browser.get(address)
    assert "đang có mặt trong phòng họp?" in page.text
    assert await attendance(site, meeting, "b@hue.example") == "absent"
    page = await browser.post(address)
    assert "đã điểm danh" in page.text
    assert await attendance(site, meeting, "b@hue.example") == "room"


async def test_an_old_or_altered_code_says_to_scan_again(site: Site):
    _, meeting = await started(site)
    browser = await site.signed_in("duoc.moi")
    for wrong in (code(site, meeting, -5), code(site, meeting)[:-1] + "!", code(site, "b" * 32)):
        page = await browser.get(f"/meetings/{meeting}/door/{wrong}")
        assert (page.status, "Hãy quét lại mã" in page.text) == (409, True)
        page = await browser.post(f"/meetings/{meeting}/door/{wrong}")
        assert page.status == 409
    assert await attendance(site, meeting, "b@hue.example") == "absent"


async def test_a_guest_checks_in_by_the_session_of_his_link_and_an_unknown_phone_is_told_how(site: Site):
    _, meeting = await started(site)
    address = f"/meetings/{meeting}/door/{code(site, meeting)}"
    phone = site.browser()
    page = await phone.get(address)
    assert (page.status, "chưa biết Ông/Bà là ai" in page.text) == (401, True)
    assert "Họp thử" not in page.text
    async with site.db.reading() as r:
        guest = await r.value(sa.select(participants.c.id).where(participants.c.email == "khach@ngoai.example"))
    token = links.token_of(site.settings.signing_key(), guest, 1)
    await phone.get(f"/j/{token}")
    await phone.post(f"/j/{token}/join")
    await phone.get(address)
    await phone.post(address)
    assert await attendance(site, meeting, "khach@ngoai.example") == "room"


@pytest.mark.parametrize(("who", "status"), [("thu.ky", 200), ("duoc.moi", 403)])
async def test_only_those_who_keep_the_door_see_its_codes(site: Site, who: str, status: int):
    _, meeting = await started(site)
    browser = await site.signed_in(who)
    assert (await browser.get(f"/meetings/{meeting}/door")).status == status
    picture = await browser.get(f"/meetings/{meeting}/door/code.svg")
    assert picture.status == status
    if status == 200:
        assert picture.headers["Content-Type"].startswith("image/svg+xml")
        assert picture.headers["Cache-Control"] == "no-store"
        assert re.search(r"<svg[^>]* viewBox", picture.html)
