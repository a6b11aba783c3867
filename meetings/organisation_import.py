"""Importing an organisation: the table is kept until it is committed, and then carried out whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from .agency_tree import above
from .audit import Answer
from .commands import Actor, Command, secret
from .database import Reading, Row, Transaction
from .errors import Conflict
from .import_plan import Known, Plan, plan_of
from .import_rows import ImportRow, ImportTable
from .models.columns import new_id
from .models.organisation import accounts, agencies, imports, people, positions, rooms
from .organisation import agency_values
from .people import POSTS, person_values
from .rooms import room_values
from .standing import Standing
from .text import Id, OptionalLine, fold

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepImport(Command):
    """Keeps the table that was read, until it is committed or another one is uploaded."""

    file_name: OptionalLine
    table: ImportTable = field(metadata=secret())  # hundreds of people are not to be copied into the log once more


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitImport(Command):
    """`password_hashes`: of the temporary passwords of new accounts, by user name."""

    import_id: Id
    password_hashes: Mapping[str, str] = field(default_factory=dict, metadata=secret())


async def keep_import(tx: Transaction, by: Standing, command: KeepImport) -> Answer:
    mine = sa.and_(imports.c.account_id == by.actor.account_id, imports.c.done_at.is_(None))
    await tx.write(sa.delete(imports).where(sa.or_(mine, imports.c.created_at < tx.now - KEPT)))
    key, table = new_id(), command.table
    kept = {"rows": [[row.number, dict(row.values)] for row in table.rows], "passed_over": list(table.passed_over)}
    await tx.insert(
        imports, id=key, account_id=by.actor.account_id, file_name=command.file_name, rows=kept, created_at=tx.now
    )  # fmt: skip
    return {"import_id": key}


async def commit_import(tx: Transaction, by: Standing, command: CommitImport) -> Answer:
    kept = await kept_import(tx, by.actor, command.import_id)
    if kept is None or kept.done_at is not None:
        raise Conflict("import_gone")
    plan = plan_of(table_of(kept).rows, await known(tx))
    if plan.wrong:
        raise Conflict("import_problems")
    await _carry_out(tx, plan, command.password_hashes)
    await tx.update(imports, kept.id, done_at=tx.now)
    return {name: len(getattr(plan, name)) for name in ("agencies", "people", "rooms", "accounts")}


async def kept_import(reading: Reading, actor: Actor, import_id: str) -> Row | None:
    """One's own import; done or not."""
    mine = sa.and_(imports.c.id == import_id, imports.c.account_id == actor.account_id)
    return await reading.first(sa.select(imports).where(mine))


def table_of(kept: Row) -> ImportTable:
    return ImportTable([ImportRow(number, values) for number, values in kept.rows["rows"]], kept.rows["passed_over"])


async def known(reading: Reading) -> Known:
    """What there is, as plans look it up."""
    wanted = sa.select(people, accounts.c.username).select_from(people.outerjoin(accounts, accounts.c.person_id == people.c.id))
    agency_rows, person_rows = await reading.all(sa.select(agencies)), await reading.all(wanted)
    position_rows, room_rows = await reading.all(sa.select(positions)), await reading.all(sa.select(rooms))
    return Known(
        agencies={fold(row.code): row for row in agency_rows},
        people={(row.agency_id, row.email, fold(row.name)): row for row in person_rows},
        positions={fold(row.name): row.id for row in position_rows},
        rooms={(row.agency_id, fold(row.name)): row for row in room_rows},
        usernames={row.username: row.id for row in person_rows if row.username},
    )


async def _carry_out(tx: Transaction, plan: Plan, hashes: Mapping[str, str]) -> None:
    await _keep_agencies(tx, plan)
    await _keep(tx, positions, plan, {k: {"name": c.name, "rank": c.rank} for k, c in plan.positions.items()})
    tx.wake.add(POSTS)
    await _keep(tx, people, plan, {k: person_values(c) for k, c in plan.people.items()})
    await _keep(tx, rooms, plan, {k: room_values(c) for k, c in plan.rooms.items()})
    account_rows = [
        {
            "id": new_id(), "person_id": c.person_id, "username": c.username, "role": c.role, "created_at": tx.now,
            "password_hash": hashes.get(c.username, ""), "must_change": True,
        }
        for c in plan.accounts.values()
    ]  # fmt: skip
    await tx.insert_many(accounts, account_rows)


async def _keep_agencies(tx: Transaction, plan: Plan) -> None:
    """Parents before those under them; new ones last among their siblings, in the order of the table."""
    tree = {key: command.parent_id for key, command in plan.agencies.items()}
    depth = {key: len(list(above(tree, key))) for key in tree}
    last = int(await tx.value(sa.select(sa.func.coalesce(sa.func.max(agencies.c.position), 0))))
    values = {}
    for place, (key, command) in enumerate(sorted(plan.agencies.items(), key=lambda pair: depth[pair[0]]), last + 1):
        values[key] = agency_values(command) | ({"position": place} if key in plan.new else {})
    await _keep(tx, agencies, plan, values)


async def _keep(tx: Transaction, table: sa.Table, plan: Plan, values: Mapping[str, dict[str, object]]) -> None:
    await tx.insert_many(table, [{"id": key} | row for key, row in values.items() if key in plan.new])
    for key, row in values.items():
        if key not in plan.new:
            await tx.update(table, key, **row)
