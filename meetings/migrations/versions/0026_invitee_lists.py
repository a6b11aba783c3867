"""Lists of invitees that an agency keeps by name"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "invitee_lists",
        sa.Column("id", sa.String(32), nullable=False), sa.Column("agency_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False), sa.Column("invited", sa.JSON(), nullable=False),
        sa.Column("optional", sa.JSON(), nullable=False), sa.Column("seats", sa.JSON(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False), sa.Column("saved_by", sa.String(300), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_invitee_lists_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitee_lists")),
        sa.UniqueConstraint("agency_id", "name", name=op.f("uq_invitee_lists_agency_id_name")),
    )  # fmt: skip
    op.create_index(op.f("ix_invitee_lists_agency_id"), "invitee_lists", ["agency_id"])
