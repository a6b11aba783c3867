"""Agencies are asked to send people of their own choice"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

INSTANT = sa.DateTime(timezone=True)
DUTIES = ("participant", "guest", "presenter", "press", "technician", "observer")


def _line(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(300), nullable=False)


def upgrade() -> None:
    op.create_table(
        "nominations",
        sa.Column("id", sa.String(32), nullable=False), sa.Column("meeting_id", sa.String(32), nullable=False),
        sa.Column("agency_id", sa.String(32), nullable=False), sa.Column("seats", sa.Integer(), nullable=False), _line("wish"),
        sa.Column("duty", sa.Enum(*DUTIES, name="duty", native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column("votes", sa.Boolean(), nullable=False), sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("item_id", sa.String(32), nullable=True), sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False), sa.Column("deadline_at", INSTANT, nullable=False),
        sa.Column("state", sa.Enum("asked", "declined", name="state", native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False), sa.Column("declined_at", INSTANT, nullable=True), _line("declined_by"),
        sa.Column("told", sa.JSON(), nullable=True), sa.Column("reminded_at", INSTANT, nullable=True),
        sa.Column("reminded_before", INSTANT, nullable=True), sa.Column("reminded_after", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_nominations_agency_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_nominations_meeting_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nominations")),
        sa.UniqueConstraint("meeting_id", "agency_id", name=op.f("uq_nominations_meeting_id_agency_id")),
    )  # fmt: skip
    for column in ("agency_id", "deadline_at", "meeting_id"):
        op.create_index(op.f(f"ix_nominations_{column}"), "nominations", [column])
    op.create_table(
        "nominators",
        sa.Column("nomination_id", sa.String(32), nullable=False), sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("passed_at", INSTANT, nullable=False), _line("passed_by"),
        sa.ForeignKeyConstraint(["nomination_id"], ["nominations.id"], name=op.f("fk_nominators_nomination_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_nominators_person_id")),
        sa.PrimaryKeyConstraint("nomination_id", "person_id", name=op.f("pk_nominators")),
    )  # fmt: skip
    op.create_index(op.f("ix_nominators_person_id"), "nominators", ["person_id"])
    with op.batch_alter_table("meetings") as batch:
        batch.add_column(sa.Column("nominate_by", INSTANT, nullable=True))
    with op.batch_alter_table("participants") as batch:
        batch.add_column(sa.Column("nomination_id", sa.String(32), nullable=True))
        batch.create_foreign_key(op.f("fk_participants_nomination_id"), "nominations", ["nomination_id"], ["id"])
    with op.batch_alter_table("outbox") as batch:
        batch.alter_column("participant_id", existing_type=sa.String(32), nullable=True)
        batch.add_column(sa.Column("person_id", sa.String(32), nullable=True))
        batch.create_foreign_key(op.f("fk_outbox_person_id"), "people", ["person_id"], ["id"])
        batch.create_index(op.f("ix_outbox_person_id"), ["person_id"])
        batch.create_check_constraint(op.f("ck_outbox_one_recipient"), "(participant_id IS NULL) != (person_id IS NULL)")
