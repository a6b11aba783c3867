"""The revisions bring an empty database to exactly the tables that the code declares."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from meetings.database import open_database
from meetings.migrations import configuration, upgrade
from tests.support.databases import drop_database, fresh_database_url


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_the_revisions_make_the_declared_tables(kind: str, tmp_path: Path):
    url = await fresh_database_url(kind, tmp_path)
    try:
        await upgrade(url)
        await upgrade(url)  # again is harmless
        await asyncio.to_thread(command.check, configuration(url))  # raises when a revision is missing
    finally:
        await drop_database(url)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_the_revisions_make_the_declared_checks(kind: str, tmp_path: Path):
    """Alembic compares no CHECK constraints, and the codes of every `one_of` are such."""
    made, declared = await fresh_database_url(kind, tmp_path / "made"), await fresh_database_url(kind, tmp_path / "declared")
    try:
        await upgrade(made)
        fresh = open_database(declared)
        await fresh.create_tables()
        await fresh.close()
        assert await _checks(made) == await _checks(declared)
    finally:
        await drop_database(made)
        await drop_database(declared)


async def _checks(url: str) -> dict[str, list[str]]:
    def read(connection: sa.Connection) -> dict[str, list[str]]:
        inspector = sa.inspect(connection)
        tables = [name for name in inspector.get_table_names() if name != "alembic_version"]
        return {name: sorted(" ".join(check["sqltext"].split()) for check in inspector.get_check_constraints(name)) for name in tables}

    database = open_database(url)
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(read)
    finally:
        await database.close()
