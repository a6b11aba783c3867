"""Importing on the pages: files as people have them, files that are none, the preview, the commit and the passwords after it."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest
import sqlalchemy as sa

from meetings.errors import Invalid
from meetings.i18n import LANGUAGES, translator
from meetings.import_rows import read_rows
from meetings.models.organisation import accounts, agencies
from tests.support.organisation import make_agency, make_user
from tests.support.site import Browser, Page, Site, sign_in
from web import table_file
from web.pages.organisation_import import template_rows
from web.table_file import csv_file, read_table, xlsx_file

GOOD = """Loại;Mã cơ quan;Tên;Chức vụ;Thư điện tử;Tên đăng nhập;Vai trò
Cơ quan;STC;Sở Tài chính;;;;
Người;STC;Lê Văn An;Giám đốc;an@hue.example;an.lv;thư ký
Người;STC;=HYPERLINK("x");Chuyên viên;b@hue.example;b.lv;
"""


async def admin(site: Site) -> Browser:
    await make_user(site.db, await make_agency(site.db), "quantri", "system_admin")
    return await site.signed_in("quantri")


async def upload(browser: Browser, content: bytes, name: str = "a.csv") -> Page:
    await browser.get("/admin/import")
    return await browser.post("/admin/import", files={"file": (name, content)})


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.replace(";", ",").encode(),
        GOOD.replace(";", "\t").encode("utf-16"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
    ],
    ids=["semicolon", "marked", "comma", "utf-16 tab", "windows lines", "old mac lines"],
)
def test_csv_is_read_as_spreadsheets_write_it(content: bytes):
    rows = read_rows(read_table(content)).rows
    assert [row.values["name"] for row in rows][:2] == ["Sở Tài chính", "Lê Văn An"]
    assert rows[1].values["role"] == "thư ký"


def test_xlsx_is_read_and_numbers_are_read_as_they_are_meant():
    head = ["Loại", "Mã", "Tên", "Điện thoại", "Số chỗ"]
    rows = read_table(workbook(head, ["Người", 12, "An", 84905000111.0, None], ["Phòng", "A", "P1", "", 40]))
    assert rows[1:] == [["Người", "12", "An", "84905000111"], ["Phòng", "A", "P1", "", "40"]]


def hollow_zip(size: int, parts: int = 1) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(parts):
            archive.writestr(f"xl/{n}.xml", b"0" * size)
    return content.getvalue()


def entity_bomb() -> bytes:
    """A workbook whose only cell would grow to ten thousand million letters."""
    entities = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefg", "bcdefgh", strict=True))
    sheet = (
        f'<!DOCTYPE x [<!ENTITY a "{"a" * 1000}">{entities}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>&h;</t></is></c></row></sheetData></worksheet>'
    )
    source = zipfile.ZipFile(io.BytesIO(workbook(["Loại", "Mã", "Tên"], ["Người", "A", "An"])))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part in source.infolist():
            archive.writestr(part.filename, sheet if "sheet1" in part.filename else source.read(part))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (GOOD.encode("cp1258", errors="replace"), "file_unreadable"),
        (b"\x00\x01\x02", "file_unreadable"),
        (b"\xd0\xcf\x11\xe0 an old xls", "file_unreadable"),
        (b"%PDF-1.7", None),
        (b"PK\x03\x04 broken", "file_unreadable"),
        (hollow_zip(100), "file_unreadable"),
        (hollow_zip(50 << 20), "file_large"),
        (hollow_zip(10, parts=300), "file_large"),
        (entity_bomb(), "file_unreadable"),
        (b"a" * (table_file.LARGEST + 1), "file_large"),
        (b'"' + b"a" * 200_000, "file_unreadable"),
        (workbook(["Loại", "Mã", "Tên"])[:-200], "file_unreadable"),
    ],
    ids=["cp1258", "binary", "xls", "pdf", "no zip", "no book", "bomb", "parts", "entities", "large", "quote", "cut"],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, code: str | None):
    with pytest.raises(Invalid) as refused:
        read_rows(read_table(content))
    assert refused.value.code == (code or "file_headers") and refused.value.problem.where == "file"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_templates_are_read_back_as_they_are_written(language: str):
    rows = template_rows(translator(language))
    for content in (csv_file(rows), xlsx_file("Nhập", rows)):
        table = read_rows(read_table(content))
        assert not table.passed_over and len(table.rows) == 4
        assert [list(row.values.values()) for row in table.rows] == rows[1:]


async def test_the_template_can_be_imported_as_it_is(site: Site):
    browser = await admin(site)
    async with browser._session.get(f"{site.url}/admin/import/template.xlsx") as answer:
        assert "attachment" in answer.headers["Content-Disposition"]
        page = await upload(browser, await answer.read(), "mau.xlsx")
    assert "Sẵn sàng nhập" in page.text, page.text


async def test_upload_preview_commit_and_the_passwords_to_hand_out(site: Site):
    browser = await admin(site)
    page = await upload(browser, GOOD.encode())
    assert page.path.startswith("/admin/import/") and "Sẵn sàng nhập" in page.text
    async with site.db.reading() as reading:
        assert await reading.value(sa.select(agencies.c.id).where(agencies.c.code == "STC")) is None
    here = page.path
    page = await browser.post(here)
    assert page.path == here and "2 tài khoản mới" in page.text and page.headers["Cache-Control"] == "no-store"
    # twice clicked, or reloaded: the same page with the same passwords
    again = await browser.post(here)
    assert again.text == page.text
    async with browser._session.get(f"{site.url}{here}/accounts.csv") as answer:
        listed = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig")), delimiter=";"))
    assert listed[0][2:] == ["Tên đăng nhập", "Mật khẩu tạm"]
    by_name = {row[2]: row for row in listed[1:]}
    assert by_name["b.lv"][0].startswith("'=")
    password = by_name["an.lv"][3]
    assert password in page.text
    assert (await sign_in(site.browser(), "an.lv", password)).path == "/account/password"
    async with site.db.reading() as reading:
        assert await reading.value(sa.select(accounts.c.role).where(accounts.c.username == "an.lv")) == "secretary"


async def test_a_password_that_was_replaced_meanwhile_is_not_shown_any_more(site: Site):
    browser = await admin(site)
    page = await browser.post((await upload(browser, GOOD.encode())).path)
    here = page.path
    async with site.db.reading() as reading:
        person = await reading.value(sa.select(accounts.c.person_id).where(accounts.c.username == "an.lv"))
    await browser.post(f"/admin/people/{person}/password")
    page = await browser.get(here)
    assert "1 tài khoản mới" in page.text and "an.lv" not in page.text and "b.lv" in page.text


async def test_the_preview_shows_every_wrong_row_and_offers_no_commit(site: Site):
    browser = await admin(site)
    bad = GOOD + "".join(f"Người;KHONG;Sai số {n};;sai;;\n" for n in range(400))
    page = await upload(browser, bad.encode())
    assert "400 dòng cần sửa" in page.text and page.text.count("Không có cơ quan mã “KHONG”") == 400
    assert page.text.count("Thư điện tử: Địa chỉ thư điện tử chưa đúng") == 400
    assert "Nhập tất cả" not in page.text
    assert "400 dòng cần sửa" in (await browser.post(page.path)).text


async def test_a_file_that_cannot_be_meant_keeps_one_on_the_page_with_a_reason(site: Site):
    browser = await admin(site)
    page = await upload(browser, "Họ tên;Thư\nAn;a@b.vn\n".encode())
    assert page.status == 422 and "Tệp thiếu cột: Loại, Mã cơ quan" in page.text
    page = await browser.post("/admin/import")
    assert page.status == 422 and "Hãy chọn một tệp" in page.text


async def test_an_import_is_seen_by_whoever_uploaded_it_only(site: Site):
    browser = await admin(site)
    here = (await upload(browser, GOOD.encode())).path
    await make_user(site.db, await make_agency(site.db), "khac", "system_admin")
    other = await site.signed_in("khac")
    for path in (here, f"{here}/accounts.csv"):
        assert (await other.get(path)).status == 404
    await other.get("/account")
    assert (await other.post(here)).status == 404


async def test_markup_and_formulas_in_a_file_stay_text(site: Site):
    browser = await admin(site)
    page = await upload(browser, GOOD.replace("Lê Văn An", "<script>alert(1)</script>").encode(), "<img src=x>.csv")
    assert "<script>alert" not in page.html and "&lt;script&gt;" in page.html and "<img src=x" not in page.html
