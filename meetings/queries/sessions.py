"""From the cookie's token to who it is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from .. import clock
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import participants, sites
from ..models.organisation import accounts, agencies, people, sessions
from ..sessions import SESSION_IDLE


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    actor: Actor
    csrf: str
    language: str  # chosen in this session; may be empty
    must_change: bool
    seen_at: datetime


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def session_of(reading: Reading, token: str) -> Session | None:
    """The session that this token opens; None when there is none, or it ended, or its account is locked."""
    now = clock.now()
    alive = sa.and_(
        sessions.c.token_hash == token_hash(token),
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > now,
        sessions.c.seen_at > now - SESSION_IDLE,
    )
    wanted = (
        sa.select(
            sessions.c.id, sessions.c.csrf, sessions.c.language, sessions.c.seen_at, sessions.c.account_id,
            sessions.c.participant_id, accounts.c.role, accounts.c.locked, accounts.c.must_change,
            people.c.id.label("person_id"), people.c.name, people.c.language.label("person_language"), people.c.active,
            agencies.c.id.label("agency_id"), agencies.c.short_name.label("agency_name"),
            participants.c.name.label("guest_name"), participants.c.language.label("guest_language"),
            sessions.c.site_id, sites.c.name.label("site_name"), sites.c.meeting_id.label("site_meeting_id"),
            sites.c.removed.label("site_removed"), participants.c.meeting_id, participants.c.removed,
            participants.c.agency_name.label("guest_agency"),
        )
        .select_from(
            sessions.outerjoin(accounts, accounts.c.id == sessions.c.account_id)
            .outerjoin(people, people.c.id == accounts.c.person_id)
            .outerjoin(agencies, agencies.c.id == people.c.agency_id)
            .outerjoin(participants, participants.c.id == sessions.c.participant_id)
            .outerjoin(sites, sites.c.id == sessions.c.site_id)
        )
        .where(alive)
    )  # fmt: skip
    row = await reading.first(wanted)
    if row is None:
        return None
    actor = _account(row) if row.account_id else _site(row) if row.site_id else _link(row)
    if actor is None:
        return None
    return Session(row.id, actor, row.csrf, row.language, bool(row.must_change), row.seen_at)


async def sessions_alive(reading: Reading, session_ids: Collection[str]) -> set[str]:
    """Those of these sessions that may go on: not revoked, not expired, the account not locked, the person still here, the
    participant or site not removed."""
    now = clock.now()
    joined = (
        sessions.outerjoin(accounts, accounts.c.id == sessions.c.account_id)
        .outerjoin(people, people.c.id == accounts.c.person_id)
        .outerjoin(participants, participants.c.id == sessions.c.participant_id)
        .outerjoin(sites, sites.c.id == sessions.c.site_id)
    )
    alive = sa.and_(
        sessions.c.id.in_(session_ids), sessions.c.revoked_at.is_(None), sessions.c.expires_at > now,
        sa.func.coalesce(accounts.c.locked, False).is_(False), sa.func.coalesce(people.c.active, True).is_(True),
        sa.func.coalesce(participants.c.removed, False).is_(False), sa.func.coalesce(sites.c.removed, False).is_(False),
    )  # fmt: skip
    return set(await reading.column(sa.select(sessions.c.id).select_from(joined).where(alive)))


def _account(row: Row) -> Actor | None:
    if row.locked or not row.active:
        return None
    return Actor(
        kind="account", name=row.name, language=row.language or row.person_language, account_id=row.account_id,
        person_id=row.person_id, agency_id=row.agency_id, agency_name=row.agency_name, role=row.role, session_id=row.id,
    )  # fmt: skip


def _link(row: Row) -> Actor | None:
    if row.removed:
        return None
    return Actor(
        kind="link", name=row.guest_name, language=row.language or row.guest_language, agency_name=row.guest_agency,
        participant_id=row.participant_id, meeting_id=row.meeting_id, session_id=row.id,
    )  # fmt: skip


def _site(row: Row) -> Actor | None:
    if row.site_removed:
        return None
    return Actor(
        kind="site", name=row.site_name, language=row.language or "vi", site_id=row.site_id, meeting_id=row.site_meeting_id,
        session_id=row.id,
    )  # fmt: skip


async def account_named(reading: Reading, username: str) -> Row | None:
    """(id, password_hash) of the account with this name, in any case of letters, if it may sign in."""
    joined = accounts.join(people, people.c.id == accounts.c.person_id)
    usable = sa.and_(~accounts.c.locked, people.c.active)
    wanted = sa.select(accounts.c.id, accounts.c.password_hash).select_from(joined)
    return await reading.first(wanted.where(accounts.c.username == username.strip().lower(), usable))


async def own_sessions(reading: Reading, actor: Actor) -> list[Row]:
    """The actor's open sessions, last used first."""
    now = clock.now()
    alive = sa.and_(sessions.c.revoked_at.is_(None), sessions.c.expires_at > now, sessions.c.seen_at > now - SESSION_IDLE)
    mine = sa.and_(sessions.c.account_id == actor.account_id, alive)
    return list(await reading.all(sa.select(sessions).where(mine).order_by(sessions.c.seen_at.desc())))
