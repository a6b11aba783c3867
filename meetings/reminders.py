"""Reminders by mail: a day and an hour before the meeting, where an answer or papers are missing, where an agency has not said whom it
sends. The row that keeps one and the mail
that is it are written in one transaction under the meeting's lock: neither a crash nor a second worker makes it twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from . import clock, outbox
from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Row, Transaction
from .i18n import span_text, translator
from .invitation import Invitation
from .invitation_facts import Sender, facts_of
from .models.meeting import items, meetings, nominations, papers, participants
from .models.post import outbox as mails
from .models.post import reminders
from .nomination_notices import tell
from .nomination_rules import AHEAD
from .nomination_rules import due as nomination_due
from .nominations import named_in
from .notice import Notice
from .outbox import TELLING
from .reminder_rules import EARLIEST, Due, due, open_kinds, without_papers
from .standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindOfMeeting(MeetingCommand):
    """Whatever is due now. Harmless again."""

    sender: Sender


async def remind_of_meeting(tx: Transaction, by: Standing, command: RemindOfMeeting) -> Answer:
    meeting = await tx.get(meetings, command.meeting_id)
    found = await _due(tx, meeting, tx.now)
    facts = await facts_of(tx, meeting, command.sender) if found else {}
    missing = [item.title for item in await _missing(tx, meeting.id)]
    kept = [{"participant_id": one.participant_id, "kind": one.kind, "about": one.about, "made_at": tx.now} for one in found]
    await tx.insert_many(reminders, kept)
    mails_to = [one for one in found if one.participant_id in facts]  # without the organiser's own address
    await outbox.put_many(tx, [(one.participant_id, _notice(facts[one.participant_id], one, missing)) for one in mails_to])
    open_still = meeting.state == "invited" and meeting.reminders and meeting.starts_at > tx.now
    asked = await _nominations_due(tx, meeting.id, tx.now) if open_still else []
    told = 0
    for kind in ("before", "after"):
        told += await tell(tx, [row for row, due_now in asked if due_now == kind], kind, command.sender)
    for row, kind in asked:
        await tx.update(nominations, row.id, **{f"reminded_{kind}": row.deadline_at, "reminded_at": tx.now})
    return {"reminded": len(mails_to) + told}


async def meetings_to_remind_of(reading: Reading, now: datetime) -> Sequence[str]:
    """Ids of the meetings of which somebody is to be reminded now."""
    soon = sa.and_(meetings.c.state == "invited", meetings.c.reminders, meetings.c.starts_at > now, meetings.c.starts_at <= now + EARLIEST)
    rows = await reading.all(sa.select(meetings).where(soon).order_by(meetings.c.starts_at))
    found = [row.id for row in rows if open_kinds(row.starts_at, now) and await _due(reading, row, now)]
    near = sa.and_(~nominations.c.removed, nominations.c.state == "asked", nominations.c.deadline_at <= now + AHEAD)
    again = nominations.c.reminded_after.is_distinct_from(nominations.c.deadline_at)
    joined = nominations.join(meetings, meetings.c.id == nominations.c.meeting_id)
    ahead = sa.and_(meetings.c.state == "invited", meetings.c.reminders, meetings.c.starts_at > now)
    asking = await reading.column(sa.select(meetings.c.id).distinct().select_from(joined).where(near, again, ahead))
    return list(dict.fromkeys([*found, *[key for key in asking if await _nominations_due(reading, key, now)]]))


async def _nominations_due(reading: Reading, meeting_id: str, now: datetime) -> list[tuple[Row, str]]:
    """Rows of `nominations` whose agencies are to be reminded now, and whether before or after the deadline."""
    here = sa.and_(nominations.c.meeting_id == meeting_id, ~nominations.c.removed)
    rows = await reading.all(sa.select(nominations).where(here).order_by(nominations.c.position))
    named = await named_in(reading, meeting_id) if rows else {}
    return [(row, kind) for row in rows if (kind := nomination_due(row, named.get(row.id, 0), row.reminded_at, now))]


async def _due(reading: Reading, meeting: Row, now: datetime) -> list[Due]:
    if meeting.state != "invited" or not meeting.reminders:
        return []
    invited = await reading.all(sa.select(participants).where(participants.c.meeting_id == meeting.id, ~participants.c.removed))
    last = sa.select(mails.c.participant_id, sa.func.max(mails.c.created_at).label("at")).group_by(mails.c.participant_id)
    told = await reading.all(last.where(mails.c.meeting_id == meeting.id, mails.c.method.in_(TELLING)))
    mine = sa.select(participants.c.id).where(participants.c.meeting_id == meeting.id)
    made = await reading.all(sa.select(reminders).where(reminders.c.participant_id.in_(mine)))
    kept = {(row.participant_id, row.kind, row.about) for row in made}
    missing = bool(await _missing(reading, meeting.id))
    return due(meeting, invited, {row.participant_id: row.at for row in told}, kept, missing, now)


async def _missing(reading: Reading, meeting_id: str) -> list[Row]:
    agenda = await reading.all(sa.select(items).where(items.c.meeting_id == meeting_id).order_by(items.c.position))
    put_in = sa.and_(papers.c.meeting_id == meeting_id, papers.c.state.in_(("approved", "submitted")), ~papers.c.removed)
    with_paper = await reading.column(sa.select(papers.c.item_id).where(put_in))
    return without_papers(agenda, set(with_paper))


def _notice(facts: Invitation, one: Due, missing: Sequence[str]) -> Notice:
    t = translator(facts.language)
    start, end = clock.instant(facts.starts_at), clock.instant(facts.ends_at)
    when = span_text(start, end, facts.language, facts.zone)
    said = [t(f"reminder.lead_{one.kind}", title=facts.title), f"{t('mail.when')}: {when}"]
    said += [f"{t('mail.place')}: {facts.place}"] if facts.place else []
    said += [f"{t('mail.chair')}: {facts.chair}"] if facts.chair else []
    if one.kind == "papers":
        said.append("\n".join([t("reminder.missing"), *(f"- {title}" for title in missing)]))
    said += [f"{t('mail.contact')}: {facts.contact}"] if facts.contact else []
    return Notice(
        language=facts.language, title=t(f"reminder.subject_{one.kind}", title=facts.title, when=when), paragraphs=tuple(said),
        join_url=facts.join_url, link_text=t(f"reminder.link_{one.kind}"), host_agency=facts.host_agency,
        organiser_name=facts.organiser_name, organiser_email=facts.organiser_email, reply_to=facts.reply_to,
        recipient_name=facts.recipient_name, recipient_email=facts.recipient_email, dtstamp=facts.dtstamp,
        domain=facts.uid.rpartition("@")[2],
    )  # fmt: skip
