"""The agency's page: sending people, with nothing typed lost; and the host's, from the search of the form to the reminder."""

from __future__ import annotations

import sqlalchemy as sa

from meetings.models.meeting import nominations, participants
from meetings.models.organisation import people
from tests.support.organisation import make_account, make_person, make_user
from tests.support.scheduled import open_office
from tests.support.site import Site


async def test_an_agency_is_found_asked_and_answers_and_the_host_sees_it(site: Site):
    office = await open_office(site.db)
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    async with site.db.reading() as r:
        agency = await r.value(sa.select(people.c.agency_id).where(people.c.id == office.people["b"]))
    await make_user(site.db, agency, "quan.tri", "agency_admin", name="Người Quản Trị")
    colleague = await make_person(site.db, agency, "Đặng Được Cử")
    meeting = await office.draft(invited={}, guests="")
    host = await site.signed_in("thu.ky")
    edit = await host.get(f"/meetings/{meeting}/edit?find=co+quan+b")
    assert f"add:agency:{agency}" in edit.html
    form = {name: value for name, value in edit.fields.items() if name not in ("csrf", "form_token")}
    radios = {"type": "business", "form": "in_person", "video_kind": "none", "quorum": "2/3", "chair_id": office.people["chair"]}
    form |= radios | {"secretary_id": office.people["secretary"], "contact": "Văn phòng", "messages_on": "true"}
    edit = await host.post(f"/meetings/{meeting}/edit", **form | {"action": f"add:agency:{agency}"})
    assert "Cơ quan cử người" in edit.text
    key = f"agency:{agency}"
    typed = {f"seats.{key}": "0", f"wish.{key}": "lãnh đạo <b>", f"invite.{key}": "vote", "nominate_by": "2030-01-01T08:00"}
    form |= {"action": "save"}
    edit = await host.post(f"/meetings/{meeting}/edit", **form | typed | {"revision": edit.fields["revision"]})
    wrong = await host.get(f"/meetings/{meeting}/preview")
    assert (wrong.status, wrong.fields[f"seats.{key}"], wrong.fields[f"wish.{key}"]) == (422, "0", "lãnh đạo <b>")
    assert "Hạn cử người phải trước giờ họp." in wrong.text
    right = typed | {f"seats.{key}": "1", "nominate_by": "", "revision": wrong.fields["revision"]}
    await host.post(f"/meetings/{meeting}/edit", **form | right)
    edit = await host.get(f"/meetings/{meeting}/edit")
    form |= right | {"revision": edit.fields["revision"], "action": "keep_list"}
    edit = await host.post(f"/meetings/{meeting}/edit", **form | {"list_name": "x" * 121})
    assert (edit.status, edit.fields["list_name"]) == (422, "x" * 121)
    edit = await host.post(f"/meetings/{meeting}/edit", **form | {"list_name": "Giao ban", "revision": edit.fields["revision"]})
    assert "Đã lưu danh sách." in edit.text
    assert "Giao ban: 1/1" in edit.text
    preview = await host.get(f"/meetings/{meeting}/preview")
    assert "Người nhận: Người Quản Trị" in preview.text
    sent = await host.post(f"/meetings/{meeting}/send")
    assert "đề nghị 1 cơ quan cử người" in sent.text
    async with site.db.reading() as r:
        nomination = await r.value(sa.select(nominations.c.id))
    page = f"/meetings/{meeting}/nominations/{nomination}"

    admin = await site.signed_in("quan.tri")
    assert page in (await admin.get("/")).html
    assert "Cử người dự" in await admin.bell()
    shown = await admin.get(f"{page}?find=duoc+cu")
    assert "Đặng Được Cử" in shown.text
    assert "Nguyễn Thị B" not in shown.text
    assert "lãnh đạo &lt;b&gt;" in shown.html
    shown = await admin.post(f"{page}/guest", name="Ông Ngoài", title="Chuyên gia", email="không phải thư")
    assert (shown.status, shown.fields["name"], shown.fields["email"]) == (422, "Ông Ngoài", "không phải thư")
    assert (await admin.post(f"{page}/decline", reason="")).status == 422
    shown = await admin.post(f"{page}/person", person_id=colleague, accepted="true")
    assert "Đã cử Đặng Được Cử" in shown.text
    shown = await admin.post(f"{page}/person", person_id=office.people["b"])
    assert shown.status == 409
    assert "đã cử đủ" in shown.text
    async with site.db.reading() as r:
        row = await r.one(sa.select(participants).where(participants.c.nomination_id == nomination))
    assert (await admin.post(f"{page}/answer", participant_id=row.id, answer="declined", reason="")).status == 422
    assert (await admin.post(f"{page}/withdraw", participant_id=row.id)).status == 200
    seen = await host.get(f"/meetings/{meeting}")
    assert "Chưa cử 0/1" in seen.text
    assert "Vừa nhắc xong" in (await host.post(f"/meetings/{meeting}/nominations-remind", nomination_id=nomination)).text
    await admin.post(f"{page}/decline", reason="Trùng kỳ họp")
    seen = await host.get(f"/meetings/{meeting}")
    assert "Trùng kỳ họp" in seen.text
    assert (await host.get(page)).status == 404  # whom it could send is the agency's own business
