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
from .invitation_facts import Sender, facts_of, joined_series, last_sent, plan
from .inviting import Part, directory_of, holders_of, person_values
from .models.columns import new_id
from .models.meeting import meetings, participants
from .models.organisation import people
from .removal import remove
from .series_mail import members, tell_series
from .series_scope import require_locked
from .standing import Standing
from .views import announce

LATE = timedelta(days=1)  # so long may a meeting begin after its hour


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPosts(MeetingCommand):
    """Of one meeting that has not begun."""

    sender: Sender


async def follow_posts(tx: Transaction, by: Standing, command: FollowPosts) -> Answer:
    meeting = await tx.get(meetings, command.meeting_id)
    require_locked(tx, meeting)
    if meeting.state != "invited":
        return None
    series = await joined_series(tx, meeting)
    if series is not None:  # one mail for all its dates
        changed = [await _pass_on(tx, one) for one in await members(tx, series.id) if one.state == "invited" and one.ends_at > tx.now]
        await tell_series(tx, series.id, command.sender)
        return {"left": sum(len(gone) for gone, _ in changed), "came": sum(len(came) for _, came in changed)}
    told = await last_sent(tx, meeting.id)
    gone, came = await _pass_on(tx, meeting)
    now = await facts_of(tx, meeting, command.sender)
    concerned = {key: told[key] for key in gone if key in told}
    sequence, mails = plan(concerned, {key: now[key] for key in came if key in now}, meeting.sequence)
    for mail in mails:
        await outbox.put(tx, mail.participant_id, mail.facts)
    await tx.update(meetings, meeting.id, sequence=sequence)
    return {"left": len(gone), "came": len(came)}


async def _pass_on(tx: Transaction, meeting: Row) -> tuple[list[str], list[str]]:
    """Participants who left, and those who came for them."""
    async with tx.within(meeting.id):
        left = await tx.all(_left_behind().where(participants.c.meeting_id == meeting.id))
        gone, came = [row.id for row in left], await _succeed(tx, left)
        mine = participants.c.substitute_for_id.in_(gone)
        gone += await tx.column(sa.select(participants.c.id).where(mine, ~participants.c.removed))
        await remove(tx, gone)
        await announce(tx, "participant", came)
    tx.reworded.add(meeting.id)
    return gone, came


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
