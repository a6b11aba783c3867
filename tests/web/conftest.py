"""The running site for tests of pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetings.database import Database
from tests.support.site import Site, running_site


@pytest.fixture
async def site(db: Database, tmp_path: Path) -> AsyncIterator[Site]:
    """On a real port, once on SQLite and once on PostgreSQL."""
    async with running_site(db, tmp_path) as found:
        yield found
