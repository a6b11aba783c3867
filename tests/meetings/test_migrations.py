"""The revisions bring an empty database to exactly the tables that the code declares."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic import command

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
