"""Finding a time and working hours, as pages: what is shown, to whom, and what nonsense gets a sentence."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from meetings import clock, links
from meetings.models.meeting import participants
from meetings.models.poll import poll_slots
from meetings.models.working import marked_days
from meetings.working_days import MarkDay
from tests.support.organisation import do, make_account, make_agency, make_user
from tests.support.scheduled import Office, open_office
from tests.support.site import Site


async def test_times_are_proposed_to_who_organises_the_meeting_and_to_nobody_else(site: Site):
    office = await open_office(site.db)
    draft = await office.draft(title="Họp <b>kín</b>")
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    await make_account(site.db, office.people["stranger"], "nguoi.la", "secretary")
    secretary, stranger = await site.signed_in("thu.ky"), await site.signed_in("nguoi.la")
    first = clock.today() + timedelta(days=4)
    wish = f"first={first}&last={first + timedelta(days=13)}"
    assert "/times" in (await secretary.get(f"/meetings/{draft}/edit")).html
    page = await secretary.get(f"/meetings/{draft}/times?{wish}&minutes=90&order=earliest")
    assert page.status == 200
    assert page.html.count("data-takes") == 5
    assert "07:30–09:00" in page.text
    assert "4/4" in page.text
    assert (await stranger.get(f"/meetings/{draft}/times?{wish}")).status == 404
    more = ("minutes=601", "minutes=-1", "minutes=²", "travel=x", "last=2100-01-01&last=2100-01-01")
    for wrong in ("first=&last=", f"first={first}&last=2100-01-01", *(f"{one}&{wish}" for one in more)):
        page = await secretary.get(f"/meetings/{draft}/times?{wrong}")
        assert page.status == 422
        assert page.text
    page = await secretary.get(f"/meetings/{draft}/times?first=0001-01-01&last=0001-02-01")
    assert page.status == 200  # nothing before today
    page = await secretary.get(f"/meetings/{draft}/times?first=9999-12-30&last=9999-12-31")
    assert page.status == 422


async def test_an_agency_keeps_its_hours_and_days_and_what_was_typed_wrong_stays(site: Site):
    agency = await make_agency(site.db, "Sở Y tế")
    other = await make_agency(site.db, "Sở khác")
    await make_user(site.db, agency, "quantri", "agency_admin")
    browser = await site.signed_in("quantri")
    page = await browser.get("/admin/hours")
    assert "Sở Y tế" in page.text
    assert "Sở khác" not in page.text
    assert "07:30–11:30, 13:30–17:00" in page.text
    assert (await browser.get(f"/admin/hours/{other}")).status == 404
    await browser.get(f"/admin/hours/{agency}")
    page = await browser.post(f"/admin/hours/{agency}", parts="11:30-7", weekdays="0")
    assert page.status == 422
    assert 'value="11:30-7"' in page.html
    page = await browser.post(f"/admin/hours/{agency}", parts="07:00-11:00,13:00-16:30", weekdays="0")
    assert "07:00–11:00, 13:00–16:30" in page.text
    page = await browser.post("/admin/days", agency_id=agency, day="2031-11-24", works="false", name="")
    assert page.status == 422
    assert 'value="2031-11-24"' in page.html
    page = await browser.post("/admin/days", agency_id=agency, day="2031-11-24", works="false", name="Ngày <i>ngành</i>")
    assert "Ngày <i>ngành</i>" in page.text
    assert (await browser.post("/admin/days", day="2031-11-25", works="false", name="Cho mọi người")).status == 403
    async with site.db.reading() as r:
        key = await r.value(sa.select(marked_days.c.id))
    page = await browser.post(f"/admin/days/{key}/remove")
    assert "24/11/2031" not in page.text


async def test_the_picture_tells_the_planner_who_is_taken_and_titles_only_where_he_may_see_them(site: Site):
    office = await open_office(site.db)
    day = clock.today() + timedelta(days=10)
    await do(site.db, MarkDay(day=day, works=True, name="Làm việc"))
    await office.send(await office.draft(title="Họp <i>của A</i>", date=day.isoformat()))
    draft = await office.draft(date=day.isoformat(), start="09:00", end="11:00")
    elsewhere = Office(site.db, office.stranger, office.secretary, office.people | {"chair": office.people["stranger"]})
    theirs = await elsewhere.draft(date=day.isoformat(), start="09:00", end="11:00")
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    await make_account(site.db, office.people["stranger"], "nguoi.la", "secretary")
    secretary, stranger = await site.signed_in("thu.ky"), await site.signed_in("nguoi.la")
    for more in ("", "?days=1", "?day=x&days=1", "?day=9999-12-31", "?day=0001-01-01"):
        page = await secretary.get(f"/meetings/{draft}/free{more}")
        assert page.status == 200
        assert "0/4 người rảnh" in page.text
        assert "“Họp <i>của A</i>”" in page.text
    assert (await stranger.get(f"/meetings/{draft}/free")).status == 404
    page = await stranger.get(f"/meetings/{theirs}/free?day={day}")
    assert "1/4 người rảnh" in page.text  # himself; the secretary of A, B and C are taken
    assert "của A" not in page.text
    assert 'class="busy"' in page.html


async def test_a_time_is_asked_for_answered_by_personal_link_and_settled(site: Site):
    office = await open_office(site.db)
    draft = await office.draft(title="Họp <b>hỏi giờ</b>")
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    await make_account(site.db, office.people["b"], "thanh.vien")
    secretary, member = await site.signed_in("thu.ky"), await site.signed_in("thanh.vien")
    day = clock.today() + timedelta(days=9)
    page = await secretary.get(f"/meetings/{draft}/poll/new?slot={day}+08:00+10:00&slot={day}+14:00+16:00&slot=nonsense")
    assert f'value="{day}"' in page.html
    typed = {f"slots.{n}.{part}": text for n, at in enumerate(("08:00", "14:00")) for part, text in (("date", str(day)), ("start", at))}
    until = {"deadline_day": str(day - timedelta(days=2)), "deadline_time": "17:00", "note": "Xin <i>chọn</i>"}
    page = await secretary.post(f"/meetings/{draft}/poll/new", **typed, **until)
    assert page.status == 422  # without an end
    assert 'value="14:00"' in page.html
    ends = {"slots.0.end": "10:00", "slots.1.end": "16:00"}
    page = await secretary.post(f"/meetings/{draft}/poll/new", **typed, **ends, **until, holds="true")
    assert "Đã gửi lấy ý kiến tới 5 người" in page.text
    assert "0/5 người đã trả lời" in page.text

    async with site.db.reading() as r:
        row = await r.one(sa.select(participants).where(participants.c.email == "khach@ngoai.example"))
        slots = await r.column(sa.select(poll_slots.c.id).order_by(poll_slots.c.starts_at))
    link = f"/j/{links.token_of(site.settings.signing_key(), row.id, row.link_version)}"
    guest = site.browser()
    page = await guest.get(link)  # also the plain link, which will be that of the invitation
    assert page.path == f"{link}/poll"
    assert "Họp <b>hỏi giờ</b>" in page.text
    assert "Nguyễn Thị" not in page.text  # nobody else's answers
    page = await guest.post(f"{link}/poll/answer", **{f"slot.{slots[0]}": "yes", f"slot.{slots[1]}": "no"})
    assert "Đã ghi nhận" in page.text
    assert (await guest.post(f"{link}/poll/answer", **{f"slot.{slots[0]}": "surely"})).status == 422
    for path in ("answer", "join", "video"):
        assert (await guest.post(f"{link}/{path}", answer="accepted")).status == 404
    assert "Họp <b>hỏi giờ</b>" in (await member.get("/")).text
    assert "Cho biết giờ họp phù hợp: “Họp <b>hỏi giờ</b>”" in await member.bell()
    assert (await member.get(f"/meetings/{draft}")).status == 404
    page = await member.get(f"/meetings/{draft}/poll")
    assert "Chốt" not in page.text
    own = {"participant_id": page.fields["participant_id"], f"slot.{slots[0]}": "maybe"}
    page = await member.post(f"/meetings/{draft}/poll/answer", **own)
    assert "Đã ghi nhận" in page.text
    assert (await member.post(f"/meetings/{draft}/poll/settle", slot_id=slots[0])).status in (403, 404)

    page = await secretary.get(f"/meetings/{draft}/poll")
    assert "2/5 người đã trả lời" in page.text
    page = await secretary.post(f"/meetings/{draft}/poll/settle", slot_id=slots[0])
    assert page.path == f"/meetings/{draft}"
    assert "5 giấy mời" in page.text
    assert "08:00–10:00" in (await guest.get(link)).text  # the same link, now of the invitation
    assert "Đã chốt giờ" in (await guest.get(f"{link}/poll")).text
