"""Which room is taken when: by a meeting, or blocked by whoever keeps it."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, key, line, metadata, one_of, ref, words

# A meeting has at most one; without a meeting it is a block. A refused one takes no time.
room_bookings = sa.Table(
    "room_bookings", metadata,
    key(),
    ref("room_id", "rooms", index=False),
    ref("meeting_id", "meetings", nullable=True, index=False, cascade=True),
    at("starts_at", nullable=False), at("ends_at", nullable=False),
    at("free_at", nullable=False),  # when the room can be had again: what it needs between two bookings is over
    one_of("state", "booked", "asked", "refused"),
    words("reason"),  # of a block or a refusal
    line("decided_by"), at("decided_at"),
    at("made_at", nullable=False),
    sa.UniqueConstraint("meeting_id"), sa.Index(None, "room_id", "starts_at"),
)  # fmt: skip

# Each quarter-hour of a room that is taken, numbered as `slots.numbers` does: the primary key lets nobody book it twice.
room_slots = sa.Table(
    "room_slots", metadata,
    sa.Column("room_id", sa.String(32), sa.ForeignKey("rooms.id"), primary_key=True),
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    ref("booking_id", "room_bookings", cascade=True),
)  # fmt: skip
