"""Scheduling: a draft that keeps everything typed, sending it, changing what was sent, cancelling. Sending applies the
draft to the meeting's rows and queues exactly the mails that tell somebody something new."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from . import clock, outbox
from .asking import apply_nominations, tell_nominators, tell_of_cancelling
from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid, NotAllowed
from .invitation_facts import SIGNIFICANT, Sender, facts_of, last_sent, plan
from .inviting import apply_people, require_known_people
from .meeting_form import MeetingForm, Raw, strict, times_of
from .models.meeting import items, meetings, papers, participants, sites
from .models.organisation import agencies, rooms
from .room_booking import keep_booking, release
from .site_plan import apply_sites, seat_by_agency
from .standing import Standing
from .text import Paragraph, clean, fold
from .views import announce

LARGEST_DRAFT = 200_000  # characters of JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDraft(MeetingCommand):
    """`domain`: of the calendar identifier. `form`: what it starts with, as typed."""

    domain: str
    form: Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveDraft(MeetingCommand):
    """`revision`: the one that the form was made from; somebody else's later save is never overwritten."""

    form: Raw
    revision: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardDraft(MeetingCommand):
    """Of a meeting never sent: removes it. Of a sent one: forgets the pending changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendInvitations(MeetingCommand):
    """The first time: invites. Later: sends what changed, to those for whom it changed."""

    sender: Sender
    jitsi: str = ""  # base address of the server on which a room may be made


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMeeting(MeetingCommand):
    reason: Paragraph
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
    meeting = await _open_meeting(tx, command.meeting_id)
    if len(json.dumps(command.form)) > LARGEST_DRAFT:
        raise Invalid("draft_too_large")
    if command.revision != meeting.draft_revision:
        raise Conflict("draft_changed")
    values: dict[str, Any] = {
        "draft": command.form, "draft_revision": meeting.draft_revision + 1, "draft_saved_at": tx.now, "changed_at": tx.now,
    }  # fmt: skip
    if meeting.state == "draft":  # so that lists can show it
        title = clean(str(command.form.get("title", "")).replace("\n", " "))[:300]
        start, end = times_of(command.form) or (None, None)
        values |= {"title": title, "title_folded": fold(title)[:300], "starts_at": start, "ends_at": end}
    await tx.update(meetings, meeting.id, **values)
    return {"revision": meeting.draft_revision + 1, "saved_at": clock.iso(tx.now)}


async def discard_draft(tx: Transaction, by: Standing, command: DiscardDraft) -> Answer:
    meeting = await _open_meeting(tx, command.meeting_id)
    if meeting.state == "draft":
        await tx.write(sa.delete(meetings).where(meetings.c.id == meeting.id))
    else:
        await tx.update(meetings, meeting.id, draft=None, draft_revision=meeting.draft_revision + 1)
    return None


async def send_invitations(tx: Transaction, by: Standing, command: SendInvitations) -> Answer:
    """Raises Invalid with every problem of the draft; then nothing has changed."""
    meeting = await _open_meeting(tx, command.meeting_id)
    if meeting.draft is None:
        raise Conflict("nothing_to_send")
    form = strict(meeting.draft)
    told = await last_sent(tx, meeting.id)
    await _apply(tx, meeting, form, command)
    meeting = await tx.get(meetings, meeting.id)
    sequence, mails = plan(told, await facts_of(tx, meeting, command.sender), meeting.sequence)
    await outbox.put_many(tx, [(mail.participant_id, mail.facts) for mail in mails])
    asked_again = [m.participant_id for m in mails if m.facts.method == "REQUEST" and SIGNIFICANT & set(m.facts.changes)]
    again = {"answer": "waiting", "answer_reason": "", "answered_at": None, "answer_by": ""}
    await tx.write(sa.update(participants).where(participants.c.id.in_(asked_again)).values(**again))
    await tx.update(
        meetings, meeting.id, sequence=sequence, draft=None, draft_revision=meeting.draft_revision + 1,
        state="invited" if meeting.state == "draft" else meeting.state, invited_at=meeting.invited_at or tx.now, changed_at=tx.now,
    )  # fmt: skip
    asked = await tell_nominators(tx, meeting.id, command.sender)
    await _announce_all(tx, meeting.id)
    sums = {method: sum(m.facts.method == method for m in mails) for method in ("REQUEST", "CANCEL")}
    return {"invited": sums["REQUEST"], "removed": sums["CANCEL"], "agencies": asked}


async def cancel_meeting(tx: Transaction, by: Standing, command: CancelMeeting) -> Answer:
    meeting = await _open_meeting(tx, command.meeting_id)
    if meeting.state == "draft":
        raise Conflict("nothing_to_cancel")
    told = await last_sent(tx, meeting.id)
    last = {"method": "CANCEL", "whole": True, "sequence": meeting.sequence + 1, "dtstamp": clock.iso(tx.now)}
    await outbox.put_many(tx, [(key, replace(facts, **last, reason=command.reason, changes=())) for key, facts in told.items()])
    await tell_of_cancelling(tx, meeting.id, command.reason, command.sender)
    await tx.update(
        meetings, meeting.id, state="cancelled", cancel_reason=command.reason, sequence=meeting.sequence + 1, draft=None,
        changed_at=tx.now,
    )  # fmt: skip
    await release(tx, meeting.id)
    await announce(tx, "meeting", [meeting.id])
    return {"told": len(told)}


async def _open_meeting(tx: Transaction, meeting_id: str) -> Row:
    meeting = await tx.get(meetings, meeting_id)
    if meeting.state in ("finished", "cancelled"):
        raise Conflict("meeting_over")
    return meeting


async def _apply(tx: Transaction, meeting: Row, form: MeetingForm, command: SendInvitations) -> None:
    f = form.fields
    await _require_known(tx, form)
    video_url = f.video_url if f.video_kind == "url" else ""
    if f.video_kind == "jitsi":
        made = meeting.video_kind == "jitsi" and meeting.video_url
        video_url = made or f"{command.jitsi}/DiemCau-{secrets.token_urlsafe(15)}"
    num, den = (int(part) for part in f.quorum.split("/"))
    await tx.update(
        meetings, meeting.id, type=f.type, title=f.title, title_folded=fold(f.title)[:300], urgent=f.urgent,
        preparing_agency_id=f.preparing_agency_id, starts_at=form.starts_at, ends_at=form.ends_at, zone=f.zone, form=f.form,
        room_id=f.room_id, place=f.place, video_kind=f.video_kind, video_url=video_url,
        video_id=f.video_id if f.video_kind == "url" else "", video_passcode=f.video_passcode if f.video_kind == "url" else "",
        number=f.number, signer=f.signer, signer_title=f.signer_title, agencies_shown=f.agencies_shown, reminders=f.reminders,
        nominate_by=form.nominate_by,
        requests=f.requests, contact=f.contact, quorum_num=num, quorum_den=den,
        speaking_seconds=f.speaking_minutes * 60, messages_on=f.messages_on, substitutes_vote=f.substitutes_vote,
    )  # fmt: skip
    await keep_booking(tx, meeting.id)
    await apply_sites(tx, meeting.id, f.sites)
    await _apply_items(tx, meeting.id, form)
    await apply_nominations(tx, meeting, form)
    await apply_people(tx, meeting.id, form)
    await seat_by_agency(tx, meeting.id)


async def _require_known(tx: Transaction, form: MeetingForm) -> None:
    """Raises Invalid where the form names a person, room or agency that does not exist (any more)."""
    f = form.fields
    await require_known_people(tx, form)
    if f.room_id and await tx.first(sa.select(rooms.c.id).where(rooms.c.id == f.room_id)) is None:
        raise Invalid("room_unknown", "room_id")
    if f.preparing_agency_id and await tx.first(sa.select(agencies.c.id).where(agencies.c.id == f.preparing_agency_id)) is None:
        raise Invalid("agency_unknown", "preparing_agency_id")


async def _apply_items(tx: Transaction, meeting_id: str, form: MeetingForm) -> None:
    before = {row.id: row for row in await tx.all(sa.select(items).where(items.c.meeting_id == meeting_id))}
    wanted = form.fields.items
    gone = [row for key, row in before.items() if key not in {item.id for item in wanted}]
    if any(row.state != "planned" for row in gone):
        raise Invalid("item_already_run", "items", title=next(row.title for row in gone if row.state != "planned"))
    elsewhere = sa.select(items.c.id).where(items.c.id.in_([i.id for i in wanted]), items.c.meeting_id != meeting_id)
    if await tx.first(elsewhere):
        raise Invalid("item_unknown", "items")
    keys = [row.id for row in gone]
    await tx.write(sa.delete(items).where(items.c.id.in_(keys)))
    await tx.write(sa.update(papers).where(papers.c.item_id.in_(keys)).values(item_id=None))
    await announce(tx, "item", keys)
    for place, item in enumerate(wanted):
        values = {
            "position": place, "title": item.title, "presenter": item.presenter, "kind": item.kind, "minutes": item.minutes,
        }  # fmt: skip
        if item.id in before:
            await tx.update(items, item.id, **values)
        else:
            await tx.insert(items, id=item.id, meeting_id=meeting_id, **values)


async def _announce_all(tx: Transaction, meeting_id: str) -> None:
    """Tell the room how everything is after a change of the schedule."""
    await announce(tx, "meeting", [meeting_id])
    for kind, table in (("site", sites), ("item", items), ("participant", participants)):
        wanted = sa.select(table.c.id).where(table.c.meeting_id == meeting_id)
        if kind != "item":
            wanted = wanted.where(~table.c.removed)
        await announce(tx, kind, await tx.column(wanted))
