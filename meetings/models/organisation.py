"""Agencies as a tree, positions, people, their accounts and sessions, and meeting rooms."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, count, flag, folded, key, line, metadata, one_of, ref, words

agencies = sa.Table(
    "agencies", metadata,
    key(),
    ref("parent_id", "agencies", nullable=True),
    line("name"), line("short_name"),
    sa.Column("code", sa.String(40), nullable=False, unique=True),
    one_of("kind", "department", "committee", "office", "commune", "other"),
    line("email"),  # the organiser address of its invitations; empty: the installation's
    line("address"), line("phone"),
    count("position"),  # protocol order among its siblings
    flag("active", default=True),
    folded("name", "short_name"),
)  # fmt: skip

positions = sa.Table(
    "positions", metadata,
    key(),
    sa.Column("name", sa.String(300), nullable=False, unique=True),
    count("rank"),  # protocol order: smaller comes first
    flag("active", default=True),
    folded("name"),
)  # fmt: skip

people = sa.Table(
    "people", metadata,
    key(),
    line("name"), line("name_key"),  # name_key: text.name_sort_key(name)
    one_of("honorific", "", "Ông", "Bà"),
    sa.Column("email", sa.String(254), nullable=False, index=True),
    line("phone"),
    ref("agency_id", "agencies"),
    ref("position_id", "positions", nullable=True),
    one_of("language", "vi", "en"),
    flag("active", default=True),
    folded("name"),
)  # fmt: skip

accounts = sa.Table(
    "accounts", metadata,
    key(),
    sa.Column("person_id", sa.String(32), sa.ForeignKey("people.id"), nullable=False, unique=True),
    sa.Column("username", sa.String(120), nullable=False, unique=True),  # lower case
    words("password_hash"),  # argon2id; empty: cannot sign in yet
    one_of("role", "member", "secretary", "agency_admin", "system_admin"),
    flag("locked"),
    flag("must_change"),
    flag("digest", default=True),  # wants the mail of the morning
    at("created_at", nullable=False),
)  # fmt: skip

WHOSE = ("account_id", "participant_id", "site_id")  # exactly one of them

# Somebody who came in: by password (account_id), by a personal link (participant_id), or by a site's link (site_id); by a link it is
# good for that meeting only.
sessions = sa.Table(
    "sessions", metadata,
    key(),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),  # SHA-256; the token itself is only in the cookie
    ref("account_id", "accounts", nullable=True),
    ref("participant_id", "participants", nullable=True),
    ref("site_id", "sites", nullable=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    line("address"), line("browser"),
    sa.Column("language", sa.String(2), nullable=False, default=""),
    at("created_at", nullable=False), at("seen_at", nullable=False), at("expires_at", nullable=False), at("revoked_at"),
    sa.CheckConstraint(" + ".join(f"CASE WHEN {who} IS NULL THEN 0 ELSE 1 END" for who in WHOSE) + " = 1", name="whose"),
)  # fmt: skip

# Failed sign-ins by account name and by address, both hashed: the delay grows with each, whether the name exists or not.
sign_in_failures = sa.Table(
    "sign_in_failures", metadata,
    sa.Column("subject", sa.String(64), primary_key=True),
    count("failures"),
    at("last_at", nullable=False), at("next_at", nullable=False),
)  # fmt: skip

rooms = sa.Table(
    "rooms", metadata,
    key(),
    ref("agency_id", "agencies"),
    line("name"), line("address"),
    count("capacity"),
    sa.Column("plan", sa.JSON(none_as_null=True), nullable=True),  # seating_plan.Plan
    sa.Column("equipment", sa.JSON, nullable=False, default=list),  # codes of room_rules.EQUIPMENT
    one_of("booking", "open", "own", "ask", "closed"),  # room_rules.Booking
    sa.Column("opens", sa.String(5), nullable=False, default=""), sa.Column("closes", sa.String(5), nullable=False, default=""),
    sa.Column("days", sa.JSON, nullable=False, default=list),  # on which it is open, 0 is Monday; empty: on all
    count("gap"),  # minutes that it needs between two bookings
    ref("keeper_id", "people", nullable=True, index=False),
    flag("active", default=True),
)  # fmt: skip

# An uploaded organisation file between its preview and its commit: rows as read, with each row's problems.
imports = sa.Table(
    "imports", metadata,
    key(),
    ref("account_id", "accounts"),
    line("file_name"),
    sa.Column("rows", sa.JSON, nullable=False),
    at("created_at", nullable=False), at("done_at"),
)  # fmt: skip
