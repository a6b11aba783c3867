"""Rooms by day as those see them who plan and who keep a room."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from meetings import clock
from meetings.models.booking import room_bookings
from meetings.models.meeting import meetings
from tests.support.organisation import make_account, make_agency, make_room, make_user
from tests.support.scheduled import open_office
from tests.support.site import Site


async def test_a_room_is_booked_from_its_day_asked_for_and_decided_on(site: Site):
    office = await open_office(site.db)
    lender = await make_agency(site.db, "Sở Cho Mượn")
    room = await make_room(site.db, lender, "Hội trường", booking="own", equipment=["screen"])
    await make_user(site.db, lender, "nguoi.giu", "secretary")
    meeting = await office.draft(room_id=room, title="Họp kín")
    await office.send(meeting)
    async with site.db.reading() as r:
        row = await r.get(meetings, meeting)
        booking = await r.value(sa.select(room_bookings.c.id))
    day = clock.local(row.starts_at).date()
    keeper = await site.signed_in("nguoi.giu")
    assert "1 yêu cầu dùng phòng" in (await keeper.get("/")).text
    assert "1 yêu cầu dùng phòng" in await keeper.bell()
    page = await keeper.get(f"/rooms?day={day}")
    assert "Cơ quan A" in page.text
    assert "Đang chờ đồng ý" in page.text
    assert "Họp kín" not in page.html  # of another agency: when, not what
    page = await keeper.post("/rooms/book", at=f"{room}/{clock.iso(row.ends_at)}/{clock.iso(row.ends_at + timedelta(hours=2))}")
    assert page.path.endswith("/edit")
    assert f'value="{room}" selected' in page.html
    assert page.fields["start"] == "10:00"
    await keeper.get(f"/rooms/{room}")
    page = await keeper.post(f"/rooms/{room}/bookings/{booking}", meeting_id=meeting, answer="refused", reason="")
    assert page.status == 422
    page = await keeper.post(f"/rooms/{room}/bookings/{booking}", meeting_id=meeting, answer="refused", reason="Đang sửa <b>điện</b>")
    assert page.status == 200
    page = await keeper.post(f"/rooms/{room}/blocks", starts_at=f"{day}T06:00", ends_at="", reason="Sơn lại")
    assert page.status == 422
    assert page.fields["reason"] == "Sơn lại"
    page = await keeper.post(f"/rooms/{room}/blocks", starts_at=f"{day}T06:00", ends_at=f"{day}T12:00", reason="Sơn lại")
    assert "Sơn lại" in page.text
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    secretary = await site.signed_in("thu.ky")
    assert "Chưa có phòng: không được dùng Hội trường" in (await secretary.get("/")).text
    assert "không được dùng Hội trường" in await secretary.bell()
    assert "Chưa có phòng" not in (await keeper.get("/")).text
    page = await secretary.get(f"/meetings/{meeting}")
    assert "Sở Cho Mượn không cho dùng Hội trường: Đang sửa <b>điện</b>" in page.text
    page = await secretary.get(f"/rooms/{room}")
    assert "Sơn lại" in page.text
    assert "Thu hồi" not in page.text
    for path in ("/rooms?day=0001-01-01&seats=x&equipment=no&agency='", "/rooms?day=9999-12-31", "/rooms?day=tomorrow"):
        assert (await secretary.get(path)).status == 200
    for at in ("x", f"{room}/9999-12-31T23:59:59Z/9999-12-31T23:59:59Z", f"{room}/a/b"):
        assert (await secretary.post("/rooms/book", at=at)).status in (404, 200)
    assert (await secretary.get("/rooms/" + "0" * 32)).status == 404
