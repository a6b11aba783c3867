"""One hash-chained row per command carried out, in the order of its scope. It also remembers each command's answer, so
that a command sent again (a reconnect, a double click) has the same answer and no second effect.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from . import clock
from .commands import Actor, Command, MeetingCommand
from .database import Reading, Transaction
from .json_text import canonical
from .models.columns import new_id
from .models.live import audit

Answer = dict[str, Any] | None


async def answers_of(tx: Transaction, given: Sequence[tuple[Actor, Command]]) -> dict[tuple[str, str], Answer]:
    """Answers already given, by (actor key, command id)."""
    wanted = sa.select(audit.c.actor, audit.c.command_id, audit.c.result)
    rows = await tx.all(wanted.where(audit.c.command_id.in_([command.id for _, command in given])))
    return {(row.actor, row.command_id): row.result for row in rows}


def record(tx: Transaction, actor: Actor, command: Command, answer: Answer) -> None:
    """Add the command to the chain of its scope."""
    _add(tx, actor, command, command.id, fields_of(command), answer)


def record_beside(tx: Transaction, actor: Actor, command: MeetingCommand) -> None:
    """Add to the chain of another meeting that the command, which is recorded in its own, has changed this one too."""
    _add(tx, actor, command, new_id(), {"with_meeting": command.meeting_id}, None)


def _add(tx: Transaction, actor: Actor, command: Command, command_id: str, said: dict[str, Any], answer: Answer) -> None:
    tx.counters.audit_seq += 1
    row: dict[str, Any] = {
        "scope": tx.scope, "seq": tx.counters.audit_seq, "at": tx.now, "actor": actor.key, "actor_name": actor.name,
        "command": type(command).__name__, "command_id": command_id, "fields": said, "result": answer,
    }  # fmt: skip
    tx.counters.audit_hash = row["hash"] = link(tx.counters.audit_hash, row)
    tx.audit.append(row)


def fields_of(command: Command) -> dict[str, Any]:
    """What the command says, without ids it repeats and without its secrets."""
    kept = (f for f in dataclasses.fields(command) if f.name not in ("id", "meeting_id") and not f.metadata.get("secret"))
    return {f.name: _plain(getattr(command, f.name)) for f in kept}


def link(before: str, row: dict[str, Any]) -> str:
    """SHA-256 over the hash before and the row's canonical JSON."""
    said = {k: clock.iso(v) if k == "at" else v for k, v in row.items() if k != "hash"}
    return hashlib.sha256(f"{before}\n{canonical(said)}".encode()).hexdigest()


async def first_broken(reading: Reading, scope: str) -> int | None:
    """The number of the first row of the scope's chain that was altered, removed or put in; None when it is whole."""
    before, expected = "", 1
    for row in await reading.all(sa.select(audit).where(audit.c.scope == scope).order_by(audit.c.seq)):
        if row.seq != expected or row.hash != link(before, dict(row._mapping)):
            return expected
        before, expected = row.hash, expected + 1
    return None


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value) if not f.metadata.get("secret")}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, bytes):
        return f"{len(value)} bytes, sha256 {hashlib.sha256(value).hexdigest()}"
    if isinstance(value, date):  # and datetime, which is one
        return value.isoformat()
    return value
