"""The pages of administration, through the running site: what they offer, refuse, keep of what was typed, and hand over once."""

from __future__ import annotations

import re

import sqlalchemy as sa

from meetings.models.organisation import accounts, agencies, people, positions, rooms
from tests.support.organisation import PASSWORD, make_account, make_agency, make_person, make_position, make_room, make_user
from tests.support.site import Browser, Site, sign_in

NEW_PERSON = {"name": "Trần Thị Bình", "honorific": "Bà", "email": "binh@hue.example", "language": "vi", "active": "true"}


async def admin(site: Site, role: str = "system_admin") -> tuple[str, Browser]:
    agency = await make_agency(site.db, "Sở Y tế", code="SYT")
    await make_user(site.db, agency, "quantri", role)
    return agency, await site.signed_in("quantri")


async def test_only_administrators_see_administration(site: Site):
    agency = await make_agency(site.db)
    for role in ("member", "secretary"):
        await make_user(site.db, agency, role, role)
        browser = await site.signed_in(role)
        assert "Quản trị" not in (await browser.get("/account")).html.split('class="me"')[0]
        for path in ("", "/people", "/agencies", "/import", "/rooms/new", "/import/template.csv"):
            assert (await browser.get(f"/admin{path}")).status == 403
    assert (await site.browser().get("/admin/people")).path.startswith("/sign-in")


async def test_an_agency_administrator_is_offered_people_and_rooms_only(site: Site):
    agency, browser = await admin(site, "agency_admin")
    other = await make_agency(site.db, "Sở khác")
    stranger = await make_person(site.db, other, "Người Lạ")
    room = await make_room(site.db, other, "Phòng lạ")
    page = await browser.get("/admin")
    assert page.path == "/admin/people" and "/admin/agencies" not in page.html and "Người Lạ" not in page.text
    assert "Sở khác" not in (await browser.get("/admin/people/new")).text
    for path in ("/admin/agencies", "/admin/positions", "/admin/import", f"/admin/agencies/{agency}"):
        assert (await browser.get(path)).status == 403
    for path in (f"/admin/people/{stranger}", f"/admin/rooms/{room}", "/admin/people/" + "0" * 32, "/admin/rooms/nothing"):
        assert (await browser.get(path)).status == 404
    await browser.get("/admin/people/new")
    page = await browser.post("/admin/people/new", agency_id=other, **NEW_PERSON)
    assert page.status == 403
    assert (await browser.post(f"/admin/people/{stranger}/password")).status == 404


async def test_an_agency_is_added_changed_moved_and_retired(site: Site):
    _, browser = await admin(site)
    await browser.get("/admin/agencies/new")
    said = {"name": "Sở Tài chính", "short_name": "STC", "code": "STC"}
    page = await browser.post("/admin/agencies/new", kind="department", active="true", **said)
    assert page.path == "/admin/agencies" and "Đã lưu: Sở Tài chính" in page.text
    async with site.db.reading() as reading:
        key = await reading.value(sa.select(agencies.c.id).where(agencies.c.code == "STC"))
    page = await browser.post(f"/admin/agencies/{key}/move", direction="up")
    assert re.findall(r'<tr id="a-([0-9a-f]+)"', page.html)[0] == key
    await browser.get(f"/admin/agencies/{key}")
    page = await browser.post(f"/admin/agencies/{key}", kind="other", **said)
    assert "1 cơ quan đã ngừng dùng" in page.text


async def test_a_form_that_is_wrong_names_each_field_and_keeps_what_was_typed(site: Site):
    _, browser = await admin(site)
    await browser.get("/admin/agencies/new")
    page = await browser.post(
        "/admin/agencies/new", name="Sở <b>Mới</b>", short_name="", code="SYT X", email="sai", phone="0234", active="true"
    )
    assert page.status == 422
    for words in ("Tên ngắn: Chưa điền", "Mã: Có ký tự không dùng được", "Thư điện tử: Địa chỉ thư điện tử chưa đúng"):
        assert words in page.text
    assert 'value="Sở &lt;b&gt;Mới&lt;/b&gt;"' in page.html and 'value="0234"' in page.html and "<b>Mới" not in page.html
    page = await browser.post("/admin/agencies/new", name="Sở Y tế 2", short_name="SYT", code="SYT", active="true")
    assert page.status == 409 and "Mã cơ quan SYT đã có cơ quan khác dùng" in page.text


async def test_a_new_person_gets_an_account_whose_password_is_shown_once_and_must_be_changed(site: Site):
    agency, browser = await admin(site)
    await browser.get("/admin/people/new")
    page = await browser.post("/admin/people/new", agency_id=agency, **NEW_PERSON)
    assert "Đã thêm Trần Thị Bình" in page.text and 'value="binh.tt"' in page.html
    key = page.path.rpartition("/")[2]
    command = page.fields["id"]
    answer = await browser.post(f"/admin/people/{key}/account", id=command, fresh="true", username="Binh.TT", role="secretary")
    (password,) = re.findall(r"<code[^>]*>((?:[a-z2-7]{4}-){3}[a-z2-7]{4})</code>", answer.html)
    assert answer.headers["Cache-Control"] == "no-store"
    # the same form sent again shows the password that is stored, not another one
    again = await browser.post(f"/admin/people/{key}/account", id=command, fresh="true", username="Binh.TT", role="secretary")
    assert password in again.text
    assert password not in (await browser.get(f"/admin/people/{key}")).text
    page = await sign_in(site.browser(), "binh.tt", password)
    assert page.path == "/account/password"


async def test_a_forgotten_password_is_replaced_by_a_temporary_one(site: Site):
    agency, browser = await admin(site)
    person = await make_person(site.db, agency)
    await make_account(site.db, person, "lan.nt")
    theirs = await site.signed_in("lan.nt")
    page = await browser.get(f"/admin/people/{person}")
    answer = await browser.post(f"/admin/people/{person}/password", id=page.fields["id"])
    (password,) = re.findall(r"<code[^>]*>((?:[a-z2-7]{4}-){3}[a-z2-7]{4})</code>", answer.html)
    assert (await theirs.get("/account")).path.startswith("/sign-in")
    assert (await sign_in(site.browser(), "lan.nt", PASSWORD)).status == 422
    assert (await sign_in(site.browser(), "lan.nt", password)).path == "/account/password"


async def test_an_account_changes_its_name_role_and_lock_but_not_its_password(site: Site):
    agency, browser = await admin(site)
    person = await make_person(site.db, agency)
    await make_account(site.db, person, "lan.nt")
    page = await browser.get(f"/admin/people/{person}")
    assert "fresh" not in page.fields
    page = await browser.post(f"/admin/people/{person}/account", id=page.fields["id"], username="lan.moi", role="secretary")
    assert "Đã lưu tài khoản lan.moi" in page.text
    assert (await sign_in(site.browser(), "lan.moi")).path == "/"
    await browser.get(f"/admin/people/{person}")
    page = await browser.post(f"/admin/people/{person}/account", username="lan.moi", role="secretary", locked="true")
    assert "Đã khóa" in page.text
    assert (await sign_in(site.browser(), "lan.moi")).status == 422
    page = await browser.post(f"/admin/people/{person}/account", username="x y", role="secretary")
    assert page.status == 422 and 'value="x y"' in page.html


async def test_an_agency_administrator_is_not_offered_what_he_may_not_do(site: Site):
    agency, browser = await admin(site, "agency_admin")
    boss = await make_user(site.db, agency, "boss", "system_admin")
    page = await browser.get(f"/admin/people/{boss.person_id}")
    assert "Đây là quản trị hệ thống" in page.text and f'action="/admin/people/{boss.person_id}' not in page.html
    person = await make_person(site.db, agency)
    page = await browser.get(f"/admin/people/{person}")
    assert 'value="system_admin"' not in page.html
    page = await browser.post(f"/admin/people/{person}/account", id=page.fields["id"], username="moi", role="system_admin")
    assert page.status == 403
    async with site.db.reading() as reading:
        assert await reading.value(sa.select(accounts.c.id).where(accounts.c.username == "moi")) is None


async def test_rooms_and_positions_are_kept(site: Site):
    agency, browser = await admin(site)
    await make_position(site.db, "Giám đốc", 1)
    await browser.get("/admin/rooms/new")
    page = await browser.post("/admin/rooms/new", agency_id=agency, name="Hội trường", capacity="nhiều", active="true")
    assert page.status == 422 and "Số chỗ: Cần một con số" in page.text and 'value="nhiều"' in page.html
    page = await browser.post("/admin/rooms/new", agency_id=agency, name="Hội trường", capacity="120", active="true")
    assert page.path == "/admin/rooms" and "120" in page.text
    await browser.get("/admin/positions/new")
    page = await browser.post("/admin/positions/new", name="Giám đốc", rank="2", active="true")
    assert page.status == 409 and "đã có trong danh mục" in page.text
    page = await browser.post("/admin/positions/new", name="Phó Giám đốc", rank="2", active="true")
    assert page.path == "/admin/positions"
    async with site.db.reading() as reading:
        assert await reading.value(sa.select(rooms.c.capacity)) == 120
        room = await reading.value(sa.select(rooms.c.id))
        assert len(await reading.all(sa.select(positions))) == 2
    await browser.get(f"/admin/rooms/{room}")
    page = await browser.post(f"/admin/rooms/{room}", agency_id=agency, name="Hội trường", capacity="100")
    assert "Ngừng dùng" in page.text


async def test_people_are_found_and_paged(site: Site):
    agency, browser = await admin(site)
    for n in range(55):
        await make_person(site.db, agency, f"Nguyễn Văn Số {n:02d}")
    page = await browser.get("/admin/people?text=nguyen+van")
    assert "55 người" in page.text and "Trang 1 trên 2" in page.text
    assert "Số 54" in (await browser.get("/admin/people?text=nguyen+van&agency=&which=active&page=2")).text
    assert "Không có ai" in (await browser.get("/admin/people?text=kh%C3%B4ng+c%C3%B3")).text
    for query in ("page=0", "page=-1", "page=x", "page=99999999999", "which=x", "agency='--", "page=%C2%B2"):
        assert (await browser.get(f"/admin/people?{query}")).status == 200


async def test_nobody_can_retire_himself_on_the_page(site: Site):
    agency, browser = await admin(site)
    async with site.db.reading() as reading:
        me = await reading.value(sa.select(people.c.id))
    await browser.get(f"/admin/people/{me}")
    page = await browser.post(f"/admin/people/{me}", agency_id=agency, name="Tôi", email="toi@hue.example", language="vi")
    assert page.status == 409 and "Không thể tự khóa" in page.text
