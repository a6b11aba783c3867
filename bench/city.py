"""The demo city with two thousand meetings, half a year back and half a year ahead, and somebody signed in."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from meetings import clock
from meetings.commands import system
from meetings.database import Database
from meetings.models.columns import new_id
from meetings.models.meeting import items, meetings, participants
from meetings.models.organisation import accounts, agencies, people
from meetings.perform import perform
from meetings.queries.sessions import token_hash
from meetings.sessions import StartSession
from meetings.text import fold, name_sort_key
from web.demo.people import City

MEETINGS, INVITED, ITEMS = 2000, 20, 5


@dataclass(frozen=True)
class BusyCity:
    cookie: str  # of `thuky`, a secretary of the city's office
    meeting: str  # one of that office's, to come


async def busy_city(db: Database) -> BusyCity:
    await City(db).load()
    async with db.reading() as reading:
        everybody = await reading.all(sa.select(people, agencies.c.short_name).join(agencies, agencies.c.id == people.c.agency_id))
        account = await reading.one(sa.select(accounts).where(accounts.c.username == "thuky"))
    secretary = next(person for person in everybody if person.id == account.person_id)
    dice, now = random.Random(1), clock.now()
    rows: list[dict[str, object]] = []
    for n in range(MEETINGS):
        host = secretary if n % 5 == 0 else dice.choice(everybody)  # a fifth are of this office
        start = now + timedelta(days=dice.randrange(-180, 180), hours=dice.randrange(1, 8))
        rows.append({
            "id": new_id(), "uid": f"{n}@bench", "state": "invited" if start > now else "finished", "title": f"Họp số {n} về công tác tuần",
            "title_folded": fold(f"Họp số {n} về công tác tuần"), "host_agency_id": host.agency_id, "created_by": host.id,
            "minutes_state": "approved" if start < now - timedelta(days=10) else "open",
            "starts_at": start, "ends_at": start + timedelta(hours=2), "created_at": now, "changed_at": now,
        })  # fmt: skip
    async with db.transaction("organisation") as tx:
        await tx.insert_many(meetings, rows)
        for row in rows:
            chosen = dice.sample(everybody, INVITED)
            if dice.random() < 0.1 and secretary not in chosen:
                chosen[0] = secretary
            await tx.insert_many(participants, [
                {
                    "id": new_id(), "meeting_id": row["id"], "person_id": person.id, "agency_id": person.agency_id, "name": person.name,
                    "name_key": name_sort_key(person.name), "agency_name": person.short_name, "email": person.email,
                    "duty": "chair" if place == 0 else "participant", "votes": True, "position": place,
                    "answer": dice.choice(("waiting", "accepted", "accepted", "declined")),
                }
                for place, person in enumerate(chosen)
            ])  # fmt: skip
            await tx.insert_many(items, [
                {"id": new_id(), "meeting_id": row["id"], "position": n, "title": f"Nội dung {n + 1}", "minutes": 20} for n in range(ITEMS)
            ])  # fmt: skip
    token = new_id()
    session = StartSession(account_id=account.id, token_hash=token_hash(token), csrf="x" * 32)
    await perform(db, system("bench"), session)
    own = next(row for row in rows if row["host_agency_id"] == secretary.agency_id and row["state"] == "invited")
    return BusyCity(token, str(own["id"]))
