"""A site's link, its page, and the page on which the secretary plans sites and hands the links out."""

from __future__ import annotations

import html
import re

import sqlalchemy as sa

from meetings.database import Row
from meetings.models.meeting import participants, sites
from meetings.models.organisation import agencies
from tests.support.organisation import make_account, make_user
from tests.support.scheduled import Office, open_office
from tests.support.site import Site


async def planned(site: Site) -> tuple[Office, str, dict[str, Row]]:
    office = await open_office(site.db)
    meeting = await office.draft(sites="Trụ sở\nCơ quan B\nNhà văn hóa")
    await office.send(meeting)
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    return office, meeting, await sites_of(site, meeting)


async def sites_of(site: Site, meeting: str) -> dict[str, Row]:
    async with site.db.reading() as reading:
        rows = await reading.all(sa.select(sites).where(sites.c.meeting_id == meeting, ~sites.c.removed))
    return {row.name: row for row in rows}


async def links_of(site: Site, meeting: str) -> list[str]:
    """As the secretary copies them, without the address of the installation."""
    page = await (await site.signed_in("thu.ky")).get(f"/meetings/{meeting}/sites")
    assert page.status == 200, page.text
    return [html.unescape(found).removeprefix(site.settings.base_url) for found in re.findall(r'data-copies="([^"]+)"', page.html)]


async def test_a_link_opens_the_site_s_page_and_nothing_is_done_by_looking(site: Site):
    _, meeting, planned_sites = await planned(site)
    links = await links_of(site, meeting)
    assert len(links) == 3
    technician = site.browser()
    page = await technician.get(links[1])
    assert "Điểm cầu Cơ quan B" in page.text
    turned_away = await technician.get(f"/meetings/{meeting}/sites/{planned_sites['Cơ quan B'].id}")
    assert turned_away.path.startswith("/sign-in")
    await technician.get(links[1])
    page = await technician.post(f"{links[1]}/enter")
    assert page.path == f"/meetings/{meeting}/sites/{planned_sites['Cơ quan B'].id}"
    page = await technician.post(f"{page.path}/contact", lead="Ông Phạm Sơn", technician="Phan Kỹ", phone="0905 123 456")
    assert "Đã lưu người phụ trách" in page.text
    assert (await sites_of(site, meeting))["Cơ quan B"].phone == "0905 123 456"
    for path, status in ((f"/meetings/{meeting}", 200), (f"/meetings/{meeting}/projector", 200), (f"/meetings/{meeting}/room", 200)):
        found = await technician.get(path, follow=False)
        assert found.status in (status, 403), (path, found.status)
    neighbour = planned_sites["Nhà văn hóa"].id
    assert (await technician.get(f"/meetings/{meeting}/sites/{neighbour}")).status == 200  # its own page, whatever the address says
    await technician.get(f"/meetings/{meeting}/sites/{planned_sites['Cơ quan B'].id}")
    assert (await technician.post(f"/meetings/{meeting}/sites/{neighbour}/contact", lead="chiếm")).status == 403
    assert (await technician.get(f"/meetings/{meeting}/sites", follow=False)).status in (303, 404)


async def test_too_long_a_name_is_told_and_kept_in_the_form(site: Site):
    _, meeting, _ = await planned(site)
    links = await links_of(site, meeting)
    technician = site.browser()
    await technician.get(links[1])
    page = await technician.post(f"{links[1]}/enter")
    page = await technician.post(f"{page.path}/contact", lead="Ông Phạm Sơn", phone="0" * 60)
    assert page.status == 422
    assert "Ông Phạm Sơn" in page.html


async def test_a_renewed_link_says_so_and_a_forged_one_says_nothing(site: Site):
    _, meeting, planned_sites = await planned(site)
    before = await links_of(site, meeting)
    secretary = await site.signed_in("thu.ky")
    await secretary.get(f"/meetings/{meeting}/sites?edit={planned_sites['Cơ quan B'].id}")
    await secretary.post(f"/meetings/{meeting}/sites/{planned_sites['Cơ quan B'].id}/link")
    after = await links_of(site, meeting)
    assert after[1] != before[1]
    assert after[0] == before[0]
    stranger = site.browser()
    withdrawn, forged = await stranger.get(before[1]), await stranger.get(before[1][:-4] + "AAAA")
    assert (withdrawn.status, forged.status) == (404, 404)
    assert "đã được thay" in withdrawn.text
    assert "đã được thay" not in forged.text


async def test_the_secretary_plans_agencies_and_test_calls_and_prints_cards(site: Site):
    office, meeting, planned_sites = await planned(site)
    secretary = await site.signed_in("thu.ky")
    hall = planned_sites["Nhà văn hóa"].id
    async with site.db.reading() as reading:
        agency = await reading.value(sa.select(agencies.c.id).where(agencies.c.code == "C"))
    await secretary.get(f"/meetings/{meeting}/sites?edit={hall}")
    page = await secretary.post(f"/meetings/{meeting}/sites/{hall}/plan", agency_id=agency, test_at="2027-01-05T07:30")
    assert "07:30" in page.text
    async with site.db.reading() as reading:
        seated = await reading.value(sa.select(participants.c.site_id).where(participants.c.person_id == office.people["c"]))
    assert seated == hall
    page = await secretary.post(f"/meetings/{meeting}/test-calls", starts_at="2027-01-05T07:00", minutes="10")
    assert all(hour in page.text for hour in ("07:00", "07:10", "07:20"))
    page = await secretary.post(f"/meetings/{meeting}/test-calls", starts_at="", minutes="10")
    assert page.status == 422
    cards = await secretary.get(f"/meetings/{meeting}/site-cards")
    assert cards.html.count("data:image/svg+xml") == 3


async def test_the_staff_of_a_site_s_agency_come_in_by_their_own_sign_in(site: Site):
    _, meeting, planned_sites = await planned(site)
    place = planned_sites["Cơ quan B"]
    await make_user(site.db, place.agency_id, "van.thu", "secretary")
    await make_user(site.db, place.agency_id, "dong.nghiep", "member")
    clerk, colleague = await site.signed_in("van.thu"), await site.signed_in("dong.nghiep")
    assert f"/meetings/{meeting}/sites/{place.id}" in (await clerk.get(f"/meetings/{meeting}")).html
    assert (await clerk.get(f"/meetings/{meeting}/sites/{place.id}")).status == 200
    assert (await clerk.get(f"/meetings/{meeting}/sites/{planned_sites['Nhà văn hóa'].id}")).status == 403
    assert (await colleague.get(f"/meetings/{meeting}/sites/{place.id}")).status == 404


async def test_sites_are_rows_of_the_form_and_the_agency_notes_its_own_part(site: Site):
    office, meeting, before = await planned(site)
    await make_user(site.db, before["Cơ quan B"].agency_id, "thu.ky.b", "secretary")
    agency = await site.signed_in("thu.ky.b")
    own = f"/meetings/{meeting}/sites/{before['Cơ quan B'].id}"
    assert own in (await agency.get("/")).html
    assert "Ghi phòng và người phụ trách điểm cầu" in await agency.bell()
    await agency.get(own)
    page = await agency.post(f"{own}/contact", place="Hội trường 2", lead="Bà Chủ")
    assert "Đã lưu người phụ trách" in page.text
    assert own not in (await agency.get("/")).html
    host = await site.signed_in("thu.ky")
    edit = await host.get(f"/meetings/{meeting}/edit")
    assert "đã ghi: Hội trường 2 · Bà Chủ" in edit.text
    chosen = {"type": "business", "form": "in_person", "video_kind": "none", "quorum": "2/3", "chair_id": office.people["chair"]}
    form = {name: value for name, value in edit.fields.items() if name not in ("csrf", "form_token")} | chosen
    form |= {"secretary_id": office.people["secretary"], f"invite.{office.people['b']}": "vote", "contact": "Văn phòng"}
    # Nothing typed is lost, a row without a name neither; and problems stand at their row.
    typed = {"sites.7.id": "không phải", "sites.7.place": "Phòng chưa đặt tên", "sites.0.phone": "0" * 41, "action": "add_site"}
    edit = await host.post(f"/meetings/{meeting}/edit", **form | typed)
    assert (edit.fields["sites.3.place"], edit.fields["sites.4.name"]) == ("Phòng chưa đặt tên", "")
    wrong = await host.get(f"/meetings/{meeting}/preview")
    assert wrong.status == 422
    assert 'id="sites.0.phone-error"' in wrong.html
    right = form | {"sites.0.place": "Phòng 1", "sites.2.name": "Nhà văn hóa mới", "revision": wrong.fields["revision"], "action": "save"}
    await host.post(f"/meetings/{meeting}/edit", **right)
    await host.get(f"/meetings/{meeting}/preview")
    await host.post(f"/meetings/{meeting}/send")
    after = await sites_of(site, meeting)
    assert {name: row.place for name, row in after.items()} == {"Trụ sở": "Phòng 1", "Cơ quan B": "Hội trường 2", "Nhà văn hóa mới": ""}
    assert after["Nhà văn hóa mới"].id == before["Nhà văn hóa"].id
