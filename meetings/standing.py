"""An actor before one meeting. What topics' handlers are given; `access` loads it and judges by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from .commands import Actor
from .database import Reading, Row
from .errors import Conflict
from .models.meeting import meetings, participants, sites


@dataclass(frozen=True, slots=True)
class Standing:
    """An actor before one meeting: the meeting's row and the actor's own row among its participants, where there are such."""

    actor: Actor
    meeting: Row | None = None
    me: Row | None = None
    sites: tuple[Row, ...] = ()  # bridge sites that it acts for: a site for itself, an agency's staff for that agency's

    def acts_for(self, site_id: str | None) -> bool:
        return any(site.id == site_id for site in self.sites)

    @property
    def chairs(self) -> bool:
        return self.me is not None and self.me.duty == "chair"

    @property
    def runs(self) -> bool:
        """Runs the room: chair, secretary, or the deputy whom the chair named."""
        return self.me is not None and may_run(self.me.duty, self.me.deputy)

    @property
    def leads(self) -> bool:
        """In the chair's place: the chair himself or his deputy."""
        return self.me is not None and (self.me.duty == "chair" or self.me.deputy)

    @property
    def organises(self) -> bool:
        """Schedules this meeting: whoever made it, its secretaries, and the staff of the host agency."""
        if self.actor.kind != "account" or self.meeting is None:
            return False
        if self.actor.person_id == self.meeting.created_by or (self.me is not None and self.me.duty == "secretary"):
            return True
        return self.actor.staff and bool(self.actor.agency_id == self.meeting.host_agency_id)


def may_run(duty: str, deputy: bool) -> bool:
    """Whether a participant with this duty runs the room."""
    return duty in ("chair", "secretary") or deputy


def require_live(by: Standing) -> None:
    """Raises Conflict unless the meeting is being held now."""
    if by.meeting is None or by.meeting.state != "live":
        raise Conflict("meeting_not_live")


def require_open(by: Standing, otherwise: str = "agenda_closed") -> Row:
    """The meeting, which is invited to or held now: what belongs to it can still change. Raises Conflict(otherwise)."""
    if by.meeting is None or by.meeting.state not in ("invited", "live"):
        raise Conflict(otherwise)
    return by.meeting


async def standings(reading: Reading, meeting_id: str, actors: Sequence[Actor]) -> list[Standing]:
    """The standing of each actor, in two or three queries however many there are."""
    meeting = await reading.first(sa.select(meetings).where(meetings.c.id == meeting_id))
    if meeting is None or meeting.state == "draft":  # whoever is asked for a time that suits is not invited yet
        return [Standing(a, meeting) for a in actors]
    people = [a.person_id for a in actors if a.person_id]
    links = [a.participant_id for a in actors if a.participant_id]
    mine = sa.or_(participants.c.person_id.in_(people), participants.c.id.in_(links))
    wanted = sa.select(participants).where(participants.c.meeting_id == meeting_id, ~participants.c.removed, mine)
    rows = await reading.all(wanted)
    by_person = {row.person_id: row for row in rows if row.person_id}
    by_id = {row.id: row for row in rows}
    places = await _sites(reading, meeting_id, actors)
    return [
        Standing(
            a, meeting, by_id.get(a.participant_id or "") if a.kind == "link" else by_person.get(a.person_id),
            tuple(site for site in places if _acts_for(a, site)),
        )
        for a in actors
    ]  # fmt: skip


async def _sites(reading: Reading, meeting_id: str, actors: Sequence[Actor]) -> Sequence[Row]:
    if not any(a.kind == "site" or a.staff for a in actors):
        return ()
    return await reading.all(sa.select(sites).where(sites.c.meeting_id == meeting_id, ~sites.c.removed).order_by(sites.c.position))


def _acts_for(actor: Actor, site: Row) -> bool:
    if actor.kind == "site":
        return bool(site.id == actor.site_id)
    return actor.staff and actor.agency_id is not None and bool(site.agency_id == actor.agency_id)


async def running_ids(reading: Reading, meeting_id: str) -> list[str]:
    """Participants who run the meeting."""
    columns = sa.select(participants.c.id, participants.c.duty, participants.c.deputy)
    here = sa.or_(participants.c.duty != "participant", participants.c.deputy)
    rows = await reading.all(columns.where(participants.c.meeting_id == meeting_id, ~participants.c.removed, here))
    return [row.id for row in rows if may_run(row.duty, row.deputy)]
