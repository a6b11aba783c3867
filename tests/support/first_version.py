"""A database as the first version left it (revision 0001): one meeting that is over, with approved minutes and ballots of each
kind that there was, and one that is live with a ballot open. What it holds was written by that version itself."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.commands import Actor
from meetings.database import Database, open_database
from meetings.migrations import configuration
from meetings.models.columns import new_id
from meetings.models.meeting import participants

KEPT = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
RECORDS: list[dict[str, Any]] = KEPT["records"]  # as files that it exported
_BY_STATE = {row["state"]: row["id"] for row in KEPT["tables"]["meetings"]}
OVER, LIVE = _BY_STATE["finished"], _BY_STATE["live"]
OPEN = next(row["id"] for row in KEPT["tables"]["ballots"] if row["state"] == "open")
FIRST_ITEM = next(row["id"] for row in KEPT["tables"]["items"] if row["meeting_id"] == OVER and row["position"] == 0)


async def make_first_version(url: str, *, fold_minutes: bool = False) -> None:
    """`fold_minutes`: the minutes of the meeting that is over were long, so that their first update stands in their state alone."""
    await asyncio.to_thread(command.upgrade, configuration(url), "0001")
    database = open_database(url)
    async with database.engine.begin() as connection:
        tables = sa.MetaData()
        await connection.run_sync(tables.reflect)
        for name, rows in KEPT["tables"].items():
            for row in rows:
                await connection.execute(tables.tables[name].insert().values(_typed(tables.tables[name], row)))
        if fold_minutes:
            await _fold(connection, tables.tables["minutes_updates"], tables.tables["minutes_states"])
    await database.close()


async def _fold(connection: AsyncConnection, updates: sa.Table, states: sa.Table) -> None:
    (row,) = (await connection.execute(updates.select())).all()
    doc: Doc[Any] = Doc()
    doc.apply_update(row.content)
    before = doc.get_state()
    section: XmlFragment = doc.get(f"item:{FIRST_ITEM}", type=XmlFragment)
    section.children.append(XmlElement("paragraph", contents=[XmlText("Thêm sau.")]))
    await connection.execute(states.insert().values(meeting_id=OVER, upto=2, content=doc.get_update()))
    await connection.execute(updates.update().values(seq=2, content=doc.get_update(before)))


def _typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    typed = dict(row)
    for key, value in row.items():
        if isinstance(table.c[key].type, sa.DateTime):
            instant = datetime.fromisoformat(value)
            typed[key] = instant if table.c[key].type.timezone else instant.replace(tzinfo=None)
        elif isinstance(table.c[key].type, sa.LargeBinary):
            typed[key] = base64.b64decode(value)
    return typed


async def actors_of(db: Database, meeting_id: str) -> dict[str, list[Actor]]:
    """Those invited, by duty, as their accounts."""
    found: dict[str, list[Actor]] = {}
    async with db.reading() as reading:
        rows = await reading.all(sa.select(participants).where(participants.c.meeting_id == meeting_id).order_by(participants.c.position))
    for row in rows:
        found.setdefault(row.duty, []).append(
            Actor(kind="account", name=row.name, account_id=new_id(), person_id=row.person_id, agency_id=row.agency_id, agency_name="Sở")
        )
    return found
