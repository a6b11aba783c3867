"""An organisation as a table: which columns there are, by which headings they are known, and what a row says. Headings and
words are known with or without Vietnamese marks, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .errors import Invalid
from .text import clean, fold

MOST_ROWS = 5000
MOST_ROWS_ABOVE = 10  # titles that people put above the headings
RowKind = Literal["agency", "person", "room"]

# Column -> its headings, folded. The order is that of the template.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "kind": ("loai", "loai dong", "kind", "row"),
    "code": ("ma co quan", "ma don vi", "ma", "agency code", "code"),
    "parent": ("ma cap tren", "cap tren", "ma co quan cap tren", "parent code", "parent"),
    "name": ("ten", "ho ten", "ho va ten", "ten hoac ho ten", "name"),
    "short_name": ("ten ngan", "ten viet tat", "short name"),
    "agency_kind": ("loai co quan", "loai hinh", "kind of agency", "agency kind"),
    "honorific": ("xung ho", "danh xung", "form of address", "honorific"),
    "position": ("chuc vu", "chuc danh", "position"),
    "email": ("thu dien tu", "email", "e mail", "dia chi thu dien tu", "e mail address"),
    "phone": ("dien thoai", "so dien thoai", "phone", "telephone"),
    "address": ("dia chi", "address"),
    "capacity": ("so cho", "suc chua", "seats", "capacity"),
    "username": ("ten dang nhap", "tai khoan", "user name", "username"),
    "role": ("vai tro", "role"),
}
REQUIRED = ("kind", "code", "name")

KINDS: Mapping[str, RowKind] = {
    "co quan": "agency", "don vi": "agency", "agency": "agency", "nguoi": "person", "can bo": "person", "person": "person",
    "phong": "room", "phong hop": "room", "room": "room",
}  # fmt: skip
AGENCY_KINDS: Mapping[str, str] = {
    "so ban": "department", "so": "department", "ban": "department", "department": "department", "uy ban": "committee",
    "committee": "committee", "van phong": "office", "office": "office", "xa phuong": "commune", "xa": "commune",
    "phuong": "commune", "commune": "commune", "commune or ward": "commune", "khac": "other", "other": "other",
}  # fmt: skip
ROLES: Mapping[str, str] = {
    "can bo": "member", "thanh vien": "member", "member": "member", "thu ky": "secretary", "thu ky co quan": "secretary",
    "van thu": "secretary", "secretary": "secretary", "agency secretary": "secretary", "quan tri don vi": "agency_admin",
    "agency administrator": "agency_admin", "agency admin": "agency_admin",
}  # fmt: skip
HONORIFICS: Mapping[str, str] = {"ong": "Ông", "ba": "Bà", "mr": "Ông", "ms": "Bà", "mrs": "Bà"}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row as read; `number` is the one that the spreadsheet shows. A column that the file lacks is empty."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportTable:
    rows: Sequence[ImportRow]
    passed_over: Sequence[str]  # headings that are none of ours


def read_rows(table: Sequence[Sequence[str]]) -> ImportTable:
    """Raises Invalid for a table that cannot be meant: no headings that we know, no rows, or too many."""
    top, places = _headings(table)
    lines = [(n, line) for n, line in enumerate(table[top + 1 :], top + 2) if any(cell.strip() for cell in line)]
    if not lines:
        raise Invalid("file_empty", "file")
    if len(lines) > MOST_ROWS:
        raise Invalid("file_rows", "file", most=MOST_ROWS)
    rows = [ImportRow(number, _values(line, places)) for number, line in lines]
    others = [clean(heading) for n, heading in enumerate(table[top]) if heading.strip() and n not in places.values()]
    return ImportTable(rows, others)


def word(text: str) -> str:
    """As headings and words are compared: folded, letters and digits only, single spaces."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def _headings(table: Sequence[Sequence[str]]) -> tuple[int, Mapping[str, int]]:
    """The row of the headings, and each column's place in it."""
    best: Mapping[str, int] = {}
    for n, line in enumerate(table[:MOST_ROWS_ABOVE]):
        said = [word(cell) for cell in line]
        places = {name: said.index(h) for name, known in COLUMNS.items() for h in reversed(known) if h in said}
        if all(name in places for name in REQUIRED):
            return n, places
        best = max(best, places, key=len)
    if not any(cell.strip() for line in table for cell in line):
        raise Invalid("file_empty", "file")
    raise Invalid("file_headers", "file", columns=[name for name in REQUIRED if name not in best])


def _values(line: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    return {name: clean(line[places[name]]) if name in places and places[name] < len(line) else "" for name in COLUMNS}
