"""The minutes: one Yjs document a meeting, one section (an XML fragment `item:<id>`) an agenda item, kept as appended
updates; approved by chair and secretary over the same text, and then locked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, cast

import sqlalchemy as sa
from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Transaction
from .errors import Conflict, Invalid, Refusal
from .models.meeting import items, meetings
from .models.room import conclusions, minutes_approvals, minutes_states, minutes_updates
from .standing import Standing
from .views import announce, conclusion_view

LARGEST_UPDATE = 64 * 1024
FOLD_EVERY = 400  # updates; the last KEPT stay as rows, for those who are still reading them
KEPT = 200
Block = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendMinutesUpdate(MeetingCommand):
    """One Yjs update, as the editor made it."""

    update: Annotated[bytes, Field(min_length=1, max_length=LARGEST_UPDATE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveMinutes(MeetingCommand):
    """`sha256`: the digest of the minutes as the approver read them."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = field()


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


async def approve_minutes(tx: Transaction, by: Standing, command: ApproveMinutes) -> Answer:
    """Each of chair and secretary once. When both approved the same text, the minutes are locked."""
    if by.meeting is None or by.me is None or by.meeting.state != "finished":
        raise Conflict("meeting_not_finished")
    if by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    if command.sha256 != await digest(tx, command.meeting_id):
        raise Conflict("minutes_changed")
    approval = {
        "meeting_id": command.meeting_id, "duty": by.me.duty, "participant_id": by.me.id, "sha256": command.sha256,
        "approved_at": tx.now,
    }  # fmt: skip
    await tx.upsert(minutes_approvals, [approval], key=["meeting_id", "duty"])
    both = await approvals(tx, command.meeting_id, command.sha256)
    if {"chair", "secretary"} <= both.keys():
        await tx.update(meetings, command.meeting_id, minutes_state="approved", minutes_approved_at=tx.now)
    await announce(tx, "meeting", [command.meeting_id])
    return {"approved": sorted(both)}


async def approvals(reading: Reading, meeting_id: str, sha256: str) -> dict[str, Any]:
    """Approvals (rows) of exactly this text, by duty."""
    mine = sa.and_(minutes_approvals.c.meeting_id == meeting_id, minutes_approvals.c.sha256 == sha256)
    return {row.duty: row for row in await reading.all(sa.select(minutes_approvals).where(mine))}


async def load(reading: Reading, meeting_id: str) -> tuple[Doc[Any], int]:
    """The document and the number of the last update in it."""
    doc: Doc[Any] = Doc()
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


def blocks(doc: Doc[Any], item_id: str) -> list[Block]:
    """The section of one item as ProseMirror JSON blocks."""
    fragment: XmlFragment = doc.get(section_name(item_id), type=XmlFragment)
    return [_block(child) for child in fragment.children if isinstance(child, XmlElement)]


async def digest(reading: Reading, meeting_id: str) -> str:
    """SHA-256 of the minutes as they are to be approved: each item's title and text, and every conclusion."""
    doc, _ = await load(reading, meeting_id)
    agenda = await reading.all(sa.select(items).where(items.c.meeting_id == meeting_id).order_by(items.c.position, items.c.id))
    mine = sa.and_(conclusions.c.meeting_id == meeting_id, ~conclusions.c.removed)
    decided = await reading.all(sa.select(conclusions).where(mine).order_by(conclusions.c.position))
    said = {
        "items": [{"title": item.title, "text": blocks(doc, item.id)} for item in agenda],
        "conclusions": [conclusion_view(row) for row in decided],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _readable(update: bytes) -> bool:
    try:
        Doc().apply_update(update)
    except (ValueError, RuntimeError):
        return False
    return True


async def _fold(tx: Transaction) -> None:
    """Fold the updates into one state, so that opening the minutes stays quick however long they are written."""
    doc, upto = await load(tx, tx.scope)
    state = {"meeting_id": tx.scope, "upto": upto, "content": doc.get_update()}
    await tx.upsert(minutes_states, [state], key=["meeting_id"])
    old = sa.and_(minutes_updates.c.meeting_id == tx.scope, minutes_updates.c.seq <= upto - KEPT)
    await tx.write(sa.delete(minutes_updates).where(old))


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
