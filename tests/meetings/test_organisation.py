"""Agencies as a tree, people, rooms and accounts: what may be kept, and by whom."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from meetings.accounts import SaveAccount, SetTemporaryPassword
from meetings.agency_tree import above, administered, below
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from meetings.models.organisation import accounts, agencies, people, sessions
from meetings.organisation import MoveAgency, SaveAgency, SavePosition
from meetings.people import SavePerson
from meetings.perform import perform
from meetings.queries.organisation import PeopleFilter, agency_lines, find_people, free_username, person_of, rooms_of
from meetings.rooms import SaveRoom
from meetings.sessions import StartSession
from tests.support.organisation import (
    BUILDER,
    do,
    light_hash,
    make_account,
    make_agency,
    make_person,
    make_position,
    make_room,
    make_user,
)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.sampled_from("abcdefgh")))
def test_walking_up_ends_even_in_a_tree_that_is_none(tree):
    for one in tree:
        way = list(above(tree, one))
        assert way[0] == one and len(way) == len(set(way))
        assert one in below(tree, one)


async def test_an_agency_cannot_stand_under_itself_or_under_one_below_it(db: Database):
    top = await make_agency(db, code="A")
    middle = await make_agency(db, parent_id=top, code="B")
    low = await make_agency(db, parent_id=middle, code="C")
    for parent in (top, middle, low):
        with pytest.raises(Invalid, match="agency_under_itself"):
            await do(db, SaveAgency(agency_id=top, parent_id=parent, name="A", short_name="A", code="A"))
    with pytest.raises(Invalid, match="agency_unknown"):
        await make_agency(db, parent_id="0" * 32)


async def test_two_agencies_never_have_one_code(db: Database):
    await make_agency(db, code="SYT")
    with pytest.raises(Conflict, match="agency_code_taken") as refused:
        await make_agency(db, code="SYT")
    assert refused.value.problem.where == "code" and refused.value.params == {"taken": "SYT"}


async def test_an_agency_is_retired_only_when_nobody_is_left_in_it(db: Database):
    top = await make_agency(db, "Sở cũ", code="CU")
    low = await make_agency(db, parent_id=top, code="DUOI")
    person = await make_person(db, top, "Lê Văn An", email="an@hue.example")

    def retire(agency_id: str, code: str) -> SaveAgency:
        return SaveAgency(agency_id=agency_id, name="Sở cũ", short_name="Sở cũ", code=code, active=False)

    with pytest.raises(Conflict, match="agency_in_use") as refused:
        await do(db, retire(top, "CU"))
    assert refused.value.params == {"people": 1, "agencies": 1}
    await do(db, retire(low, "DUOI"))
    elsewhere = await make_agency(db)
    await do(db, SavePerson(person_id=person, name="Lê Văn An", email="an@hue.example", agency_id=elsewhere))
    await do(db, retire(top, "CU"))
    with pytest.raises(Invalid, match="agency_retired"):
        await make_person(db, top)
    with pytest.raises(Invalid, match="agency_retired"):
        await make_agency(db, parent_id=top)


async def test_agencies_move_among_their_siblings_and_keep_what_is_under_them(db: Database):
    top = await make_agency(db, "UBND")
    a, b, c = [await make_agency(db, name, parent_id=top) for name in ("Sở A", "Sở B", "Sở C")]
    await make_agency(db, "Phòng B1", parent_id=b)
    for moved, direction in ((c, "up"), (c, "up"), (c, "up"), (a, "down"), (a, "down")):
        await do(db, MoveAgency(agency_id=moved, direction=direction))
    async with db.reading() as reading:
        lines = await agency_lines(reading, BUILDER)
    assert [(line.agency.name, line.depth) for line in lines] == [
        ("UBND", 0), ("Sở C", 1), ("Sở B", 1), ("Phòng B1", 2), ("Sở A", 1),
    ]  # fmt: skip
    assert [(line.first, line.last) for line in lines if line.depth == 1] == [(True, False), (False, False), (False, True)]


async def test_an_agency_administrator_keeps_the_people_and_rooms_of_his_agency_and_those_under_it_only(db: Database):
    mine, other = await make_agency(db), await make_agency(db)
    under = await make_agency(db, parent_id=mine)
    above_mine = await make_agency(db)
    admin = await make_user(db, mine, "quantri", "agency_admin")
    stranger, room = await make_person(db, other, email="la@hue.example"), await make_room(db, other, "Phòng A")
    for agency in (mine, under):
        await do(db, SavePerson(name="Trần Thị Mới", email="moi@hue.example", agency_id=agency), admin)
        await do(db, SaveRoom(name="Phòng 1", agency_id=agency), admin)
    refused = (
        SavePerson(name="Trần Thị Mới", email="moi@hue.example", agency_id=other),
        SavePerson(name="Trần Thị Mới", email="moi@hue.example", agency_id=above_mine),
        SavePerson(person_id=stranger, name="Bị kéo về", email="la@hue.example", agency_id=mine),
        SaveRoom(room_id=room, name="Bị chiếm", agency_id=mine),
        SaveRoom(name="Phòng 1", agency_id=other),
        SaveAccount(person_id=stranger, username="la"),
        SaveAgency(name="Mới", short_name="Mới", code="MOI", parent_id=mine),
        MoveAgency(agency_id=mine, direction="up"),
        SavePosition(name="Vua"),
    )
    for command in refused:
        with pytest.raises(NotAllowed):
            await do(db, command, admin)


async def test_members_and_secretaries_and_links_keep_nothing(db: Database):
    agency = await make_agency(db)
    person = await make_person(db, agency)
    actors = [await make_user(db, agency, f"u{role}", role) for role in ("member", "secretary")]
    actors.append(Actor(kind="link", name="Khách", participant_id="0" * 32, meeting_id="0" * 32, role="system_admin"))
    for actor in actors:
        for command in (
            SavePerson(name="Mới", email="m@hue.example", agency_id=agency),
            SaveAccount(person_id=person, username="moi", role="system_admin"),
            SetTemporaryPassword(person_id=person, password_hash="x"),
            SaveRoom(name="Phòng", agency_id=agency),
            SaveAgency(name="Mới", short_name="Mới", code="MOI"),
        ):
            with pytest.raises(NotAllowed):
                await do(db, command, actor)


async def test_an_agency_administrator_cannot_become_or_change_a_system_administrator(db: Database):
    agency = await make_agency(db)
    admin = await make_user(db, agency, "quantri", "agency_admin")
    boss = await make_user(db, agency, "boss", "system_admin")
    helper = await make_person(db, agency)
    for command in (
        SaveAccount(person_id=admin.person_id, username="quantri", role="system_admin"),
        SaveAccount(person_id=helper, username="helper", role="system_admin"),
        SaveAccount(person_id=boss.person_id, username="boss", role="member"),
        SetTemporaryPassword(person_id=boss.person_id, password_hash="x"),
        SavePerson(person_id=boss.person_id, name="Boss", email="mine@hue.example", agency_id=agency),
    ):
        with pytest.raises(NotAllowed):
            await do(db, command, admin)


async def test_nobody_locks_or_demotes_himself(db: Database):
    boss = await make_user(db, await make_agency(db), "boss", "system_admin")
    for command in (
        SaveAccount(person_id=boss.person_id, username="boss", role="member"),
        SaveAccount(person_id=boss.person_id, username="boss", role="system_admin", locked=True),
        SavePerson(person_id=boss.person_id, name="Boss", email="b@hue.example", agency_id=boss.agency_id, active=False),
    ):
        with pytest.raises(Conflict, match="own_account"):
            await do(db, command, boss)


async def test_a_user_name_belongs_to_one_account(db: Database):
    agency = await make_agency(db)
    one, two = await make_person(db, agency), await make_person(db, agency)
    await make_account(db, one, "lan.nt")
    with pytest.raises(Conflict, match="username_taken"):
        await make_account(db, two, "lan.nt")
    await make_account(db, one, "lan.nguyen")
    await make_account(db, two, "lan.nt")


@pytest.mark.parametrize("act", ["lock", "password", "retire"])
async def test_locking_retiring_or_a_new_password_ends_every_session(db: Database, act: str):
    user = await make_user(db, await make_agency(db), "lan.nt")
    await do(db, StartSession(account_id=user.account_id, token_hash="0" * 64, csrf="x"))
    await do(
        db,
        {
            "lock": SaveAccount(person_id=user.person_id, username="lan.nt", locked=True),
            "password": SetTemporaryPassword(person_id=user.person_id, password_hash=light_hash("khác")),
            "retire": SavePerson(
                person_id=user.person_id, name="Lan", email="lan@hue.example", agency_id=user.agency_id, active=False
            ),
        }[act],
    )
    async with db.reading() as reading:
        assert await reading.value(sa.select(sessions.c.revoked_at)) is not None
        assert await reading.value(sa.select(accounts.c.must_change)) == (act == "password")


async def test_what_is_sent_twice_happens_once(db: Database):
    command = SavePerson(name="Lê Văn An", email="an@hue.example", agency_id=await make_agency(db))
    assert await do(db, command) == await do(db, command)
    async with db.reading() as reading:
        assert await reading.value(sa.select(sa.func.count()).select_from(people)) == 1


async def test_an_administrator_finds_people_by_any_part_with_or_without_marks(db: Database):
    top = await make_agency(db, "UBND")
    health, other = await make_agency(db, "Sở Y tế", parent_id=top), await make_agency(db, "Sở Tài chính", parent_id=top)
    director = await make_position(db, "Giám đốc", 1)
    clerk = await make_position(db, "Chuyên viên", 9)
    await make_person(db, health, "Đặng Thị Hồng", position_id=clerk)
    boss = await make_person(db, health, "Trần Văn Đức", position_id=director)
    await make_person(db, other, "Đặng Văn Nam", position_id=clerk)
    await make_account(db, boss, "duc.tv")
    system, local = (await make_user(db, top, "he.thong", "system_admin"), await make_user(db, health, "y.te", "agency_admin"))
    async with db.reading() as reading:

        async def names(actor: Actor, **wanted: object) -> list[str]:
            return [row.name for row in (await find_people(reading, actor, PeopleFilter(**wanted))).rows]

        assert await names(system, text="dang") == ["Đặng Thị Hồng", "Đặng Văn Nam"]
        assert await names(system, text="DUC.tv") == ["Trần Văn Đức"]
        assert await names(system, text="giam doc") == ["Trần Văn Đức"]
        assert await names(local, text="đặng") == ["Đặng Thị Hồng"]
        assert await names(local, agency_id=other) == []
        assert await names(local, which="no_account") == ["Đặng Thị Hồng"]
        assert (await names(system, agency_id=health))[0] == "Trần Văn Đức"
        assert await names(local, which="retired") == []
        with pytest.raises(NotFound):
            await person_of(reading, local, system.person_id)
        assert await rooms_of(reading, local) == []
        assert await administered(reading, local) == {health}


async def test_a_free_user_name_is_made_of_the_given_name_and_initials(db: Database):
    agency = await make_agency(db)
    async with db.reading() as reading:
        assert await free_username(reading, "Nguyễn Thị Lan") == "lan.nt"
        assert await free_username(reading, "Tôn Nữ Đoan") == "doan.tn"
        assert await free_username(reading, "Vy") == "vy001"
        assert await free_username(reading, "王") == ""
    await make_account(db, await make_person(db, agency), "lan.nt")
    await make_account(db, await make_person(db, agency), "lan.nt2")
    async with db.reading() as reading:
        assert await free_username(reading, "Ngô Tú Lan") == "lan.nt3"


async def test_names_are_kept_clean_and_sortable(db: Database):
    agency = await make_agency(db)
    await make_person(db, agency, "  Lê\u202e Văn A\u0301n ")
    async with db.reading() as reading:
        row = await reading.first(sa.select(people))
    assert row.name == "Lê Văn Án" and row.name_key
    for bad in ("   ", "hai\ndòng", "x" * 301):
        with pytest.raises(Invalid):
            await make_person(db, agency, bad)


async def test_refusals_leave_nothing_behind(db: Database):
    with pytest.raises(Refusal):
        await perform(db, BUILDER, SaveAgency(name="A", short_name="A", code="A", parent_id="0" * 32))
    async with db.reading() as reading:
        assert await reading.value(sa.select(sa.func.count()).select_from(agencies)) == 0
