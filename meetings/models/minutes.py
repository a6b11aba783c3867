"""The minutes of a meeting: the document, its approvals, what was approved, and the templates of each type of meeting."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, count, flag, key, metadata, one_of, ref, words

# The Yjs document of a meeting's minutes: appended updates, numbered like the live log. Now and then those of one moment are
# folded into one, so that history stays, and all of them into a state, so that opening stays quick.
minutes_updates = sa.Table(
    "minutes_updates", metadata,
    sa.Column("meeting_id", sa.String(32), sa.ForeignKey("meetings.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    ref("participant_id", "participants", nullable=True, index=False),
    at("added_at", nullable=False),
    # Of several that were folded into one: when the first was added, and by whom they are.
    at("begun_at"), sa.Column("authors", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("restored", sa.Integer, nullable=True),  # brings back the text as it was after the update of this number
)  # fmt: skip

minutes_states = sa.Table(
    "minutes_states", metadata,
    sa.Column("meeting_id", sa.String(32), sa.ForeignKey("meetings.id", ondelete="CASCADE"), primary_key=True),
    count("upto"),  # every update with seq <= upto is contained
    sa.Column("content", sa.LargeBinary, nullable=False),
)  # fmt: skip

minutes_approvals = sa.Table(
    "minutes_approvals", metadata,
    sa.Column("meeting_id", sa.String(32), sa.ForeignKey("meetings.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("duty", sa.Enum("chair", "secretary", name="duty", native_enum=False, create_constraint=True), primary_key=True),
    ref("participant_id", "participants", index=False),
    sa.Column("sha256", sa.String(64), nullable=False),  # of the minutes as read when approved
    at("approved_at", nullable=False),
)  # fmt: skip

# The whole document as both approved it, with every fact of the room in words: from then on this is what is shown.
approved_minutes = sa.Table(
    "approved_minutes", metadata,
    sa.Column("meeting_id", sa.String(32), sa.ForeignKey("meetings.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    at("locked_at", nullable=False),
)  # fmt: skip

# Of meeting types whose minutes an administrator laid out anew; the others have the built-in one.
minutes_templates = sa.Table(
    "minutes_templates", metadata,
    sa.Column("meeting_type", sa.String(20), primary_key=True),
    words("frame"), words("item"),
    at("changed_at", nullable=False),
)  # fmt: skip

# The minutes as they were sent round for remarks; the last one of a meeting counts.
minutes_circulations = sa.Table(
    "minutes_circulations", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    sa.Column("document", sa.JSON, nullable=False), sa.Column("sha256", sa.String(64), nullable=False),
    at("deadline_at", nullable=False),
    words("note"),
    at("sent_at", nullable=False), ref("sent_by", "participants", index=False),
    at("reminded_at"),
)  # fmt: skip

minutes_readers = sa.Table(
    "minutes_readers", metadata,
    sa.Column("circulation_id", sa.String(32), sa.ForeignKey("minutes_circulations.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("participant_id", sa.String(32), sa.ForeignKey("participants.id"), primary_key=True),
    flag("agreed"), at("answered_at"),  # answered and not agreed: made a remark
)  # fmt: skip

# Comments on passages by those who run the meeting, and remarks of participants; those with a parent answer within its thread.
minutes_remarks = sa.Table(
    "minutes_remarks", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    sa.Column("item_id", sa.String(32), nullable=True),
    sa.Column("parent_id", sa.String(32), nullable=True),
    sa.Column("circulation_id", sa.String(32), nullable=True),
    ref("participant_id", "participants", index=False),
    words("text"), words("quote"),
    sa.Column("anchor", sa.JSON(none_as_null=True), nullable=True),  # [from, to]: Yjs relative positions, base64
    one_of("state", "open", "settled", "taken"),
    at("made_at", nullable=False),
)  # fmt: skip
