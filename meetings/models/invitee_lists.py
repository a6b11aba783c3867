"""Whom an agency invites again and again: lists by name."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, key, line, metadata, ref

# As a form has it (`meeting_form.Fields`): keys of `invitees`, and what is said of each.
invitee_lists = sa.Table(
    "invitee_lists", metadata,
    key(),
    ref("agency_id", "agencies"),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("invited", sa.JSON, nullable=False),
    sa.Column("optional", sa.JSON, nullable=False),
    sa.Column("seats", sa.JSON, nullable=False),
    sa.Column("wish", sa.JSON, nullable=False),
    line("saved_by"), at("saved_at", nullable=False),
    sa.UniqueConstraint("agency_id", "name"),
)  # fmt: skip
