"""Agencies keep their working hours, and the days that are worked or free against the calendar"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "working_hours",
        sa.Column("agency_id", sa.String(32), sa.ForeignKey("agencies.id"), nullable=False),
        sa.Column("parts", sa.String(300), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_working_hours")),
    )
    op.create_table(
        "marked_days",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agency_id", sa.String(32), sa.ForeignKey("agencies.id"), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marked_days")),
    )
    op.create_index(op.f("ix_marked_days_agency_id"), "marked_days", ["agency_id"])
