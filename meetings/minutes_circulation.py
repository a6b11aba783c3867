"""The minutes go round: participants are sent the text as it then is, and agree or make remarks until a deadline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from . import clock, links
from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Row, Transaction
from .errors import Conflict, Invalid, NotAllowed
from .i18n import translator, when_text
from .invitation_facts import Sender
from .minutes_document import document_of, sha256_of
from .models.columns import new_id
from .models.meeting import participants
from .models.minutes import minutes_circulations, minutes_readers
from .models.organisation import agencies
from .notice import Notice
from .outbox import put
from .standing import Standing
from .text import Id, OptionalParagraph

LONGEST = timedelta(days=60)
BETWEEN_REMINDERS = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CirculateMinutes(MeetingCommand):
    """To everybody who was invited as a member, until the end of the day `due_on`. Another one takes the place of the last."""

    due_on: date
    note: OptionalParagraph = ""
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindReaders(MeetingCommand):
    """Those who have not answered."""

    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeToMinutes(MeetingCommand):
    """`circulation_id`: of the text that was read."""

    circulation_id: Id


async def circulate(tx: Transaction, by: Standing, command: CirculateMinutes) -> Answer:
    if by.meeting is None or by.me is None or by.meeting.state != "finished":
        raise Conflict("meeting_not_finished")
    if by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    deadline = clock.from_local(datetime.combine(command.due_on, time(23, 59)), by.meeting.zone)
    if not tx.now < deadline < tx.now + LONGEST:
        raise Invalid("circulation_deadline", "due_on", days=LONGEST.days)
    members = participants.c.duty.in_(("participant", "presenter"))
    here = sa.and_(participants.c.meeting_id == command.meeting_id, members, ~participants.c.removed)
    readers = await tx.all(sa.select(participants).where(here))
    if not readers:
        raise Conflict("circulation_nobody")
    document = await document_of(tx, command.meeting_id)
    key = new_id()
    await tx.insert(
        minutes_circulations, id=key, meeting_id=command.meeting_id, document=document, sha256=sha256_of(document),
        deadline_at=deadline, note=command.note, sent_at=tx.now, sent_by=by.me.id,
    )  # fmt: skip
    await tx.insert_many(minutes_readers, [{"circulation_id": key, "participant_id": row.id, "agreed": False} for row in readers])
    await _send(tx, by, readers, "asked", deadline, command.note, command.sender)
    return {"circulation_id": key, "readers": len(readers)}


async def remind(tx: Transaction, by: Standing, command: RemindReaders) -> Answer:
    if by.meeting is None or by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    circulation = require_reader(await under_way(tx, command.meeting_id))
    if circulation.reminded_at is not None and tx.now - circulation.reminded_at < BETWEEN_REMINDERS:
        raise Conflict("reminded_lately")
    silent = sa.and_(minutes_readers.c.circulation_id == circulation.id, minutes_readers.c.answered_at.is_(None))
    joined = sa.select(participants).join(minutes_readers, minutes_readers.c.participant_id == participants.c.id)
    readers = await tx.all(joined.where(silent, ~participants.c.removed))
    await tx.update(minutes_circulations, circulation.id, reminded_at=tx.now)
    await _send(tx, by, readers, "reminded", circulation.deadline_at, "", command.sender)
    return {"reminded": len(readers)}


async def agree(tx: Transaction, by: Standing, command: AgreeToMinutes) -> Answer:
    if by.meeting is None or by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    circulation = require_reader(await under_way(tx, command.meeting_id))
    if circulation.id != command.circulation_id:
        raise Conflict("circulation_another")
    mine = sa.and_(minutes_readers.c.circulation_id == circulation.id, minutes_readers.c.participant_id == (by.me.id if by.me else ""))
    if await tx.write(sa.update(minutes_readers).where(mine).values(answered_at=tx.now, agreed=True)) == 0:
        raise NotAllowed("not_asked_for_remarks")
    return None


async def latest(reading: Reading, meeting_id: str) -> Row | None:
    """The last circulation, whether or not its time is over."""
    wanted = sa.select(minutes_circulations).where(minutes_circulations.c.meeting_id == meeting_id)
    return await reading.first(wanted.order_by(minutes_circulations.c.sent_at.desc(), minutes_circulations.c.id))


async def under_way(tx: Transaction, meeting_id: str) -> Row | None:
    found = await latest(tx, meeting_id)
    return found if found is not None and tx.now <= found.deadline_at else None


def require_reader(circulation: Row | None) -> Row:
    """Raises Conflict when no remarks are asked for, or no longer."""
    if circulation is None:
        raise Conflict("circulation_over")
    return circulation


async def _send(
    tx: Transaction, by: Standing, readers: Sequence[Row], kind: str, deadline: datetime, note: str, sender: Sender
) -> None:
    """`kind`: asked or reminded."""
    if by.meeting is None:
        return
    host = await tx.get(agencies, by.meeting.host_agency_id)
    for row in readers:
        t = translator(row.language)
        until = t("remark.until", when=when_text(deadline, row.language, by.meeting.zone))
        token = links.token_of(sender.key, row.id, row.link_version)
        await put(tx, row.id, Notice(
            language=row.language, title=t(f"remark.subject_{kind}", title=by.meeting.title),
            paragraphs=tuple(part for part in (t(f"remark.mail_{kind}", title=by.meeting.title), note, until) if part),
            join_url=f"{sender.base_url}/j/{token}/minutes", link_text=t("remark.open"), host_agency=host.name,
            organiser_name=host.name, organiser_email=host.email or sender.address, reply_to=by.me.email if by.me else "",
            recipient_name=f"{row.honorific} {row.name}".strip(), recipient_email=row.email, dtstamp=clock.iso(tx.now),
            domain=by.meeting.uid.rpartition("@")[2],
        ))  # fmt: skip
