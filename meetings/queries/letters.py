"""Whom a mail that came in is about; and the letters that a person has to look at, for those whose business they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from .. import mail_tokens
from ..access import organised
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import meetings, participants, series
from ..models.organisation import agencies
from ..models.post import letters, outbox
from ..reply import Reply

MOST_TRIED = 10  # of tokens and identifiers in one mail


@dataclass(frozen=True, slots=True)
class Addressee:
    """What the addresses and identifiers of a mail lead to; empty where they lead nowhere."""

    meeting_id: str | None = None
    participant_id: str | None = None
    participant_name: str = ""
    outbox_id: str | None = None
    token: bool = False  # by a genuine secret address
    agency_id: str | None = None


async def addressee_of(reading: Reading, key: bytes, pattern: str, reply: Reply) -> Addressee:
    """By the secret address first; else by the calendar's identifier and the sender's own address, which proves nothing yet."""
    for address in reply.recipients:
        found = await by_token(reading, key, address)
        if found:
            return found
    for uid in reply.uids[:MOST_TRIED]:
        of_series = meetings.c.series_id.in_(sa.select(series.c.id).where(series.c.uid == uid))
        wanted = sa.select(meetings.c.id).where(sa.or_(meetings.c.uid == uid, of_series), meetings.c.state != "draft")
        meeting = await reading.first(wanted.order_by(meetings.c.original_start).limit(1))
        if meeting:
            here = sa.and_(participants.c.meeting_id == meeting.id, participants.c.email == reply.sender)
            row = await reading.first(sa.select(participants).where(here).order_by(participants.c.removed))
            return Addressee(meeting.id, row.id if row else None, row.name if row else "")
    return Addressee(agency_id=await _agency(reading, pattern, reply.recipients))


async def by_token(reading: Reading, key: bytes, address: str) -> Addressee | None:
    """None: no address of ours, or not genuine."""
    token = mail_tokens.token_in(address)
    if token is None:
        return None
    if token.kind == "b":
        joined = outbox.join(participants, participants.c.id == outbox.c.participant_id)
        wanted = sa.select(outbox.c.id, participants.c.meeting_id, participants.c.name, participants.c.id.label("participant_id"))
        mail = await reading.first(wanted.select_from(joined).where(outbox.c.id == token.id))
        if mail is None or not token.genuine(key):
            return None
        return Addressee(mail.meeting_id, mail.participant_id, mail.name, mail.id, token=True)
    joined = participants.join(meetings, meetings.c.id == participants.c.meeting_id)
    row = await reading.first(sa.select(participants, meetings.c.series_id).select_from(joined).where(participants.c.id == token.id))
    # Who is taken out of the first date of a series answers to the same address for the others.
    if row is None or not token.genuine(key, row.link_version - bool(row.removed and row.series_id)):
        return None
    return Addressee(row.meeting_id, row.id, row.name, token=True)


async def _agency(reading: Reading, pattern: str, recipients: Sequence[str]) -> str | None:
    """Whose own address without a secret it is, where agencies have such."""
    if "{agency}" not in pattern:
        return None
    for row in await reading.all(sa.select(agencies.c.id, agencies.c.code)):
        if mail_tokens.base_of(pattern, row.code) in recipients:
            return str(row.id)
    return None


async def is_ours(reading: Reading, key: bytes, pattern: str, address: str) -> bool:
    """Whether mail to this address is taken: a genuine secret address, or one of ours without a secret."""
    if await by_token(reading, key, address):
        return True
    if "{agency}" in pattern:
        return await _agency(reading, pattern, (address,)) is not None
    return address == mail_tokens.base_of(pattern)


def _business_of(actor: Actor) -> sa.ColumnElement[bool]:
    """Letters about meetings that the actor organises; those without a meeting, for the agency's staff; those of nobody, for
    system administrators."""
    alone = letters.c.meeting_id.is_(None)
    ways = [sa.and_(letters.c.meeting_id.is_not(None), organised(actor))]
    if actor.staff:
        ways.append(sa.and_(alone, letters.c.agency_id == actor.agency_id))
    if actor.role == "system_admin":
        ways.append(sa.and_(alone, letters.c.agency_id.is_(None)))
    return sa.or_(*ways)


def _listing() -> sa.Select[Any]:
    joined = letters.outerjoin(meetings, meetings.c.id == letters.c.meeting_id).outerjoin(
        participants, participants.c.id == letters.c.participant_id
    )
    columns = [c for c in letters.c if c.name != "content"]
    more = (meetings.c.title, meetings.c.zone, participants.c.name, participants.c.agency_name)
    return sa.select(*columns, letters.c.content.is_not(None).label("whole"), *more).select_from(joined)


async def letters_for(reading: Reading, actor: Actor, *, waiting: bool) -> Sequence[Row]:
    """The newest hundred that wait, or of all that do not."""
    state = letters.c.state == "waiting" if waiting else letters.c.state != "waiting"
    return await reading.all(_listing().where(_business_of(actor), state).order_by(letters.c.received_at.desc()).limit(100))


async def waiting_letters(reading: Reading, actor: Actor) -> int:
    """How many wait for the actor."""
    joined = letters.outerjoin(meetings, meetings.c.id == letters.c.meeting_id)
    wanted = sa.select(sa.func.count()).select_from(joined).where(letters.c.state == "waiting", _business_of(actor))
    return int(await reading.value(wanted) or 0)


async def letters_about(reading: Reading, meeting_id: str) -> Sequence[Row]:
    """Of one meeting, the newest first; for its organisers."""
    return await reading.all(_listing().where(letters.c.meeting_id == meeting_id).order_by(letters.c.received_at.desc()).limit(200))


async def letter_for(reading: Reading, actor: Actor, letter_id: str) -> Row:
    """With its content. Raises NotFound."""
    joined = letters.outerjoin(meetings, meetings.c.id == letters.c.meeting_id)
    return await reading.one(sa.select(letters).select_from(joined).where(letters.c.id == letter_id, _business_of(actor)))
