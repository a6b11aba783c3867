"""Asking which of several times suits: those whom a draft names answer yes, if need be or no; while it is open the times are held for
them; settling on one sends the invitations and lets go of the others in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import AwareDatetime, Field

from . import clock, links, outbox
from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Row, Transaction
from .errors import Conflict, Invalid, NotFound, Problem
from .i18n import span_text, translator, when_text
from .invitation_facts import Sender
from .inviting import apply_people
from .meeting_form import GuestForm, MeetingForm, Raw, people_of, zone_of
from .models.columns import new_id
from .models.meeting import meetings, participants
from .models.organisation import agencies
from .models.poll import poll_answers, poll_slots, polls
from .notice import Notice
from .scheduling import SendInvitations, send_invitations
from .standing import Standing
from .text import Id, OptionalParagraph, clean
from .validation import validated

Choice = Literal["yes", "maybe", "no"]
CHOICES: tuple[Choice, ...] = ("yes", "maybe", "no")
LEAST, MOST = 2, 10  # times in one poll
LONGEST = timedelta(hours=24)
FARTHEST = timedelta(days=366)
HELD_AFTER = timedelta(days=1)  # after the deadline, for whoever has to settle on one
REMINDED_BEFORE = timedelta(days=1)  # before the deadline
BETWEEN_REMINDERS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SlotForm:
    starts_at: AwareDatetime
    ends_at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoll(MeetingCommand):
    """`holds`: the times are kept free for those asked until a day after the deadline."""

    slots: Annotated[list[SlotForm], Field(max_length=MOST)]
    deadline_at: AwareDatetime
    note: Annotated[OptionalParagraph, Field(max_length=2000)] = ""
    holds: bool = True
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPoll(MeetingCommand):
    """For himself, for somebody of one's agency as its staff, or as told to whoever organises the meeting."""

    participant_id: Id
    answers: dict[Id, Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindOfPoll(MeetingCommand):
    """Those who have not answered."""

    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePoll(MeetingCommand):
    """Without a result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlePoll(MeetingCommand):
    slot_id: Id
    sender: Sender
    jitsi: str = ""


async def open_poll(tx: Transaction, by: Standing, command: OpenPoll) -> Answer:
    meeting = await tx.get(meetings, command.meeting_id)
    if meeting.state != "draft" or meeting.draft is None:
        raise Conflict("poll_not_draft")
    if await poll_being_held(tx, meeting.id):
        raise Conflict("poll_is_open")
    slots = sorted({(one.starts_at, one.ends_at) for one in command.slots})
    _require_right(slots, command.deadline_at, tx.now)
    await _ask(tx, meeting, slots[0])
    key = new_id()
    times = {"deadline_at": command.deadline_at, "holds_until": command.deadline_at + HELD_AFTER, "made_at": tx.now}
    await tx.insert(polls, id=key, meeting_id=meeting.id, note=command.note, holds=command.holds, **times)
    await tx.insert_many(poll_slots, [{"id": new_id(), "poll_id": key, "starts_at": a, "ends_at": b} for a, b in slots])
    asked = await asked_in(tx, meeting.id)
    await _tell(tx, meeting, await tx.get(polls, key), asked, "asked", command.sender)
    return {"poll_id": key, "asked": len(asked)}


def _require_right(slots: Sequence[tuple[datetime, datetime]], deadline: datetime, now: datetime) -> None:
    """Raises Invalid with every problem."""
    problems = []
    if not LEAST <= len(slots) <= MOST:
        problems.append(Problem("poll_slots", "slots", {"least": LEAST, "most": MOST}))
    if any(b <= a or b - a > LONGEST for a, b in slots):
        problems.append(Problem("poll_slot_length", "slots"))
    if any(a <= now or a > now + FARTHEST for a, _ in slots):
        problems.append(Problem("poll_slot_past", "slots"))
    if deadline <= now or (slots and deadline >= slots[0][0]):
        problems.append(Problem("poll_deadline", "deadline_at"))
    if problems:
        raise Invalid.of(problems)


async def _ask(tx: Transaction, meeting: Row, slot: tuple[datetime, datetime]) -> None:
    """Makes participants of all whom the draft names. Raises Invalid where there is nobody, no title, or a guest without an address."""
    fields = people_of(meeting.draft)
    if not _title(meeting.draft):
        raise Invalid("required", "title")
    for guest in fields.guests:
        try:
            validated(GuestForm, asdict(guest))
        except Invalid:
            raise Invalid("guest_line", "guests", line=f"{guest.name}, {guest.email}"[:80]) from None
    await apply_people(tx, meeting.id, MeetingForm(fields, *slot))
    if not await asked_in(tx, meeting.id):
        raise Invalid("nobody_invited", "invited")


async def answer_poll(tx: Transaction, by: Standing, command: AnswerPoll) -> Answer:
    poll = await poll_being_held(tx, command.meeting_id)
    row = await tx.first(sa.select(participants).where(participants.c.id == command.participant_id))
    if row is None or row.meeting_id != command.meeting_id or row.removed or not may_answer(by, row):
        raise NotFound
    if poll is None:
        raise Conflict("poll_closed")
    if tx.now > poll.deadline_at and not by.organises:
        raise Conflict("poll_late")
    known = {slot.id for slot in await slots_of(tx, poll.id)}
    if not command.answers or not command.answers.keys() <= known:
        raise Invalid("poll_answer_missing", "answers")
    kept = [
        {"slot_id": slot, "participant_id": row.id, "answer": answer, "answered_at": tx.now} for slot, answer in command.answers.items()
    ]
    await tx.upsert(poll_answers, kept, ["slot_id", "participant_id"])
    return None


def may_answer(by: Standing, row: Row) -> bool:
    """Whether the actor answers for this participant."""
    actor = by.actor
    if actor.kind == "link":
        return bool(actor.participant_id == row.id)
    if actor.kind != "account":
        return False
    own = actor.person_id == row.person_id and actor.person_id is not None
    return own or by.organises or (actor.staff and row.agency_id is not None and bool(actor.agency_id == row.agency_id))


async def remind_of_poll(tx: Transaction, by: Standing, command: RemindOfPoll) -> Answer:
    poll = await poll_being_held(tx, command.meeting_id)
    if poll is None or tx.now > poll.deadline_at:
        raise Conflict("poll_closed")
    if poll.reminded_at is not None and tx.now - poll.reminded_at < BETWEEN_REMINDERS:
        raise Conflict("poll_just_reminded")
    answered = set(await tx.column(_answered_in(poll.id)))
    waiting = [row for row in await asked_in(tx, command.meeting_id) if row.id not in answered]
    await _tell(tx, await tx.get(meetings, command.meeting_id), poll, waiting, "reminded", command.sender)
    await tx.update(polls, poll.id, reminded_at=tx.now)
    return {"reminded": len(waiting)}


async def close_poll(tx: Transaction, by: Standing, command: ClosePoll) -> Answer:
    poll = await poll_being_held(tx, command.meeting_id)
    if poll is None:
        raise Conflict("poll_closed")
    await tx.update(polls, poll.id, state="closed")
    return None


async def settle_poll(tx: Transaction, by: Standing, command: SettlePoll) -> Answer:
    """Raises Invalid with every problem of the draft; then nothing has changed."""
    poll = await poll_being_held(tx, command.meeting_id)
    if poll is None:
        raise Conflict("poll_closed")
    slot = next((one for one in await slots_of(tx, poll.id) if one.id == command.slot_id), None)
    if slot is None:
        raise NotFound
    if slot.starts_at <= tx.now:
        raise Conflict("poll_slot_past")
    meeting = await tx.get(meetings, command.meeting_id)
    await tx.update(meetings, meeting.id, draft=with_time(meeting.draft, slot.starts_at, slot.ends_at))
    await tx.update(polls, poll.id, state="settled", settled_slot_id=slot.id)
    return await send_invitations(
        tx, by, SendInvitations(id=command.id, meeting_id=meeting.id, sender=command.sender, jitsi=command.jitsi)
    )


def with_time(form: Raw, start: datetime, end: datetime) -> Raw:
    """The form with this time, on the wall clock of its zone."""
    zone = zone_of(form)
    a, b = clock.local(start, zone), clock.local(end, zone)
    last = b.date().isoformat() if b.date() != a.date() else ""
    return {**form, "date": a.date().isoformat(), "start": f"{a:%H:%M}", "end": f"{b:%H:%M}", "end_date": last}


async def poll_being_held(reading: Reading, meeting_id: str) -> Row | None:
    return await reading.first(sa.select(polls).where(polls.c.meeting_id == meeting_id, polls.c.state == "open"))


async def slots_of(reading: Reading, poll_id: str) -> Sequence[Row]:
    return await reading.all(sa.select(poll_slots).where(poll_slots.c.poll_id == poll_id).order_by(poll_slots.c.starts_at, poll_slots.c.id))


async def asked_in(reading: Reading, meeting_id: str) -> Sequence[Row]:
    here = sa.and_(participants.c.meeting_id == meeting_id, ~participants.c.removed)
    return await reading.all(sa.select(participants).where(here).order_by(participants.c.position))


def _answered_in(poll_id: str) -> sa.Select[tuple[str]]:
    joined = poll_answers.join(poll_slots, poll_slots.c.id == poll_answers.c.slot_id)
    return sa.select(poll_answers.c.participant_id).select_from(joined).where(poll_slots.c.poll_id == poll_id).distinct()


def remind_at(made_at: datetime, deadline_at: datetime) -> datetime:
    """When those who have not answered are reminded by themselves: a day before, or half way where there is less time."""
    return max(deadline_at - REMINDED_BEFORE, made_at + (deadline_at - made_at) / 2)


async def polls_to_remind_of(reading: Reading, now: datetime) -> list[str]:
    """Ids of the meetings in whose polls those who have not answered are to be reminded now."""
    waiting = sa.select(polls).where(polls.c.state == "open", polls.c.reminded_at.is_(None), polls.c.deadline_at > now)
    return [row.meeting_id for row in await reading.all(waiting) if remind_at(row.made_at, row.deadline_at) <= now]


def _title(form: Raw) -> str:
    return clean(str(form.get("title", "")).replace("\n", " "))[:300]


async def _tell(
    tx: Transaction, meeting: Row, poll: Row, rows: Sequence[Row], kind: Literal["asked", "reminded"], sender: Sender
) -> None:
    host = await tx.get(agencies, meeting.host_agency_id)
    secretary = next((row.email for row in await asked_in(tx, meeting.id) if row.duty == "secretary"), "")
    slots, title, zone = await slots_of(tx, poll.id), _title(meeting.draft), zone_of(meeting.draft)
    organiser = host.email or sender.address
    mails = []
    for row in rows:
        if row.email == organiser:
            continue
        t, language = translator(row.language), row.language
        until = when_text(poll.deadline_at, language, zone)
        times = "\n".join(f"- {span_text(one.starts_at, one.ends_at, language, zone)}" for one in slots)
        said = [t(f"poll.mail_{kind}", agency=host.name, title=title), times, t("poll.mail_until", until=until)]
        said += [poll.note] if poll.note else []
        token = links.token_of(sender.key, row.id, row.link_version)
        mails.append((row.id, Notice(
            language=language, title=t(f"poll.subject_{kind}", title=title), paragraphs=tuple(said),
            join_url=f"{sender.base_url}/j/{token}/poll", link_text=t("poll.mail_link"), host_agency=host.name, organiser_name=host.name,
            organiser_email=organiser, reply_to=secretary, recipient_name=f"{row.honorific} {row.name}".strip(),
            recipient_email=row.email, dtstamp=clock.iso(tx.now), domain=meeting.uid.rpartition("@")[2],
        )))  # fmt: skip
    await outbox.put_many(tx, mails)
