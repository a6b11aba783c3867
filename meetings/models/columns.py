"""What every table is made of: the metadata with its naming rule, ids, and instants."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from ..text import fold

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware time, kept in UTC. A naive one is a mistake of ours and is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive time")
        return value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id() -> str:
    """32 hexadecimal digits, random: ids tell nothing about order or time."""
    return uuid4().hex


def key() -> sa.Column[str]:
    return sa.Column("id", sa.String(32), primary_key=True)


def ref(name: str, target: str, *, nullable: bool = False, index: bool = True, cascade: bool = False) -> sa.Column[Any]:
    """A foreign key to `target.id`."""
    foreign = sa.ForeignKey(f"{target}.id", ondelete="CASCADE" if cascade else None)
    return sa.Column(name, sa.String(32), foreign, nullable=nullable, index=index)


def line(name: str, *, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(300), nullable=False, default=default)


def words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, default="")


def flag(name: str, *, default: bool = False) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, default=default)


def count(name: str, *, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, default=default)


def at(name: str, *, nullable: bool = True, index: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, Instant, nullable=nullable, index=index)


def one_of(name: str, *values: str, index: bool = False) -> sa.Column[str]:
    """A code out of a fixed list, checked by the database too. The first is the default."""
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(name, kind, nullable=False, default=values[0], index=index)


def folded(*of: str) -> sa.Column[str]:
    """What a search looks in: these columns, as `text.fold` writes them. A row that is inserted has it by itself; whoever updates
    one of the columns writes it too."""

    def made(context: Any) -> str:
        given = context.get_current_parameters()
        return " ".join(fold(given.get(name) or "") for name in of)

    return sa.Column("folded", sa.Text, nullable=False, default=made)
