"""Subscribed calendars: secret, revocable addresses that tell each reader what he may know, and nothing twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from meetings.errors import Conflict, NotFound
from meetings.feeds import MOST, CreateFeed, RevokeFeed
from meetings.models.booking import room_bookings
from meetings.models.columns import new_id
from meetings.models.feeds import feeds
from meetings.models.meeting import meetings
from meetings.models.organisation import people
from meetings.perform import perform
from meetings.room_requests import BlockRoom, DecideBooking
from meetings.scheduling import CancelMeeting
from tests.support.organisation import make_account, make_agency, make_room, make_user
from tests.support.scheduled import SENDER, Office, open_office
from tests.support.site import Page, Site
from web.pages.feeds import address_of_feed

TITLE = "Họp bàn về nhà ở, đất đai; chuyển đổi số và những việc khác của thành phố Huế"


async def address(site: Site, by, whose: str, owner_id: str, shows: str = "meetings") -> str:
    made = await perform(site.db, by, CreateFeed(feed_id=new_id(), whose=whose, owner_id=owner_id, shows=shows))
    async with site.db.reading() as r:
        row = await r.get(feeds, (made or {})["feed_id"])
    return address_of_feed(row, site.settings.signing_key(), "")


def events(page: Page) -> list:
    assert page.status == 200, page.text
    assert page.headers["Content-Type"].startswith("text/calendar")
    lines = page.html.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert [line.decode() for line in lines]  # no fold within a letter
    return Calendar.from_ical(page.html).events


async def agency_of(office: Office, who: str) -> str:
    async with office.db.reading() as r:
        return str((await r.get(people, office.people[who])).agency_id)


async def test_a_person_makes_an_address_reads_it_elsewhere_and_revokes_it(site: Site):
    office = await open_office(site.db)
    await make_account(site.db, office.people["b"], "nguoi.b")
    meeting = await office.draft(title=TITLE)
    await office.send(meeting)
    browser, program = await site.signed_in("nguoi.b"), site.browser()
    page = await browser.get("/account/calendar")
    assert "Chưa có địa chỉ nào" in page.text
    page = await browser.post("/account/calendar", label="Outlook ở cơ quan", shows="meetings")
    assert "Outlook ở cơ quan" in page.text
    path = re.search(r'value="http://[^/"]+(/feeds/[^"]+)\.ics"', page.html)
    assert path
    (event,) = events(await program.get(path[1] + ".ics"))
    async with site.db.reading() as r:
        row = await r.get(meetings, meeting)
    assert (str(event["SUMMARY"]), event["DTSTART"].dt, event["DTEND"].dt) == (TITLE, row.starts_at, row.ends_at)
    assert (str(event["UID"]), event["DTSTART"].params["TZID"]) == (row.uid, "Asia/Ho_Chi_Minh")
    assert "/j/" not in str(event.to_ical())  # a link that answers for somebody is in no feed
    page = await browser.get("/account/calendar")
    assert "Đọc lần cuối" in page.text
    await browser.post("/account/calendar/revoke", feed_id=page.fields["feed_id"])
    assert (await program.get(path[1] + ".ics")).status == 404
    assert (await program.get(path[1] + ".ifb")).status == 404


async def test_a_program_that_has_the_present_version_is_told_so_and_a_change_is_seen_at_once(site: Site):
    office = await open_office(site.db)
    meeting = await office.draft()
    await office.send(meeting)
    person = office.secretary
    path = await address(site, person, "person", person.person_id or "") + ".ics"
    program = site.browser()
    first = await program.get(path, Accept_Encoding="identity")
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    assert (await program.get(path, If_None_Match=tag)).status == 304
    assert (await program.get(path, If_Modified_Since=changed)).status == 304
    assert (await program.get(path, If_None_Match='"other"', If_Modified_Since=changed)).status == 200
    packed = await program.get(path, Accept_Encoding="gzip")
    assert packed.headers["ETag"] != tag
    assert packed.html == first.html  # unpacked by the client, as browsers do
    await perform(site.db, office.secretary, CancelMeeting(meeting_id=meeting, reason="Hoãn", sender=SENDER))
    gone = await program.get(path, If_None_Match=tag)
    assert events(gone) == []
    assert gone.headers["ETag"] != tag
    again = await program.get(path)
    assert again.headers["Last-Modified"] == gone.headers["Last-Modified"]


async def test_who_reads_an_agency_s_or_a_room_s_calendar_learns_only_what_its_staff_may_know(site: Site):
    office = await open_office(site.db)
    elsewhere = await agency_of(office, "stranger")
    room = await make_room(site.db, elsewhere, "Phòng cho mượn")
    meeting = await office.draft(title=TITLE, room_id=room)
    await office.send(meeting)
    program, keeper = site.browser(), await make_user(site.db, elsewhere, "quan.ly", "system_admin")
    hosts = events(await program.get(await address(site, keeper, "agency", await agency_of(office, "chair")) + ".ics"))
    guests = events(await program.get(await address(site, keeper, "agency", await agency_of(office, "b")) + ".ics"))
    assert [str(e["SUMMARY"]) for e in hosts] == [str(e["SUMMARY"]) for e in guests] == [TITLE]
    assert "Nguyễn Thị B" in str(guests[0]["DESCRIPTION"])
    assert "Nguyễn Thị Chair" not in str(guests[0]["DESCRIPTION"])
    assert events(await program.get(await address(site, keeper, "agency", elsewhere) + ".ics")) == []
    lent = await program.get(await address(site, keeper, "room", room) + ".ics")
    own = await program.get(await address(site, keeper, "agency", await agency_of(office, "b"), "busy") + ".ics")
    for page in (lent, own):
        assert [str(e["SUMMARY"]) for e in events(page)] == ["Bận"]
        assert "nhà ở" not in page.html.replace("\r\n ", "")
    async with site.db.reading() as r:
        booking = await r.one(sa.select(room_bookings).where(room_bookings.c.meeting_id == meeting))
    start = booking.ends_at + timedelta(days=1)
    lender = await make_user(site.db, elsewhere, "thu.ky.phong", "secretary")
    await perform(site.db, lender, BlockRoom(room_id=room, starts_at=start, ends_at=start + timedelta(hours=1), reason="Sửa điện"))
    blocked = await program.get(await address(site, keeper, "room", room) + ".ics")
    assert [(str(e["SUMMARY"]), e["DTSTART"].dt) for e in events(blocked)] == [("Bận", booking.starts_at), ("Bận", start)]
    refuse = DecideBooking(meeting_id=meeting, booking_id=booking.id, agreed=False, reason="Sửa điện", sender=SENDER)
    await perform(site.db, lender, refuse)
    assert len(events(await program.get(await address(site, keeper, "room", room) + ".ics"))) == 1
    assert f"{meeting}@" not in lent.html
    assert "hue.example" not in lent.html


async def test_free_busy_tells_times_and_nothing_else(site: Site):
    office = await open_office(site.db)
    meeting = await office.draft(title=TITLE)
    await office.send(meeting)
    async with site.db.reading() as r:
        row = await r.get(meetings, meeting)
    keeper = await make_user(site.db, await agency_of(office, "stranger"), "quan.ly", "system_admin")
    for whose, owner in (("person", office.secretary.person_id), ("agency", office.secretary.agency_id)):
        by = office.secretary if whose == "person" else keeper
        page = await site.browser().get(await address(site, by, whose, owner or "", "busy") + ".ifb")
        (found,) = Calendar.from_ical(page.html).walk("VFREEBUSY")
        assert found["FREEBUSY"].params["FBTYPE"] == "BUSY"
        assert found["FREEBUSY"].to_ical().decode() == f"{row.starts_at:%Y%m%dT%H%M%SZ}/{row.ends_at:%Y%m%dT%H%M%SZ}"
        assert "nhà ở" not in page.html.replace("\r\n ", "")


async def test_nobody_makes_or_revokes_an_address_of_somebody_else(site: Site):
    office = await open_office(site.db)
    agency = await make_agency(site.db)
    admin = await make_user(site.db, agency, "quan.tri", "agency_admin")
    for whose, owner in (("person", office.people["b"]), ("agency", await agency_of(office, "b"))):
        with pytest.raises(NotFound):
            await perform(site.db, admin, CreateFeed(feed_id=new_id(), whose=whose, owner_id=owner))
    mine = CreateFeed(feed_id=new_id(), whose="person", owner_id=office.secretary.person_id or "")
    await perform(site.db, office.secretary, mine)
    with pytest.raises(NotFound):
        await perform(site.db, admin, RevokeFeed(feed_id=mine.feed_id))
    browser = await site.signed_in("quan.tri")
    assert (await browser.get(f"/admin/agencies/{agency}/calendar")).status == 200
    assert (await browser.get(f"/admin/agencies/{await agency_of(office, 'b')}/calendar")).status == 404
    for _ in range(MOST - 1):
        await perform(site.db, office.secretary, CreateFeed(feed_id=new_id(), whose="person", owner_id=mine.owner_id))
    with pytest.raises(Conflict, match="feeds_too_many"):
        await perform(site.db, office.secretary, CreateFeed(feed_id=new_id(), whose="person", owner_id=mine.owner_id))
