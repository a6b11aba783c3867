"""How SQLite is spoken to, for `database.py` alone: read in the event loop's own thread, written through a thread and to the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

Result = TypeVar("Result")


async def to_the_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Work that a cancellation does not interrupt: it is finished, and the cancellation comes afterwards."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None and not task.cancelled():
        task.exception()  # seen; the cancellation is what counts
        raise cancelled
    return task.result()


class Here:
    """A connection to SQLite used in the event loop's own thread: a query takes less time than handing it to another thread and
    back. In WAL mode it waits for nobody."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    async def execute(self, statement: sa.Executable, values: Any = None) -> sa.CursorResult[Any]:
        return self._connection.execute(statement, values)


class Uncut:
    """A connection to SQLite through its thread, each of whose steps is finished: its driver, cut off in the midst of one, may never
    answer again, and whoever waits for it with it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    async def execute(self, statement: sa.Executable, values: Any = None) -> sa.CursorResult[Any]:
        return await to_the_end(self._connection.execute(statement, values))

    async def exec_driver_sql(self, text: str, values: Any) -> sa.CursorResult[Any]:
        return await to_the_end(self._connection.exec_driver_sql(text, values))

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[None]:
        nested = self._connection.begin_nested()
        await to_the_end(_started(nested))
        try:
            yield
        except BaseException:
            await to_the_end(nested.rollback())
            raise
        await to_the_end(nested.commit())


async def _started(nested: Any) -> None:
    await nested.start()
