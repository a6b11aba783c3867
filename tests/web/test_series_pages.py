"""A series as the secretary and the invited meet it: the form with its dates, the link to whichever date is next, changing, cancelling."""

from __future__ import annotations

import sqlalchemy as sa
from icalendar import Calendar

from meetings import links
from meetings.invitation import Invitation
from meetings.models.meeting import meetings, participants
from meetings.models.post import outbox
from meetings.perform import perform
from meetings.scheduling import CancelMeeting
from meetings.sent_form import form_of
from tests.support.organisation import make_account
from tests.support.other_readers import as_others_read
from tests.support.scheduled import Office, open_office
from tests.support.site import Site

from .test_feeds import address
from .test_meeting_pages import secretary_of

MONDAYS = {"date": "2027-03-01", "repeat": "week", "repeat_until": "2027-03-22"}


async def begun(site: Site) -> tuple[Office, list[str]]:
    """Four Mondays of March 2027, sent."""
    office = await open_office(site.db)
    await office.send(await office.draft(**MONDAYS))
    async with site.db.reading() as r:
        return office, await r.column(sa.select(meetings.c.id).order_by(meetings.c.starts_at))


async def test_the_form_shows_the_dates_and_what_is_wrong_with_them_and_sends_them(site: Site):
    office = await open_office(site.db)
    meeting = await office.draft(**MONDAYS | {"date": "2027-04-19", "repeat_until": "2027-05-10"})
    browser = await secretary_of(site, office)
    page = await browser.get(f"/meetings/{meeting}/edit")
    assert "3 phiên họp" in page.text and "Bỏ ngày lễ: 03/05/2027" in page.text
    async with site.db.reading() as r:
        revision = await r.value(sa.select(meetings.c.draft_revision))
    typed = {"date": "2027-04-19", "repeat": "week", "repeat_days.1": "on", "repeat_until": "2027-05-10", "revision": str(revision)}
    page = await browser.post(f"/meetings/{meeting}/edit", action="preview", **typed)
    assert "Ngày họp không thuộc các ngày lặp lại" in page.text and 'name="repeat_days.1" checked' in page.html
    page = await browser.get(f"/meetings/{meeting}/edit")
    revision = page.html.partition('id="revision" value="')[2].partition('"')[0]
    async with site.db.reading() as r:
        form = await r.value(sa.select(meetings.c.draft))
    await office.change(meeting, office.form(**MONDAYS), int(revision))
    assert form["repeat_days"] == ["1"]
    page = await browser.get(f"/meetings/{meeting}")
    assert "Chuỗi họp định kỳ" in page.text and "08:00–10:00, thứ Hai, 22/03/2027" in page.text


async def test_the_link_of_a_series_leads_to_the_next_date_even_when_one_is_out_of_the_first(site: Site):
    office, keys = await begun(site)
    async with site.db.reading() as r:
        form = await form_of(r, keys[0])
        revision = await r.value(sa.select(meetings.c.draft_revision).where(meetings.c.id == keys[0]))
        told = await r.column(sa.select(outbox.c.facts).where(outbox.c.method == "REQUEST"))
    link = next(m.join_url for m in map(Invitation.from_json, told) if m.recipient_email == "b@hue.example")
    link = link.removeprefix(office.sender.base_url)
    browser = site.browser()
    # The key of the tests' sender is not the site's own.
    assert (await browser.get(link)).status == 404
    async with site.db.reading() as r:
        row = await r.one(sa.select(participants).where(participants.c.meeting_id == keys[0], participants.c.email == "b@hue.example"))
    link = f"/j/{links.token_of(site.settings.signing_key(), row.id, row.link_version)}/next"
    page = await browser.get(link)
    assert page.status == 200 and "01/03/2027" in page.text and page.text.count("03/2027") >= 4
    del form["invited"][office.people["b"]]
    await office.change(keys[0], form | {"apply_to": "one"}, revision)
    page = await browser.get(f"{link}?answer=accepted")
    assert page.status == 200 and "08:00–10:00, thứ Hai, 08/03/2027" in page.text


async def test_a_change_and_a_cancellation_ask_for_which_dates(site: Site):
    office, keys = await begun(site)
    browser = await secretary_of(site, office)
    page = await browser.get(f"/meetings/{keys[1]}/edit")
    assert 'name="apply_to" value="following"' in page.html
    page = await browser.post(f"/meetings/{keys[2]}/cancel", apply_to="following", reason="")
    assert 'value="following" checked' in page.html
    page = await browser.post(f"/meetings/{keys[2]}/cancel", apply_to="following", reason="Hết việc")
    assert "đang gửi tới 5 người" in page.text
    async with site.db.reading() as r:
        states = await r.column(sa.select(meetings.c.state).order_by(meetings.c.starts_at))
    assert states == ["invited", "invited", "cancelled", "cancelled"]


async def test_a_subscribed_calendar_holds_the_series_with_its_exceptions(site: Site):
    office, keys = await begun(site)
    async with site.db.reading() as r:
        form = await form_of(r, keys[1])
        revision = await r.value(sa.select(meetings.c.draft_revision).where(meetings.c.id == keys[1]))
    await office.change(keys[1], form | {"apply_to": "one", "start": "14:00", "end": "15:00", "title": "Giao ban chiều"}, revision)
    await perform(site.db, office.secretary, CancelMeeting(meeting_id=keys[2], reason="Nghỉ", sender=office.sender))
    path = await address(site, office.secretary, "person", office.people["secretary"]) + ".ics"
    page = await site.browser().get(path)
    whole, moved = Calendar.from_ical(page.html).events
    assert (str(whole["UID"]), str(moved["SUMMARY"])) == (str(moved["UID"]), "Giao ban chiều")
    assert "RRULE" in whole and "RRULE" not in moved
    assert moved["RECURRENCE-ID"].params["TZID"] == "Asia/Ho_Chi_Minh" and f"/meetings/{keys[1]}" in str(moved["URL"])
    (read,) = as_others_read([page.html.encode()])["calendars"]
    starts = ["2027-03-01T01:00:00.000Z", "2027-03-08T07:00:00.000Z", "2027-03-22T01:00:00.000Z"]
    assert [start for start, _, _ in read["instances"]] == starts
    browser = await secretary_of(site, office)
    assert "01/03/2027" in (await browser.get(str(whole["URL"]).removeprefix(site.settings.base_url))).text
    await make_account(site.db, office.people["stranger"], "nguoi.la", "secretary")
    stranger = await site.signed_in("nguoi.la")
    assert (await stranger.get(str(whole["URL"]).removeprefix(site.settings.base_url))).status == 404
    # One date that is left is an event of its own.
    for key in (keys[0], keys[1]):
        await perform(site.db, office.secretary, CancelMeeting(meeting_id=key, reason="Nghỉ", sender=office.sender))
    (alone,) = Calendar.from_ical((await site.browser().get(path)).html).events
    assert "RRULE" not in alone
