"""When agencies work: their hours where they differ from those above them, and days that are worked or free against the calendar."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import flag, key, line, metadata, ref

# Of agencies that have hours of their own; every other works as the agency above it does.
working_hours = sa.Table(
    "working_hours", metadata,
    sa.Column("agency_id", sa.String(32), sa.ForeignKey("agencies.id"), primary_key=True),
    line("parts"),  # of a working day: `07:30-11:30, 13:30-17:00`
    sa.Column("weekdays", sa.String(7), nullable=False, default="01234"),  # 0 is Monday
)  # fmt: skip

# For an agency and those below it, or for all.
marked_days = sa.Table(
    "marked_days", metadata,
    key(),
    ref("agency_id", "agencies", nullable=True),
    sa.Column("day", sa.Date, nullable=False),
    flag("works"),
    line("name"),
)  # fmt: skip
