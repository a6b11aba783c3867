"""Who may sign in, as what. Passwords are hashed at the edge, before a command is made: no command ever carries one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from .agency_tree import everywhere, require_agency
from .audit import Answer
from .commands import Command, Role, secret
from .database import Row, Transaction
from .errors import Conflict, NotAllowed, NotFound
from .models.columns import new_id
from .models.organisation import accounts, people, sessions
from .people import require_not_above
from .sessions import end_sessions
from .standing import Standing
from .text import Id

Username = Annotated[str, Field(pattern=r"^[a-z0-9._@-]{3,120}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAccount(Command):
    """Creates the person's account, or changes it. An empty `password_hash` leaves the password as it is."""

    person_id: Id
    username: Username
    role: Role = "member"
    locked: bool = False
    password_hash: str = field(default="", metadata=secret())
    must_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTemporaryPassword(Command):
    """Of the person's account, by an administrator: it must be changed at the next sign-in, and every session ends."""

    person_id: Id
    password_hash: str = field(metadata=secret())


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword(Command):
    """One's own. Every other session of the account ends."""

    password_hash: str = field(metadata=secret())


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLanguage(Command):
    language: Annotated[str, Field(pattern=r"^(vi|en)$")]


async def save_account(tx: Transaction, by: Standing, command: SaveAccount) -> Answer:
    found = await _account_of(tx, by, command.person_id)
    key = found.id if found else new_id()
    if command.role == "system_admin" and not everywhere(by.actor):
        raise NotAllowed("not_allowed")
    if key == by.actor.account_id and (command.locked or command.role != by.actor.role):
        raise Conflict("own_account", "locked" if command.locked else "role")
    if await tx.first(sa.select(accounts.c.id).where(accounts.c.username == command.username, accounts.c.id != key)):
        raise Conflict("username_taken", "username")
    values: dict[str, object] = {"username": command.username, "role": command.role, "locked": command.locked}
    if command.password_hash:
        values |= {"password_hash": command.password_hash, "must_change": command.must_change}
    if found:
        await tx.update(accounts, key, **values)
        if command.locked or command.password_hash or command.role != found.role:  # a connection goes on as who it was
            await end_sessions(tx, sessions.c.account_id == key)
    else:
        await tx.insert(accounts, id=key, person_id=command.person_id, created_at=tx.now, **values)
    return {"account_id": key}


async def set_temporary_password(tx: Transaction, by: Standing, command: SetTemporaryPassword) -> Answer:
    found = await _account_of(tx, by, command.person_id)
    if found is None:
        raise NotFound
    await tx.update(accounts, found.id, password_hash=command.password_hash, must_change=True)
    await end_sessions(tx, sa.and_(sessions.c.account_id == found.id, sessions.c.id != (by.actor.session_id or "")))
    return {"username": found.username}


async def change_password(tx: Transaction, by: Standing, command: ChangePassword) -> Answer:
    key = by.actor.account_id or ""
    await tx.update(accounts, key, password_hash=command.password_hash, must_change=False)
    await end_sessions(tx, sa.and_(sessions.c.account_id == key, sessions.c.id != (by.actor.session_id or "")))
    return None


async def set_language(tx: Transaction, by: Standing, command: SetLanguage) -> Answer:
    if by.actor.session_id:
        await tx.update(sessions, by.actor.session_id, language=command.language)
    if by.actor.kind == "account" and by.actor.person_id:
        await tx.update(people, by.actor.person_id, language=command.language)
    return None


async def _account_of(tx: Transaction, by: Standing, person_id: str) -> Row | None:
    """The person's account, when there is one. Raises NotAllowed unless the actor may change it."""
    person = await tx.get(people, person_id)
    await require_agency(tx, by.actor, person.agency_id)
    await require_not_above(tx, by, person_id)
    return await tx.first(sa.select(accounts).where(accounts.c.person_id == person_id))
