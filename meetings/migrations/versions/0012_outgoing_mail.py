"""Formal invitations, reminders, and mails whose fate is not known"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

INSTANT = sa.DateTime(timezone=True)
STATES = ("queued", "sending", "sent", "failed", "bounced", "unsure")


def upgrade() -> None:
    with op.batch_alter_table("meetings") as batch:
        for name, kind, before in (("number", sa.String(300), ""), ("signer", sa.String(300), ""), ("signer_title", sa.Text(), "")):
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=before))
        batch.add_column(sa.Column("agencies_shown", sa.Boolean(), nullable=False, server_default=sa.false()))
        # Meetings of before are not reminded of: nobody was told that they would be.
        batch.add_column(sa.Column("reminders", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("outbox") as batch:
        batch.drop_index(op.f("ix_outbox_next_at"))
        batch.create_index("ix_outbox_due", ["state", "next_at"])
        batch.add_column(sa.Column("handed_at", INSTANT, nullable=True))
        batch.drop_constraint(op.f("ck_outbox_state"), type_="check")
        batch.create_check_constraint("state", sa.column("state").in_(STATES))
    op.create_table(
        "reminders",
        sa.Column("participant_id", sa.String(32), nullable=False), sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("about", sa.String(40), nullable=False), sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name=op.f("fk_reminders_participant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("participant_id", "kind", "about", name=op.f("pk_reminders")),
    )  # fmt: skip
