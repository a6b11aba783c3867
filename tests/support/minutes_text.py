"""Texts of minutes as an editor would make them."""

from __future__ import annotations

from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText

from meetings import minutes
from meetings.commands import Actor
from meetings.database import Database
from meetings.minutes import AppendMinutesUpdate
from meetings.perform import perform


def paragraph(text: str) -> XmlElement:
    return XmlElement("paragraph", contents=[XmlText(text)])


def fact(kind: str, of: str = "") -> XmlElement:
    return XmlElement("fact", {"kind": kind, "of": of})


async def write(db: Database, by: Actor, meeting_id: str, item_id: str, *blocks: XmlElement | str) -> dict[str, Any]:
    """Adds blocks to the end of an item's section, as one update of what is there."""
    async with db.reading() as reading:
        doc, _ = await minutes.load(reading, meeting_id)
    before = doc.get_state()
    section: XmlFragment = doc.get(minutes.section_name(item_id), type=XmlFragment)
    for block in blocks:
        section.children.append(paragraph(block) if isinstance(block, str) else block)
    return await perform(db, by, AppendMinutesUpdate(meeting_id=meeting_id, update=doc.get_update(before))) or {}


async def texts(db: Database, meeting_id: str, item_id: str) -> list[str]:
    """The paragraphs of an item."""
    async with db.reading() as reading:
        doc, _ = await minutes.load(reading, meeting_id)
    return ["".join(piece.get("text", "") for piece in block["content"]) for block in minutes.blocks(doc, item_id)]
