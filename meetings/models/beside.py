"""What goes on beside the floor: who shows which page, who has opened which paper, private notes, announcements, messages."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, count, key, metadata, one_of, ref, words

# One row a meeting while somebody presents; its id is the meeting's.
presentations = sa.Table(
    "presentations", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("participant_id", "participants", index=False),  # who turns the pages
    ref("paper_id", "papers", nullable=True, index=False),  # NULL: named, and has shown nothing yet
    count("page", default=1),
)  # fmt: skip

paper_openings = sa.Table(
    "paper_openings", metadata,
    sa.Column("paper_id", sa.String(32), sa.ForeignKey("papers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("participant_id", sa.String(32), sa.ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True),
    ref("meeting_id", "meetings", cascade=True),
    at("first_at", nullable=False), at("last_at", nullable=False),
    count("times", default=1),
)  # fmt: skip

# Read and written by their owner alone.
notes = sa.Table(
    "notes", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True, index=False),
    sa.Column("owner", sa.String(50), nullable=False),  # person:<id>; participant:<id> of whoever is not in the directory
    one_of("about", "meeting", "item", "paper"),
    sa.Column("about_id", sa.String(32), nullable=False, default=""),  # of the item or paper, which may be gone
    words("text"),
    count("revision", default=1),
    at("changed_at", nullable=False),
    sa.UniqueConstraint("meeting_id", "owner", "about", "about_id"),
)  # fmt: skip

announcements = sa.Table(
    "announcements", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("participant_id", "participants", index=False),  # who made it
    words("text"),
    at("made_at", nullable=False), at("withdrawn_at"),
)  # fmt: skip

messages = sa.Table(
    "messages", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True, index=False),
    count("number"),  # 1, 2 ... in this meeting
    ref("participant_id", "participants"),  # who wrote it
    ref("thread_id", "participants", nullable=True),  # whose talk with those who run the meeting it belongs to; NULL: to the room
    words("text"),
    at("sent_at", nullable=False), at("removed_at"),
    sa.UniqueConstraint("meeting_id", "number"),
)  # fmt: skip
