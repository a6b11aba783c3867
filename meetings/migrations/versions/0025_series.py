"""Meetings that are held again and again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("uid", sa.String(120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("uid", name=op.f("uq_series_uid")),
    )
    with op.batch_alter_table("meetings") as batch:
        batch.add_column(sa.Column("series_id", sa.String(32), nullable=True))
        batch.add_column(sa.Column("original_start", INSTANT, nullable=True))
        batch.create_foreign_key(op.f("fk_meetings_series_id"), "series", ["series_id"], ["id"])
        batch.create_index(op.f("ix_meetings_series_id"), ["series_id"])
    with op.batch_alter_table("participants") as batch:
        batch.add_column(sa.Column("answered_series", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("series_id", sa.String(32), nullable=True))
        batch.create_foreign_key(op.f("fk_outbox_series_id"), "series", ["series_id"], ["id"])
        batch.create_index(op.f("ix_outbox_series_id"), ["series_id"])
    with op.batch_alter_table("letters") as batch:
        batch.add_column(sa.Column("of_series", sa.Boolean(), nullable=False, server_default=sa.false()))
