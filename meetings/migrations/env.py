"""Alembic's entry: runs the revisions over one asynchronous connection, in one transaction."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

from meetings.models import metadata
from meetings.models.columns import Instant


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own column type as the plain one it stands for: a revision must not change when our code does."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def _compared(_thing: Any, name: str | None, kind: str, _reflected: bool, _counterpart: Any) -> bool:
    """What is in one kind of database only is not compared: SQLite's index of words, with the tables in which it keeps itself, and
    PostgreSQL's."""
    return not (kind == "table" and (name or "").startswith("search_words")) and name != "ix_search_documents_words"


def _run(connection: sa.Connection) -> None:
    # Batch mode: SQLite changes a column by making the table anew.
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True, render_item=_render,
        include_object=_compared,
    )  # fmt: skip
    with context.begin_transaction():
        context.run_migrations()


async def _main() -> None:
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url") or "")
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Two servers that start together take turns.
            await connection.execute(sa.text("SELECT pg_advisory_xact_lock(20261124)"))
        await connection.run_sync(_run)
    await engine.dispose()


asyncio.run(_main())
