"""Scheduling: a draft that keeps everything typed, sending it, changing what was sent, cancelling. Sending applies the
draft to the meeting's rows and queues exactly the mails that tell somebody something new."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from . import clock, draft_changes
from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .draft_merge import Merged, differences, merge
from .errors import Conflict, Invalid, NotAllowed
from .invitation_facts import Mail, Sender
from .meeting_form import Raw, meant, strict, times_of
from .models.meeting import meetings, paper_requests
from .models.poll import polls
from .repetition import ApplyTo
from .room_notices import tell_keepers
from .sent_form import form_of
from .series import Work, begin_series, cancel_dates, change_series
from .series_scope import require_locked
from .standing import Standing
from .telling import tell_cancelled, tell_meeting
from .text import Paragraph, clean, fold

LARGEST_DRAFT = 200_000  # characters of JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDraft(MeetingCommand):
    """`domain`: of the calendar identifier. `form`: what it starts with, as typed."""

    domain: str
    form: Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveDraft(MeetingCommand):
    """`revision`: the one that the form was made from; what somebody else saved later is put together with it. `window`: which page
    it comes from, so that a page's own saves are known for its own. `held`: paths (`items.<id>.title`) where it was told that both
    changed the same, and nobody has decided yet."""

    form: Raw
    revision: Annotated[int, Field(ge=0)]
    window: Annotated[str, Field(max_length=40)] = ""
    held: Annotated[tuple[Annotated[str, Field(max_length=120)], ...], Field(max_length=200)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardDraft(MeetingCommand):
    """Of a meeting never sent: removes it. Of a sent one: forgets the pending changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendInvitations(MeetingCommand):
    """The first time: invites, to every date where the meeting repeats. Later: sends what changed, to those for whom it changed."""

    sender: Sender
    jitsi: str = ""  # base address of the server on which a room may be made


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMeeting(MeetingCommand):
    reason: Paragraph
    apply_to: ApplyTo = "one"
    sender: Sender


async def create_draft(tx: Transaction, by: Standing, command: CreateDraft) -> Answer:
    if not by.actor.staff or by.actor.person_id is None:
        raise NotAllowed("not_allowed")
    await tx.insert(
        meetings, id=command.meeting_id, uid=f"{command.meeting_id}@{command.domain}", host_agency_id=by.actor.agency_id,
        created_by=by.actor.person_id, draft=command.form, draft_revision=1, draft_saved_at=tx.now, created_at=tx.now,
        changed_at=tx.now, title=str(command.form.get("title", ""))[:300],
    )  # fmt: skip
    return {"meeting_id": command.meeting_id}


async def save_draft(tx: Transaction, by: Standing, command: SaveDraft) -> Answer:
    """The answer: `revision`, `saved_at`; `changed`, by which later saves from other pages know this one; `taken` (path -> value), what
    others changed; `clashes`, where both did and theirs stands. Raises Conflict where too much has happened since."""
    meeting = await _open_meeting(tx, command.meeting_id)
    if len(json.dumps(command.form)) > LARGEST_DRAFT:
        raise Invalid("draft_too_large")
    now = meeting.draft if meeting.draft is not None else await form_of(tx, meeting.id)
    changes = await draft_changes.since(tx, meeting, command.revision)
    merged = Merged(command.form, {}, ())
    if changes or command.held:
        held = {tuple(path.split(".")) for path in command.held}
        merged = merge(command.form, now, changes, command.window, held)
    form = merged.form
    values: dict[str, Any] = {
        "draft": form, "draft_revision": meeting.draft_revision + 1, "draft_saved_at": tx.now, "changed_at": tx.now,
    }  # fmt: skip
    if meeting.state == "draft":  # so that lists can show it
        title = clean(str(form.get("title", "")).replace("\n", " "))[:300]
        start, end = times_of(form) or (None, None)
        values |= {"title": title, "title_folded": fold(title)[:300], "starts_at": start, "ends_at": end}
    await tx.update(meetings, meeting.id, **values)
    changed = {".".join(path): list(both) for path, both in differences(now, form).items()}
    return {
        "revision": meeting.draft_revision + 1, "saved_at": clock.iso(tx.now), "window": command.window, "changed": changed,
        "taken": {".".join(path): value for path, value in merged.taken.items()},
        "by": sorted({one.by for one in changes if merged.taken and not (one.window and one.window == command.window)}),
        "clashes": [{"path": ".".join(one.path), "now": one.now, "by": one.by, "at": clock.iso(one.at)} for one in merged.clashes],
    }  # fmt: skip


async def discard_draft(tx: Transaction, by: Standing, command: DiscardDraft) -> Answer:
    meeting = await _open_meeting(tx, command.meeting_id)
    if await tx.first(sa.select(polls.c.id).where(polls.c.meeting_id == meeting.id, polls.c.state == "open")):
        raise Conflict("poll_running")
    asked = sa.and_(paper_requests.c.meeting_id == meeting.id, ~paper_requests.c.removed)
    if meeting.state == "draft" and await tx.first(sa.select(paper_requests.c.id).where(asked)):
        raise Conflict("papers_asked_for")  # those who prepare them are told first
    if meeting.state == "draft":
        await tx.write(sa.delete(meetings).where(meetings.c.id == meeting.id))
    else:
        await tx.update(meetings, meeting.id, draft=None, draft_revision=meeting.draft_revision + 1)
    return None


async def send_invitations(tx: Transaction, by: Standing, command: SendInvitations) -> Answer:
    """Raises Invalid with every problem of the draft; then nothing has changed."""
    await tx.write(sa.update(polls).where(polls.c.meeting_id == command.meeting_id, polls.c.state == "open").values(state="closed"))
    mails, asked = await send(tx, by, command)
    sums = {method: sum(m.facts.method == method for m in mails) for method in ("REQUEST", "CANCEL")}
    return {"invited": sums["REQUEST"], "removed": sums["CANCEL"], "agencies": asked}


async def send(tx: Transaction, by: Standing, command: SendInvitations) -> tuple[Sequence[Mail], int]:
    """What sending does: the mails that it queued, and how many agencies are asked whom they send."""
    meeting = await _open_meeting(tx, command.meeting_id)
    require_locked(tx, meeting)
    if meeting.draft is None:
        raise Conflict("nothing_to_send")
    form, work = strict(meant(meeting, meeting.draft)), Work(tx, by, command, command.sender, command.jitsi)
    if meeting.series_id:
        mails = await change_series(work, meeting, form)
    elif form.rule:
        mails = await begin_series(work, meeting, form)
    else:
        await work.settle(meeting, form, draft=None, draft_revision=meeting.draft_revision + 1)
        mails = await tell_meeting(tx, meeting.id, command.sender)
    await tell_keepers(tx, meeting.id, command.sender)
    return mails, work.asked


async def cancel_meeting(tx: Transaction, by: Standing, command: CancelMeeting) -> Answer:
    meeting = await _open_meeting(tx, command.meeting_id)
    require_locked(tx, meeting)
    if meeting.state == "draft":
        raise Conflict("nothing_to_cancel")
    work = Work(tx, by, command, command.sender)
    if meeting.series_id:
        mails = await cancel_dates(work, meeting, command.apply_to, command.reason)
        return {"told": len({mail.facts.recipient_email for mail in mails})}
    await work.cancel(meeting, command.reason)
    return {"told": len(await tell_cancelled(tx, meeting, command.reason))}


async def _open_meeting(tx: Transaction, meeting_id: str) -> Row:
    meeting = await tx.get(meetings, meeting_id)
    if meeting.state in ("finished", "cancelled"):
        raise Conflict("meeting_over")
    return meeting
