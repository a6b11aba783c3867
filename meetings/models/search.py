"""What a search looks in: one document a meeting, of the words that stand anywhere in it and whom it concerns."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from .columns import metadata

search_documents = sa.Table(
    "search_documents", metadata,
    sa.Column("number", sa.Integer, primary_key=True),  # in the order in which the meetings were made
    sa.Column("meeting_id", sa.String(32), sa.ForeignKey("meetings.id", ondelete="CASCADE"), nullable=False, unique=True),
    sa.Column("digest", sa.String(64), nullable=False),  # of the words: the same words are not written again
    sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),  # search_index.tokens_of, with spaces between
)  # fmt: skip

sa.Index("ix_search_documents_words", search_documents.c.words, postgresql_using="gin").ddl_if(dialect="postgresql")

# SQLite's own index of words (FTS5) refers to the table above and is kept by these triggers. Every token begins with the letter of its
# kind, so prefixes of three and four letters are what was typed of two and three.
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
for _statement in FTS5:
    sa.event.listen(search_documents, "after_create", sa.DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]  # the library is untyped there
