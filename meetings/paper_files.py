"""What may be handed in as a paper: kinds of files, known by their name and their first bytes, and no state secret."""

from __future__ import annotations

import hashlib
import re
import zipfile
from io import BytesIO
from typing import Any, Literal

import sqlalchemy as sa

from .database import Transaction
from .errors import Invalid
from .models.meeting import paper_contents
from .text import clean

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
Level = Literal["ordinary", "internal", "confidential", "secret", "top_secret"]
SECRET = {"confidential": "Mật", "secret": "Tối mật", "top_secret": "Tuyệt mật"}  # Luật Bảo vệ bí mật nhà nước, Điều 8
_MARK = re.compile(r"(?<!\w)(tuyệt mật|tối mật|mật)(?!\w)", re.IGNORECASE)
_NO_MARK = re.compile(r"(?<!\w)((bảo|bí|cơ) mật|mật (khẩu|mã|độ|vụ|ong))(?!\w)", re.IGNORECASE)


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
        found = _MARK.search(_NO_MARK.sub("", " ".join(re.split(r"[\s_.\-]+", clean(text)))))
        if found:
            return found.group(1)
    return ""


def refuse_secret(level: Level, *texts: str) -> None:
    """Raises Invalid for what the law keeps off a computer that is connected to a network."""
    if mark := SECRET.get(level) or secrecy_mark(*texts):
        raise Invalid("paper_secret", "level" if level in SECRET else "title", mark=mark)


async def kept_file(tx: Transaction, file_name: str, content: bytes) -> dict[str, Any]:
    """Keeps the content, and says it as columns of `papers`. Raises Invalid."""
    if not content:
        raise Invalid("paper_empty", "file")
    if len(content) > LARGEST:
        raise Invalid("paper_large", "file", most=LARGEST >> 20)
    kind, sha256 = media_type(file_name, content), hashlib.sha256(content).hexdigest()
    if await tx.first(sa.select(paper_contents.c.sha256).where(paper_contents.c.sha256 == sha256)) is None:
        await tx.upsert(paper_contents, [{"sha256": sha256, "content": content}], key=["sha256"])
    safe_name = file_name.replace("/", "_").replace("\\", "_")
    return {"file_name": safe_name, "media_type": kind, "size": len(content), "sha256": sha256}
