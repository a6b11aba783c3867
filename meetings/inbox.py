"""Mail that came in: judged under the lock of its meeting, kept as it is, and applied where that is safe. Given by the edge
alone, with an id made from the mail's bytes, so that the same mail delivered twice has one effect."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from . import outbox
from .answers import keep_answer
from .audit import Answer, record_beside
from .commands import Command, MeetingCommand, secret
from .database import Row, Transaction
from .errors import Conflict, NotFound
from .invitation import Invitation
from .invitation_facts import joined_series
from .models.columns import new_id
from .models.meeting import meetings, participants
from .models.post import letters
from .models.post import outbox as mails
from .reply import Reply
from .reply_rules import Known, Verdict, verdict, without_calendar
from .series_replies import Judged, addresses_of, answer_series, judge
from .series_scope import require_locked
from .standing import Standing
from .text import Id

MOST_AN_HOUR = 40  # letters about one meeting to one participant's address, or without any meeting to one agency
RESEND_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveMail(MeetingCommand):
    """`token`: it came to the participant's own secret address. `outbox_id`: of the mail that a bounce is about."""

    participant_id: Id | None = None
    token: bool = False
    outbox_id: Id | None = None
    reply: Reply = field(metadata=secret())
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepUnmatched(Command):
    """Of no meeting that we know. `agency_id`: whose address it came to, where that can be told."""

    agency_id: Id | None = None
    reply: Reply = field(metadata=secret())
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetRawMail(Command):
    """What came before then keeps its line, and loses its text; what still waits for a person keeps both."""

    before: datetime


async def receive_mail(tx: Transaction, by: Standing, command: ReceiveMail) -> Answer:
    if by.meeting is None:
        raise NotFound
    here = sa.and_(participants.c.meeting_id == by.meeting.id, participants.c.id == command.participant_id)
    row = await tx.first(sa.select(participants).where(here))
    await _require_few(tx, sa.and_(letters.c.meeting_id == by.meeting.id, letters.c.participant_id == (row.id if row else None)))
    require_locked(tx, by.meeting)
    answers = [await _settle(tx, by, command, part) for part in await _parts(tx, by.meeting, row, command)]
    return answers[0] | ({"parts": len(answers)} if len(answers) > 1 else {})


async def _parts(tx: Transaction, meeting: Row, row: Row | None, command: ReceiveMail) -> list[Judged]:
    """What the mail says of the meeting; of a series, what of the whole and of each date."""
    series = await joined_series(tx, meeting)
    about = tuple(event for event in command.reply.events if series is not None and event.uid in (series.uid, ""))
    if series is not None and about:
        return await judge(tx, meeting, series, row, replace(command.reply, events=about), token=command.token)
    return [Judged(meeting.id, row, await _judge(tx, meeting, row, command))]


async def _settle(tx: Transaction, by: Standing, command: ReceiveMail, part: Judged) -> dict[str, Any]:
    found, row, meeting = part.found, part.row, await tx.get(meetings, part.meeting_id)
    if found.kind == "bounce":
        await _bounced(tx, meeting, row, command)
    if found.kind == "refresh" and found.state == "applied" and row is not None:
        found = await _refresh(tx, row, found)
    key = await _keep(
        tx, command.reply, command.raw, found, meeting_id=meeting.id, agency_id=meeting.host_agency_id,
        participant_id=row.id if row else None, of_series=part.of_series,
    )  # fmt: skip
    if row is not None and found.kind == "answer" and found.state == "applied" and part.of_series:
        said = (found.answer, found.comment)
        await answer_series(tx, by.actor, command, meeting.series_id, row, *said, "mail", found.stamped_at, part.seen)
    elif row is not None and found.kind == "answer" and found.state == "applied":
        async with tx.within(meeting.id):
            await keep_answer(tx, row, found.answer, found.comment, "mail")
            if meeting.id != command.meeting_id:
                record_beside(tx, by.actor, command)
    told = {"kind": found.kind, "state": found.state, "why": found.why, "answer": found.answer, "verified": found.verified}
    return {"letter_id": key, "channel": "mail", "from": command.reply.sender} | told


async def keep_unmatched(tx: Transaction, by: Standing, command: KeepUnmatched) -> Answer:
    await _require_few(tx, sa.and_(letters.c.meeting_id.is_(None), letters.c.agency_id == command.agency_id))
    found = without_calendar(command.reply)
    if command.reply.events:
        found = Verdict("answer", "waiting", "unknown_meeting", claims=", ".join(command.reply.uids)[:300])
    return {"letter_id": await _keep(tx, command.reply, command.raw, found, agency_id=command.agency_id), "state": found.state}


async def forget_raw_mail(tx: Transaction, by: Standing, command: ForgetRawMail) -> Answer:
    old = sa.and_(letters.c.received_at < command.before, letters.c.content.is_not(None), letters.c.state != "waiting")
    return {"forgotten": await tx.write(sa.update(letters).where(old).values(content=None, said=""))}


async def _judge(tx: Transaction, meeting: Row, row: Row | None, command: ReceiveMail) -> Verdict:
    reply = command.reply
    if not reply.events:
        return without_calendar(reply)
    about = tuple(event for event in reply.events if event.uid == meeting.uid or (not event.uid and len(reply.events) == 1))
    if not about:
        return Verdict("answer", "waiting", "other_meeting", claims=", ".join(reply.uids)[:300])
    if row is None:
        return verdict(replace(reply, events=about), Known(frozenset(), 0, meeting.starts_at, token=False), tx.now)
    return verdict(replace(reply, events=about), await _known(tx, meeting, row, command.token), tx.now)


async def _known(tx: Transaction, meeting: Row, row: Row, token: bool) -> Known:
    told = await outbox.latest(tx, row.id)
    answered = sa.and_(letters.c.participant_id == row.id, letters.c.kind == "answer", letters.c.state.in_(("applied", "accepted")))
    order = (letters.c.sequence.desc(), letters.c.stamped_at.desc())
    last = await tx.first(sa.select(letters.c.sequence, letters.c.stamped_at).where(answered).order_by(*order))
    return Known(
        addresses=await addresses_of(tx, row),
        sequence=told.sequence if told else meeting.sequence, starts_at=meeting.starts_at, token=token,
        open=meeting.state in ("invited", "live") and not row.removed, substituted=row.answer == "substitute",
        last=(last.sequence, last.stamped_at) if last and last.stamped_at else None,
        answered_at=row.answered_at if row.answer_by in ("link", "web") else None,
    )  # fmt: skip


async def _refresh(tx: Transaction, row: Row, found: Verdict) -> Verdict:
    """The invitation once more, to him alone; not again and again, lest two programs write to each other for ever."""
    told = await outbox.latest(tx, row.id)
    if told is None or tx.now - told.created_at < RESEND_AFTER:
        return replace(found, state="kept", why="resent_lately")
    await outbox.put_again(tx, row.id, replace(Invitation.from_json(told.facts), answer=row.answer))
    return found


async def _bounced(tx: Transaction, meeting: Row, row: Row | None, command: ReceiveMail) -> None:
    told = await outbox.latest(tx, row.id) if row is not None and command.outbox_id is None else None
    key, bounce = command.outbox_id or (told.id if told else None), command.reply.bounce
    if bounce is None or bounce.action == "other":
        return
    error = f"{bounce.status} {bounce.told}".strip()[:1000]
    values = {"error": error, "state": "bounced"} if bounce.action == "failed" else {"error": error}
    mine = sa.and_(mails.c.id == key, mails.c.meeting_id == meeting.id, mails.c.state.in_(("sending", "sent", "unsure")))
    await tx.write(sa.update(mails).where(mine).values(**values))


async def _require_few(tx: Transaction, which: sa.ColumnElement[bool]) -> None:
    lately = sa.and_(which, letters.c.received_at > tx.now - timedelta(hours=1))
    if (await tx.value(sa.select(sa.func.count()).select_from(letters).where(lately)) or 0) >= MOST_AN_HOUR:
        raise Conflict("too_many_letters")


async def _keep(
    tx: Transaction, reply: Reply, raw: bytes, found: Verdict, *, agency_id: str | None, meeting_id: str | None = None,
    participant_id: str | None = None, of_series: bool = False,
) -> str:  # fmt: skip
    key, delegate = new_id(), found.delegate
    await tx.insert(
        letters, id=key, meeting_id=meeting_id, participant_id=participant_id, agency_id=agency_id, kind=found.kind,
        state=found.state, why=found.why, verified=found.verified, sender=reply.sender, sender_name=reply.sender_name,
        subject=reply.subject, claims=found.claims, said=reply.said, comment=found.comment, answer=found.answer,
        sequence=found.sequence, stamped_at=found.stamped_at, starts_at=found.starts_at, ends_at=found.ends_at,
        delegate_name=delegate.name if delegate else "", delegate_email=delegate.address if delegate else "",
        instances=[[at.isoformat() if at else None, answer] for at, answer in found.instances], content=raw, received_at=tx.now,
        of_series=of_series,
    )  # fmt: skip
    return key
