"""Mail to send: a row a recipient and version, written in the transaction of the change that it tells of. And mail that came
in: what it says and what became of it."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, count, flag, key, line, metadata, one_of, ref, words

outbox = sa.Table(
    "outbox", metadata,
    key(),
    ref("meeting_id", "meetings", nullable=True, cascade=True),  # NULL: about no single meeting
    ref("participant_id", "participants", nullable=True),
    ref("person_id", "people", nullable=True),  # of a NOTICE to somebody who is not invited himself
    ref("series_id", "series", nullable=True),  # the mail tells of this series, or of one of its dates
    one_of("method", "REQUEST", "CANCEL", "DECLINECOUNTER", "NOTICE"),
    count("sequence"),
    sa.Column("message_id", sa.String(200), nullable=False, unique=True),
    sa.Column("facts", sa.JSON, nullable=False),  # invitation.Invitation; of a NOTICE notice.Notice
    # unsure: its sender died, or the mail server, while it was handed over; never sent again by itself.
    one_of("state", "queued", "sending", "sent", "failed", "bounced", "unsure"),
    count("attempts"),
    at("next_at", nullable=False),
    at("lease_until"),
    at("handed_at"),  # when handing it to the mail server began; empty before
    words("error"),
    at("created_at", nullable=False), at("sent_at"),
    sa.CheckConstraint("(participant_id IS NULL) != (person_id IS NULL)", name="one_recipient"),
    sa.Index("ix_outbox_due", "state", "next_at"),
)  # fmt: skip

# Mail that was "sent" to the product's own outbox page (setting mail=local).
kept_mail = sa.Table(
    "kept_mail", metadata,
    sa.Column("outbox_id", sa.String(32), sa.ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    at("kept_at", nullable=False, index=True),
)  # fmt: skip

# What somebody was reminded of already: `about` is the day of the meeting, or its very start, so that a meeting that moves is
# reminded of anew, and nothing twice.
reminders = sa.Table(
    "reminders", metadata,
    sa.Column("participant_id", sa.String(32), sa.ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),  # reminder_rules.KINDS
    sa.Column("about", sa.String(40), primary_key=True),
    at("made_at", nullable=False),
)  # fmt: skip

# To whom the mail of the morning (`digests.py`) was sent on which day.
digests = sa.Table(
    "digests", metadata,
    sa.Column("account_id", sa.String(32), sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    at("made_at", nullable=False),
)  # fmt: skip

# A row a mail that came in. Without a meeting it could not be matched; then the staff of `agency_id` look at it, or the system
# administrators when not even the agency can be told.
letters = sa.Table(
    "letters", metadata,
    key(),
    ref("meeting_id", "meetings", nullable=True, cascade=True),
    ref("participant_id", "participants", nullable=True),
    ref("agency_id", "agencies", nullable=True),
    one_of("kind", "text", "answer", "counter", "delegation", "refresh", "bounce", "automatic"),
    # applied: by itself; waiting: for a person; kept: counts for nothing; then what the person decided
    one_of("state", "waiting", "applied", "kept", "accepted", "declined", "dismissed"),
    line("why"),  # reply_rules.Verdict.why
    flag("verified"),  # from the participant's own address
    sa.Column("sender", sa.String(254), nullable=False, default=""), line("sender_name"), line("subject"),
    line("claims"), words("said"), words("comment"),
    one_of("answer", "", "accepted", "declined", "tentative", "delegated"),
    count("sequence"), at("stamped_at"),
    flag("of_series"),  # said of the whole series
    at("starts_at"), at("ends_at"),  # proposed by a COUNTER
    line("delegate_name"), sa.Column("delegate_email", sa.String(254), nullable=False, default=""),
    sa.Column("instances", sa.JSON, nullable=False, default=list),  # [RECURRENCE-ID or null, answer] of single instances
    sa.Column("content", sa.LargeBinary, nullable=True),  # the mail itself; NULL: its time is over
    at("received_at", nullable=False, index=True),
    line("settled_by"), at("settled_at"),
)  # fmt: skip
