"""Many rows with a value for every column, for `database.py` alone. What SQLAlchemy makes anew for each row (parameters, defaults,
processors) is made here once a statement, at a third of the cost a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from .models.columns import Instant

Process = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The statement in the driver's own words, and how the driver takes each of its parameters."""

    text: str
    parameters: tuple[tuple[str, Process | None], ...]

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        return [tuple([row[name] if process is None else process(row[name]) for name, process in self.parameters]) for row in rows]


def insert_of(table: sa.Table, dialect: str, columns: Sequence[str], key: Sequence[str] = ()) -> sa.Insert:
    """Inserts `columns`; with a `key`, updates them in the row that has the same."""
    if not key:
        return sa.insert(table)
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    others = {name: statement.excluded[name] for name in columns if name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=others)


@lru_cache(maxsize=64)
def prepared(table: sa.Table, dialect: sa.Dialect, key: tuple[str, ...]) -> Prepared:
    columns = table.columns.keys()
    compiled = insert_of(table, dialect.name, columns, key).compile(dialect=dialect, column_keys=columns)
    return Prepared(str(compiled), tuple((name, _process(table.c[name], dialect)) for name in compiled.positiontup or ()))


def _process(column: sa.Column[Any], dialect: sa.Dialect) -> Process | None:
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    # Rows that are written together mostly have one time.
    return lru_cache(maxsize=8)(process) if process is not None and isinstance(column.type, Instant) else process
