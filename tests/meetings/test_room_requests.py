"""Rooms of other agencies are asked for, held meanwhile, and had when their keeper agrees; blocked rooms are nobody's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from meetings import clock, room_day
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from meetings.models.booking import room_bookings, room_slots
from meetings.models.meeting import meetings
from meetings.models.organisation import rooms
from meetings.models.post import outbox
from meetings.perform import perform
from meetings.queries.busy import busy_spans
from meetings.queries.rooms import Wish, asked_of, day_of_rooms, room_page
from meetings.queries.scheduling import advice_for
from meetings.room_requests import BlockRoom, DecideBooking, UnblockRoom
from meetings.room_rules import how
from meetings.rooms import SaveRoom
from meetings.scheduling import CancelMeeting
from meetings.sent_form import form_of
from tests.support.organisation import make_agency, make_room, make_user
from tests.support.scheduled import SENDER, Office, open_office

MONDAY = datetime(2026, 11, 30, tzinfo=clock.UTC) - timedelta(hours=7)  # its midnight in Huế


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def lent(office: Office, **more: Any) -> tuple[str, Actor]:
    """A room of an agency elsewhere, for which others ask, and that agency's secretary."""
    home = await make_agency(office.db, "Sở Cho Mượn")
    keeper = await make_user(office.db, home, f"thu.ky.{home[:4]}", "secretary")
    return await make_room(office.db, home, "Hội trường", **{"booking": "own"} | more), keeper


async def booking(office: Office, meeting: str) -> sa.Row | None:
    async with office.db.reading() as r:
        return await r.first(sa.select(room_bookings).where(room_bookings.c.meeting_id == meeting))


async def slots_of(office: Office) -> int:
    async with office.db.reading() as r:
        return int(await r.value(sa.select(sa.func.count()).select_from(room_slots)))


async def decide(office: Office, by: Actor, found: Any, agreed: bool, reason: str = "") -> None:
    command = DecideBooking(meeting_id=found.meeting_id, booking_id=found.id, agreed=agreed, reason=reason, sender=SENDER)
    await perform(office.db, by, command)


async def notices(office: Office) -> list[dict[str, Any]]:
    async with office.db.reading() as r:
        return await r.column(sa.select(outbox.c.facts).where(outbox.c.method == "NOTICE").order_by(outbox.c.created_at))


async def test_a_lent_room_is_held_until_its_keeper_decides_and_the_secretary_is_told(office: Office):
    room, keeper = await lent(office)
    meeting = await office.draft(room_id=room, title="Họp kín")
    async with office.db.reading() as r:
        warned = await advice_for(r, office.secretary, meeting, office.form(room_id=room), clock.now())
    assert "room_asks" in [a.code for a in warned]
    await office.send(meeting)
    asked = await booking(office, meeting)
    assert asked.state == "asked"
    with pytest.raises(Invalid, match="room_taken"):  # held: its own agency cannot have it either
        await office.send(await office.draft(room_id=room, start="09:00", end="10:30"))
    for nobody in (office.stranger, office.secretary):
        with pytest.raises(NotFound):
            await decide(office, nobody, asked, True)
    with pytest.raises(Invalid, match="required"):
        await decide(office, keeper, asked, False)
    async with office.db.reading() as r:
        (waiting,) = await asked_of(r, keeper)
        page = await room_page(r, keeper, room, clock.now())
        assert await asked_of(r, office.secretary) == []
    assert (waiting.host_name, page.titles) == ("Cơ quan A", {})  # who asks, not for what
    (asking,) = await notices(office)
    assert asking["recipient_name"] == keeper.name
    assert "Cơ quan A" in asking["paragraphs"][0]
    assert "Họp kín" not in str(asking)
    await decide(office, keeper, asked, True, "Lấy chìa khóa ở bảo vệ")
    assert (await booking(office, meeting)).state == "booked"
    _, told = await notices(office)
    assert told["recipient_email"] == "secretary@hue.example"
    assert "Lấy chìa khóa ở bảo vệ" in told["paragraphs"]
    with pytest.raises(Conflict, match="booking_decided"):
        await decide(office, keeper, asked, True)


async def test_a_refused_room_is_free_for_others_and_not_had_by_sending_once_more(office: Office):
    room, keeper = await lent(office)
    meeting = await office.draft(room_id=room)
    await office.send(meeting)
    await decide(office, keeper, await booking(office, meeting), False, "Đang sửa")
    assert await slots_of(office) == 0
    async with office.db.reading() as r:
        form, row = await form_of(r, meeting), await r.get(meetings, meeting)
        assert (await busy_spans(r, row.starts_at, row.ends_at, rooms=[room])).rooms == {}
    with pytest.raises(Invalid, match="room_refused"):
        await office.change(meeting, form | {"title": "Tên khác"}, row.draft_revision)
    other = await office.draft(room_id=room)
    await office.send(other)
    assert (await booking(office, other)).state == "asked"
    await office.change(meeting, form | {"room_id": "", "place": "Nơi khác"}, row.draft_revision + 1)
    assert await booking(office, meeting) is None


async def test_a_move_asks_again_but_not_within_what_was_agreed_and_the_keeper_decides_of_what_he_saw(office: Office):
    room, keeper = await lent(office)
    meeting = await office.draft(room_id=room)
    await office.send(meeting)
    first = await booking(office, meeting)
    await decide(office, keeper, first, True)

    async def move(**times: str) -> str:
        async with office.db.reading() as r:
            form, row = await form_of(r, meeting), await r.get(meetings, meeting)
        await office.change(meeting, form | times, row.draft_revision)
        return str((await booking(office, meeting)).state)

    assert await move(start="08:30") == "booked"
    assert await move(start="13:00", end="15:00") == "asked"
    with pytest.raises(Conflict, match="booking_gone"):
        await decide(office, keeper, first, False, "x")
    asked = await booking(office, meeting)
    cancel = CancelMeeting(meeting_id=meeting, reason="Hoãn", sender=SENDER)
    outcomes = await asyncio.gather(
        decide(office, keeper, asked, True), perform(office.db, office.secretary, cancel), return_exceptions=True
    )
    assert not [o for o in outcomes if isinstance(o, BaseException) and not isinstance(o, Refusal)]
    assert await slots_of(office) == 0


async def test_a_block_takes_what_is_free_and_a_booking_may_be_taken_back_first(office: Office):
    room, keeper = await lent(office, booking="open")
    meeting = await office.draft(room_id=room)
    await office.send(meeting)
    async with office.db.reading() as r:
        row = await r.get(meetings, meeting)
    times = {"starts_at": row.starts_at - timedelta(hours=3), "ends_at": row.ends_at + timedelta(hours=3)}
    block = {"room_id": room, "reason": "Sửa điện", **times}
    with pytest.raises(NotFound):
        await perform(office.db, office.secretary, BlockRoom(**block))
    with pytest.raises(Invalid, match="block_taken"):
        await perform(office.db, keeper, BlockRoom(**block))
    with pytest.raises(Invalid, match="block_times"):
        await perform(office.db, keeper, BlockRoom(**block | {"ends_at": row.ends_at + timedelta(days=60)}))
    await decide(office, keeper, await booking(office, meeting), False, "Sửa điện")
    key = (await perform(office.db, keeper, BlockRoom(**block)))["booking_id"]
    other = await office.draft(room_id=room)
    with pytest.raises(Invalid) as refused:
        await office.send(other)
    assert (refused.value.code, refused.value.params["reason"]) == ("room_blocked", "Sửa điện")
    with pytest.raises(NotFound):
        await perform(office.db, office.stranger, UnblockRoom(booking_id=key))
    await perform(office.db, keeper, UnblockRoom(booking_id=key))
    await office.send(other)


async def test_a_room_of_its_own_agency_alone_and_one_that_is_retired_are_refused(office: Office):
    room, keeper = await lent(office, booking="closed")
    meeting = await office.draft(room_id=room)
    with pytest.raises(Invalid, match="room_own_only"):
        await office.send(meeting)
    home = (await room_row(office, room)).agency_id
    await perform(office.db, keeper_of(keeper), SaveRoom(room_id=room, agency_id=home, name="Hội trường", active=False))
    with pytest.raises(Invalid, match="room_unknown"):
        await office.send(meeting)
    with pytest.raises(Invalid, match="room_hours"):
        await perform(office.db, keeper_of(keeper), SaveRoom(agency_id=home, name="P", opens="17:00", closes="07:00"))
    with pytest.raises(Invalid, match="room_keeper"):
        await perform(office.db, keeper_of(keeper), SaveRoom(agency_id=home, name="P", keeper_id=office.people["b"]))


async def test_between_two_bookings_a_room_has_the_time_that_it_needs(office: Office):
    async with office.db.reading() as r:
        home = (await r.get(meetings, await office.draft())).host_agency_id
    room = await make_room(office.db, home, "Phòng", gap=30)
    await office.send(await office.draft(room_id=room, start="09:00", end="10:00"))
    cases = (("10:00", "11:00", "room_taken"), ("08:00", "08:45", "room_taken"), ("10:30", "11:00", ""), ("07:30", "08:30", ""))
    for start, end, code in cases:
        form = office.form(room_id=room, start=start, end=end)
        meeting = await office.draft(**form)
        async with office.db.reading() as r:
            warned = await advice_for(r, office.secretary, meeting, form, clock.now())
        assert any(a.code.startswith("room_taken") for a in warned) == bool(code)
        if code:
            with pytest.raises(Invalid, match=code):
                await office.send(meeting)
        else:
            await office.send(meeting)


async def test_who_neither_plans_nor_keeps_a_room_sees_none_and_who_is_named_keeps_it(office: Office):
    room, keeper = await lent(office)
    home = (await room_row(office, room)).agency_id
    member = await make_user(office.db, home, "can.bo")
    async with office.db.reading() as r:
        with pytest.raises(NotAllowed):
            await day_of_rooms(r, member, clock.today(), Wish(), clock.now())
    async with office.db.transaction("organisation") as tx:
        await tx.update(rooms, room, keeper_id=member.person_id)
    async with office.db.reading() as r:
        assert (await room_page(r, member, room, clock.now())).kept
        assert not (await room_page(r, keeper, room, clock.now())).kept
        day = await day_of_rooms(r, office.secretary, clock.today(), Wish(seats=10), clock.now())
        assert [line.name for line, _ in day.lines] == ["Hội trường"]
        assert (await day_of_rooms(r, office.secretary, clock.today(), Wish(equipment="video"), clock.now())).lines == []


def shaped(**more: Any) -> Any:
    return SimpleNamespace(**{"agency_id": "a", "booking": "open", "opens": "", "closes": "", "days": []} | more)


def test_who_has_a_room_at_once_and_who_asks():
    start, end = MONDAY + timedelta(hours=8), MONDAY + timedelta(hours=10)
    rules = {(rule, host): how(shaped(booking=rule), host, start, end) for rule in ("open", "own", "ask", "closed") for host in "ab"}
    assert [key for key, way in rules.items() if way == "direct"] == [("open", "a"), ("open", "b"), ("own", "a"), ("closed", "a")]
    assert [key for key, way in rules.items() if way == "never"] == [("closed", "b")]
    hours = shaped(opens="07:30", closes="17:00", days=[0, 1])
    assert how(hours, "a", MONDAY + timedelta(hours=7.5), MONDAY + timedelta(hours=17)) == "direct"
    assert how(hours, "a", MONDAY + timedelta(hours=7.5), MONDAY + timedelta(hours=17.25)) == "ask"
    assert how(hours, "a", MONDAY + timedelta(days=1, hours=8), MONDAY + timedelta(days=2, hours=9)) == "ask"  # into a closed day


def test_the_parts_of_a_day_follow_each_other_and_keep_what_is_taken():
    def at(hours: float) -> datetime:
        return MONDAY + timedelta(hours=hours)

    def taken(start: float, end: float, free: float, **more: Any) -> Any:
        return SimpleNamespace(meeting_id="m", state="booked", starts_at=at(start), ends_at=at(end), free_at=at(free), **more)

    bookings = [taken(-3, 6.5, 6.5), taken(9, 9.9, 10.5), taken(13, 22, 22)]
    found = room_day.parts(shaped(opens="07:30", closes="17:00"), bookings, at(6), at(20), at(8.1))  # type: ignore[arg-type]
    told = [((p.start - MONDAY) / timedelta(hours=1), (p.end - MONDAY) / timedelta(hours=1), p.kind) for p in found]
    assert told == [
        (6, 6.5, "booked"), (6.5, 8.25, "past"), (8.25, 9, "free"), (9, 10, "booked"), (10, 10.5, "gap"), (10.5, 12, "free"),
        (12, 13, "free"), (13, 20, "booked"),
    ]  # fmt: skip
    assert room_day.window(MONDAY, bookings) == (MONDAY, MONDAY + timedelta(days=1))  # type: ignore[arg-type]
    assert room_day.window(MONDAY, bookings[1:2]) == (at(6), at(20))  # type: ignore[arg-type]


async def room_row(office: Office, room: str) -> sa.Row:
    async with office.db.reading() as r:
        return await r.get(rooms, room)


def keeper_of(secretary: Actor) -> Actor:
    """The administrator of the same agency."""
    return replace(secretary, role="agency_admin")
