"""Mail to send: a row a recipient and version, written in the transaction of the change that it tells of. And mail that came
in: what it says and what became of it."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, count, flag, key, line, metadata, one_of, ref, words

outbox = sa.Table(
    "outbox", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("participant_id", "participants"),
    one_of("method", "REQUEST", "CANCEL", "DECLINECOUNTER", "NOTICE"),
    count("sequence"),
    sa.Column("message_id", sa.String(200), nullable=False, unique=True),
    sa.Column("facts", sa.JSON, nullable=False),  # invitation.Invitation; of a NOTICE notice.Notice
    one_of("state", "queued", "sending", "sent", "failed", "bounced"),
    count("attempts"),
    at("next_at", nullable=False, index=True),
    at("lease_until"),
    words("error"),
    at("created_at", nullable=False), at("sent_at"),
)  # fmt: skip

# Mail that was "sent" to the product's own outbox page (setting mail=local).
kept_mail = sa.Table(
    "kept_mail", metadata,
    sa.Column("outbox_id", sa.String(32), sa.ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    at("kept_at", nullable=False, index=True),
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
    at("starts_at"), at("ends_at"),  # proposed by a COUNTER
    line("delegate_name"), sa.Column("delegate_email", sa.String(254), nullable=False, default=""),
    sa.Column("instances", sa.JSON, nullable=False, default=list),  # [RECURRENCE-ID or null, answer] of single instances
    sa.Column("content", sa.LargeBinary, nullable=True),  # the mail itself; NULL: its time is over
    at("received_at", nullable=False, index=True),
    line("settled_by"), at("settled_at"),
)  # fmt: skip
