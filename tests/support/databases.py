"""A fresh database for each test, on SQLite and on PostgreSQL. PostgreSQL is a server that runs here, or the one named
by DIEMCAU_TEST_POSTGRES; without one those tests are skipped with a clear word."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg

from meetings.database import Database, open_database

from .requirements import need

POSTGRES = os.environ.get("DIEMCAU_TEST_POSTGRES", "postgresql+asyncpg://127.0.0.1/postgres")


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


async def _admin(statement: str) -> bool:
    try:
        connection = await asyncio.wait_for(asyncpg.connect(_plain(POSTGRES)), 5)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
    return True


async def fresh_database_url(kind: str, folder: Path) -> str:
    """The URL of an empty database of this kind; skips the test when it cannot be had."""
    if kind == "sqlite":
        folder.mkdir(exist_ok=True)
        return f"sqlite+aiosqlite:///{(folder / 'test.sqlite3').as_posix()}"
    name = f"diemcau_test_{uuid4().hex[:12]}"
    need("PostgreSQL", await _admin(f'CREATE DATABASE "{name}"'))
    return POSTGRES.rpartition("/")[0] + "/" + name


async def drop_database(url: str) -> None:
    if url.startswith("postgresql"):
        await _admin(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')


async def open_fresh(kind: str, folder: Path) -> AsyncIterator[Database]:
    url = await fresh_database_url(kind, folder)
    database = open_database(url)
    await database.create_tables()
    yield database
    await database.close()
    await drop_database(url)
