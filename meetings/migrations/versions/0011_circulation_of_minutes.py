"""Minutes go round for remarks; plain mails"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INSTANT = sa.DateTime(timezone=True)


def _ref(name: str, target: str, *, cascade: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), sa.ForeignKey(f"{target}.id", ondelete="CASCADE" if cascade else None), nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(op.f("ck_outbox_method"), type_="check")
        batch.create_check_constraint("method", "method IN ('REQUEST', 'CANCEL', 'DECLINECOUNTER', 'NOTICE')")
    op.create_table(
        "minutes_circulations",
        sa.Column("id", sa.String(32), nullable=False), _ref("meeting_id", "meetings", cascade=True),
        sa.Column("document", sa.JSON(), nullable=False), sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("deadline_at", INSTANT, nullable=False), sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False), _ref("sent_by", "participants"), sa.Column("reminded_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_circulations")),
    )  # fmt: skip
    op.create_index(op.f("ix_minutes_circulations_meeting_id"), "minutes_circulations", ["meeting_id"])
    op.create_table(
        "minutes_readers",
        _ref("circulation_id", "minutes_circulations", cascade=True), _ref("participant_id", "participants"),
        sa.Column("agreed", sa.Boolean(), nullable=False), sa.Column("answered_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("circulation_id", "participant_id", name=op.f("pk_minutes_readers")),
    )  # fmt: skip
    state = sa.Enum("open", "settled", "taken", name="state", native_enum=False, create_constraint=True, length=20)
    op.create_table(
        "minutes_remarks",
        sa.Column("id", sa.String(32), nullable=False), _ref("meeting_id", "meetings", cascade=True),
        sa.Column("item_id", sa.String(32), nullable=True), sa.Column("parent_id", sa.String(32), nullable=True),
        sa.Column("circulation_id", sa.String(32), nullable=True), _ref("participant_id", "participants"),
        sa.Column("text", sa.Text(), nullable=False), sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("anchor", sa.JSON(), nullable=True), sa.Column("state", state, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False), sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_remarks")),
    )  # fmt: skip
    op.create_index(op.f("ix_minutes_remarks_meeting_id"), "minutes_remarks", ["meeting_id"])
