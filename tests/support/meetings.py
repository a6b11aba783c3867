"""A small meeting, put straight into the tables: for tests of what happens in the room, however it was scheduled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from meetings import clock
from meetings.commands import Actor
from meetings.database import Database
from meetings.models.columns import new_id
from meetings.models.meeting import items, meetings, participants, sites
from meetings.models.organisation import agencies, people, rooms
from meetings.text import name_sort_key

# Of four seats: A1 at the head, B1 to B3 before it.
PLAN = {
    "width": 4, "height": 3,
    "cells": [{"x": 0, "y": 0, "kind": "head", "label": "A1"}] + [{"x": x, "y": 2, "kind": "seat", "label": f"B{x + 1}"} for x in range(3)],
}  # fmt: skip


@dataclass
class Held:
    """A meeting and those invited: `chair`, `secretary`, `members` (with a vote, like the chair), `guest`, a `stranger`."""

    id: str
    chair: Actor
    secretary: Actor
    members: list[Actor]
    guest: Actor
    stranger: Actor
    items: list[str]
    participant: dict[str, str] = field(default_factory=dict)  # participant id by person id
    sites: list[Actor] = field(default_factory=list)  # the main one, then another

    def pid(self, actor: Actor) -> str:
        return self.participant[actor.person_id or ""]

    @property
    def everybody(self) -> list[Actor]:
        return [self.chair, self.secretary, *self.members, self.guest]


async def hold_meeting(db: Database, members: int = 3, state: str = "invited") -> Held:
    """With three items; the chair and `members` vote, secretary and guest do not; the stranger belongs elsewhere."""
    host, other = new_id(), new_id()
    now = clock.now()
    cast = [("chair", "chair"), ("secretary", "secretary")] + [("member", "participant")] * members + [("guest", "guest")]
    person_rows, participant_rows, actors = [], [], []
    meeting_id = new_id()
    for place, (label, duty) in enumerate([*cast, ("stranger", "")]):
        agency = other if label == "stranger" else host
        name = f"Nguyễn Văn {label.capitalize()} {place}"
        person = new_id()
        email = f"{label}{place}-{person[:6]}@hue.example"
        person_rows.append({"id": person, "name": name, "name_key": name_sort_key(name), "email": email, "agency_id": agency})
        actors.append(
            Actor(kind="account", name=name, account_id=new_id(), person_id=person, agency_id=agency, agency_name="Sở")
        )
        if label != "stranger":
            participant_rows.append(
                {
                    "id": new_id(), "meeting_id": meeting_id, "person_id": person, "agency_id": agency, "name": name,
                    "name_key": name_sort_key(name), "agency_name": "Sở", "email": email, "duty": duty,
                    "votes": label in ("chair", "member"), "position": place,
                }
            )
    item_rows = [
        {"id": new_id(), "meeting_id": meeting_id, "position": n, "title": f"Nội dung {n + 1}", "minutes": 10} for n in range(3)
    ]
    site_actors = [
        Actor(kind="site", name=f"Điểm cầu {n}", site_id=new_id(), meeting_id=meeting_id) for n in range(2)
    ]
    async with db.transaction("organisation") as tx:
        for key, name in ((host, "Sở A"), (other, "Sở B")):
            await tx.insert(agencies, id=key, name=name, short_name=name, code=key[:8])
        await tx.insert(rooms, id=meeting_id, agency_id=host, name="Phòng có sơ đồ", plan=PLAN)
        await tx.insert_many(people, person_rows)
        await tx.insert(
            meetings, id=meeting_id, uid=f"{meeting_id}@hue.example", state=state, title="Họp thử", host_agency_id=host, room_id=meeting_id,
            created_by=actors[1].person_id, starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=2),
            created_at=now, changed_at=now, started_at=now if state == "live" else None,
        )  # fmt: skip
        await tx.insert_many(items, item_rows)
        await tx.insert_many(sites, [
            {"id": actor.site_id, "meeting_id": meeting_id, "name": actor.name, "position": place, "main": place == 0}
            for place, actor in enumerate(site_actors)
        ])
        await tx.insert_many(participants, participant_rows)
    return Held(
        meeting_id, actors[0], actors[1], actors[2 : 2 + members], actors[-2], actors[-1], [i["id"] for i in item_rows],
        {str(p["person_id"]): str(p["id"]) for p in participant_rows}, site_actors,
    )  # fmt: skip
