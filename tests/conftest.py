"""Fixtures that every kind of test shares."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from meetings.database import Database, open_database

from .support.databases import Pattern


@pytest.fixture(scope="session")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Pattern]]:
    made = {kind: Pattern(kind, tmp_path_factory.mktemp(kind)) for kind in ("sqlite", "postgresql")}
    yield made
    for pattern in made.values():
        asyncio.run(pattern.drop())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def db(request: pytest.FixtureRequest, patterns: dict[str, Pattern], tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables, once on SQLite and once on PostgreSQL."""
    pattern = patterns[request.param]
    url = await pattern.copy(tmp_path)
    database = open_database(url)
    yield database
    await database.close()
    await pattern.give_back(url)
