"""The weekly schedule (lịch công tác tuần) of an agency: what its office prepares, and each version that was published."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, count, flag, key, line, metadata, one_of, ref, words

SESSIONS = ("morning", "afternoon", "evening")

work_weeks = sa.Table(
    "work_weeks", metadata,
    key(),
    ref("agency_id", "agencies"),
    sa.Column("monday", sa.Date, nullable=False),
    one_of("state", "draft", "approved", "published"),  # of the entries as they are now
    count("revision"),  # the last one published; 0: none
    line("approved_by"), at("approved_at"),
    sa.Column("left_out", sa.JSON, nullable=False, default=list),  # ids of meetings that the office took out: they are not collected again
    at("changed_at", nullable=False),
    sa.UniqueConstraint("agency_id", "monday"),
)  # fmt: skip

work_week_entries = sa.Table(
    "work_week_entries", metadata,
    key(),
    ref("week_id", "work_weeks", cascade=True),
    sa.Column("day", sa.Date, nullable=False),
    one_of("session", *SESSIONS),
    sa.Column("start", sa.String(5), nullable=False, default=""),  # 08:30; empty: some time of the session
    words("content"), words("chair"), words("attendees"), words("preparing"), words("place"), words("note"),
    flag("internal"),  # left out where everybody reads
    sa.Column("meeting_id", sa.String(32), nullable=True),  # it was collected from
    sa.Column("told", sa.JSON(none_as_null=True), nullable=True),  # what the meeting said then: work_week.COLLECTED
    sa.UniqueConstraint("week_id", "meeting_id"),
)  # fmt: skip

# Never rewritten. `entries`: as work_week_rules.Entry, in order.
work_week_revisions = sa.Table(
    "work_week_revisions", metadata,
    sa.Column("week_id", sa.String(32), sa.ForeignKey("work_weeks.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entries", sa.JSON, nullable=False),
    flag("public"),  # for everybody, without signing in
    line("reason"), line("approved_by"), line("published_by"),
    at("published_at", nullable=False),
)  # fmt: skip
