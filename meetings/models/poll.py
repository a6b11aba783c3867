"""Asking those who would be invited which of several times suits them."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, flag, key, metadata, one_of, ref, words

polls = sa.Table(
    "polls", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),  # a draft; whoever is asked is a row of its participants
    one_of("state", "open", "closed", "settled"),
    words("note"),
    flag("holds"),  # keeps the times free for those asked, until `holds_until`
    at("deadline_at", nullable=False), at("holds_until", nullable=False),
    at("made_at", nullable=False), at("reminded_at"),
    sa.Column("settled_slot_id", sa.String(32), nullable=True),
)  # fmt: skip

poll_slots = sa.Table(
    "poll_slots", metadata,
    key(),
    ref("poll_id", "polls", cascade=True),
    at("starts_at", nullable=False), at("ends_at", nullable=False),
)  # fmt: skip

poll_answers = sa.Table(
    "poll_answers", metadata,
    sa.Column("slot_id", sa.String(32), sa.ForeignKey("poll_slots.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("participant_id", sa.String(32), sa.ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True),
    one_of("answer", "yes", "maybe", "no"),
    at("answered_at", nullable=False),
)  # fmt: skip
