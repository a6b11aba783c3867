"""From the rows of a series to its mails: what everybody was told of it, what he should know now, and who gets what for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from . import clock, links, mail_tokens, outbox
from .database import Reading, Row, Transaction
from .invitation import Invitation
from .invitation_facts import Mail, Sender, facts_of
from .models.meeting import meetings, participants, series
from .models.organisation import agencies
from .models.post import outbox as mails
from .outbox import TELLING
from .recurrence import Rule
from .series_plan import Draft, Held, Pattern, Wanted, drafts, held, numbered
from .telling import AGAIN


@dataclass(slots=True)
class Person:
    """Somebody in a series, however many rows of participants he has in it."""

    now: dict[str, Invitation] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)  # his participants by date, those who were removed too
    told: list[Invitation] = field(default_factory=list)
    first: Row | None = None  # as whom he was first told: the addresses of this row stay his for the whole series


def key_of(row: Row) -> str:
    """The same person in every meeting of a series: by the directory, or by the address of a guest."""
    return str(row.person_id or row.email.lower())


def pattern_of(row: Row) -> Pattern:
    return Pattern(Rule.from_json(row.rule), row.first_day, clock.HOME_ZONE)  # of a joined series there is no other zone


def ahead(meeting: Row, now: datetime) -> bool:
    """Whether there is still something to tell of it."""
    return meeting.state in ("invited", "live") and meeting.ends_at > now


async def members(reading: Reading, series_id: str) -> Sequence[Row]:
    """The meetings of a series by date."""
    wanted = sa.select(meetings).where(meetings.c.series_id == series_id)
    return await reading.all(wanted.order_by(meetings.c.original_start, meetings.c.created_at, meetings.c.id))


async def tell_series(tx: Transaction, series_id: str, sender: Sender, reason: str = "") -> list[Mail]:
    """Queue what each has to learn; ask again for the answers that lost their ground. Called with every meeting of it locked."""
    row = await tx.get(series, series_id)
    dates = await members(tx, series_id)
    people = await _people(tx, row, dates, sender)
    found: list[tuple[Person, Held, Draft]] = []
    ended = not any(ahead(meeting, tx.now) for meeting in dates)
    over = {clock.iso(m.original_start) for m in dates if not ahead(m, tx.now) and m.state != "cancelled"}
    cancelled = {clock.iso(m.original_start) for m in dates if m.state == "cancelled"}
    for person in people.values():
        has = held(person.told)
        wanted = Wanted(person.now, over, cancelled, ended, has.dates.keys() - {clock.iso(m.original_start) for m in dates})
        found += [(person, has, draft) for draft in drafts(has, wanted, pattern_of(row), reason)]
    sequence = row.sequence + any(draft.raises for _, _, draft in found)
    host = await tx.get(agencies, dates[0].host_agency_id) if dates else None
    queued = [_mail(person, has, draft, sequence, sender, host.code if host else "") for person, has, draft in found]
    await outbox.put_all(tx, [(mail.meeting_id, mail.participant_id, mail.facts) for mail in queued])
    await tx.update(series, series_id, sequence=sequence)
    again = [person.rows[key].id for person, _, draft in found for key in draft.again]
    await tx.write(sa.update(participants).where(participants.c.id.in_(again)).values(**AGAIN))
    return queued


async def tell_again(tx: Transaction, series_id: str, row: Row, sender: Sender) -> None:
    """To one recipient, as if he knew nothing yet: his links have changed."""
    found, dates = await tx.get(series, series_id), await members(tx, series_id)
    person = (await _people(tx, found, dates, sender)).get(key_of(row))
    if person is None or not person.now:
        return
    host = await tx.get(agencies, dates[0].host_agency_id)
    for draft in drafts(Held(), Wanted(person.now), pattern_of(found)):
        mail = _mail(person, held(person.told), draft, found.sequence + 1, sender, host.code)
        await outbox.put_all(tx, [(mail.meeting_id, mail.participant_id, mail.facts)])
    await tx.update(series, series_id, sequence=found.sequence + 1)


def in_series(series_id: str | sa.ScalarSelect[str], row: Row) -> sa.ColumnElement[bool]:
    """Of participants, those who are this person in any date of the series, as `key_of` says."""
    p = participants.c
    same = p.person_id == row.person_id if row.person_id else sa.and_(p.person_id.is_(None), sa.func.lower(p.email) == row.email.lower())
    return sa.and_(same, p.meeting_id.in_(sa.select(meetings.c.id).where(meetings.c.series_id == series_id)))


async def told_of(reading: Reading, series_id: str) -> Sequence[Row]:
    """Everything that was sent about a series, in order, with whom it was sent to."""
    columns = (mails.c.participant_id, mails.c.method, mails.c.facts, mails.c.sequence, participants.c.person_id, participants.c.email)
    joined = mails.join(participants, participants.c.id == mails.c.participant_id)
    mine = sa.and_(mails.c.series_id == series_id, mails.c.method.in_(TELLING))
    return await reading.all(sa.select(*columns).select_from(joined).where(mine).order_by(mails.c.sequence, mails.c.created_at))


async def _people(tx: Transaction, row: Row, dates: Sequence[Row], sender: Sender) -> dict[str, Person]:
    found: dict[str, Person] = {}
    when = {meeting.id: clock.iso(meeting.original_start) for meeting in dates}
    rows = await tx.all(sa.select(participants).where(participants.c.meeting_id.in_(list(when))))
    by_id = {one.id: one for one in rows}
    for one in rows:
        found.setdefault(key_of(one), Person()).rows[when[one.meeting_id]] = one
    for mail in await told_of(tx, row.id):
        person = found.setdefault(key_of(mail), Person())
        person.told.append(Invitation.from_json(mail.facts))
        if person.first is None:
            person.first = by_id.get(mail.participant_id) or await tx.get(participants, mail.participant_id)
    for meeting in dates:
        if ahead(meeting, tx.now):
            for key, facts in (await facts_of(tx, meeting, sender)).items():
                person, date = found[key_of(by_id[key])], when[meeting.id]
                person.now[date], person.rows[date] = facts, by_id[key]
    return found


def _mail(person: Person, has: Held, draft: Draft, sequence: int, sender: Sender, agency_code: str) -> Mail:
    to = person.rows.get(draft.about or min(person.now, default="")) or person.first
    if to is None:  # is told nothing and never was
        raise AssertionError(draft)
    personal = addresses(person.first or to, sender, agency_code)
    if draft.about or draft.facts.method == "CANCEL":  # one date has its own link
        personal.pop("join_url")
    return Mail(to.id, numbered(draft, sequence, has, personal), to.meeting_id)


def addresses(row: Row, sender: Sender, agency_code: str) -> dict[str, str]:
    """The link to whichever date is next, and the organiser's address for one recipient of a series: programs refuse a change from
    another organiser. Both outlive that he is taken out of the first date."""
    version = row.link_version - row.removed
    personal = {"join_url": f"{sender.base_url}/j/{links.token_of(sender.key, row.id, version)}/next"}
    if sender.answers_to:
        token = mail_tokens.token_of(sender.key, "r", row.id, version)
        personal["organiser_email"] = mail_tokens.address_with(sender.answers_to, token, agency_code)
    return personal
