"""The first system administrator, made on the command line: an installation has nobody yet who could make one on a page."""

from __future__ import annotations

import sqlalchemy as sa

from meetings.accounts import SaveAccount
from meetings.commands import system
from meetings.database import Database
from meetings.errors import Invalid, Problem
from meetings.models.organisation import accounts, agencies
from meetings.organisation import SaveAgency
from meetings.people import SavePerson
from meetings.perform import perform
from meetings.settings import Settings

from .forms import command_from
from .passwords import hashed, problems_of


async def add_admin(db: Database, settings: Settings, username: str, name: str, email: str, password: str) -> None:
    """A system administrator in the topmost agency, which is made when there is none. An account of that name gets the
    role and the password anew. Raises Refusal."""
    if weak := problems_of(password, password, username):
        raise Invalid.of([Problem(p.code, "", p.params) for p in weak])
    actor = system("add-admin")
    async with db.reading() as reading:
        known = await reading.value(sa.select(accounts.c.person_id).where(accounts.c.username == username))
        top = await reading.value(_topmost())
    if known is None:
        if top is None:
            made = await perform(db, actor, command_from(SaveAgency, _agency(settings))) or {}
            top = made["agency_id"]
        made = await perform(db, actor, command_from(SavePerson, {"name": name, "email": email, "agency_id": top})) or {}
        known = made["person_id"]
    account = {"person_id": known, "username": username, "role": "system_admin"}
    await perform(db, actor, command_from(SaveAccount, account, password_hash=await hashed(password)))


def _topmost() -> sa.Select[tuple[str]]:
    first = sa.select(agencies.c.id).where(agencies.c.parent_id.is_(None), agencies.c.active)
    return first.order_by(agencies.c.position, agencies.c.name).limit(1)


def _agency(settings: Settings) -> dict[str, str]:
    place = settings.place[:1].upper() + settings.place[1:]
    return {"name": place, "short_name": place, "code": "GOC", "kind": "committee"}
