"""The mail of the morning: who wants it, and to whom it was sent on which day; mail that is about no single meeting"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_digests_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_digests")),
    )
    with op.batch_alter_table("accounts") as batch:
        batch.add_column(sa.Column("digest", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("outbox") as batch:
        batch.alter_column("meeting_id", existing_type=sa.String(32), nullable=True)
