"""Fixtures that every kind of test shares."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from meetings.database import Database

from .support.databases import Pattern, opened


@pytest.fixture(scope="session")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Pattern]]:
    made = {kind: Pattern(kind, tmp_path_factory.mktemp(kind)) for kind in ("sqlite", "postgresql")}
    yield made
    for pattern in made.values():
        asyncio.run(pattern.drop())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def db(request: pytest.FixtureRequest, patterns: dict[str, Pattern], tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables, once on SQLite and once on PostgreSQL."""
    async for database in opened(await patterns[request.param].copy(tmp_path)):
        yield database
