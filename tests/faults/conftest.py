"""The demo city in a process of its own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.city import City
from tests.support.databases import drop_database, fresh_database_url
from tests.support.ports import free_port


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def city(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[City]:
    found = City(tmp_path, await fresh_database_url(request.param, tmp_path), free_port())
    assert found.run("web", "demo", "--load-only").wait(120) == 0, (tmp_path / "log").read_text(encoding="utf-8")
    yield found
    await found.stop()
    await drop_database(found.database)
    shutil.rmtree(tmp_path, ignore_errors=True)
