"""Calendars to subscribe to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

INSTANT = sa.DateTime(timezone=True)
WHOSE = (("person_id", "people"), ("agency_id", "agencies"), ("room_id", "rooms"))


def upgrade() -> None:
    shows = sa.Enum("meetings", "busy", name="shows", native_enum=False, create_constraint=True, length=20)
    language = sa.Enum("vi", "en", name="language", native_enum=False, create_constraint=True, length=20)
    op.create_table(
        "feeds",
        sa.Column("id", sa.String(32), nullable=False),
        *(sa.Column(name, sa.String(32), sa.ForeignKey(f"{target}.id"), nullable=True) for name, target in WHOSE),
        sa.Column("shows", shows, nullable=False), sa.Column("language", language, nullable=False),
        sa.Column("label", sa.String(300), nullable=False), sa.Column("made_by", sa.String(300), nullable=False),
        sa.Column("etag", sa.String(64), nullable=False), sa.Column("changed_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False), sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "CASE WHEN person_id IS NULL THEN 0 ELSE 1 END + CASE WHEN agency_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN room_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_feeds_whose"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
    )  # fmt: skip
    for name, _ in WHOSE:
        op.create_index(op.f(f"ix_feeds_{name}"), "feeds", [name])
