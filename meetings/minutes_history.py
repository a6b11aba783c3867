"""Earlier versions of the minutes: who wrote when, how the text was then, what differs, and bringing one back, which is a change like
any other and deletes no history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Annotated, Any, cast

import sqlalchemy as sa
from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from pydantic import Field

from . import minutes
from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Transaction
from .errors import Conflict, NotFound
from .i18n import Translate
from .minutes import Block, YDoc
from .minutes_facts import FACTS
from .minutes_moments import Moment, moments
from .models.meeting import items
from .models.minutes import minutes_updates
from .standing import Standing

MOST_WORDS = 1500  # of a passage that is compared word by word; a longer one is compared line by line
Piece = tuple[str, str]  # ("" | "ins" | "del", text)
Line = list[Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreMinutes(MeetingCommand):
    """`seq`: the number of the version's last update."""

    seq: Annotated[int, Field(ge=1)]


async def restore_minutes(tx: Transaction, by: Standing, command: RestoreMinutes) -> Answer:
    if by.meeting is None or by.me is None or by.meeting.state not in ("invited", "live", "finished"):
        raise Conflict("meeting_not_live")
    if by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    old = await text_at(tx, command.meeting_id, command.seq)
    doc, _ = await minutes.load(tx, command.meeting_id)
    before = doc.get_state()
    for item_id in await tx.column(sa.select(items.c.id).where(items.c.meeting_id == command.meeting_id)):
        _bring_back(doc, old, item_id)
    tx.counters.minutes_seq += 1
    seq = tx.counters.minutes_seq
    row = {"meeting_id": tx.scope, "seq": seq, "content": doc.get_update(before), "participant_id": by.me.id, "added_at": tx.now}
    await tx.insert(minutes_updates, **row, restored=command.seq)
    tx.wake.add(tx.scope)
    return {"seq": seq}


async def versions(reading: Reading, meeting_id: str) -> list[Moment]:
    """Oldest first."""
    mine = sa.select(minutes_updates).where(minutes_updates.c.meeting_id == meeting_id)
    return moments(await reading.all(mine.order_by(minutes_updates.c.seq)))


async def text_at(reading: Reading, meeting_id: str, seq: int) -> YDoc:
    """The text after the update of this number; 0: before all. Raises NotFound when there is no such update."""
    mine = sa.and_(minutes_updates.c.meeting_id == meeting_id, minutes_updates.c.seq <= seq)
    doc: YDoc = Doc()
    last = 0
    for row in await reading.all(sa.select(minutes_updates).where(mine).order_by(minutes_updates.c.seq)):
        doc.apply_update(row.content)
        last = row.seq
    if last != seq:
        raise NotFound
    return doc


def compared(before: Sequence[str], after: Sequence[str]) -> list[Line]:
    """Lines of text with what was put in and taken out marked; words where a passage was changed."""
    found: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [[("", line)] for line in before[a:b]]
        elif tag == "replace":
            found += _words(before[a:b], after[c:d])
        else:
            found += [[("del", line)] for line in before[a:b]] + [[("ins", line)] for line in after[c:d]]
    return found


def _words(before: Sequence[str], after: Sequence[str]) -> list[Line]:
    old, new = [line.split(" ") for line in before], [line.split(" ") for line in after]
    alike = len(old) == len(new) and sum(map(len, old + new)) <= MOST_WORDS
    if not alike:
        return [[("del", line)] for line in before] + [[("ins", line)] for line in after]
    return [_line(one, other) for one, other in zip(old, new, strict=True)]


def _line(before: list[str], after: list[str]) -> Line:
    found: Line = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        kinds = {"equal": [("", before[a:b])], "delete": [("del", before[a:b])], "insert": [("ins", after[c:d])]}
        pieces = kinds.get(tag, [("del", before[a:b]), ("ins", after[c:d])])
        found += [(kind, " ".join(words)) for kind, words in pieces]
    return found


def plain(blocks: Sequence[Block], t: Translate) -> list[str]:
    """The text of blocks, a line a paragraph; a fact is named, not told."""
    found: list[str] = []
    for block in blocks:
        if block["type"] == "fact":
            kind = block.get("attrs", {}).get("kind", "")
            found.append(f"[{t(f'room_minutes.fact_{kind}') if kind in FACTS else kind}]")
        elif any(piece["type"] in ("text", "hard_break") for piece in block["content"]) or not block["content"]:
            found.append("".join(piece.get("text", " ") for piece in block["content"]))
        else:
            found += plain(block["content"], t)
    return [line for line in found if line.strip()]


def _bring_back(doc: YDoc, old: YDoc, item_id: str) -> None:
    """Makes a section what it was, leaving alone the blocks at its beginning and end that are the same."""
    now, then = minutes.blocks(doc, item_id), minutes.blocks(old, item_id)
    first = next((n for n, (a, b) in enumerate(zip(now, then, strict=False)) if a != b), min(len(now), len(then)))
    room = min(len(now), len(then)) - first
    last = next((n for n in range(room) if now[-1 - n] != then[-1 - n]), room)
    name = minutes.section_name(item_id)
    section: XmlFragment = doc.get(name, type=XmlFragment)
    source: XmlFragment = old.get(name, type=XmlFragment)
    if len(now) > first + last:
        del section.children[first : len(now) - last]
    for place in range(first, len(then) - last):
        _copy(source.children[place], section, place)


def _copy(child: Any, parent: Any, place: int) -> None:
    if isinstance(child, XmlText):
        parent.children.insert(place, XmlText())
        text = parent.children[place]
        for piece, marks in child.diff():
            text.insert(len(text), piece, dict(marks or {}))
    elif isinstance(child, XmlElement):
        parent.children.insert(place, XmlElement(child.tag, dict(cast(Iterable[tuple[str, Any]], child.attributes))))
        for number, inner in enumerate(child.children):
            _copy(inner, parent.children[place], number)
