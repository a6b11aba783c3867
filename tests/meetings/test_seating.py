"""Plans of rooms: what they must be, labels, shapes; and who sits where."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from meetings.answers import AnswerInvitation
from meetings.attendance import CheckIn
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed, Refusal
from meetings.models.columns import new_id
from meetings.models.meeting import meetings, participants
from meetings.perform import perform
from meetings.seating import ArrangeSeats, PlaceParticipant, SavePlan
from meetings.seating_plan import SEATS, SHAPES, Cell, Plan, checked, plan_of, relabelled, seats_in_order, shape
from tests.support.meetings import Held, hold_meeting
from tests.support.organisation import BUILDER, make_agency, make_room, make_user

FOUR = Plan(4, 3, (Cell(0, 0, "head"), Cell(1, 2, "seat"), Cell(0, 2, "seat"), Cell(2, 2, "seat", "VIP"), Cell(3, 1, "door")))


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("seats", [6, 24, 60])
def test_every_shape_is_a_plan_with_its_seats_and_a_head(name: str, seats: int):
    plan = shape(name, seats)
    assert checked(plan) == plan
    found = [cell for cell in plan.cells if cell.kind in SEATS]
    assert seats <= len(found) <= seats + 12
    assert any(cell.kind == "head" for cell in found)
    assert len({cell.label for cell in found}) == len(found)
    assert plan_of(plan.to_json()) == plan


def test_a_shape_that_would_not_fit_is_refused():
    with pytest.raises(Invalid, match="plan_too_large"):
        shape("classroom", 400)


def test_missing_labels_are_given_by_row_and_others_stay():
    labels = {(c.x, c.y): c.label for c in checked(FOUR).cells}
    assert labels == {(0, 0): "A1", (0, 2): "B1", (1, 2): "B2", (2, 2): "VIP", (3, 1): ""}
    assert [c.label for c in relabelled(FOUR).cells if c.y == 2] == ["B1", "B2", "B3"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ((Cell(4, 0, "seat"),), "plan_outside"), ((Cell(1, 1, "seat"), Cell(1, 1, "table")), "plan_overlaps"),
        ((Cell(1, 1, "seat", "A"), Cell(2, 1, "seat", "A")), "plan_label_twice"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused(cells: tuple[Cell, ...], code: str):
    with pytest.raises(Invalid, match=code):
        checked(replace(FOUR, cells=cells))


def test_seats_are_given_from_the_head_outwards():
    assert seats_in_order(checked(FOUR)) == (["A1"], ["B1", "B2", "VIP"])
    _, rest = seats_in_order(shape("classroom", 19))
    assert [label[0] for label in rest] == ["B"] * 8 + ["C"] * 8  # a row is filled before the next
    assert set(rest[:2]) == {"B4", "B5"}  # from the aisle


async def with_plan(db: Database, plan: Plan = FOUR) -> Held:
    held = await hold_meeting(db)
    agency = await make_agency(db)
    room = await make_room(db, agency, "Phòng 1")
    await perform(db, BUILDER, SavePlan(room_id=room, plan=plan))
    async with db.transaction(held.id) as tx:
        await tx.update(meetings, held.id, room_id=room)
    return held


async def seats(db: Database, held: Held) -> dict[str, str | None]:
    async with db.reading() as r:
        rows = await r.all(sa.select(participants).where(participants.c.meeting_id == held.id))
    return {row.id: row.seat for row in rows}


async def place(db: Database, held: Held, who: Actor, seat: str, by: Actor | None = None) -> None:
    await perform(db, by or held.secretary, PlaceParticipant(meeting_id=held.id, participant_id=held.pid(who), seat=seat))


async def test_two_who_are_placed_on_one_seat_change_places(db: Database):
    held = await with_plan(db)
    one, two, three = held.members
    await place(db, held, one, "B1")
    await place(db, held, two, "B2")
    await place(db, held, one, "B2")
    found = await seats(db, held)
    assert (found[held.pid(one)], found[held.pid(two)]) == ("B2", "B1")
    await place(db, held, three, "B1")  # from no seat: whoever sat there has none
    await place(db, held, one, "")
    found = await seats(db, held)
    assert [found[held.pid(who)] for who in (one, two, three)] == [None, None, "B1"]
    with pytest.raises(Invalid, match="seat_unknown"):
        await place(db, held, one, "Z9")
    with pytest.raises(NotAllowed):
        await place(db, held, one, "B2", by=one)


async def test_seats_are_arranged_by_protocol_and_whoever_is_elsewhere_needs_none(db: Database):
    held = await with_plan(db)
    one, two, three = held.members
    await perform(db, one, AnswerInvitation(meeting_id=held.id, participant_id=held.pid(one), answer="declined", reason="ốm"))
    await perform(db, two, CheckIn(meeting_id=held.id, mode="online"))
    await place(db, held, three, "VIP")
    answer = await perform(db, held.secretary, ArrangeSeats(meeting_id=held.id))
    found = await seats(db, held)
    expected = {held.chair: "A1", held.secretary: "B1", one: None, two: None, three: "VIP", held.guest: "B2"}
    assert {who.name: found[held.pid(who)] for who in expected} == {who.name: seat for who, seat in expected.items()}
    assert answer == {"placed": 3, "without": 0}
    await perform(db, held.secretary, ArrangeSeats(meeting_id=held.id, afresh=True))
    assert (await seats(db, held))[held.pid(three)] == "B2"


async def test_without_a_plan_there_is_nothing_to_arrange(db: Database):
    held = await hold_meeting(db)
    async with db.transaction(held.id) as tx:
        await tx.update(meetings, held.id, room_id=None)
    with pytest.raises(Conflict, match="room_without_plan"):
        await perform(db, held.secretary, ArrangeSeats(meeting_id=held.id))


async def test_only_the_administrators_of_the_agency_draw_its_rooms(db: Database):
    mine, other = await make_agency(db), await make_agency(db)
    room = await make_room(db, other, "Phòng khác")
    for who in (await make_user(db, mine, "quan.tri", "agency_admin"), await make_user(db, other, "thu.ky", "secretary")):
        with pytest.raises(Refusal) as refused:
            await perform(db, who, SavePlan(room_id=room, plan=FOUR))
        assert refused.value.status in (403, 404)
    await perform(db, await make_user(db, other, "quan.tri.2", "agency_admin"), SavePlan(room_id=room, plan=FOUR, id=new_id()))
