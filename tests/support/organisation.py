"""An organisation made through `perform`, a thing at a time, as an administrator would."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import Any

from argon2 import PasswordHasher

from meetings.accounts import SaveAccount
from meetings.commands import Actor, Command, system
from meetings.database import Database
from meetings.organisation import SaveAgency, SavePosition
from meetings.people import SavePerson
from meetings.perform import perform
from meetings.queries.sessions import session_of
from meetings.rooms import SaveRoom
from meetings.validation import validated

BUILDER = system("test")
PASSWORD = "Sông Hương chảy qua thành phố"
_numbers = count(1)


async def do(db: Database, command: Command, by: Actor = BUILDER) -> dict[str, Any]:
    return await perform(db, by, command) or {}


async def make_agency(db: Database, name: str = "", parent_id: str | None = None, **more: Any) -> str:
    """Its id."""
    n = next(_numbers)
    fields = {"name": name or f"Sở số {n}", "short_name": name or f"Sở {n}", "code": f"S{n}", "parent_id": parent_id} | more
    return str((await do(db, validated(SaveAgency, fields)))["agency_id"])


async def make_person(db: Database, agency_id: str, name: str = "", **more: Any) -> str:
    """Its id."""
    n = next(_numbers)
    fields = {"name": name or f"Nguyễn Văn {n}", "email": f"nguoi{n}@hue.example", "agency_id": agency_id} | more
    return str((await do(db, validated(SavePerson, fields)))["person_id"])


async def make_position(db: Database, name: str, rank: int = 0) -> str:
    return str((await do(db, SavePosition(name=name, rank=rank)))["position_id"])


async def make_room(db: Database, agency_id: str, name: str, capacity: int = 20, **more: Any) -> str:
    return str((await do(db, validated(SaveRoom, {"agency_id": agency_id, "name": name, "capacity": capacity} | more)))["room_id"])


async def make_account(
    db: Database, person_id: str, username: str, role: str = "member", password: str = PASSWORD, **more: Any
) -> str:
    """Its id. The hash is a light one: what tests of pages need is that it is true, not that it is slow."""
    fields = {"person_id": person_id, "username": username, "role": role, "password_hash": light_hash(password)} | more
    return str((await do(db, validated(SaveAccount, fields)))["account_id"])


async def make_user(db: Database, agency_id: str, username: str, role: str = "member", **more: Any) -> Actor:
    """A person with an account, as the actor that sign-in would give (without a session)."""
    name = more.pop("name", f"Người {username}")
    person_id = await make_person(db, agency_id, name)
    account_id = await make_account(db, person_id, username, role, **more)
    return Actor(
        kind="account", name=name, account_id=account_id, person_id=person_id, agency_id=agency_id,
        agency_name="", role=role,  # type: ignore[arg-type]
    )  # fmt: skip


async def actor_of_token(db: Database, token: str) -> Actor | None:
    """Whom this session cookie stands for."""
    async with db.reading() as reading:
        found = await session_of(reading, token)
    return found.actor if found else None


@cache
def light_hash(password: str) -> str:
    return PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(password)
