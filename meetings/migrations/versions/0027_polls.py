"""Times are proposed to those who would be invited"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

INSTANT = sa.DateTime(timezone=True)


def _enum(name: str, *values: str) -> sa.Column[str]:
    return sa.Column(name, sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20), nullable=False)


def _to(name: str, target: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), sa.ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "polls",
        sa.Column("id", sa.String(32), nullable=False), _to("meeting_id", "meetings"), _enum("state", "open", "closed", "settled"),
        sa.Column("note", sa.Text(), nullable=False), sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("deadline_at", INSTANT, nullable=False), sa.Column("holds_until", INSTANT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False), sa.Column("reminded_at", INSTANT, nullable=True),
        sa.Column("settled_slot_id", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
    )  # fmt: skip
    op.create_index(op.f("ix_polls_meeting_id"), "polls", ["meeting_id"])
    op.create_table(
        "poll_slots",
        sa.Column("id", sa.String(32), nullable=False), _to("poll_id", "polls"),
        sa.Column("starts_at", INSTANT, nullable=False), sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_slots")),
    )  # fmt: skip
    op.create_index(op.f("ix_poll_slots_poll_id"), "poll_slots", ["poll_id"])
    op.create_table(
        "poll_answers",
        _to("slot_id", "poll_slots"), _to("participant_id", "participants"), _enum("answer", "yes", "maybe", "no"),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("slot_id", "participant_id", name=op.f("pk_poll_answers")),
    )  # fmt: skip
