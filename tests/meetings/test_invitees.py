"""Whom a form invites: found by name, chosen by person or post, for the whole meeting or one item."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.database import Database
from meetings.invitation import Invitation
from meetings.invitees import is_key
from meetings.models.columns import new_id
from meetings.models.meeting import meetings, participants
from meetings.models.organisation import people
from meetings.models.post import outbox
from meetings.organisation import SaveAgency
from meetings.people import SavePerson
from meetings.perform import perform
from meetings.queries.invitees import chosen, find, heads_of, wholes
from meetings.sent_form import form_of
from tests.support.organisation import BUILDER, make_agency, make_person, make_position
from tests.support.scheduled import SENDER, Office, open_office
from web.following import follow_now

A, B = "a" * 32, "b" * 32


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


@pytest.mark.parametrize(("key", "right"), [
    (A, True), (f"agency:{A}", True), (f"post:{A}:{B}", True), ("", False), (A[:31], False), (A.upper(), False), (f"post:{A}", False),
    (f"room:{A}", False), ("post:", False),
])  # fmt: skip
def test_what_is_a_key(key: str, right: bool):
    assert is_key(key) is right


async def mail_to(db: Database, email: str) -> Invitation:
    async with db.reading() as r:
        rows = await r.all(sa.select(outbox.c.facts).order_by(outbox.c.created_at, outbox.c.sequence))
    return [f for row in rows if (f := Invitation.from_json(row.facts)).recipient_email == email][-1]


async def test_people_and_agencies_are_found_by_every_word_with_and_without_marks(db: Database):
    agency = await make_agency(db, "Sở Y tế")
    director = await make_position(db, "Giám đốc", 1)
    deputy = await make_position(db, "Phó Giám đốc", 2)
    an = await make_person(db, agency, "Đặng Văn Ân", position_id=director)
    await make_person(db, agency, "Đặng Văn An", position_id=deputy)
    await make_person(db, agency, "Lê 100% Yến", position_id=deputy)
    gone = await make_person(db, agency, "Đặng Thị Nghỉ", active=False)
    async with db.reading() as r:
        assert [one.name for one in await find(r, "dang van an")] == ["Đặng Văn Ân", "Đặng Văn An"]
        assert next(one.name for one in await find(r, "đặng văn an")) == "Đặng Văn An"  # the marks as typed
        assert [one.key for one in await find(r, "GIAM DOC so y te dang")] == [an, (await find(r, "dang van an"))[1].key]
        assert [one.key for one in await find(r, "so y te")][:2] == [f"head:{agency}", f"agency:{agency}"]
        assert [one.name for one in await find(r, "100%")] == ["Lê 100% Yến"]
        for nothing in ("", "  ", "%", "_", "ng", "không có ai", gone):  # "ng" begins no word
            assert await find(r, nothing) == [], nothing


async def test_a_renamed_agency_is_found_by_its_new_name(db: Database):
    agency = await make_agency(db, "Sở Cũ")
    await perform(db, BUILDER, SaveAgency(agency_id=agency, name="Sở Mới", short_name="SM", code="SMOI"))
    async with db.reading() as r:
        assert [one.key for one in await find(r, "so moi")] == [f"head:{agency}", f"agency:{agency}"]
        assert await find(r, "so cu") == []


async def test_a_whole_group_is_its_heads_by_post_and_tells_who_is_left_out(db: Database):
    head, clerk = await make_position(db, "Chủ tịch", 1), await make_position(db, "Chuyên viên", 9)
    communes = [await make_agency(db, f"Xã {n}", kind="commune") for n in range(4)]
    for agency in communes:
        await make_person(db, agency, position_id=clerk)
        await make_person(db, agency, position_id=head)
    async with db.reading() as r:
        keys = await heads_of(r, "commune", without=communes[3:])
        assert keys == [f"post:{agency}:{head}" for agency in communes[:3]]
        groups = await chosen(r, keys)
        assert [line.detail for group in groups for line in group.lines] == ["Chủ tịch"] * 3
        (whole,) = await wholes(r, groups)
        assert (whole.kind, whole.invited, whole.total, list(whole.without)) == ("commune", 3, 4, ["Xã 3"])


async def test_a_post_brings_its_holder_and_whoever_is_named_himself_comes_as_named(office: Office):
    async with office.db.reading() as r:
        agency = await r.value(sa.select(people.c.agency_id).where(people.c.id == office.people["b"]))
    post = await make_position(office.db, "Giám đốc", 1)
    director = await make_person(office.db, agency, "Người Giữ Chức", position_id=post, email="giam.doc@hue.example")
    key = f"post:{agency}:{post}"
    meeting = await office.draft(invited={key: "vote", office.people["c"]: "press"}, optional=[office.people["c"]])
    await office.send(meeting)
    async with office.db.reading() as r:
        rows = {p.person_id: p for p in await r.all(sa.select(participants).where(participants.c.meeting_id == meeting))}
        form = await form_of(r, meeting)
    held, press = rows[director], rows[office.people["c"]]
    assert (held.votes, held.position_id, held.required) == (True, post, True)
    assert (press.duty, press.votes, press.required) == ("press", False, False)
    assert form["invited"][key] == "vote"
    assert form["optional"] == [office.people["c"]]
    assert not (await mail_to(office.db, "c@hue.example")).required
    # Sent again as it is, nothing is new for anybody.
    async with office.db.reading() as r:
        revision = await r.value(sa.select(meetings.c.draft_revision).where(meetings.c.id == meeting))
    assert await office.change(meeting, form, revision) == {"invited": 0, "removed": 0, "agencies": 0}


async def test_who_comes_for_one_item_is_told_its_time_and_learns_when_it_moves(office: Office):
    first, third = new_id(), new_id()
    items = [
        {"id": first, "title": "Một", "minutes": "40"}, {"id": new_id(), "title": "Hai", "minutes": "60"}, {"id": third, "title": "Ba"},
    ]  # fmt: skip
    meeting = await office.draft(items=items, for_item={office.people["c"]: third})
    await office.send(meeting)
    told = await mail_to(office.db, "c@hue.example")
    whole = await mail_to(office.db, "b@hue.example")
    assert clock.local(clock.instant(told.starts_at), told.zone).strftime("%H:%M") == "09:40"
    assert clock.local(clock.instant(told.ends_at), told.zone).strftime("%H:%M") == "09:55"
    assert (told.for_item, [line.title for line in told.agenda]) == ("Ba", ["Ba"])
    assert (whole.for_item, len(whole.agenda)) == ("", 3)
    async with office.db.reading() as r:
        form = await form_of(r, meeting)
        revision = await r.value(sa.select(meetings.c.draft_revision).where(meetings.c.id == meeting))
    form["items"][0]["minutes"] = "30"
    await office.change(meeting, form, revision)
    moved = await mail_to(office.db, "c@hue.example")
    assert "time" in moved.changes
    assert clock.local(clock.instant(moved.starts_at), moved.zone).strftime("%H:%M") == "09:30"
    assert (await mail_to(office.db, "b@hue.example")).changes == ("agenda",)


async def test_the_invitation_passes_on_with_the_post_and_only_the_two_are_told(office: Office):
    async with office.db.reading() as r:
        agency = await r.value(sa.select(people.c.agency_id).where(people.c.id == office.people["b"]))
    post = await make_position(office.db, "Giám đốc", 1)
    old = await make_person(office.db, agency, "Người Cũ", position_id=post, email="cu@hue.example")
    meeting = await office.draft(invited={f"post:{agency}:{post}": "vote", office.people["c"]: "attend"})
    await office.send(meeting)

    async def told() -> list[tuple[str, str, int]]:
        async with office.db.reading() as r:
            rows = await r.all(sa.select(outbox.c.facts, outbox.c.method, outbox.c.sequence).order_by(outbox.c.created_at))
        return sorted((row.facts["recipient_email"], row.method, row.sequence) for row in rows[5:])

    leave = SavePerson(person_id=old, name="Người Cũ", email="cu@hue.example", agency_id=agency)
    await perform(office.db, BUILDER, leave)
    await follow_now(office.db, SENDER)
    assert await told() == []  # nobody holds the post: it stays where it was
    new = await make_person(office.db, agency, "Người Mới", position_id=post, email="moi@hue.example")
    await asyncio.gather(*(follow_now(office.db, SENDER) for _ in range(3)))
    assert await told() == [("cu@hue.example", "CANCEL", 1), ("moi@hue.example", "REQUEST", 1)]
    async with office.db.reading() as r:
        rows = {p.person_id: p for p in await r.all(sa.select(participants).where(participants.c.meeting_id == meeting))}
        form = await form_of(r, meeting)
    assert (rows[new].votes, rows[new].removed, rows[old].removed) == (True, False, True)
    assert form["invited"][f"post:{agency}:{post}"] == "vote"
    async with office.db.transaction(meeting) as tx:
        await tx.update(meetings, meeting, state="live")
    await perform(office.db, BUILDER, replace(leave, id=new_id(), person_id=new, name="Người Mới", email="moi@hue.example"))
    await make_person(office.db, agency, "Người Sau", position_id=post)
    await follow_now(office.db, SENDER)
    assert len(await told()) == 2  # a meeting that has begun keeps whom it has
