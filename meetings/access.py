"""Who may do what, and who may read what. Nothing else in the code decides access.

Writing: `require` asks the rule of each command (`access_rules.py`). Reading: every query about meetings asks `visible`, so that what
one may not see is not found.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from . import polls
from .access_rules import RULES
from .commands import Actor, Command, MeetingCommand
from .database import Reading, Row
from .errors import NotAllowed, NotFound
from .models.meeting import meetings, participants, sites
from .models.meeting import nominations as asked
from .models.meeting import paper_requests as papers_asked_for
from .nominators import nominates
from .standing import Standing, standings


async def standing(reading: Reading, meeting_id: str, actor: Actor) -> Standing:
    """Raises NotFound when the actor may not know of the meeting."""
    (found,) = await standings_known(reading, meeting_id, [actor])
    if isinstance(found, NotFound):
        raise found
    return found


async def standings_known(reading: Reading, meeting_id: str, actors: Sequence[Actor]) -> list[Standing | NotFound]:
    """The standing of each; NotFound for an actor who may not know of the meeting."""
    return [await _known(reading, meeting_id, by) for by in await standings(reading, meeting_id, actors)]


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """Of rows of `meetings`, those that the actor may know of: he is invited or made it, says whom an agency sends,
    or is a bridge site of it; for the staff of an agency also those it hosts, prepares, is invited to or has a site in, and those it is
    asked for papers for, drafts included. Being a system administrator opens no meeting."""
    if actor.kind == "system":
        return sa.true()
    sent = meetings.c.state != "draft"
    if actor.kind == "link":
        return sa.and_(sent, meetings.c.id == actor.meeting_id, _invited(_INVITED.c.id == actor.participant_id))
    if actor.kind == "site":
        return sa.and_(sent, meetings.c.id == actor.meeting_id, _has_site(sites.c.id == actor.site_id))
    mine = _INVITED.c.person_id == actor.person_id
    if not actor.staff:
        return sa.or_(meetings.c.created_by == actor.person_id, sa.and_(sent, sa.or_(_invited(mine), _asked(nominates(actor)))))
    invited = sa.or_(_invited(sa.or_(mine, _INVITED.c.agency_id == actor.agency_id)), _asked(nominates(actor)))
    return sa.or_(
        meetings.c.created_by == actor.person_id,
        meetings.c.host_agency_id == actor.agency_id,
        _prepares(actor.agency_id),
        sa.and_(sent, sa.or_(meetings.c.preparing_agency_id == actor.agency_id, invited, _has_site(sites.c.agency_id == actor.agency_id))),
    )


def may_plan(actor: Actor) -> bool:
    """Schedules meetings, or keeps the organisation for those who do: sees when rooms are taken."""
    return actor.staff or (actor.kind == "account" and actor.role == "system_admin")


def organised(actor: Actor) -> sa.ColumnElement[bool]:
    """Of rows of `meetings`, those that the actor organises, as `Standing.organises` says of one."""
    secretary = sa.and_(_INVITED.c.person_id == actor.person_id, _INVITED.c.duty == "secretary")
    mine = sa.or_(meetings.c.created_by == actor.person_id, _invited(secretary))
    return sa.or_(mine, meetings.c.host_agency_id == actor.agency_id) if actor.staff else mine


def arranged(actor: Actor) -> sa.ColumnElement[bool]:
    """Of rows of `meetings`, those that the actor organises or runs."""
    runs = sa.and_(_INVITED.c.person_id == actor.person_id, sa.or_(_INVITED.c.duty == "chair", _INVITED.c.deputy))
    return sa.or_(organised(actor), _invited(runs))


def sees_paper(by: Standing, paper: Row) -> bool:
    """Of a meeting that the actor may know of: what is approved, everybody reads; the rest, earlier versions too, is for the agency that
    prepares it and for those who run or organise the meeting."""
    prepares = by.actor.kind == "account" and paper.agency_id is not None and paper.agency_id == by.actor.agency_id
    return bool((paper.state == "approved" and not paper.removed) or prepares or by.runs or by.organises or by.actor.kind == "system")


def part_of(part: str, agency_id: str | None) -> sa.ColumnElement[bool]:
    """Of rows of `meetings`, those that an agency hosts ("host"), prepares or is asked for papers for ("prepare"), is invited to
    ("attend") or has a site in ("site"). Says nothing of who may see them."""
    if part == "host":
        return meetings.c.host_agency_id == agency_id
    if part == "prepare":
        return sa.or_(meetings.c.preparing_agency_id == agency_id, _prepares(agency_id))
    if part == "site":
        return _has_site(sites.c.agency_id == agency_id)
    return sa.or_(_invited(_INVITED.c.agency_id == agency_id), _asked(sa.and_(asked.c.agency_id == agency_id, ~asked.c.removed)))


_INVITED = participants.alias("invited")
_REQUESTS = papers_asked_for.alias("asked_for")


def _invited(which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(_INVITED.c.meeting_id == meetings.c.id, ~_INVITED.c.removed, which)


def _asked(which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(asked.c.meeting_id == meetings.c.id, which)


def _prepares(agency_id: str | None) -> sa.ColumnElement[bool]:
    return sa.exists().where(_REQUESTS.c.meeting_id == meetings.c.id, ~_REQUESTS.c.removed, _REQUESTS.c.agency_id == agency_id)


def _has_site(which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(sites.c.meeting_id == meetings.c.id, ~sites.c.removed, which)


async def _known(reading: Reading, meeting_id: str, by: Standing) -> Standing | NotFound:
    if by.me is not None and by.meeting is not None and by.meeting.state != "draft":  # who is invited may know of it
        return by
    try:
        await _require_visible(reading, meeting_id, by.actor)
    except NotFound as unknown:
        return unknown
    return by


async def _require_visible(reading: Reading, meeting_id: str, actor: Actor) -> None:
    if await reading.first(sa.select(meetings.c.id).where(meetings.c.id == meeting_id, visible(actor))) is None:
        raise NotFound


async def require(reading: Reading, by: Standing, command: Command) -> None:
    """Raises NotAllowed when the rule says no, NotFound when even the meeting's existence is none of the actor's business."""
    rule = RULES.get(type(command))
    allowed = rule is not None and rule(by, command)
    of_others = by.me is None and not by.organises and not (allowed and by.meeting is None)  # None: being made
    if isinstance(command, polls.AnswerPoll):  # whoever is asked may know of it, and nobody else, as the handler looks
        of_others = False
    if isinstance(command, MeetingCommand) and of_others:
        await _require_visible(reading, command.meeting_id, by.actor)
    if not allowed:
        raise NotAllowed("not_allowed")
