"""Ballots in tests: opened with everybody in the room, voted in, exported, and verified as a stranger would."""

from __future__ import annotations

import asyncio
import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.ballot_record import link
from meetings.commands import Actor
from meetings.database import Database
from meetings.perform import perform
from meetings.queries.ballots import record_of
from meetings.voting import CastVote, OpenBallot, PrepareBallot
from web.static import verify_ballot

from .meetings import Held

VERIFIER = Path(verify_ballot.__file__)
Record = dict[str, Any]


async def ballot_of(db: Database, held: Held, **settings: Any) -> str:
    """Opened, with everybody in the room."""
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    await asyncio.gather(*(perform(db, a, CheckIn(meeting_id=held.id, mode="room")) for a in (held.chair, *held.members)))
    prepared = await perform(db, held.chair, PrepareBallot(meeting_id=held.id, question="Thông qua?", **settings))
    await perform(db, held.chair, OpenBallot(meeting_id=held.id, ballot_id=prepared["ballot_id"]))
    return str(prepared["ballot_id"])


async def vote(db: Database, held: Held, ballot: str, actor: Actor, choice: str | None = None, text: str = "", **said: Any) -> Any:
    return await perform(db, actor, CastVote(meeting_id=held.id, ballot_id=ballot, choice=choice, text=text, **said))  # type: ignore[arg-type]


def for_(*options: str) -> dict[str, str]:
    return dict.fromkeys(options, "for")


async def exported(db: Database, held: Held, ballot: str) -> Record:
    async with db.reading() as reading:
        return await record_of(reading, held.secretary, held.id, ballot)


def verify(folder: Path, record: Record) -> tuple[int, str]:
    """As a stranger runs it: a copy of the one file, with nothing of ours to import."""
    (folder / "record.json").write_text(json.dumps(record), encoding="utf-8")
    (folder / "verify.py").write_bytes(VERIFIER.read_bytes())
    run = subprocess.run([sys.executable, "-I", "verify.py", "record.json"], cwd=folder, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout


def rechained(record: Record) -> Record:
    """With every hash made again, as a forger who knows how would."""
    before = ""
    for number, entry in enumerate(record["entries"], 1):
        entry["seq"] = number
        entry.pop("hash", None)
        entry["hash"] = before = link(before, entry)
    return record | {"seal": before}


def alterations(record: Record) -> Iterator[Record]:
    """The record with one value altered, for each value that the seal is to protect."""
    for path in _leaves({"entries": record["entries"], "seal": record["seal"]}):
        forged = copy.deepcopy(record)
        place: Any = forged
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = _altered(place[path[-1]])
        yield forged


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(part, (*path, key))
    else:
        yield path


def _altered(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "x" if value is None else f"{value}x"
