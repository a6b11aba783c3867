"""Papers of a meeting: what may be uploaded, kept in the database beside what refers to it, and served safely."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Invalid
from .models.columns import new_id
from .models.meeting import paper_contents, papers
from .presenting import end_showing
from .standing import Standing
from .text import Id, Line, clean
from .views import announce

LARGEST = 30 << 20
# Ending -> media type, and how the content must begin. Office files of today are ZIP archives, those of before 2007 OLE.
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
TYPES = {
    "pdf": ("application/pdf", b"%PDF-"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _ZIP),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ZIP),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", _ZIP),
    "odt": ("application/vnd.oasis.opendocument.text", _ZIP),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", _ZIP),
    "odp": ("application/vnd.oasis.opendocument.presentation", _ZIP),
    "doc": ("application/msword", _OLE),
    "xls": ("application/vnd.ms-excel", _OLE),
    "ppt": ("application/vnd.ms-powerpoint", _OLE),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    "txt": ("text/plain", b""),
    "csv": ("text/csv", b""),
}
_MARK = re.compile(r"(?<!\w)(tuyệt mật|tối mật|mật)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPaper(MeetingCommand):
    title: Line
    file_name: Line
    content: bytes
    item_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePaper(MeetingCommand):
    paper_id: Id


def media_type(file_name: str, content: bytes) -> str:
    """The type by name and by content, which must agree. Raises Invalid for what is not taken."""
    ending = file_name.rpartition(".")[2].lower()
    kind, begins = TYPES.get(ending, ("", b""))
    if not kind or not content.startswith(begins) or (begins == _ZIP and not zipfile.is_zipfile(BytesIO(content))):
        raise Invalid("paper_type", "file")
    if not begins and b"\x00" in content:
        raise Invalid("paper_type", "file")
    return kind


def secrecy_mark(*texts: str) -> str:
    """The mark of a state secret in a title or file name; empty when there is none. `Bảo mật` (security) is not one."""
    for text in texts:
        found = _MARK.search(re.sub(r"bảo mật|bí mật nhà nước|mật khẩu|mật mã|mật độ", "", clean(text), flags=re.IGNORECASE))
        if found:
            return found.group(1)
    return ""


async def add_paper(tx: Transaction, by: Standing, command: AddPaper) -> Answer:
    if not command.content:
        raise Invalid("paper_empty", "file")
    if len(command.content) > LARGEST:
        raise Invalid("paper_large", "file", most=LARGEST >> 20)
    if mark := secrecy_mark(command.title, command.file_name.replace("_", " ").replace("-", " ")):
        raise Invalid("paper_secret", "title", mark=mark)
    kind = media_type(command.file_name, command.content)
    sha256 = hashlib.sha256(command.content).hexdigest()
    if await tx.first(sa.select(paper_contents.c.sha256).where(paper_contents.c.sha256 == sha256)) is None:
        await tx.upsert(paper_contents, [{"sha256": sha256, "content": command.content}], key=["sha256"])
    key = new_id()
    last = await tx.value(sa.select(sa.func.max(papers.c.position)).where(papers.c.meeting_id == command.meeting_id))
    await tx.insert(
        papers, id=key, meeting_id=command.meeting_id, item_id=command.item_id, title=command.title,
        file_name=command.file_name.replace("/", "_").replace("\\", "_"), media_type=kind, size=len(command.content),
        sha256=sha256, position=(last or 0) + 1, added_by=by.actor.person_id, added_at=tx.now,
    )  # fmt: skip
    await announce(tx, "paper", [key])
    return {"paper_id": key}


async def remove_paper(tx: Transaction, by: Standing, command: RemovePaper) -> Answer:
    mine = sa.and_(papers.c.id == command.paper_id, papers.c.meeting_id == command.meeting_id)
    await tx.one(sa.select(papers.c.id).where(mine))
    await tx.update(papers, command.paper_id, removed=True)
    await announce(tx, "paper", [command.paper_id])
    await end_showing(tx, command.paper_id)
    return None
