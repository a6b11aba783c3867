"""An agency that was invited says whom it sends: people of its own, or somebody outside the directory; or that it sends nobody. Each
one sent is an ordinary participant from then on. The agency may pass that right to one of its people, for this meeting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from . import outbox
from .answers import keep_answer
from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Row, Transaction
from .errors import Conflict, Invalid, NotAllowed
from .invitation_facts import Sender, facts_of
from .inviting import Part, directory_of, person_values
from .models.columns import new_id
from .models.meeting import meetings, nominations, nominators, participants
from .models.organisation import accounts, agencies, people
from .nomination_notices import tell, tell_people
from .nomination_rules import AGAIN, state_of
from .nominators import nominates
from .removal import uninvite
from .standing import Standing, require_open
from .text import Email, Id, Line, OptionalLine, Paragraph, name_sort_key
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class NominationCommand(MeetingCommand):
    """By whoever says whom the agency sends."""

    nomination_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class NominatePerson(NominationCommand):
    """`accepted`: the agency answers for him at once; else he is asked."""

    person_id: Id
    accepted: bool = False
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class NominateGuest(NominationCommand):
    """Somebody whom the directory does not know; he takes part by the link in his mail."""

    name: Line
    title: OptionalLine = ""
    email: Email
    accepted: bool = False
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawNominee(NominationCommand):
    """He is told that he need not come; another can be sent instead."""

    participant_id: Id
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineNomination(NominationCommand):
    """The agency sends nobody. Naming somebody later takes it back."""

    reason: Paragraph
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOnNomination(NominationCommand):
    """Somebody of the agency says whom it sends, beside its staff."""

    person_id: Id
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeNominationBack(NominationCommand):
    person_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindNominators(MeetingCommand):
    """`nomination_id`: of one agency; else of all that have not said yet whom they send."""

    nomination_id: Id | None = None
    sender: Sender


async def nominate_person(tx: Transaction, by: Standing, command: NominatePerson) -> Answer:
    nomination = await _open(tx, by, command)
    own = sa.and_(people.c.id == command.person_id, people.c.agency_id == nomination.agency_id, people.c.active)
    if await tx.first(sa.select(people.c.id).where(own)) is None:
        raise Invalid("nominee_not_yours", "person_id")
    (row,) = await directory_of(tx, [command.person_id])
    part = Part(nomination.duty, nomination.votes, required=nomination.required, item_id=nomination.item_id)
    return {"participant_id": await _send(tx, nomination, person_values(row, part), command.accepted, command.sender)}


async def nominate_guest(tx: Transaction, by: Standing, command: NominateGuest) -> Answer:
    nomination = await _open(tx, by, command)
    agency = await tx.get(agencies, nomination.agency_id)
    values = {
        "person_id": None, "agency_id": agency.id, "agency_name": agency.name, "name": command.name, "title": command.title,
        "name_key": name_sort_key(command.name), "email": command.email, "honorific": "", "language": "vi", "duty": nomination.duty,
        "votes": nomination.votes, "required": nomination.required, "item_id": nomination.item_id, "position_id": None,
    }  # fmt: skip
    return {"participant_id": await _send(tx, nomination, values, command.accepted, command.sender)}


async def withdraw_nominee(tx: Transaction, by: Standing, command: WithdrawNominee) -> Answer:
    nomination = await _open(tx, by, command)
    await tx.one(sa.select(participants.c.id).where(_sent_by(nomination), participants.c.id == command.participant_id))
    await uninvite(tx, nomination.meeting_id, [command.participant_id])
    return None


async def decline_nomination(tx: Transaction, by: Standing, command: DeclineNomination) -> Answer:
    nomination = await _open(tx, by, command)
    sent = await tx.column(sa.select(participants.c.id).where(_sent_by(nomination)))
    await uninvite(tx, nomination.meeting_id, sent)
    declined = {"state": "declined", "reason": command.reason, "declined_at": tx.now, "declined_by": by.actor.name}
    await tx.update(nominations, nomination.id, **declined)
    return {"withdrawn": len(sent)}


async def pass_on_nomination(tx: Transaction, by: Standing, command: PassOnNomination) -> Answer:
    nomination = await _open(tx, by, command, staff=True)
    joined = people.join(accounts, accounts.c.person_id == people.c.id)
    own = sa.and_(people.c.id == command.person_id, people.c.agency_id == nomination.agency_id, people.c.active, ~accounts.c.locked)
    person = await tx.first(sa.select(people).select_from(joined).where(own))
    if person is None:
        raise Invalid("nominator_without_account", "person_id")
    row = {"nomination_id": nomination.id, "person_id": person.id, "passed_at": tx.now, "passed_by": by.actor.name}
    if await tx.first(sa.select(nominators).where(_passed(nomination, person.id))) is None:
        await tx.insert(nominators, **row)
        await tell_people(tx, [(person, nomination)], "passed", command.sender)
    return None


async def take_nomination_back(tx: Transaction, by: Standing, command: TakeNominationBack) -> Answer:
    nomination = await _open(tx, by, command, staff=True)
    await tx.write(sa.delete(nominators).where(_passed(nomination, command.person_id)))
    return None


async def remind_nominators(tx: Transaction, by: Standing, command: RemindNominators) -> Answer:
    """Whoever was told only minutes ago is not reminded again."""
    meeting = require_open(by, "answers_closed")
    here = sa.and_(nominations.c.meeting_id == meeting.id, ~nominations.c.removed)
    here = sa.and_(here, nominations.c.id == command.nomination_id) if command.nomination_id else here
    asked = await tx.all(sa.select(nominations).where(here).order_by(nominations.c.position))
    named = await named_in(tx, meeting.id)
    missing = [row for row in asked if state_of(row, named.get(row.id, 0), tx.now) not in ("declined", "full")]
    quiet = [row for row in missing if row.reminded_at is None or tx.now - row.reminded_at >= AGAIN]
    if missing and not quiet:
        raise Conflict("reminded_just_now")
    late = [row for row in quiet if tx.now >= row.deadline_at]
    told = await tell(tx, late, "after", command.sender)
    told += await tell(tx, [row for row in quiet if row not in late], "before", command.sender)
    await tx.write(sa.update(nominations).where(nominations.c.id.in_([row.id for row in quiet])).values(reminded_at=tx.now))
    return {"told": told}


async def named_in(reading: Reading, meeting_id: str) -> dict[str, int]:
    """How many each agency sends so far, by the id of the nomination."""
    here = sa.and_(participants.c.meeting_id == meeting_id, ~participants.c.removed, participants.c.substitute_for_id.is_(None))
    counted = sa.select(participants.c.nomination_id, sa.func.count().label("n")).where(here, participants.c.nomination_id.is_not(None))
    return {row.nomination_id: row.n for row in await reading.all(counted.group_by(participants.c.nomination_id))}


async def _open(tx: Transaction, by: Standing, command: NominationCommand, *, staff: bool = False) -> Row:
    """The nomination, if this actor may say now who comes; `staff`: only if it is his agency's staff that he belongs to."""
    meeting = require_open(by, "answers_closed")
    here = sa.and_(nominations.c.id == command.nomination_id, nominations.c.meeting_id == meeting.id, ~nominations.c.removed)
    row = await tx.one(sa.select(nominations).where(here))
    mine = await tx.first(sa.select(nominations.c.id).where(nominations.c.id == row.id, nominates(by.actor)))
    if mine is None or (staff and not (by.actor.staff and by.actor.agency_id == row.agency_id)):
        raise NotAllowed("not_allowed")
    return row


async def _send(tx: Transaction, nomination: Row, values: dict[str, Any], accepted: bool, sender: Sender) -> str:
    """Invites somebody for the agency; the id of the participant."""
    sent = await tx.column(sa.select(participants.c.id).where(_sent_by(nomination)))
    if len(sent) >= nomination.seats:
        raise Conflict("seats_taken", n=nomination.seats)
    here = participants.c.meeting_id == nomination.meeting_id
    if await tx.first(sa.select(participants.c.id).where(here, ~participants.c.removed, _same(values))):
        raise Invalid("nominee_already_invited", "person_id" if values["person_id"] else "email", name=values["name"])
    asked = {
        "removed": False, "answer": "waiting", "answer_reason": "", "answered_at": None, "answer_by": "",
        "nomination_id": nomination.id, "position": 10_000 + nomination.position,
    }  # fmt: skip
    of_old = sa.and_(participants.c.removed, participants.c.person_id.is_not_distinct_from(values["person_id"]), _same(values))
    before = await tx.first(sa.select(participants.c.id).where(here, of_old, participants.c.substitute_for_id.is_(None)))
    key = before.id if before else new_id()
    if before:
        await tx.update(participants, key, **values | asked)
    else:
        await tx.insert(participants, id=key, meeting_id=nomination.meeting_id, **values | asked)
    await tx.update(nominations, nomination.id, state="asked", reason="", declined_at=None, declined_by="")
    if accepted:
        await keep_answer(tx, await tx.get(participants, key), "accepted", "", "web")
    facts = await facts_of(tx, await tx.get(meetings, nomination.meeting_id), sender)
    if key in facts:
        await outbox.put(tx, key, facts[key])
    await announce(tx, "participant", [key])
    return key


def _same(values: dict[str, Any]) -> sa.ColumnElement[bool]:
    """The same human being: a person by his id, because an office may share one mailbox; a guest has nothing else than his."""
    column = participants.c.person_id if values["person_id"] else participants.c.email
    return sa.and_(column == (values["person_id"] or values["email"]))


def _sent_by(nomination: Row) -> sa.ColumnElement[bool]:
    own = sa.and_(participants.c.nomination_id == nomination.id, participants.c.substitute_for_id.is_(None))
    return sa.and_(participants.c.meeting_id == nomination.meeting_id, ~participants.c.removed, own)


def _passed(nomination: Row, person_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(nominators.c.nomination_id == nomination.id, nominators.c.person_id == person_id)
