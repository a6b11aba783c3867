"""Calendars that are kept elsewhere, and when they say that somebody is busy."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import Instant, at, count, key, line, metadata, one_of, ref
from .feeds import WHOSE

# Read in the background. Address, account and password are sealed together; only the host is shown again.
outside_calendars = sa.Table(
    "outside_calendars", metadata,
    key(),
    ref("person_id", "people", nullable=True),
    ref("agency_id", "agencies", nullable=True),
    ref("room_id", "rooms", nullable=True),
    one_of("kind", "ics", "caldav"),
    line("host"), line("label"), line("made_by"),
    sa.Column("sealed", sa.Text, nullable=False),
    line("etag"), line("modified"),  # as its server named the version that was read last
    line("fault"), line("detail"),  # why the last reading failed; empty: it did not
    count("failures"),  # one after the other
    count("spans"),  # of the last good reading, which stays
    at("read_at"), at("covers_until"),
    at("next_at", nullable=False, index=True), at("lease_until"),
    at("created_at", nullable=False),
    sa.CheckConstraint(" + ".join(f"CASE WHEN {who} IS NULL THEN 0 ELSE 1 END" for who in WHOSE) + " = 1", name="whose"),
)  # fmt: skip

outside_busy = sa.Table(
    "outside_busy", metadata,
    sa.Column("calendar_id", sa.String(32), sa.ForeignKey("outside_calendars.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("starts_at", Instant, primary_key=True),
    at("ends_at", nullable=False),
)  # fmt: skip
