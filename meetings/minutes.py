"""The text of the minutes: one Yjs document a meeting, one section (an XML fragment `item:<id>`) an agenda item, kept as
appended updates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

import sqlalchemy as sa
from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Transaction
from .errors import Conflict, Invalid, Refusal
from .minutes_moments import moments
from .models.minutes import minutes_states, minutes_updates
from .standing import Standing

LARGEST_UPDATE = 200 * 1024  # a long text pasted in, or an hour of typing without network, comes as one
FOLD_EVERY = 400  # updates; the last KEPT stay as rows, for those who are still reading them
KEPT = 200
Block = dict[str, Any]
YDoc = Doc[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendMinutesUpdate(MeetingCommand):
    """One Yjs update, as the editor made it."""

    update: Annotated[bytes, Field(min_length=1, max_length=LARGEST_UPDATE)]


async def append_updates(tx: Transaction, given: Sequence[tuple[Standing, AppendMinutesUpdate]]) -> list[Answer | Refusal]:
    """All updates that wait, numbered in order under the meeting's lock."""
    meeting = given[0][0].meeting
    if meeting is None or meeting.state not in ("invited", "live", "finished"):
        return [Conflict("meeting_not_live") for _ in given]
    if meeting.minutes_state == "approved":
        return [Conflict("minutes_locked") for _ in given]
    outcomes: list[Answer | Refusal] = []
    rows = []
    for by, command in given:
        if not _readable(command.update):
            outcomes.append(Invalid("minutes_update_broken", "update"))
            continue
        tx.counters.minutes_seq += 1
        seq = tx.counters.minutes_seq
        author = by.me.id if by.me is not None else None
        rows.append({"meeting_id": tx.scope, "seq": seq, "content": command.update, "participant_id": author, "added_at": tx.now})
        outcomes.append({"seq": seq})
    await tx.insert_many(minutes_updates, rows)
    tx.wake.add(tx.scope)
    if rows and tx.counters.minutes_seq % FOLD_EVERY < len(rows):
        await _fold(tx)
    return outcomes


async def load(reading: Reading, meeting_id: str) -> tuple[YDoc, int]:
    """The document and the number of the last update in it."""
    doc: YDoc = Doc()
    state = await reading.first(sa.select(minutes_states).where(minutes_states.c.meeting_id == meeting_id))
    upto = state.upto if state else 0
    if state:
        doc.apply_update(state.content)
    for row in await updates_after(reading, meeting_id, upto):
        doc.apply_update(row.content)
        upto = row.seq
    return doc, upto


async def updates_after(reading: Reading, meeting_id: str, seq: int) -> Sequence[Any]:
    """Rows (seq, content) above `seq`, in order."""
    wanted = sa.select(minutes_updates.c.seq, minutes_updates.c.content).where(minutes_updates.c.meeting_id == meeting_id)
    return await reading.all(wanted.where(minutes_updates.c.seq > seq).order_by(minutes_updates.c.seq))


def section_name(item_id: str) -> str:
    return f"item:{item_id}"


def blocks(doc: YDoc, item_id: str) -> list[Block]:
    """The section of one item as ProseMirror JSON blocks."""
    fragment: XmlFragment = doc.get(section_name(item_id), type=XmlFragment)
    return [_block(child) for child in fragment.children if isinstance(child, XmlElement)]


def _readable(update: bytes) -> bool:
    try:
        Doc().apply_update(update)
    except (ValueError, RuntimeError):
        return False
    return True


async def _fold(tx: Transaction) -> None:
    """Fold the updates into one state, so that opening the minutes stays quick however long they are written, and the older
    ones of each moment into one, so that their history does."""
    doc, upto = await load(tx, tx.scope)
    await tx.upsert(minutes_states, [{"meeting_id": tx.scope, "upto": upto, "content": doc.get_update()}], key=["meeting_id"])
    mine = minutes_updates.c.meeting_id == tx.scope
    old = await tx.all(sa.select(minutes_updates).where(mine, minutes_updates.c.seq <= upto - KEPT).order_by(minutes_updates.c.seq))
    doc = Doc()
    for moment in moments(old):
        before = doc.get_state()
        for row in moment.rows:
            doc.apply_update(row.content)
        if len(moment.rows) > 1:
            *gone, last = (row.seq for row in moment.rows)
            await tx.write(sa.delete(minutes_updates).where(mine, minutes_updates.c.seq.in_(gone)))
            folded = {"content": doc.get_update(before), "begun_at": moment.begun_at, "authors": moment.authors}
            await tx.write(sa.update(minutes_updates).where(mine, minutes_updates.c.seq == last).values(**folded))


def _block(element: XmlElement) -> Block:
    given: dict[str, Any] = dict(cast(Iterable[tuple[str, Any]], element.attributes))
    attributes = {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in given.items()}
    content: list[Block] = []
    for child in element.children:
        if isinstance(child, XmlText):
            content += [_run(text, marks) for text, marks in child.diff() if isinstance(text, str)]
        elif isinstance(child, XmlElement):
            content.append(_block(child))
    found: Block = {"type": element.tag, "content": content}
    return found | {"attrs": attributes} if attributes else found


def _run(text: str, marks: dict[str, Any] | None) -> Block:
    # Overlapping marks of one kind are named `mark--hash` by y-prosemirror.
    names = sorted({name.split("--")[0] for name in marks or {}})
    return {"type": "text", "text": text, "marks": names}
