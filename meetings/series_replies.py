"""What a mail answers of a series: the whole, or single dates. Each part is judged by `reply_rules` like the answer to a meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from . import audit, clock
from .answers import AnswerInvitation, Channel, answerable, channel_of, keep_answer
from .audit import Answer
from .commands import Actor, MeetingCommand
from .database import Reading, Row, Transaction
from .errors import Invalid
from .invitation import Invitation
from .models.meeting import participants
from .models.organisation import people
from .models.post import letters
from .reply import Event, Partstat, Reply
from .reply_rules import Known, Verdict, verdict
from .series_mail import in_series, key_of, members, told_of
from .standing import Standing

Version = tuple[int, datetime]  # (SEQUENCE, DTSTAMP) of what somebody was last told


@dataclass(frozen=True, slots=True)
class Judged:
    """One part of a mail: what it counts for, and for which participant. `of_series`: for him in all its dates. `seen`: dates that the
    mail names without an answer of their own."""

    meeting_id: str
    row: Row | None
    found: Verdict
    of_series: bool = False
    seen: frozenset[datetime] = frozenset()


@dataclass(slots=True)
class Versions:
    whole: Version | None = None
    dates: dict[datetime, Version] = field(default_factory=dict)


def versions_of(told: Sequence[Invitation]) -> Versions:
    """From the mails of one series to one recipient, in order."""
    found = Versions()
    for mail in told:
        version = (mail.sequence, clock.instant(mail.dtstamp).replace(microsecond=0))
        if mail.rrule:
            found = Versions(version, {clock.instant(key): version for key in mail.dates})
        elif mail.original_start:
            found.dates[clock.instant(mail.original_start)] = version
    return found


async def judge(tx: Transaction, meeting: Row, series: Row, row: Row | None, reply: Reply, *, token: bool) -> list[Judged]:
    """`meeting`, `row`: to whom the mail was addressed. `reply`: with its events about this series alone."""
    if row is None:
        nobody = Known(frozenset(), 0, meeting.starts_at, token=False)
        return [Judged(meeting.id, None, verdict(reply, nobody, tx.now))]
    told = [Invitation.from_json(mail.facts) for mail in await told_of(tx, series.id) if key_of(mail) == key_of(row)]
    versions, dates = versions_of(told), await members(tx, series.id)
    rows = {one.meeting_id: one for one in await tx.all(sa.select(participants).where(in_series(series.id, row)))}
    addresses = await addresses_of(tx, row)
    whole = tuple(event for event in reply.events if not event.of_instance)
    found = []
    if whole:
        still = any(one.state in ("invited", "live") and one.id in rows and not rows[one.id].removed for one in dates)
        sequence = versions.whole[0] if versions.whole else max((version[0] for version in versions.dates.values()), default=0)
        last = await _last(tx, letters.c.participant_id.in_([one.id for one in rows.values()]), of_series=True)
        known = Known(addresses, sequence, meeting.starts_at, token=token, open=still, last=last)
        seen = frozenset(event.recurrence for event in reply.events if event.recurrence and not _says(event, addresses))
        found.append(Judged(meeting.id, row, verdict(replace(reply, events=whole), known, tx.now), True, seen))
    for event in reply.events:
        if event.of_instance and not (whole and not _says(event, addresses)):  # its answer is the whole's
            found.append(await _of_date(tx, event, reply, meeting, row, dates, rows, versions, addresses, token))
    return found


async def answer_invitation(tx: Transaction, by: Standing, command: AnswerInvitation) -> Answer:
    row = await answerable(tx, by, command.participant_id)
    if command.answer == "declined" and not command.reason:
        raise Invalid("reason_missing", "reason")
    series_id = by.meeting.series_id if by.meeting is not None and command.series else None
    await keep_answer(tx, row, command.answer, command.reason, channel_of(by), withdraw=True, series=series_id is not None)
    if series_id is not None:
        await answer_series(tx, by.actor, command, series_id, row, command.answer, command.reason, channel_of(by))
    return None


async def answer_series(
    tx: Transaction, by: Actor, command: MeetingCommand, series_id: str, row: Row, answer: str, reason: str, channel: Channel,
    stamp: datetime | None = None, seen: Set[datetime] = frozenset(),
) -> int:  # fmt: skip
    """The same answer on every date ahead that has none of its own; on how many. `stamp`: when a mail was written: what he was asked, or
    said here, after that stands. `seen`: dates of whose change its writer knew."""
    told = [Invitation.from_json(mail.facts) for mail in await told_of(tx, series_id) if key_of(mail) == key_of(row)]
    versions, count = versions_of(told), 0
    rows = {one.meeting_id: one for one in await tx.all(sa.select(participants).where(in_series(series_id, row), ~participants.c.removed))}
    for meeting in await members(tx, series_id):
        one = rows.get(meeting.id)
        if one is None or meeting.state not in ("invited", "live") or not (one.answer == "waiting" or one.answered_series):
            continue
        asked = versions.dates.get(meeting.original_start) if meeting.original_start not in seen else None
        if stamp is not None and _later(one, asked, stamp):
            continue
        async with tx.within(meeting.id):
            await keep_answer(tx, one, answer, reason, channel, series=True)
            if meeting.id != command.meeting_id:
                audit.record_beside(tx, by, command)
        count += 1
    return count


async def addresses_of(reading: Reading, row: Row) -> frozenset[str]:
    """His own, in lower case: as he was invited, and as the directory has him now."""
    listed = await reading.first(sa.select(people.c.email).where(people.c.id == row.person_id))
    return frozenset(address.lower() for address in (row.email, listed.email if listed else "") if address)


def _later(row: Row, asked: Version | None, stamp: datetime) -> bool:
    said = row.answered_at if row.answer_by in ("link", "web") else None
    return (asked is not None and stamp < asked[1]) or (said is not None and stamp < said.replace(microsecond=0))


def _says(event: Event, addresses: frozenset[str]) -> bool:
    return any(one.partstat for one in event.attendees if one.address in addresses)


async def _of_date(
    tx: Transaction, event: Event, reply: Reply, meeting: Row, row: Row, dates: Sequence[Row], rows: Mapping[str, Row],
    versions: Versions, addresses: frozenset[str], token: bool,
) -> Judged:  # fmt: skip
    date = next((one for one in dates if one.original_start == event.recurrence and one.state != "cancelled"), None)
    own = rows.get(date.id) if date is not None else None
    if date is None or own is None:
        said: Partstat = next((one.partstat for one in event.attendees if one.address in addresses), "")
        return Judged(meeting.id, row, Verdict("answer", "waiting", "no_such_date", instances=((event.recurrence, said),)))
    known = Known(
        addresses, versions.dates.get(date.original_start, (0, tx.now))[0], date.original_start, token=token,
        open=date.state in ("invited", "live") and not own.removed, substituted=own.answer == "substitute",
        last=await _last(tx, letters.c.participant_id == own.id, of_series=False),
        answered_at=own.answered_at if own.answer_by in ("link", "web") else None,
    )  # fmt: skip
    return Judged(date.id, own, verdict(replace(reply, events=(event,)), known, tx.now))


async def _last(reading: Reading, whose: sa.ColumnElement[bool], *, of_series: bool) -> Version | None:
    counted = sa.and_(whose, letters.c.of_series == of_series, letters.c.kind == "answer", letters.c.state.in_(("applied", "accepted")))
    order = (letters.c.sequence.desc(), letters.c.stamped_at.desc())
    last = await reading.first(sa.select(letters.c.sequence, letters.c.stamped_at).where(counted).order_by(*order))
    return (last.sequence, last.stamped_at) if last and last.stamped_at else None
