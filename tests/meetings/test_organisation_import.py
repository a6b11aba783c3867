"""Importing an organisation: headings as people write them, every row's problems, all or nothing, and again without harm."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Conflict, Invalid
from meetings.import_plan import Plan, plan_of
from meetings.import_rows import COLUMNS, MOST_ROWS, read_rows
from meetings.models.live import audit
from meetings.models.organisation import accounts, agencies, people, positions, rooms
from meetings.organisation_import import CommitImport, KeepImport, known
from tests.support.organisation import do, make_account, make_agency, make_person, make_position, make_user

HEAD = ["Loại", "Mã cơ quan", "Mã cấp trên", "Tên", "Chức vụ", "Thư điện tử", "Tên đăng nhập", "Vai trò", "Số chỗ"]
CITY = [
    HEAD,
    ["Người", "SYT", "", "Trần Thị Bình", "Giám đốc", "binh@hue.example", "binh.tt", "Thư ký", ""],
    ["Cơ quan", "SYT", "UBND", "Sở Y tế", "", "syt@hue.example", "", "", ""],
    ["Cơ quan", "UBND", "", "Ủy ban nhân dân thành phố", "", "", "", "", ""],
    ["Người", "UBND", "", "Lê Văn An", "Chủ tịch", "an@hue.example", "", "", ""],
    ["", "", "", "", "", "", "", "", ""],
    ["Phòng", "SYT", "", "Phòng họp 1", "", "", "", "", "40"],
]


async def administrator(db: Database) -> Actor:
    return await make_user(db, await make_agency(db, "Quản trị", code="QT"), "admin", "system_admin")


async def imported(db: Database, by: Actor, table: list[list[str]]) -> dict[str, Any]:
    kept = await do(db, KeepImport(file_name="a.csv", table=read_rows(table)), by)
    return await do(db, CommitImport(import_id=kept["import_id"]), by)


async def planned(db: Database, table: list[list[str]]) -> Plan:
    async with db.reading() as reading:
        return plan_of(read_rows(table).rows, await known(reading))


async def wrong(db: Database, table: list[list[str]]) -> dict[int, list[tuple[str, str]]]:
    """Row number -> (column, code) of its problems."""
    return {step.row.number: [(p.where, p.code) for p in step.problems] for step in (await planned(db, table)).wrong}


async def counts(db: Database) -> list[int]:
    async with db.reading() as reading:
        tables = (agencies, positions, people, accounts, rooms)
        return [await reading.value(sa.select(sa.func.count()).select_from(table)) for table in tables]


@pytest.mark.parametrize(
    "head",
    [
        ["Loại", "Mã cơ quan", "Tên"],
        ["LOAI", "ma co quan", "Họ và tên"],
        ["  loại ", "Mã đơn vị:", "TÊN"],
        ["Kind", "Agency code", "Name"],
        ["Ghi chú", "Loại", "Mã", "Ho ten"],
    ],
)
def test_headings_are_known_with_or_without_marks_in_any_case_and_order(head: list[str]):
    row = ["Người", "SYT", "An"] if len(head) == 3 else ["x", "Người", "SYT", "An"]
    (found,) = read_rows([head, row]).rows
    assert (found.values["kind"], found.values["code"], found.values["name"]) == ("Người", "SYT", "An")
    assert set(found.values) == set(COLUMNS)


def test_titles_above_the_headings_are_skipped_and_rows_keep_the_spreadsheets_numbers():
    table = read_rows([["DANH SÁCH CÁN BỘ"], [], *[[*row, "ghi chú" if any(row) else ""] for row in CITY]])
    assert [row.number for row in table.rows] == [4, 5, 6, 7, 9]
    assert table.passed_over == ["ghi chú"]


@pytest.mark.parametrize(
    ("table", "code", "params"),
    [
        ([], "file_empty", {}),
        ([["", " "]], "file_empty", {}),
        ([HEAD], "file_empty", {}),
        ([["Loại", "Họ tên"], ["Người", "An"]], "file_headers", {"columns": ["code"]}),
        ([["a", "b"], ["1", "2"]], "file_headers", {"columns": ["kind", "code", "name"]}),
        ([HEAD] + [["Người", "SYT", "", "An"]] * (MOST_ROWS + 1), "file_rows", {"most": MOST_ROWS}),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(table: list[list[str]], code: str, params: dict[str, object]):
    with pytest.raises(Invalid) as refused:
        read_rows(table)
    assert (refused.value.code, refused.value.params) == (code, params)


async def test_a_whole_organisation_comes_in_at_once_in_whatever_order_its_rows_stand(db: Database):
    by = await administrator(db)
    made = await imported(db, by, CITY)
    assert made == {"agencies": 2, "people": 2, "rooms": 1, "accounts": 1}
    async with db.reading() as reading:
        joined = sa.select(agencies.c.code, agencies.c.email, agencies.c.parent_id).where(agencies.c.code.in_(["SYT", "UBND"]))
        found = {row.code: row for row in await reading.all(joined)}
        top = await reading.value(sa.select(agencies.c.id).where(agencies.c.code == "UBND"))
        account = await reading.first(sa.select(accounts).where(accounts.c.username == "binh.tt"))
        room = await reading.first(sa.select(rooms))
    assert found["SYT"].parent_id == top and found["UBND"].parent_id is None and found["SYT"].email == "syt@hue.example"
    assert (account.role, account.must_change, account.password_hash) == ("secretary", True, "")
    assert (room.name, room.capacity) == ("Phòng họp 1", 40)


async def test_the_same_file_again_changes_nothing(db: Database):
    by = await administrator(db)
    await imported(db, by, CITY)
    before = await counts(db)
    plan = await planned(db, CITY)
    assert [step.effect for step in plan.steps] == ["same"] * 5 and not any(step.account for step in plan.steps)
    assert await imported(db, by, CITY) == {"agencies": 0, "people": 0, "rooms": 0, "accounts": 0}
    assert await counts(db) == before


async def test_a_later_file_changes_what_it_says_and_leaves_what_it_does_not_say(db: Database):
    by = await administrator(db)
    await imported(db, by, CITY)
    later = [
        ["Loại", "Mã", "Tên", "Chức vụ", "Thư điện tử", "Điện thoại"],
        ["Cơ quan", "syt", "Sở Y tế thành phố", "", "", "0234"],
        ["Người", "SYT", "tran thi binh", "Phó Giám đốc", "BINH@hue.example", ""],
    ]
    plan = await planned(db, later)
    assert [step.effect for step in plan.steps] == ["changed", "changed"]
    await imported(db, by, later)
    async with db.reading() as reading:
        agency = await reading.first(sa.select(agencies).where(agencies.c.code == "SYT"))
        person = await reading.first(sa.select(people, positions.c.name.label("title")).join(positions).where(
            people.c.email == "binh@hue.example"
        ))  # fmt: skip
    assert (agency.name, agency.phone, agency.email) == ("Sở Y tế thành phố", "0234", "syt@hue.example")
    assert agency.parent_id is not None
    assert person.title == "Phó Giám đốc"


async def test_every_problem_of_every_row_is_told(db: Database):
    by = await administrator(db)
    await make_account(db, await make_person(db, by.agency_id or ""), "da.co")
    found = await wrong(
        db,
        [
            HEAD,
            ["Xe", "QT", "", "Xe 1", "", "", "", "", ""],
            ["Người", "", "", "An", "", "an@hue.example", "", "", ""],
            ["Người", "KHONG", "", "", "", "sai", "X Y", "Vua", ""],
            ["Người", "QT", "", "Bình", "", "", "", "Thư ký", ""],
            ["Người", "QT", "", "Chi", "", "chi@hue.example", "da.co", "", ""],
            ["Người", "QT", "", "Dũng", "", "d@hue.example", "moi", "", ""],
            ["Người", "QT", "", "Giang", "", "g@hue.example", "moi", "", ""],
            ["Người", "QT", "", "dung", "", "D@hue.example", "", "", ""],
            ["Cơ quan", "A B", "KHONG", "Sở", "", "", "", "", ""],
            ["Phòng", "QT", "", "Phòng 1", "", "", "", "", "nhiều"],
            ["Phòng", "QT", "", "Phòng 2", "", "", "", "", "20"],
        ],
    )
    assert found == {
        2: [("kind", "row_kind")],
        3: [("code", "required")],
        4: [
            ("code", "row_agency_unknown"), ("name", "required"), ("email", "email"), ("role", "row_word"),
            ("username", "pattern"),
        ],
        5: [("email", "required"), ("username", "required")],
        6: [("username", "username_taken")],
        8: [("username", "username_taken")],
        9: [("name", "row_repeated")],
        10: [("parent", "row_parent_unknown"), ("code", "pattern")],
        11: [("capacity", "number")],
    }  # fmt: skip


async def test_a_table_cannot_put_an_agency_under_itself(db: Database):
    await make_agency(db, code="A")
    found = await wrong(
        db,
        [
            HEAD,
            ["Cơ quan", "A", "B", "Sở A", "", "", "", "", ""],
            ["Cơ quan", "B", "C", "Sở B", "", "", "", "", ""],
            ["Cơ quan", "C", "A", "Sở C", "", "", "", "", ""],
            ["Cơ quan", "D", "D", "Sở D", "", "", "", "", ""],
        ],
    )
    assert {n: p for n, p in found.items()} == {n: [("parent", "agency_under_itself")] for n in (2, 3, 4, 5)}


async def test_with_one_wrong_row_nothing_at_all_is_kept(db: Database):
    by = await administrator(db)
    before = await counts(db)
    kept = await do(db, KeepImport(file_name="a.csv", table=read_rows([*CITY, ["Người", "SYT", "", "An", "", "sai"]])), by)
    with pytest.raises(Conflict, match="import_problems"):
        await do(db, CommitImport(import_id=kept["import_id"]), by)
    assert await counts(db) == before


async def test_what_happened_since_the_preview_is_seen_by_the_commit(db: Database):
    by = await administrator(db)
    kept = await do(db, KeepImport(file_name="a.csv", table=read_rows(CITY)), by)
    await make_account(db, await make_person(db, by.agency_id or ""), "binh.tt")
    with pytest.raises(Conflict, match="import_problems"):
        await do(db, CommitImport(import_id=kept["import_id"]), by)


async def test_an_import_is_committed_once_and_by_whoever_uploaded_it(db: Database):
    by = await administrator(db)
    other = await make_user(db, by.agency_id or "", "khac", "system_admin")
    kept = await do(db, KeepImport(file_name="a.csv", table=read_rows(CITY)), by)
    with pytest.raises(Conflict, match="import_gone"):
        await do(db, CommitImport(import_id=kept["import_id"]), other)
    await do(db, CommitImport(import_id=kept["import_id"]), by)
    with pytest.raises(Conflict, match="import_gone"):
        await do(db, CommitImport(import_id=kept["import_id"]), by)


async def test_positions_are_made_once_however_they_are_written(db: Database):
    by = await administrator(db)
    await make_position(db, "Chuyên viên", 9)
    rows = [["Người", "QT", "", f"Người {n}", title, f"p{n}@hue.example", "", "", ""]
            for n, title in enumerate(("chuyên viên", "Trưởng phòng", "TRƯỞNG PHÒNG"))]  # fmt: skip
    await imported(db, by, [HEAD, *rows])
    async with db.reading() as reading:
        assert await reading.column(sa.select(positions.c.name).order_by(positions.c.rank)) == ["Chuyên viên", "Trưởng phòng"]


async def test_the_log_keeps_who_imported_what_file_and_neither_people_nor_passwords(db: Database):
    by = await administrator(db)
    kept = await do(db, KeepImport(file_name="danh-sach.csv", table=read_rows(CITY)), by)
    await do(db, CommitImport(import_id=kept["import_id"], password_hashes={"binh.tt": "$argon2id$secret"}), by)
    async with db.reading() as reading:
        rows = await reading.all(sa.select(audit).where(audit.c.command.in_(["KeepImport", "CommitImport"])))
        stored = await reading.value(sa.select(accounts.c.password_hash).where(accounts.c.username == "binh.tt"))
    text = str([dict(row._mapping) for row in rows])
    assert stored == "$argon2id$secret" and "danh-sach.csv" in text and by.key in text
    assert "argon2" not in text and "Trần Thị Bình" not in text


async def test_two_thousand_people_are_imported_in_one_go(db: Database):
    by = await administrator(db)
    table = [HEAD] + [["Cơ quan", f"C{n}", f"C{n // 2}" if n > 1 else "", f"Sở {n}", "", "", "", "", ""] for n in range(1, 60)]
    table += [
        ["Người", f"C{1 + n % 59}", "", f"Nguyễn Văn {n}", f"Chức {n % 20}", f"n{n}@hue.example", f"user{n}", "", ""]
        for n in range(2000)
    ]
    assert await imported(db, by, table) == {"agencies": 59, "people": 2000, "rooms": 0, "accounts": 2000}
