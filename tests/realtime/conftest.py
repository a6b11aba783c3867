"""A server of live rooms for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from meetings.database import Database
from tests.support.live_rooms import LiveRooms, live_rooms


@pytest.fixture
async def rooms(db: Database) -> AsyncIterator[LiveRooms]:
    async with live_rooms(db) as serving:
        yield serving
