"""A fresh database for each test, on SQLite and on PostgreSQL. PostgreSQL is a server that runs here, or the one named
by DIEMCAU_TEST_POSTGRES; without one those tests are skipped with a clear word."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import sqlalchemy as sa

from meetings.database import Database, open_database
from meetings.models import metadata

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


class Pattern:
    """An empty database with all tables, made once and copied for each test, which takes a fifth of making it. PostgreSQL's copies
    are emptied and used again, which takes a tenth of copying."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._kind, self._folder, self._url = kind, folder, ""
        self._free: list[str] = []

    async def copy(self, folder: Path) -> str:
        """The URL of an empty copy; skips the test when there can be none."""
        if not self._url:
            self._url = await fresh_database_url(self._kind, self._folder)
            await _with_tables(self._url)
        if self._kind == "sqlite":
            url = await fresh_database_url(self._kind, folder)
            shutil.copyfile(_file(self._url), _file(url))
            return url
        if self._free:
            return self._free.pop()
        name, pattern = f"diemcau_test_{uuid4().hex[:12]}", self._url.rpartition("/")[2]
        await _admin(f'CREATE DATABASE "{name}" TEMPLATE "{pattern}"')
        return POSTGRES.rpartition("/")[0] + "/" + name

    async def give_back(self, url: str) -> None:
        if self._kind == "postgresql":
            await _emptied(url)
            self._free.append(url)

    async def drop(self) -> None:
        for url in (self._url, *self._free):
            await drop_database(url)


async def _emptied(url: str) -> None:
    """All rows gone, and whoever was still connected."""
    connection = await asyncpg.connect(_plain(url))
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    deletes = "; ".join(str(sa.delete(table)) for table in reversed(metadata.sorted_tables))
    await connection.execute(f"{others}; {deletes}")
    await connection.close()


async def _with_tables(url: str) -> None:
    database = open_database(url)
    await database.create_tables()
    await database.close()


def _file(url: str) -> str:
    return url.removeprefix("sqlite+aiosqlite:///")


async def open_fresh(kind: str, folder: Path) -> AsyncIterator[Database]:
    url = await fresh_database_url(kind, folder)
    await _with_tables(url)
    database = open_database(url)
    yield database
    await database.close()
    await drop_database(url)
