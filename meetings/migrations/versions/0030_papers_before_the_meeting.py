"""Agencies are asked for papers, which are approved before others see them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

INSTANT = sa.DateTime(timezone=True)
STATES = ("approved", "draft", "submitted", "returned", "recalled")


def upgrade() -> None:
    op.create_table(
        "paper_requests",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("meeting_id", sa.String(32), sa.ForeignKey("meetings.id", ondelete="CASCADE"), nullable=False),
        sa.Column("item_id", sa.String(32), nullable=True),
        sa.Column("agency_id", sa.String(32), sa.ForeignKey("agencies.id"), nullable=False),
        sa.Column("what", sa.String(300), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False), sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("chased_before_at", INSTANT, nullable=True), sa.Column("chased_after_at", INSTANT, nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_requests")),
    )  # fmt: skip
    for name in ("meeting_id", "agency_id", "due_at"):
        op.create_index(op.f(f"ix_paper_requests_{name}"), "paper_requests", [name])
    with op.batch_alter_table("papers") as batch:
        batch.add_column(sa.Column("request_id", sa.String(32), nullable=True))
        batch.add_column(sa.Column("agency_id", sa.String(32), nullable=True))
        batch.add_column(sa.Column("state", sa.String(20), nullable=False, server_default="approved"))
        batch.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("kind", sa.String(20), nullable=False, server_default="main"))
        batch.add_column(sa.Column("internal", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("replaces_id", sa.String(32), nullable=True))
        batch.create_foreign_key(op.f("fk_papers_request_id"), "paper_requests", ["request_id"], ["id"])
        batch.create_foreign_key(op.f("fk_papers_agency_id"), "agencies", ["agency_id"], ["id"])
        batch.create_check_constraint("state", sa.column("state").in_(STATES))
        batch.create_check_constraint("kind", sa.column("kind").in_(("main", "reference")))
        batch.create_index(op.f("ix_papers_request_id"), ["request_id"])
        batch.create_index(op.f("ix_papers_state"), ["state"])
