"""Mail to send: a row a recipient and version, written in the transaction of the change that it tells of."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, count, key, metadata, one_of, ref, words

outbox = sa.Table(
    "outbox", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("participant_id", "participants"),
    one_of("method", "REQUEST", "CANCEL"),
    count("sequence"),
    sa.Column("message_id", sa.String(200), nullable=False, unique=True),
    sa.Column("facts", sa.JSON, nullable=False),  # invitation.Invitation
    one_of("state", "queued", "sending", "sent", "failed"),
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
