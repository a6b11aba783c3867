"""Many rows at once, straight into a table: executemany on SQLite, COPY on PostgreSQL. For data of benches alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from meetings.database import Database
from meetings.models.columns import Instant

AT_ONCE = 20_000


async def insert(db: Database, table: sa.Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """`rows`: values of the columns `names`; the other columns have their defaults."""
    given = [table.c[name] for name in names]
    rest = [column for column in table.c if column.name not in names and column.default is not None]
    writers = [_writer(column, db.embedded) for column in given]
    tail = tuple(_default(column, db.embedded) for column in rest)
    columns = [*names, *(column.name for column in rest)]
    ready = ((*(write(value) for write, value in zip(writers, row, strict=True)), *tail) for row in rows)
    marks = ",".join("?" * len(columns))
    async with db.engine.begin() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        while chunk := list(islice(ready, AT_ONCE)):
            if db.embedded:
                await raw.executemany(f"INSERT INTO {table.name} ({','.join(columns)}) VALUES ({marks})", chunk)  # noqa: S608 - our own names
            elif table.name == "search_documents":  # COPY knows no tsvector
                values = ",".join(f"${n}" + "::text::tsvector" * (n == len(columns)) for n in range(1, len(columns) + 1))
                await raw.executemany(f"INSERT INTO {table.name} ({','.join(columns)}) VALUES ({values})", chunk)  # noqa: S608 - our own names
            else:
                await raw.copy_records_to_table(table.name, records=chunk, columns=columns)


def _writer(column: sa.Column[Any], embedded: bool) -> Any:
    if isinstance(column.type, sa.JSON):
        return json.dumps
    if isinstance(column.type, Instant):
        return _written if embedded else _same
    return _same


def _same(value: Any) -> Any:
    return value


def _written(at: datetime | None) -> str | None:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if at else None


def _default(column: sa.Column[Any], embedded: bool) -> Any:
    default: Any = column.default
    value = default.arg(None) if default.is_callable else default.arg
    return _writer(column, embedded)(value)
