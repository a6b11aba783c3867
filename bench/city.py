"""The demo city grown to the size of an installation after some years, and fifty of its people signed in."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from meetings import clock
from meetings.commands import system
from meetings.database import Database, Row
from meetings.models.columns import new_id
from meetings.models.meeting import items, meetings, participants
from meetings.models.organisation import accounts, agencies, people
from meetings.perform import perform
from meetings.queries.sessions import token_hash
from meetings.sessions import StartSession
from meetings.text import fold, name_sort_key
from web.demo.people import FAMILY, GIVEN, MIDDLE, City

MEETINGS, PEOPLE, INVITED, ITEMS, SIGNED_IN = 50_000, 5_000, 10, 4, 50
PAST, AHEAD = 1280, 180  # days
AT_ONCE = 500  # meetings inserted by one statement
SUBJECTS = (
    "giao ban công tác tuần", "chuyển đổi số", "giải phóng mặt bằng", "an toàn giao thông", "đầu tư công", "cải cách hành chính",
    "phòng chống thiên tai", "chất lượng dạy học", "du lịch di sản", "quy hoạch đô thị", "vệ sinh an toàn thực phẩm", "thu ngân sách",
)  # fmt: skip
WORKS = ("Báo cáo tình hình", "Thảo luận phương án", "Quyết định chủ trương", "Kiến nghị của các đơn vị", "Kết luận và phân công")


@dataclass(frozen=True)
class BusyCity:
    cookies: tuple[str, ...]  # of fifty people: `thuky`, a secretary of the city's office, first, then of every agency
    meeting: str  # one of that office's, to come


async def busy_city(db: Database, count: int = MEETINGS, crowd: int = PEOPLE) -> BusyCity:
    await City(db).load()
    dice = random.Random(1)
    await _more_people(db, dice, crowd)
    async with db.reading() as reading:
        everybody = await reading.all(sa.select(people, agencies.c.short_name).join(agencies, agencies.c.id == people.c.agency_id))
        account = await reading.one(sa.select(accounts).where(accounts.c.username == "thuky"))
    secretary = next(person for person in everybody if person.id == account.person_id)
    made: list[dict[str, Any]] = []
    for start in range(0, count, AT_ONCE):
        some = list(_meetings(dice, everybody, secretary, range(start, min(start + AT_ONCE, count))))
        async with db.transaction("organisation") as tx:
            await tx.insert_many(meetings, some)
            await tx.insert_many(participants, [row for meeting in some for row in _invited(dice, everybody, secretary, meeting)])
            await tx.insert_many(items, [row for meeting in some for row in _agenda(dice, meeting)])
        made += some
    own = next(row for row in made if row["host_agency_id"] == secretary.agency_id and row["state"] == "invited")
    return BusyCity(tuple([await _signed_in(db, key) for key in await _accounts(db, dice, account.id, everybody)]), str(own["id"]))


async def _more_people(db: Database, dice: random.Random, crowd: int) -> None:
    async with db.transaction("organisation") as tx:
        known = await tx.value(sa.select(sa.func.count()).select_from(people))
        homes = await tx.column(sa.select(agencies.c.id).order_by(agencies.c.position))
        rows = []
        for n in range(crowd - known):
            honorific = dice.choice(("Ông", "Bà"))
            name = " ".join((dice.choice(FAMILY), dice.choice(MIDDLE[honorific]), dice.choice(GIVEN[honorific])))
            rows.append({
                "id": new_id(), "name": name, "name_key": name_sort_key(name), "honorific": honorific, "email": f"nguoi{n}@hue.example",
                "agency_id": homes[n % len(homes)],
            })  # fmt: skip
        await tx.insert_many(people, rows)


def _meetings(dice: random.Random, everybody: Sequence[Row], secretary: Row, numbers: range) -> Iterator[dict[str, Any]]:
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    for n in numbers:
        host = secretary if n % 5 == 0 else dice.choice(everybody)  # a fifth are of this office
        start = now + timedelta(days=dice.randrange(-PAST, AHEAD), hours=dice.randrange(1, 8))
        title = f"Họp số {n} về {dice.choice(SUBJECTS)}"
        yield {
            "id": new_id(), "uid": f"{n}@bench", "state": "invited" if start > now else "finished", "title": title,
            "title_folded": fold(title), "host_agency_id": host.agency_id, "created_by": host.id,
            "minutes_state": "approved" if start < now - timedelta(days=10) else "open",
            "starts_at": start, "ends_at": start + timedelta(hours=2), "created_at": now, "changed_at": now,
        }  # fmt: skip


def _invited(dice: random.Random, everybody: Sequence[Row], secretary: Row, meeting: dict[str, Any]) -> Iterator[dict[str, Any]]:
    chosen = dice.sample(everybody, INVITED)
    if dice.random() < 0.1 and secretary not in chosen:
        chosen[0] = secretary
    for place, person in enumerate(chosen):
        yield {
            "id": new_id(), "meeting_id": meeting["id"], "person_id": person.id, "agency_id": person.agency_id, "name": person.name,
            "name_key": person.name_key, "agency_name": person.short_name, "email": person.email,
            "duty": "chair" if place == 0 else "participant", "votes": True, "position": place,
            "answer": dice.choice(("waiting", "accepted", "accepted", "declined")),
        }  # fmt: skip


def _agenda(dice: random.Random, meeting: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for n in range(ITEMS):
        title = f"{WORKS[n % len(WORKS)]} {dice.choice(SUBJECTS)}"
        yield {"id": new_id(), "meeting_id": meeting["id"], "position": n, "title": title, "minutes": 20}


async def _accounts(db: Database, dice: random.Random, first: str, everybody: Sequence[Row]) -> list[str]:
    """Ids of accounts: every fifth of a secretary."""
    now = clock.now()
    rows: list[dict[str, Any]] = []
    for n, person in enumerate(dice.sample([one for one in everybody if one.email.startswith("nguoi")], SIGNED_IN - 1)):
        role = "secretary" if n % 5 == 0 else "member"
        rows.append({"id": new_id(), "person_id": person.id, "username": f"nguoi{n}", "role": role, "created_at": now})
    async with db.transaction("organisation") as tx:
        await tx.insert_many(accounts, rows)
    return [first, *(row["id"] for row in rows)]


async def _signed_in(db: Database, account: str) -> str:
    token = new_id()
    await perform(db, system("bench"), StartSession(account_id=account, token_hash=token_hash(token), csrf="x" * 32))
    return token
