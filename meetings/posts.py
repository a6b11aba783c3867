"""Whoever is invited by his post: when another comes to hold it before the meeting begins, the invitation passes to him. The old
holder alone is sent a CANCEL, the new one alone a REQUEST; while nobody holds the post, it stays where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from . import clock, outbox
from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Row, Transaction
from .invitation_facts import Sender, facts_of, last_sent, plan
from .inviting import Part, directory_of, holders_of, person_values
from .models.columns import new_id
from .models.meeting import meetings, participants
from .models.organisation import people
from .removal import remove
from .standing import Standing
from .views import announce

LATE = timedelta(days=1)  # so long may a meeting begin after its hour


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPosts(MeetingCommand):
    """Of one meeting that has not begun."""

    sender: Sender


async def follow_posts(tx: Transaction, by: Standing, command: FollowPosts) -> Answer:
    meeting = await tx.get(meetings, command.meeting_id)
    if meeting.state != "invited":
        return None
    told = await last_sent(tx, meeting.id)
    left = await tx.all(_left_behind().where(participants.c.meeting_id == meeting.id))
    gone, came = [row.id for row in left], await _succeed(tx, left)
    gone += await tx.column(sa.select(participants.c.id).where(participants.c.substitute_for_id.in_(gone), ~participants.c.removed))
    await remove(tx, gone)
    now = await facts_of(tx, meeting, command.sender)
    concerned = {key: told[key] for key in gone if key in told}
    sequence, mails = plan(concerned, {key: now[key] for key in came if key in now}, meeting.sequence)
    for mail in mails:
        await outbox.put(tx, mail.participant_id, mail.facts)
    await tx.update(meetings, meeting.id, sequence=sequence)
    await announce(tx, "participant", came)
    return {"left": len(gone), "came": len(came)}


async def meetings_to_follow(reading: Reading) -> list[str]:
    """Ids of the meetings in which somebody stands for a post that another holds now."""
    return list(dict.fromkeys(row.meeting_id for row in await reading.all(_left_behind())))


def _left_behind() -> sa.Select[tuple[object, ...]]:
    """Participants of meetings ahead who do not hold the post for which they were invited any more, while somebody else does."""
    holder = people.alias("holder")
    same_post = (holder.c.agency_id == participants.c.agency_id, holder.c.position_id == participants.c.position_id, holder.c.active)
    mine = sa.exists().where(*same_post, holder.c.id == participants.c.person_id)
    others = sa.exists().where(*same_post, holder.c.id != participants.c.person_id)
    ahead = sa.and_(meetings.c.state == "invited", participants.c.position_id.is_not(None), ~participants.c.removed)
    ahead = sa.and_(ahead, meetings.c.starts_at > clock.now() - LATE)
    joined = participants.join(meetings, meetings.c.id == participants.c.meeting_id)
    return sa.select(participants).select_from(joined).where(ahead, ~mine, others).order_by(participants.c.position)


async def _succeed(tx: Transaction, left: Sequence[Row]) -> list[str]:
    """Invites those who hold the posts now, unless they are invited already; their ids as participants."""
    if not left:
        return []
    holders = await holders_of(tx, [(row.agency_id, row.position_id) for row in left])
    part_of = {person: row for row in reversed(left) for person in holders.get((row.agency_id, row.position_id), ())}
    here = sa.and_(participants.c.meeting_id == tx.scope, participants.c.person_id.in_(list(part_of)))
    known = {row.person_id: row for row in await tx.all(sa.select(participants).where(here))}
    came = []
    for person in await directory_of(tx, part_of):
        before, old = known.get(person.id), part_of[person.id]
        if before is not None and not before.removed:
            continue
        part = Part(old.duty, old.votes, required=old.required, item_id=old.item_id, position_id=old.position_id)
        asked = {"removed": False, "answer": "waiting", "answer_reason": "", "answered_at": None, "answer_by": ""}
        values = person_values(person, part) | asked | {"position": old.position, "site_id": old.site_id, "weight": old.weight}
        key = before.id if before is not None else new_id()
        if before is not None:
            await tx.update(participants, key, **values)
        else:
            await tx.insert(participants, id=key, meeting_id=tx.scope, **values)
        came.append(key)
    return came
