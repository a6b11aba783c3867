"""Who is connected to which room, as whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from meetings.access import standing
from meetings.commands import Actor
from meetings.database import Reading
from meetings.errors import NotAllowed, NotFound
from meetings.standing import Standing, may_run

from .fanout import Message
from .visibility import Role


@dataclass(slots=True, eq=False)
class Member:
    """One socket in one room."""

    sid: str
    actor: Actor
    meeting_id: str
    view: str
    participant_id: str | None  # None: a bridge site, or staff of the host who watch without being invited
    role: Role
    site_id: str | None = None  # the site whose page or screen this is
    reads_minutes: bool = False  # has opened the minutes: gets their updates
    stale: bool = False  # its role changed, so its next `sync` is a snapshot
    held: list[Message] | None = None  # events that wait while a snapshot or a replay is made for it


@dataclass(slots=True)
class Connections:
    actors: dict[str, Actor] = field(default_factory=dict)  # by sid, once connected
    members: dict[str, Member] = field(default_factory=dict)  # by sid, once joined
    rooms: dict[str, dict[str, Member]] = field(default_factory=dict)  # by meeting, then sid

    def enter(self, member: Member) -> None:
        self.leave(member.sid)
        self.members[member.sid] = member
        self.rooms.setdefault(member.meeting_id, {})[member.sid] = member

    def leave(self, sid: str) -> Member | None:
        member = self.members.pop(sid, None)
        if member is not None:
            room = self.rooms[member.meeting_id]
            del room[sid]
            if not room:
                del self.rooms[member.meeting_id]
        return member

    def room(self, meeting_id: str) -> list[Member]:
        return list(self.rooms.get(meeting_id, {}).values())


async def admit(reading: Reading, sid: str, actor: Actor, meeting_id: str, view: str, site_id: str | None = None) -> Member:
    """The member that this actor is in this room; in the view "site", at the page of the site `site_id`. Raises NotFound to whoever
    may not know of the meeting, and NotAllowed to staff of other agencies, who see the meeting's page but are not in the room."""
    return member_of(await standing(reading, meeting_id, actor), sid, meeting_id, view, site_id)


def member_of(by: Standing, sid: str, meeting_id: str, view: str, site_id: str | None = None) -> Member:
    """`admit`, where the actor's standing is known."""
    actor = by.actor
    site_id = actor.site_id or (site_id if view == "site" else None)
    participant_id, role = seat(by, view, site_id)
    return Member(sid, actor, meeting_id, view, participant_id, role, site_id)


def seat(by: Standing, view: str, site_id: str | None) -> tuple[str | None, Role]:
    """(participant, role). Staff of the host who are not invited see what the shared screen shows."""
    if by.meeting is None or by.meeting.state == "draft":
        raise NotFound
    if site_id is not None or view == "site":
        if not by.acts_for(site_id):
            raise NotAllowed("not_in_room")
        return None, "projector" if view == "projector" else "site"
    if by.me is None and not by.organises:
        raise NotAllowed("not_in_room")
    if view == "projector" or by.me is None:
        return by.me.id if by.me is not None else None, "projector"
    return by.me.id, role_of(by.me.duty, by.me.deputy)


def role_of(duty: str, deputy: bool) -> Role:
    return "runner" if may_run(duty, deputy) else "member"
