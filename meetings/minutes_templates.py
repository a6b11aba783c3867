"""How the minutes of each type of meeting are laid out: a frame for the whole document, and a skeleton for the text of one item.

A template is plain text. A line `# ...` is a heading, a line `{...}` the place where something of the meeting is put, any other
line a paragraph. Headings are numbered, and left out with all of their part when there is nothing to put there.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from .audit import Answer
from .commands import Command
from .database import Reading, Transaction
from .errors import Invalid, Problem
from .models.meeting import TYPES
from .models.minutes import minutes_templates
from .standing import Standing
from .text import OptionalParagraph

COURSE = "diễn biến"  # the items with what was written
FRAME_PLACES = ("thành phần", "điểm danh", "chương trình", COURSE, "phát biểu", "kết quả biểu quyết", "kết luận")
ITEM_PLACES = ("người trình bày", "phát biểu", "danh sách phát biểu", "điểm danh", "kết quả biểu quyết", "kết luận")

_FRAME = """# Thành phần
{thành phần}
# Chương trình
{chương trình}
# Diễn biến
{diễn biến}
# Kết quả biểu quyết
{kết quả biểu quyết}
# Kết luận
{kết luận}"""
_ITEM = """{người trình bày}
{phát biểu}
{kết quả biểu quyết}
{kết luận}"""
_BRIEFING = """# Thành phần
{thành phần}
# Nội dung giao ban
{diễn biến}
# Kết quả biểu quyết
{kết quả biểu quyết}
# Kết luận của người chủ trì
{kết luận}"""
_CONFERENCE = """# Thành phần
{điểm danh}
# Chương trình
{chương trình}
# Nội dung hội nghị
{diễn biến}
# Ý kiến phát biểu
{phát biểu}
# Kết quả biểu quyết
{kết quả biểu quyết}
# Kết luận
{kết luận}"""
_TRAINING = """# Thành phần
{điểm danh}
# Nội dung tập huấn
{diễn biến}
# Ý kiến trao đổi
{phát biểu}
# Kết luận
{kết luận}"""
_BUILT_IN = {"coordination": _BRIEFING, "conference": _CONFERENCE, "review": _CONFERENCE, "training": _TRAINING}


@dataclass(frozen=True, slots=True)
class Line:
    kind: Literal["heading", "place", "text"]
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """As text. `own`: an administrator wrote it."""

    frame: str
    item: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveMinutesTemplate(Command):
    """An empty `frame` brings the built-in template back."""

    meeting_type: str
    frame: OptionalParagraph
    item: OptionalParagraph


async def save_template(tx: Transaction, by: Standing, command: SaveMinutesTemplate) -> Answer:
    if command.meeting_type not in TYPES:
        raise Invalid("invalid", "meeting_type")
    if not command.frame:
        await tx.write(sa.delete(minutes_templates).where(minutes_templates.c.meeting_type == command.meeting_type))
        return None
    _require_sound(command)
    row = {"meeting_type": command.meeting_type, "frame": command.frame, "item": command.item, "changed_at": tx.now}
    await tx.upsert(minutes_templates, [row], key=["meeting_type"])
    return None


def _require_sound(command: SaveMinutesTemplate) -> None:
    """Raises Invalid for places that there are none of, and for a frame that would leave out what was written."""
    problems = []
    for field, text, known in (("frame", command.frame, FRAME_PLACES), ("item", command.item, ITEM_PLACES)):
        places = [line.text for line in parsed(text) if line.kind == "place"]
        problems += [Problem("template_place", field, {"place": place[:60]}) for place in places if place not in known]
        if field == "frame" and places.count(COURSE) != 1:
            problems.append(Problem("template_course", field))
    if problems:
        raise Invalid.of(problems)


async def template_of(reading: Reading, meeting_type: str) -> Template:
    row = await reading.first(sa.select(minutes_templates).where(minutes_templates.c.meeting_type == meeting_type))
    return Template(row.frame, row.item, True) if row else Template(_BUILT_IN.get(meeting_type, _FRAME), _ITEM, False)


async def own_types(reading: Reading) -> set[str]:
    """Types of meeting that have a template of their own."""
    return set(await reading.column(sa.select(minutes_templates.c.meeting_type)))


def parsed(text: str) -> list[Line]:
    found: list[Line] = []
    for raw in unicodedata.normalize("NFC", text).splitlines():
        line = raw.strip()
        if line.startswith("#"):
            found.append(Line("heading", line.lstrip("#").strip()))
        elif line.startswith("{") and line.endswith("}"):
            found.append(Line("place", " ".join(line[1:-1].lower().split())))
        elif line:
            found.append(Line("text", line))
    return found
