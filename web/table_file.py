"""Tables in files: CSV or XLSX that somebody uploads, as rows of text; and rows as a file to download. A file is never
believed: its size, what it unpacks to and how many rows it has are bounded."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from meetings.errors import Invalid

LARGEST = 5 << 20
LARGEST_UNPACKED = 40 << 20  # of an XLSX, which is a ZIP archive
MOST_PARTS = 200
MOST_ROWS, MOST_COLUMNS = 6000, 60
# What openpyxl raises for a workbook that is none; it promises no exception of its own.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, EOFError, OSError, SyntaxError, RuntimeError,
    LookupError, ValueError, TypeError, AttributeError,
)  # fmt: skip


def read_table(content: bytes) -> list[list[str]]:
    """The cells of a CSV (comma, semicolon or tab) or of an XLSX's first sheet. Raises Invalid. Slow: call it in a thread."""
    if len(content) > LARGEST:
        raise Invalid("file_large", "file", most=LARGEST >> 20)
    if content.startswith(b"PK\x03\x04"):
        return _xlsx(content)
    return _csv(content)


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        if "\0" in text:
            raise Invalid("file_unreadable", "file")
        head = "\n".join(text.splitlines()[:10])
        delimiter = max(";,\t", key=head.count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [row[:MOST_COLUMNS] for row in islice(rows, MOST_ROWS)]
    except (UnicodeDecodeError, csv.Error):
        raise Invalid("file_unreadable", "file") from None


def _xlsx(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Invalid("file_large", "file", most=LARGEST >> 20)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS, max_col=MOST_COLUMNS)
        return [_trimmed([_text(cell) for cell in row]) for row in rows]
    except _BROKEN:
        raise Invalid("file_unreadable", "file") from None


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _text(cell: object) -> str:
    """A cell as it is meant: spreadsheets keep telephone numbers and codes as numbers."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)


def csv_file(rows: Iterable[Sequence[str]]) -> bytes:
    """For spreadsheets set to Vietnamese, where the comma is the decimal sign. No cell is taken for a formula."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def xlsx_file(title: str, rows: Sequence[Sequence[str]]) -> bytes:
    """The first row as headings. Every cell is text, so that a telephone number keeps its zero and no name is a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", title).strip()[:31] or "1"
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s"
    for number, heading in enumerate(rows[0], 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(14, len(heading) + 4)
        sheet.cell(1, number).font = Font(bold=True)
        for n in range(2, 300):
            sheet.cell(n, number).number_format = "@"
    sheet.freeze_panes = "A2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
