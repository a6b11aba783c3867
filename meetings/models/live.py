"""What makes every change safe and told: the lock and counters of each scope, the live log, the audit chain."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import Instant, count, line, metadata

# One row a meeting, and one, 'organisation', for everything else: locked by each transaction that writes there.
scopes = sa.Table(
    "scopes", metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("epoch", sa.String(32), nullable=False),  # another epoch (a restored backup): clients start afresh
    count("live_seq"), count("minutes_seq"), count("audit_seq"),
    sa.Column("audit_hash", sa.String(64), nullable=False, default=""),
)  # fmt: skip

live_events = sa.Table(
    "live_events", metadata,
    sa.Column("meeting_id", sa.String(32), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("audience", sa.JSON(none_as_null=True), nullable=True),  # ids of the participants it is for; NULL: all, by role
    sa.Column("at", Instant, nullable=False),
)  # fmt: skip

audit = sa.Table(
    "audit", metadata,
    sa.Column("scope", sa.String(32), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),  # account:<id>, link:<participant id>, site:<id>, system:<job>
    line("actor_name"),
    sa.Column("command", sa.String(60), nullable=False),
    sa.Column("command_id", sa.String(32), nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),  # of the command, without its secrets
    sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("hash", sa.String(64), nullable=False),  # over the row and the hash before it
    sa.UniqueConstraint("command_id", "actor"),  # looked for by command, with every transaction
)  # fmt: skip
