"""An invited head who cannot come says why and names a subordinate; the chair, or the secretary for him, consents or not (Decision
45/2018, article 8). With the consent the substitute is invited; the head is told, and his calendar is left alone."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from . import clock, links
from .answers import NameSubstitute, answerable, channel_of, keep_answer, put_substitute, require_free
from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid
from .i18n import translator, when_text
from .invitation_facts import Sender
from .models.columns import new_id
from .models.meeting import participants, substitutions
from .models.organisation import agencies
from .notice import Notice
from .outbox import put
from .standing import Standing, require_open
from .text import Id, OptionalParagraph


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSubstitute(MeetingCommand):
    """`note`: what the head is told along with it."""

    substitution_id: Id
    agreed: bool
    note: OptionalParagraph = ""
    sender: Sender


async def name_substitute(tx: Transaction, by: Standing, command: NameSubstitute) -> Answer:
    """Asks for consent; who may give it need not ask himself."""
    row = await answerable(tx, by, command.participant_id)
    if not command.reason:
        raise Invalid("reason_missing", "reason")
    person = {"name": command.name, "title": command.title, "email": command.email}
    await require_free(tx, row, command.email)
    if by.runs or by.organises:
        return {"participant_id": await put_substitute(tx, row, person, command.reason, channel_of(by), command.sender)}
    await keep_answer(tx, row, "declined", command.reason, channel_of(by), withdraw=True)
    key = new_id()
    await tx.insert(
        substitutions, id=key, meeting_id=row.meeting_id, participant_id=row.id, **person, reason=command.reason, asked_at=tx.now
    )
    return {"substitution_id": key}


async def decide_substitute(tx: Transaction, by: Standing, command: DecideSubstitute) -> Answer:
    meeting = require_open(by, "answers_closed")
    mine = sa.and_(substitutions.c.id == command.substitution_id, substitutions.c.meeting_id == meeting.id)
    asked = await tx.one(sa.select(substitutions).where(mine))
    if asked.state != "asked":
        raise Conflict("substitute_decided")
    row = await tx.get(participants, asked.participant_id)
    decided = {"decided_at": tx.now, "decided_by": by.actor.name, "note": command.note}
    await tx.update(substitutions, asked.id, state="agreed" if command.agreed else "refused", **decided)
    answer: Answer = None
    if command.agreed:
        person = {"name": asked.name, "title": asked.title, "email": asked.email}
        answer = {"participant_id": await put_substitute(tx, row, person, asked.reason, row.answer_by or "web", command.sender)}
    else:
        await keep_answer(tx, row, "waiting", "", row.answer_by or "web", withdraw=True)
    await put(tx, row.id, await _notice(tx, meeting, row, asked, command))
    return answer


async def _notice(tx: Transaction, meeting: Row, head: Row, asked: Row, command: DecideSubstitute) -> Notice:
    t = translator(head.language)
    host = await tx.get(agencies, meeting.host_agency_id)
    kind = "agreed" if command.agreed else "refused"
    when = when_text(meeting.starts_at, head.language, meeting.zone)
    said = t(f"substitute.mail_{kind}", name=asked.name, title=meeting.title, when=when)
    secretaries = sa.and_(participants.c.meeting_id == meeting.id, participants.c.duty == "secretary", ~participants.c.removed)
    reply_to = await tx.value(sa.select(participants.c.email).where(secretaries).order_by(participants.c.position).limit(1))
    return Notice(
        language=head.language, title=t(f"substitute.subject_{kind}", title=meeting.title),
        paragraphs=tuple(part for part in (said, command.note) if part),
        join_url=f"{command.sender.base_url}/j/{links.token_of(command.sender.key, head.id, head.link_version)}",
        link_text=t("substitute.open"), host_agency=host.name, organiser_name=host.name,
        organiser_email=host.email or command.sender.address, reply_to=reply_to or "",
        recipient_name=f"{head.honorific} {head.name}".strip(), recipient_email=head.email, dtstamp=clock.iso(tx.now),
        domain=meeting.uid.rpartition("@")[2],
    )  # fmt: skip
