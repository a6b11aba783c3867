"""Calendars that programs elsewhere subscribe to."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, key, line, metadata, one_of, ref

WHOSE = ("person_id", "agency_id", "room_id")  # exactly one of them

# Its secret address is made from its id and the installation's key: nothing secret is stored.
feeds = sa.Table(
    "feeds", metadata,
    key(),
    ref("person_id", "people", nullable=True),
    ref("agency_id", "agencies", nullable=True),
    ref("room_id", "rooms", nullable=True),
    one_of("shows", "meetings", "busy"),
    one_of("language", "vi", "en"),
    line("label"), line("made_by"),
    sa.Column("etag", sa.String(64), nullable=False, default=""),  # of what was last read
    at("changed_at"),  # when that came to be
    at("created_at", nullable=False), at("read_at"), at("revoked_at"),
    sa.CheckConstraint(" + ".join(f"CASE WHEN {who} IS NULL THEN 0 ELSE 1 END" for who in WHOSE) + " = 1", name="whose"),
)  # fmt: skip
