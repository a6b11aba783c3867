"""Bridge sites as actors: readiness, contacts, people, their sessions and what they ask"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

CHECKS = ("sound", "picture", "network")
WHOSE = " + ".join(f"CASE WHEN {who} IS NULL THEN 0 ELSE 1 END" for who in ("account_id", "participant_id", "site_id")) + " = 1"


def upgrade() -> None:
    texts = [sa.Column(name, sa.String(300), nullable=False, server_default="") for name in ("trouble", "lead", "lead_title", "technician", "phone")]
    flags = [sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()) for name in ("removed", "ready", "vouched")]
    times = [sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("test_at", "tested_at", "ready_at")]
    counts = [sa.Column(name, sa.Integer, nullable=False, server_default=value) for name, value in (("link_version", "1"), ("heads", "0"))]
    lists = [sa.Column("visitors", sa.JSON, nullable=False, server_default="[]")]
    checks = [sa.Column(name, sa.String(20), nullable=False, server_default="") for name in CHECKS]
    added: list[sa.Column[Any]] = [*texts, *flags, *times, *counts, *lists, *checks]
    with op.batch_alter_table("sites") as sites:
        for column in added:
            sites.add_column(column)
    with op.batch_alter_table("sites") as sites:
        for column in added:
            if not column.nullable:
                sites.alter_column(column.name, server_default=None)
        for name in CHECKS:
            sites.create_check_constraint(op.f(f"ck_sites_{name}"), f"{name} IN ('', 'ok', 'bad')")
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("site_id", sa.String(32), nullable=True))
        sessions.create_foreign_key(op.f("fk_sessions_site_id"), "sites", ["site_id"], ["id"])
        sessions.create_index(op.f("ix_sessions_site_id"), ["site_id"])
        sessions.drop_constraint(op.f("ck_sessions_whose"), type_="check")
        sessions.create_check_constraint(op.f("ck_sessions_whose"), WHOSE)
    with op.batch_alter_table("speeches") as speeches:
        speeches.alter_column("participant_id", existing_type=sa.String(32), nullable=True)
        speeches.add_column(sa.Column("site_id", sa.String(32), nullable=True))
        speeches.add_column(sa.Column("speaker", sa.String(300), nullable=False, server_default=""))
        speeches.create_foreign_key(op.f("fk_speeches_site_id"), "sites", ["site_id"], ["id"])
        speeches.create_check_constraint(op.f("ck_speeches_whose"), "participant_id IS NOT NULL OR site_id IS NOT NULL")
    with op.batch_alter_table("speeches") as speeches:
        speeches.alter_column("speaker", server_default=None)
