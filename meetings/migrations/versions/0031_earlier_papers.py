"""Earlier versions of papers stay with the one that took their place; who prepares papers for a meeting is found quickly"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    with op.batch_alter_table("papers") as batch:
        batch.add_column(sa.Column("replaced_by_id", sa.String(32), nullable=True))
    with op.batch_alter_table("paper_requests") as batch:
        batch.drop_index(op.f("ix_paper_requests_meeting_id"))
        batch.create_index(op.f("ix_paper_requests_meeting_id_agency_id"), ["meeting_id", "agency_id"])
