"""Plans in administration: kept, drawn from a shape, refused with nothing lost; and the seat on one's invitation."""

from __future__ import annotations

import json

import sqlalchemy as sa

from meetings import links
from meetings.models.meeting import meetings, participants
from meetings.models.organisation import rooms
from meetings.models.post import outbox
from meetings.perform import perform
from meetings.seating import PlaceParticipant, SavePlan
from meetings.seating_plan import Cell, Plan
from tests.support.organisation import BUILDER, make_account, make_agency, make_room, make_user
from tests.support.scheduled import open_office
from tests.support.site import Site

PLAN = {"width": 4, "height": 3, "cells": [{"x": 0, "y": 0, "kind": "seat", "label": ""}, {"x": 2, "y": 0, "kind": "table", "label": ""}]}


async def plan_of(site: Site, room: str) -> dict[str, object] | None:
    async with site.db.reading() as r:
        return await r.value(sa.select(rooms.c.plan).where(rooms.c.id == room))


async def test_a_plan_is_kept_with_labels_and_a_shape_only_shown(site: Site):
    agency = await make_agency(site.db)
    room = await make_room(site.db, agency, "Phòng 1")
    await make_user(site.db, agency, "quan.tri", "agency_admin")
    browser = await site.signed_in("quan.tri")
    address = f"/admin/rooms/{room}/plan"
    await browser.get(address)
    page = await browser.post(address, plan=json.dumps(PLAN), action="shape", shape="u", seats="20")
    assert "chưa được lưu" in page.text
    assert await plan_of(site, room) is None
    page = await browser.post(address, plan=json.dumps(PLAN))
    assert "Đã lưu sơ đồ" in page.text
    kept = await plan_of(site, room)
    assert kept is not None
    assert [cell["label"] for cell in kept["cells"]] == ["A1", ""]  # type: ignore[union-attr,index,call-overload]


async def test_what_cannot_be_is_refused_in_words_and_nothing_drawn_is_lost(site: Site):
    agency = await make_agency(site.db)
    room = await make_room(site.db, agency, "Phòng 1")
    await make_user(site.db, agency, "quan.tri", "agency_admin")
    browser = await site.signed_in("quan.tri")
    address = f"/admin/rooms/{room}/plan"
    await browser.get(address)
    twice = PLAN | {"cells": [{"x": x, "y": 0, "kind": "seat", "label": "VIP"} for x in (0, 1)]}
    page = await browser.post(address, plan=json.dumps(twice))
    assert (page.status, "Hai ghế cùng mang nhãn “VIP”" in page.text) == (422, True)
    assert json.loads(page.fields["plan"])["cells"][0]["label"] == "VIP"
    for broken in ("", "[]", "{}", json.dumps(PLAN | {"width": 4000}), json.dumps(PLAN | {"cells": [{"x": -1, "y": 0, "kind": "bomb"}]})):
        assert (await browser.post(address, plan=broken)).status == 422
    assert (await browser.post(address, plan=json.dumps(PLAN), action="shape", shape="u", seats="9999")).status == 422
    assert await plan_of(site, room) is None


async def test_a_delegate_sees_the_seat_on_the_invitation_and_a_renewed_link_replaces_the_old(site: Site):
    office = await open_office(site.db)
    meeting = await office.draft()
    await office.send(meeting)
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    room = await make_room(site.db, str(office.secretary.agency_id), "Phòng 2")
    await perform(site.db, BUILDER, SavePlan(room_id=room, plan=Plan(4, 3, (Cell(0, 0, "seat", "B12"),))))
    async with site.db.transaction(meeting) as tx:
        await tx.update(meetings, meeting, room_id=room)
        guest = await tx.value(sa.select(participants.c.id).where(participants.c.email == "khach@ngoai.example"))
    await perform(site.db, office.secretary, PlaceParticipant(meeting_id=meeting, participant_id=guest, seat="B12"))
    old, new = (links.token_of(site.settings.signing_key(), guest, version) for version in (1, 2))
    assert "Chỗ của Ông/Bà: B12" in (await site.browser().get(f"/j/{old}")).text
    secretary = await site.signed_in("thu.ky")
    await secretary.get(f"/meetings/{meeting}")
    page = await secretary.post(f"/meetings/{meeting}/renew-link", participant_id=guest)
    assert "hết hiệu lực" in page.text
    assert (await site.browser().get(f"/j/{old}")).status == 404
    assert (await site.browser().get(f"/j/{new}")).status == 200
    async with site.db.reading() as r:
        mails = await r.value(sa.select(sa.func.count()).select_from(outbox).where(outbox.c.participant_id == guest))
    assert mails == 2
    printed = await secretary.get(f"/meetings/{meeting}/seating")
    assert "B12" in printed.text
