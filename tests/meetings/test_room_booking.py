"""No room is booked twice, whoever sends, moves or cancels at the same moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from meetings import clock, slots
from meetings.agenda import EndMeeting, StartMeeting
from meetings.database import Database, open_database
from meetings.errors import Invalid
from meetings.meeting_form import moved
from meetings.migrations import upgrade
from meetings.models.booking import room_bookings, room_slots
from meetings.models.columns import Instant, new_id
from meetings.models.meeting import meetings
from meetings.models.organisation import people, rooms
from meetings.perform import perform
from meetings.queries.busy import busy_spans
from meetings.queries.scheduling import advice_for
from meetings.room_choice import next_free
from meetings.scheduling import CancelMeeting, CreateDraft, DiscardDraft, SaveDraft, SendInvitations
from meetings.sent_form import form_of
from tests.support.databases import drop_database, fresh_database_url
from tests.support.first_version import make_first_version
from tests.support.organisation import make_agency, make_room, make_user
from tests.support.scheduled import SENDER, Office, open_office

PAIRS = 15


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def rooms_here(office: Office, *names: str) -> list[str]:
    async with office.db.reading() as r:
        home = (await r.get(people, office.people["chair"])).agency_id
    return [await make_room(office.db, home, name) for name in names]


async def outcome(office: Office, command: Any) -> str:
    """What became of it: `done`, or the refusal's code."""
    try:
        await perform(office.db, office.secretary, command)
    except Invalid as refused:
        return refused.code
    return "done"


def sending(meeting: str) -> SendInvitations:
    return SendInvitations(meeting_id=meeting, sender=SENDER)


async def change(office: Office, meeting: str, **changes: Any) -> None:
    """Kept as the draft of what was sent; not sent yet."""
    async with office.db.reading() as r:
        form, row = await form_of(r, meeting), await r.get(meetings, meeting)
    await perform(office.db, office.secretary, SaveDraft(meeting_id=meeting, form=form | changes, revision=row.draft_revision))


async def consistent(office: Office) -> dict[str, int]:
    """Every meeting that is held has just the quarter-hours of its time; how many, by meeting."""
    async with office.db.reading() as r:
        held = await r.all(sa.select(meetings).where(meetings.c.state.in_(("invited", "live")), meetings.c.room_id.is_not(None)))
        joined = room_slots.join(room_bookings, room_bookings.c.id == room_slots.c.booking_id)
        rows = await r.all(sa.select(room_bookings.c.meeting_id, room_slots.c.room_id, room_slots.c.slot).select_from(joined))
    have = {(row.meeting_id, row.room_id, row.slot) for row in rows}
    assert have == {(m.id, m.room_id, n) for m in held for n in slots.numbers(m.starts_at, m.ends_at)}
    return {m.id: len(slots.numbers(m.starts_at, m.ends_at)) for m in held}


async def test_of_two_who_send_at_once_for_one_room_exactly_one_has_it_every_time(office: Office):
    (room,) = await rooms_here(office, "Phòng 1")
    day = clock.today()
    pairs = []
    for n in range(PAIRS):
        at = {"room_id": room, "date": (day + timedelta(days=10 + n)).isoformat()}
        pairs.append((await office.draft(**at), await office.draft(**at, start="09:30", end="11:00")))
    found = await asyncio.gather(*(outcome(office, sending(meeting)) for pair in pairs for meeting in pair))
    told = [sorted(found[n : n + 2]) for n in range(0, len(found), 2)]
    assert told == [["done", "room_taken"]] * PAIRS
    assert len(await consistent(office)) == PAIRS
    lost = next(pair[found[2 * n : 2 * n + 2].index("room_taken")] for n, pair in enumerate(pairs))
    async with office.db.reading() as r:
        row = await r.get(meetings, lost)
    assert (row.state, row.draft["room_id"]) == ("draft", room)  # what was typed is there


async def test_moves_exchange_rooms_or_are_refused_and_never_wait_for_each_other(office: Office):
    one, two = await rooms_here(office, "Phòng 1", "Phòng 2")
    day = clock.today() + timedelta(days=20)
    first, second, third = [
        await office.draft(room_id=room, date=day.isoformat(), start=start, end=end)
        for room, start, end in ((one, "08:00", "10:00"), (two, "08:00", "10:00"), (one, "14:00", "15:00"))
    ]
    for meeting in (first, second):
        await office.send(meeting)
    for n in range(4):  # each wants what the other has; and a new one what they may leave
        wish, other = (two, one) if n % 2 == 0 else (one, two)
        await change(office, first, room_id=wish, start="08:00", end="10:00")
        await change(office, second, room_id=other, start="09:00", end="11:00")
        newcomer = await office.draft(room_id=wish, date=day.isoformat(), start="10:30", end="11:30")
        await asyncio.gather(*(outcome(office, sending(meeting)) for meeting in (first, second, newcomer)))
        await consistent(office)
        for meeting in (first, second):
            await perform(office.db, office.secretary, DiscardDraft(meeting_id=meeting))
        if newcomer in await consistent(office):
            await perform(office.db, office.secretary, CancelMeeting(meeting_id=newcomer, reason="Thử", sender=SENDER))
    await office.send(third)
    await perform(office.db, office.secretary, CancelMeeting(meeting_id=third, reason="Hoãn", sender=SENDER))
    assert third not in await consistent(office)


async def test_moving_within_ones_own_time_and_ending_early_give_back_what_is_not_needed(office: Office):
    (room,) = await rooms_here(office, "Phòng 1")
    now = clock.now()
    form = moved(office.form(room_id=room), now - timedelta(minutes=50), now + timedelta(hours=3))
    meeting = await office.draft(**form)
    await office.send(meeting)
    await change(office, meeting, **moved({}, now - timedelta(minutes=40), now + timedelta(hours=2)))
    await office.send(meeting)
    await consistent(office)
    chair = replace(office.secretary, person_id=office.people["chair"], account_id=new_id())
    await perform(office.db, chair, StartMeeting(meeting_id=meeting))
    await perform(office.db, chair, EndMeeting(meeting_id=meeting))
    async with office.db.reading() as r:
        found = await busy_spans(r, now - timedelta(days=1), now + timedelta(days=1), rooms=[room])
        ended = (await r.get(meetings, meeting)).ended_at
        kept = await r.column(sa.select(room_slots.c.slot))
    ((_, free),) = found.rooms[room]
    assert timedelta(0) <= free - ended < slots.QUARTER
    assert max(kept) < slots.numbers(free, free + slots.QUARTER).start
    next_one = await office.draft(**moved(office.form(room_id=room), free, free + timedelta(hours=1)))
    assert (await office.send(next_one))["invited"] == 5


async def test_the_loser_is_told_when_and_what_would_do_and_the_title_only_where_he_may_know_it(office: Office):
    one, two, small = await rooms_here(office, "Phòng 1", "Phòng 2", "Phòng 3")
    async with office.db.transaction("organisation") as tx:
        await tx.update(rooms, small, capacity=1)
    await office.send(await office.draft(room_id=one, title="Họp kín"))
    mine = await office.draft(room_id=one, start="09:00", end="10:30")
    with pytest.raises(Invalid) as refused:
        await office.send(mine)
    assert refused.value.problems[0].where == "room_id"
    stranger = await make_user(office.db, await make_agency(office.db), "nguoi.la", "secretary")
    draft = CreateDraft(meeting_id=new_id(), domain="hue.example", form=office.form(room_id=one))
    await perform(office.db, stranger, draft)
    for actor, meeting, code in ((office.secretary, mine, "room_taken_by"), (stranger, draft.meeting_id, "room_taken")):
        async with office.db.reading() as r:
            form = (await r.get(meetings, meeting)).draft
            found = next(a for a in await advice_for(r, actor, meeting, form, clock.now()) if a.code.startswith("room"))
        assert found.code == code
        assert ("Họp kín" in str(found.params)) == (code == "room_taken_by")
        assert [way.value for way in found.ways if way.name == "room_id"] == [two]
        free = [tuple(map(clock.instant, way.value.split("/"))) for way in found.ways if way.name == "when"]
        assert free
        for start, end in free:  # each of them is bookable
            async with office.db.reading() as r:
                assert not (await busy_spans(r, start, end, rooms=[one])).rooms
    start, end = free[0]
    await perform(office.db, stranger, SaveDraft(meeting_id=draft.meeting_id, form=moved(form, start, end), revision=1))
    assert await perform(office.db, stranger, sending(draft.meeting_id))


@given(st.lists(st.tuples(st.integers(0, 96), st.integers(1, 20)), max_size=6), st.integers(0, 70), st.integers(1, 16))
def test_what_is_proposed_is_free_as_long_and_never_past(taken, at, length):
    day = clock.from_local(clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None), clock.HOME_ZONE)
    spans = sorted((day + a * slots.QUARTER, day + (a + n) * slots.QUARTER) for a, n in taken)
    start = day + at * slots.QUARTER
    now = day + 30 * slots.QUARTER
    morning = clock.from_local(clock.local(day).replace(hour=9, tzinfo=None), clock.HOME_ZONE)
    found = next_free(spans, start, start + length * slots.QUARTER, now, clock.HOME_ZONE, lambda a, b: a >= morning)
    assert found == sorted(set(found))
    assert len(found) <= 3
    for a, b in found:
        assert b - a == length * slots.QUARTER
        assert a > now
        assert a >= morning
        assert not any(x < b and a < y for x, y in spans)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_what_was_planned_before_rooms_were_booked_keeps_its_room(kind: str, tmp_path: Path):
    url = await fresh_database_url(kind, tmp_path)
    try:
        await make_first_version(url)
        db = open_database(url)
        start = clock.now() + timedelta(days=1)
        async with db.engine.begin() as connection:  # both in one room at one time, as nothing forbade then
            (agency,) = (await connection.execute(sa.text("SELECT id FROM agencies LIMIT 1"))).one()
            room = {"id": new_id(), "agency_id": agency, "name": "P1", "address": "", "capacity": 20, "active": True}
            await connection.execute(sa.table("rooms", *map(sa.column, room)).insert().values(room))
            old = sa.table("meetings", *(sa.column(name) for name in ("room_id", "state", "starts_at", "ends_at")))
            planned = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
            times = {name: sa.bindparam(name, at, Instant) for name, at in planned.items()}
            await connection.execute(old.update().values(room_id=room["id"], state="invited", **times))
        await db.close()
        await upgrade(url)
        db = open_database(url)
        async with db.reading() as r:
            assert len(set(await r.column(sa.select(room_bookings.c.meeting_id)))) == 2
            assert sorted(await r.column(sa.select(room_slots.c.slot))) == list(slots.numbers(start, start + timedelta(hours=2)))
        await db.close()
    finally:
        await drop_database(url)
