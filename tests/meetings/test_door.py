"""The one door: group commit, the same answer to the same command, the audit chain, refusals that undo themselves alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from meetings import access_rules, audit, live_log, perform
from meetings.commands import Command, system
from meetings.database import Database
from meetings.errors import Conflict, NotAllowed, Refusal
from meetings.models.columns import new_id
from meetings.models.live import audit as audit_table
from meetings.models.organisation import positions


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Command):
    name: str


async def _name(tx, by, command):
    await tx.insert(positions, id=new_id(), name=command.name)
    live_log.append(tx, "named", {"name": command.name})
    if command.name.startswith("bad"):
        raise Conflict("bad")
    if command.name.startswith("worse"):
        raise ZeroDivisionError
    return {"name": command.name}


@pytest.fixture(autouse=True)
def naming(monkeypatch):
    monkeypatch.setitem(perform.HANDLERS, Name, _name)
    monkeypatch.setitem(access_rules.RULES, Name, lambda by, c: by.actor.kind == "system")


async def test_a_burst_is_answered_one_by_one_and_the_log_has_no_gap(db: Database):
    names = [f"bad {i}" if i % 10 == 3 else f"worse {i}" if i % 10 == 7 else f"good {i}" for i in range(100)]
    answers = await asyncio.gather(
        *(perform.perform(db, system("test"), Name(name=n)) for n in names), return_exceptions=True
    )
    for name, answer in zip(names, answers, strict=True):
        if name.startswith("good"):
            assert answer == {"name": name}
        else:
            assert isinstance(answer, Refusal if name.startswith("bad") else ZeroDivisionError)
    async with db.reading() as r:
        kept = await r.column(sa.select(positions.c.name))
        rows = await live_log.read_after(r, "organisation", 0)
        assert await audit.first_broken(r, "organisation") is None
    assert sorted(kept) == sorted(n for n in names if n.startswith("good"))
    assert [row.seq for row in rows] == list(range(1, 81))
    assert [row.data["name"] for row in rows] == [n for n in names if n.startswith("good")]


async def test_the_same_command_twice_has_one_effect_and_one_answer(db: Database):
    command = Name(name="once")
    both = await asyncio.gather(*(perform.perform(db, system("test"), command) for _ in range(2)))
    again = await perform.perform(db, system("test"), command)
    assert both[0] == both[1] == again == {"name": "once"}
    async with db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(positions)) == 1


async def test_a_command_without_a_rule_is_refused(db: Database, monkeypatch):
    monkeypatch.delitem(access_rules.RULES, Name)
    with pytest.raises(NotAllowed):
        await perform.perform(db, system("test"), Name(name="x"))


async def test_an_altered_audit_row_is_found(db: Database):
    for i in range(5):
        await perform.perform(db, system("test"), Name(name=f"n{i}"))
    async with db.transaction("organisation") as tx:
        await tx.write(sa.update(audit_table).where(audit_table.c.seq == 3).values(fields={"name": "forged"}))
    async with db.reading() as r:
        assert await audit.first_broken(r, "organisation") == 3


async def test_whoever_watches_is_woken_after_the_commit(db: Database):
    with db.wakeups.watch("organisation") as watch:
        await perform.perform(db, system("test"), Name(name="x"))
        await asyncio.wait_for(watch.wait(5), 2)
        async with db.reading() as r:
            assert len(await live_log.read_after(r, "organisation", 0)) == 1
