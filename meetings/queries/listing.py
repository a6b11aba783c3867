"""A meeting as lists show it, with the actor's own answer: what every list starts from."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..commands import Actor
from ..models.meeting import STATES, meetings, nominations, nominators, participants
from ..models.organisation import agencies

ME = participants.alias("me")
HELD = ("invited", "live")
_HEAVY = ("draft", "requests", "contact", "cancel_reason")
_COLUMNS = (
    *(column for column in meetings.c if column.name not in _HEAVY), agencies.c.short_name.label("host_name"),
    ME.c.id.label("my_id"), ME.c.answer.label("my_answer"), ME.c.duty.label("my_duty"),
)  # fmt: skip


def _own(actor: Actor) -> sa.ColumnElement[bool]:
    own = ME.c.person_id == actor.person_id if actor.kind == "account" else ME.c.id == actor.participant_id
    return sa.and_(own, ~ME.c.removed)


def listing(actor: Actor) -> sa.Select[Any]:
    """Rows of meetings with `host_name`, `my_id`, `my_answer`, `my_duty`, the last three NULL where he is not invited."""
    hosted = meetings.join(agencies, agencies.c.id == meetings.c.host_agency_id)
    return sa.select(*_COLUMNS).select_from(hosted.outerjoin(ME, sa.and_(ME.c.meeting_id == meetings.c.id, _own(actor))))


def own_listing(actor: Actor) -> sa.Select[Any]:
    """The same rows, of those that he is invited to; begins at his own participations, which are few."""
    invited = ME.join(meetings, meetings.c.id == ME.c.meeting_id).join(agencies, agencies.c.id == meetings.c.host_agency_id)
    return sa.select(*_COLUMNS).select_from(invited).where(_own(actor))


def involved(actor: Actor) -> sa.SelectBase:
    """Ids of the meetings that somebody is invited to, sends people to or made, as a subquery: found by him, however many meetings
    there are."""
    invited = sa.select(participants.c.meeting_id).where(participants.c.person_id == actor.person_id, ~participants.c.removed)
    asked = sa.select(nominations.c.meeting_id).join(nominators, nominators.c.nomination_id == nominations.c.id)
    asked = asked.where(nominators.c.person_id == actor.person_id)
    return sa.union(invited, asked, sa.select(meetings.c.id).where(meetings.c.created_by == actor.person_id))


def in_state(*states: str) -> sa.ColumnElement[bool]:
    """Said by the states that it is not: no index helps with that, so that SQLite, which keeps no statistics, begins at the person
    and not at the tens of thousands of meetings that are finished."""
    return meetings.c.state.not_in([state for state in STATES if state not in states])
