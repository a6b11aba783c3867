"""The weekly schedule of an agency, and each version that was published"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    state = sa.Enum("draft", "approved", "published", name="state", native_enum=False, create_constraint=True, length=20)
    op.create_table(
        "work_weeks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agency_id", sa.String(32), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.String(300), nullable=False),
        sa.Column("approved_at", AT, nullable=True),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_work_weeks_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_weeks")),
        sa.UniqueConstraint("agency_id", "monday", name=op.f("uq_work_weeks_agency_id_monday")),
    )  # fmt: skip
    op.create_index(op.f("ix_work_weeks_agency_id"), "work_weeks", ["agency_id"])
    session = sa.Enum("morning", "afternoon", "evening", name="session", native_enum=False, create_constraint=True, length=20)
    op.create_table(
        "work_week_entries",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("week_id", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("session", session, nullable=False),
        sa.Column("start", sa.String(5), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("content", "chair", "attendees", "preparing", "place", "note")),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("meeting_id", sa.String(32), nullable=True),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["week_id"], ["work_weeks.id"], name=op.f("fk_work_week_entries_week_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_week_entries")),
        sa.UniqueConstraint("week_id", "meeting_id", name=op.f("uq_work_week_entries_week_id_meeting_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_work_week_entries_week_id"), "work_week_entries", ["week_id"])
    op.create_table(
        "work_week_revisions",
        sa.Column("week_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.String(300), nullable=False) for name in ("reason", "approved_by", "published_by")),
        sa.Column("published_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["week_id"], ["work_weeks.id"], name=op.f("fk_work_week_revisions_week_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("week_id", "number", name=op.f("pk_work_week_revisions")),
    )  # fmt: skip
