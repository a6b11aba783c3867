"""Every meeting's words in one document, and which agencies a conclusion gives something to do"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0020"
down_revision = "0019"

FTS5 = (
    "CREATE VIRTUAL TABLE search_words "
    "USING fts5(words, content='search_documents', content_rowid='number', detail=none, tokenize='ascii', prefix='3 4')",
    "CREATE TRIGGER search_documents_insert AFTER INSERT ON search_documents BEGIN "
    "INSERT INTO search_words (rowid, words) VALUES (new.number, new.words); END",
    "CREATE TRIGGER search_documents_delete AFTER DELETE ON search_documents BEGIN "
    "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.number, old.words); END",
    "CREATE TRIGGER search_documents_update AFTER UPDATE ON search_documents BEGIN "
    "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.number, old.words); "
    "INSERT INTO search_words (rowid, words) VALUES (new.number, new.words); END",
)


def upgrade() -> None:
    _documents()
    _tasks()


def _documents() -> None:
    op.create_table(
        "search_documents",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_search_documents_meeting_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_search_documents_meeting_id")),
    )  # fmt: skip
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_search_documents_words", "search_documents", ["words"], postgresql_using="gin")
        return
    for statement in FTS5:
        op.execute(statement)


def _tasks() -> None:
    op.create_table(
        "conclusion_agencies",
        sa.Column("agency_id", sa.String(32), nullable=False),
        sa.Column("conclusion_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_conclusion_agencies_agency_id")),
        sa.ForeignKeyConstraint(
            ["conclusion_id"], ["conclusions.id"], name=op.f("fk_conclusion_agencies_conclusion_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "conclusion_id", name=op.f("pk_conclusion_agencies")),
    )  # fmt: skip
    op.create_index(op.f("ix_conclusion_agencies_conclusion_id"), "conclusion_agencies", ["conclusion_id"])
    made = sa.table("conclusion_agencies", sa.column("agency_id"), sa.column("conclusion_id"))
    known = sa.table("conclusions", sa.column("id"), sa.column("lead_agency_id"), sa.column("support_agency_ids", sa.JSON))
    rows = [
        {"agency_id": agency, "conclusion_id": row.id}
        for row in op.get_bind().execute(sa.select(known))
        for agency in {row.lead_agency_id, *row.support_agency_ids} - {None}
    ]
    if rows:
        op.bulk_insert(made, rows)
