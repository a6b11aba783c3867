"""Busy time from calendars that are kept elsewhere"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

INSTANT = sa.DateTime(timezone=True)
WHOSE = (("person_id", "people"), ("agency_id", "agencies"), ("room_id", "rooms"))


def _line(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(300), nullable=False)


def upgrade() -> None:
    op.create_table(
        "outside_calendars",
        sa.Column("id", sa.String(32), nullable=False),
        *(sa.Column(name, sa.String(32), sa.ForeignKey(f"{target}.id"), nullable=True) for name, target in WHOSE),
        sa.Column("kind", sa.Enum("ics", "caldav", name="kind", native_enum=False, create_constraint=True, length=20), nullable=False),
        _line("host"), _line("label"), _line("made_by"), sa.Column("sealed", sa.Text(), nullable=False),
        _line("etag"), _line("modified"), _line("fault"), _line("detail"),
        sa.Column("failures", sa.Integer(), nullable=False), sa.Column("spans", sa.Integer(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=True), sa.Column("covers_until", INSTANT, nullable=True),
        sa.Column("next_at", INSTANT, nullable=False), sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "CASE WHEN person_id IS NULL THEN 0 ELSE 1 END + CASE WHEN agency_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN room_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_outside_calendars_whose"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_calendars")),
    )  # fmt: skip
    for name in (*(name for name, _ in WHOSE), "next_at"):
        op.create_index(op.f(f"ix_outside_calendars_{name}"), "outside_calendars", [name])
    op.create_table(
        "outside_busy",
        sa.Column("calendar_id", sa.String(32), sa.ForeignKey("outside_calendars.id", ondelete="CASCADE"), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False), sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("calendar_id", "starts_at", name=op.f("pk_outside_busy")),
    )  # fmt: skip
