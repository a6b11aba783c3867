"""Answers to an invitation: by the invited person (signed in, by the personal link, or by mail: see `inbox`), by the staff
of the agency, or by whoever sent him for it.

Somebody attends in the place of an invited head, once that was consented to (`substitutes`): a participant of his own, shown as a
substitute, who votes only where the body's rules say so. The vote then is his, and no longer the head's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from . import outbox
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid, NotAllowed
from .invitation_facts import Sender, facts_of
from .models.columns import new_id
from .models.meeting import meetings, participants, substitutions
from .nominators import may_nominate
from .removal import uninvite
from .standing import Standing, require_open
from .text import Email, Id, Line, OptionalLine, OptionalParagraph, name_sort_key
from .views import announce

Channel = Literal["link", "web", "mail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerInvitation(MeetingCommand):
    """`series`: on every date ahead of the series that has no answer of its own. Carried out by `series_replies`."""

    participant_id: Id
    answer: Literal["accepted", "declined", "tentative"]
    reason: OptionalParagraph = ""
    series: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSubstitute(MeetingCommand):
    """Naming again replaces the one named before. Carried out by `substitutes`."""

    participant_id: Id
    name: Line
    title: OptionalLine = ""
    email: Email
    reason: OptionalParagraph = ""
    sender: Sender


async def put_substitute(
    tx: Transaction, row: Row, person: dict[str, str], reason: str, channel: Channel, sender: Sender
) -> str:  # fmt: skip
    """Invite `person` (name, title, email) in this participant's place; the id of the new participant."""
    await require_free(tx, row, person["email"])
    await keep_answer(tx, row, "substitute", reason, channel, withdraw=True)
    head, meeting = await tx.get(participants, row.id), await tx.get(meetings, row.meeting_id)
    votes = bool(head.votes and meeting.substitutes_vote)
    key = new_id()
    await tx.insert(
        participants, id=key, meeting_id=row.meeting_id, agency_id=row.agency_id, site_id=row.site_id, **person,
        name_key=name_sort_key(person["name"]), agency_name=row.agency_name, language=row.language, duty="participant",
        votes=votes, weight=head.weight, position=row.position, substitute_for_id=row.id, item_id=row.item_id,
    )  # fmt: skip
    if votes:
        await tx.update(participants, row.id, votes=False)
        await announce(tx, "participant", [row.id])
    facts = await facts_of(tx, meeting, sender)
    if key in facts:
        await outbox.put(tx, key, facts[key])
    await announce(tx, "participant", [key])
    return key


async def require_free(tx: Transaction, row: Row, email: str) -> None:
    """Raises a refusal when nobody may attend in this one's place, or whoever has this address attends already."""
    if row.duty in ("chair", "secretary"):
        raise Conflict("no_substitute_for_duty")
    before = participants.c.substitute_for_id.is_(None) | (participants.c.substitute_for_id != row.id)
    here = sa.and_(participants.c.meeting_id == row.meeting_id, participants.c.email == email, ~participants.c.removed, before)
    if await tx.first(sa.select(participants.c.id).where(here)):
        raise Invalid("substitute_already_invited", "email")


async def keep_answer(
    tx: Transaction, row: Row, answer: str, reason: str, channel: Channel, *, withdraw: bool = False, series: bool = False
) -> None:
    """`withdraw`: whoever was named in this participant's place before is no longer invited. `series`: it was said of all dates."""
    if withdraw:
        await _withdraw_substitutes(tx, row)
    said = {"answer": answer, "answer_reason": reason, "answered_at": tx.now, "answer_by": channel, "answered_series": series}
    await tx.update(participants, row.id, **said)
    await announce(tx, "participant", [row.id])


def channel_of(by: Standing) -> Channel:
    return "link" if by.actor.kind == "link" else "web"


async def answerable(tx: Transaction, by: Standing, participant_id: str) -> Row:
    """The participant's row, if this actor may answer for it now."""
    meeting = require_open(by, "answers_closed")
    here = sa.and_(participants.c.meeting_id == meeting.id, participants.c.id == participant_id, ~participants.c.removed)
    row = await tx.one(sa.select(participants).where(here))
    mine = by.me is not None and by.me.id == row.id
    of_ours = by.actor.staff and row.agency_id is not None and row.agency_id == by.actor.agency_id
    if not (mine or of_ours or await may_nominate(tx, by.actor, row.nomination_id)):
        raise NotAllowed("not_allowed")
    return row


async def _withdraw_substitutes(tx: Transaction, row: Row) -> None:
    """Whoever was named before is no longer invited, and is told so; his vote is the head's again."""
    asked = sa.and_(substitutions.c.participant_id == row.id, substitutions.c.state == "asked")
    await tx.write(sa.update(substitutions).where(asked).values(state="withdrawn", decided_at=tx.now))
    wanted = sa.select(participants.c.id, participants.c.votes).where(participants.c.substitute_for_id == row.id, ~participants.c.removed)
    rows = await tx.all(wanted)
    gone = [one.id for one in rows]
    if not gone:
        return
    if any(one.votes for one in rows):
        await tx.update(participants, row.id, votes=True)
    await uninvite(tx, row.meeting_id, gone)
