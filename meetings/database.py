"""The database, embedded SQLite or PostgreSQL: the only BEGIN and COMMIT in the code, and the only place that knows
which of the two it is. Writing happens in a `transaction` on one scope, whose row is locked from the start; reading in
a `reading`, which sees one moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from . import clock, json_text, whole_rows
from .errors import NotFound
from .models import metadata
from .models.columns import new_id
from .models.live import scopes
from .models.search import search_documents
from .outages import outages_told
from .sqlite_connections import Here, Uncut, to_the_end
from .wakeups import CHANNEL, WakeUps

Row = sa.Row[Any]
SLICE, WHOLE = 50, 250  # rows written in one turn of the event loop; those with every column cost less


class Reading:
    """Reads within one transaction."""

    def __init__(self, connection: AsyncConnection | Uncut | Here) -> None:
        self._connection = connection

    async def all(self, statement: sa.Executable, values: Any = None) -> Sequence[Row]:
        return (await self._connection.execute(statement, values)).all()

    async def first(self, statement: sa.Executable) -> Row | None:
        return (await self._connection.execute(statement)).first()

    async def one(self, statement: sa.Executable) -> Row:
        """Raises NotFound when there is no row."""
        row = await self.first(statement)
        if row is None:
            raise NotFound
        return row

    async def value(self, statement: sa.Executable) -> Any:
        return (await self._connection.execute(statement)).scalar()

    async def column(self, statement: sa.Executable) -> list[Any]:
        return list((await self._connection.execute(statement)).scalars())

    async def having_words(self, wanted: Sequence[str], whose: Sequence[str], most: int) -> list[str]:
        """Ids of the meetings in whose search document every one of `wanted` stands, as the beginning of a token where it ends with
        `*`, and one of `whose`, unless that is empty; the one made last comes first, `most` at most. Tokens are as
        `search_index.tokens_of` makes them: letters and digits alone."""
        documents, joined = search_documents.c, " | ".join(whose)
        if self._connection.dialect.name == "postgresql":
            said = " & ".join([*(token.replace("*", ":*") for token in wanted), *([f"({joined})"] if whose else [])])
            # Found by the words whatever the planner thinks of the order: the words of a document are long, and kept apart.
            fits = documents.words.op("@@")(sa.cast(said, postgresql.TSQUERY))
            found = sa.select(documents.number, documents.meeting_id).where(fits).cte("found").prefix_with("MATERIALIZED")
            return await self.column(sa.select(found.c.meeting_id).order_by(found.c.number.desc()).limit(most))
        said = " AND ".join([*wanted, *([f"({joined.replace('|', 'OR')})"] if whose else [])])
        index = sa.table("search_words", sa.column("rowid"))
        fits = sa.literal_column("search_words").op("MATCH")(said)
        newest = sa.select(index.c.rowid).where(fits).order_by(index.c.rowid.desc()).limit(most)
        return await self.column(sa.select(documents.meeting_id).where(documents.number.in_(newest)).order_by(documents.number.desc()))

    async def get(self, table: sa.Table, key: str | None) -> Row:
        """The row with this id. Raises NotFound."""
        return await self.one(sa.select(table).where(table.c.id == key))


@dataclass(slots=True)
class Counters:
    """A scope's row while its transaction runs; written back once, before COMMIT."""

    epoch: str
    live_seq: int
    minutes_seq: int
    audit_seq: int
    audit_hash: str


class Transaction(Reading):
    """Writes under the lock of one scope, or of several (`within`). `live` and `audit` rows gather here and are inserted together
    before COMMIT."""

    def __init__(self, connection: AsyncConnection | Uncut, scope: str, counters: Counters) -> None:
        super().__init__(connection)
        self._connection: AsyncConnection | Uncut = connection
        self.scope = scope
        self.held = {scope: counters}  # the scopes that are locked
        self.now: datetime = clock.now()
        self.live: list[dict[str, Any]] = []
        self.audit: list[dict[str, Any]] = []
        self.wake: set[str] = set()
        self.reworded: set[str] = set()  # meetings beside that of `scope` whose words changed

    @property
    def counters(self) -> Counters:
        return self.held[self.scope]

    async def hold(self, scope: str) -> None:
        """Lock another scope too. Whoever holds several locks them in one order, after one lock that all of them take first."""
        if scope not in self.held:
            self.held[scope] = await locked(self._connection, scope)

    @contextlib.asynccontextmanager
    async def within(self, scope: str) -> AsyncIterator[None]:
        """What is announced and recorded within belongs to this other scope."""
        await self.hold(scope)
        outer, self.scope = self.scope, scope
        try:
            yield
        finally:
            self.scope = outer

    async def write(self, statement: sa.Executable, rows: Sequence[Mapping[str, Any]] | None = None) -> int:
        """How many rows it changed; -1 where the database does not say (many rows at once)."""
        result: sa.CursorResult[Any] = await self._connection.execute(statement, rows)
        return result.rowcount

    async def insert(self, table: sa.Table, **values: Any) -> None:
        await self._connection.execute(sa.insert(table).values(**values))

    async def insert_many(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        await self._many(table, rows)

    async def update(self, table: sa.Table, key: str, **values: Any) -> None:
        """Raises NotFound when no row has this id."""
        if await self.write(sa.update(table).where(table.c.id == key).values(**values)) == 0:
            raise NotFound

    async def upsert(self, table: sa.Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
        """Insert, or update every given column of the row that has the same `key`."""
        await self._many(table, rows, tuple(key))

    async def _many(self, table: sa.Table, rows: Sequence[Mapping[str, Any]], key: tuple[str, ...] = ()) -> None:
        if not rows:
            return
        dialect = self._connection.dialect
        if rows[0].keys() == set(table.columns.keys()):
            whole = whole_rows.prepared(table, dialect, key)
            for start in range(0, len(rows), WHOLE):
                await self._connection.exec_driver_sql(whole.text, whole.values(rows[start : start + WHOLE]))
        else:
            statement = whole_rows.insert_of(table, dialect.name, list(rows[0]), key)
            for start in range(0, len(rows), SLICE):
                await self._connection.execute(statement, rows[start : start + SLICE])

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What is written within is undone alone when it raises; what gathered in it is forgotten."""
        live, audit, wake = len(self.live), len(self.audit), set(self.wake)
        held = {scope: dataclasses.replace(counters) for scope, counters in self.held.items()}
        try:
            async with self._connection.begin_nested():
                yield
        except BaseException:
            del self.live[live:], self.audit[audit:]
            self.wake, self.held = wake, held
            raise

    async def flush(self) -> None:
        """Write what gathered; called once, by `Database.transaction`."""
        from .models.live import audit, live_events

        await self.insert_many(live_events, self.live)
        await self.insert_many(audit, self.audit)
        for scope, counters in self.held.items():
            values = {name: getattr(counters, name) for name in Counters.__slots__}
            await self.write(sa.update(scopes).where(scopes.c.id == scope).values(**values))
        self.wake |= {row["meeting_id"] for row in self.live}
        if self._connection.dialect.name == "postgresql":
            for scope in self.wake:
                await self._connection.execute(sa.select(sa.func.pg_notify(CHANNEL, scope)))


@dataclass(slots=True)
class Database:
    engine: AsyncEngine
    readers: AsyncEngine | sa.Engine
    wakeups: WakeUps = field(default_factory=WakeUps)
    lanes: dict[str, Any] = field(default_factory=dict)  # group_commit.Lane by scope
    committed: dict[str, int] = field(default_factory=dict)  # the live log's last number by scope, as last committed here
    _writer: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def embedded(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    async def close(self) -> None:
        await self.wakeups.close()
        await self.engine.dispose()
        if isinstance(self.readers, AsyncEngine):
            await self.readers.dispose()
        else:
            self.readers.dispose()

    async def create_tables(self) -> None:
        """For tests and trials; an installation migrates instead."""
        async with self.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)

    @contextlib.asynccontextmanager
    async def transaction(self, scope: str) -> AsyncIterator[Transaction]:
        """BEGIN with `scope` locked; COMMIT on exit, ROLLBACK on an exception. After COMMIT those who watch are woken. Raises
        Unavailable while the database is away."""
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(outages_told())
            if self.embedded:
                await stack.enter_async_context(self._writer)  # SQLite has one writer; waiting here costs no polling
            begun = await to_the_end(stack.enter_async_context(self.engine.begin()))
            connection = Uncut(begun) if self.embedded else begun
            tx = Transaction(connection, scope, await locked(connection, scope))
            yield tx
            await tx.flush()
            await to_the_end(stack.aclose())
            self.committed |= {one: counters.live_seq for one, counters in tx.held.items()}
            for name in tx.wake:
                self.wakeups.wake(name)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Reading]:
        """One moment of the database, whatever commits meanwhile. Raises Unavailable while the database is away."""
        with outages_told():
            if isinstance(self.readers, AsyncEngine):
                async with self.readers.connect() as connection, connection.begin():
                    yield Reading(connection)
            else:
                with self.readers.connect() as here, here.begin():
                    yield Reading(Here(here))


async def locked(connection: AsyncConnection | Uncut, scope: str) -> Counters:
    """The scope's row, made when there is none, ours until the transaction ends."""
    wanted = sa.select(scopes).where(scopes.c.id == scope).with_for_update()
    row = (await connection.execute(wanted)).first()
    if row is None:
        maker = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        await connection.execute(maker(scopes).values(id=scope, epoch=new_id()).on_conflict_do_nothing())
        row = (await connection.execute(wanted)).one()
    return Counters(**{name: getattr(row, name) for name in Counters.__slots__})


def open_database(url: str) -> Database:
    """`sqlite+aiosqlite:///file` or `postgresql+asyncpg://...`. Connects when first used; call within a running loop."""
    common: dict[str, Any] = {"hide_parameters": True, "json_serializer": json_text.kept}  # how one voted is in no log
    if url.startswith("sqlite"):
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=60, **common)
        # Never waits for a connection, which would be waiting in the event loop's own thread.
        here = url.replace("+aiosqlite", "")
        anywhere = {"check_same_thread": False}
        readers = sa.create_engine(here, poolclass=sa.QueuePool, max_overflow=-1, connect_args=anywhere, **common)
        _prepare(engine.sync_engine, writes=True)
        _prepare(readers, writes=False)
        return Database(engine, readers)
    # Seconds: a server that does not answer is away, however the network keeps its connections.
    patience = {"timeout": 10, "command_timeout": 30}
    pool = {"pool_size": 10, "max_overflow": 10, "pool_pre_ping": True}
    engine = create_async_engine(url, connect_args=patience, **pool, **common)
    reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    database = Database(engine, reading)
    database.wakeups.listen(sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    return database


def _prepare(engine: sa.Engine, *, writes: bool) -> None:
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say
        cursor = connection.cursor()
        # WAL: readers never wait. FULL: a COMMIT that was acknowledged survives a power cut.
        kind = ("synchronous=FULL", "foreign_keys=ON") if writes else ("query_only=ON",)
        for pragma in ("busy_timeout=15000", "journal_mode=WAL", "cache_size=-16000", *kind):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)
