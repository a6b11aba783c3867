"""Sessions: somebody came in, by password (an account), or by a personal link (a participant) or a bridge site's, for that
meeting only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from .audit import Answer
from .commands import Command, secret
from .database import Transaction
from .models.columns import new_id
from .models.organisation import sessions
from .sign_in_tries import Hash, forgive
from .standing import Standing
from .text import Id, OptionalLine

SESSION_LIFE = timedelta(days=14)
SESSION_IDLE = timedelta(hours=12)
LINK_SESSION_LIFE = timedelta(days=2)
KEPT_AFTER_END = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSession(Command):
    """Of an account, after its password was verified; or of a link (`participant_id`, `site_id`). `tried`: the hashed name and
    address under which the attempt was counted, now forgiven."""

    account_id: Id | None = None
    participant_id: Id | None = None
    site_id: Id | None = None
    token_hash: Hash = field(metadata=secret())
    csrf: str = field(metadata=secret())
    address: OptionalLine = ""
    browser: OptionalLine = ""
    tried: tuple[Hash, Hash] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession(Command):
    """One of one's own; `others`: all but this one."""

    session_id: Id
    others: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeSession(Command):
    """The session is in use: moves its idle limit."""

    session_id: Id


async def start_session(tx: Transaction, by: Standing, command: StartSession) -> Answer:
    key = new_id()
    life = SESSION_LIFE if command.account_id else LINK_SESSION_LIFE
    await tx.insert(
        sessions, id=key, account_id=command.account_id, participant_id=command.participant_id, site_id=command.site_id,
        csrf=command.csrf, token_hash=command.token_hash, address=command.address, browser=command.browser, created_at=tx.now,
        seen_at=tx.now, expires_at=tx.now + life,
    )  # fmt: skip
    if command.tried:
        await forgive(tx, *command.tried)
    await tx.write(sa.delete(sessions).where(sessions.c.expires_at < tx.now - KEPT_AFTER_END))
    return {"session_id": key}


async def end_session(tx: Transaction, by: Standing, command: EndSession) -> Answer:
    own = sa.or_(
        sa.and_(sessions.c.account_id.is_not(None), sessions.c.account_id == by.actor.account_id),
        sa.and_(sessions.c.participant_id.is_not(None), sessions.c.participant_id == by.actor.participant_id),
        sa.and_(sessions.c.site_id.is_not(None), sessions.c.site_id == by.actor.site_id),
    )
    which = sessions.c.id != command.session_id if command.others else sessions.c.id == command.session_id
    await end_sessions(tx, sa.and_(own, which))
    return None


async def see_session(tx: Transaction, by: Standing, command: SeeSession) -> Answer:
    await tx.update(sessions, command.session_id, seen_at=tx.now)
    return None


async def end_sessions(tx: Transaction, which: sa.ColumnElement[bool]) -> None:
    """Revoke, and wake those who hold live connections of these sessions."""
    await tx.write(sa.update(sessions).where(which, sessions.c.revoked_at.is_(None)).values(revoked_at=tx.now))
    tx.wake.add("sessions")
