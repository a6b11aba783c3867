"""The pages of calendars."""

from __future__ import annotations

from tests.support.organisation import make_room, make_user
from tests.support.scheduled import open_office
from tests.support.site import Site


async def test_every_view_of_every_calendar_is_drawn_and_a_foreign_room_is_only_busy(site: Site):
    office = await open_office(site.db)
    agency, foreign = office.secretary.agency_id, office.stranger.agency_id
    assert agency is not None
    assert foreign is not None
    room = await make_room(site.db, agency, "Phòng họp A")
    draft = await office.draft(title="Họp về <đầu tư>", room_id=room)
    await office.send(draft)
    await make_user(site.db, agency, "thuky", "secretary")
    await make_user(site.db, foreign, "khac", "secretary")
    day = office.form()["date"]
    mine, theirs = await site.signed_in("thuky"), await site.signed_in("khac")
    for view in ("week", "day", "month", "list"):
        shown = await mine.get(f"/calendar?view={view}&day={day}&whose=agency")
        assert "Họp về &lt;đầu tư&gt;" in shown.html, view
        busy = await theirs.get(f"/calendar?view={view}&day={day}&whose=room:{room}")
        assert "Bận" in busy.text, view
        assert "đầu tư" not in busy.text
    assert (await theirs.get(f"/calendar?whose=room:{'0' * 32}")).status == 404
    odd = await mine.get("/calendar?view=x&day=2026-99-99&whose=agency:'&type=y&form=z&text=%25")
    assert odd.status == 200
    assert (await mine.get("/calendar?day=2199-12-31&view=month")).status == 200
