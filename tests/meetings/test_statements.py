"""What a command costs does not grow with what the tables hold: none of its statements goes through a whole table."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from meetings.agenda import StartMeeting
from meetings.attendance import CheckIn
from meetings.database import Database
from meetings.models import metadata
from meetings.perform import perform
from meetings.speaking import AskToSpeak
from meetings.voting import CastVote, CloseBallot, OpenBallot, PrepareBallot
from tests.support.meetings import hold_meeting


# SQLite chooses its indexes by rule; PostgreSQL goes through small tables whatever indexes they have.
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
async def test_commands_find_their_rows_by_index(db: Database):
    held = await hold_meeting(db)
    here = {"meeting_id": held.id}
    sent: list[tuple[str, Any]] = []

    def keep(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, many: bool) -> None:
        sent.append((statement, values[0] if many else values))

    sa.event.listen(db.engine.sync_engine, "before_cursor_execute", keep)
    await perform(db, held.chair, StartMeeting(**here))
    for member in held.members:
        await perform(db, member, CheckIn(**here, mode="room"))
    await perform(db, held.members[0], AskToSpeak(**here))
    ballot = (await perform(db, held.chair, PrepareBallot(**here, question="Thông qua?")))["ballot_id"]
    await perform(db, held.chair, OpenBallot(**here, ballot_id=ballot))
    await perform(db, held.members[0], CastVote(**here, ballot_id=ballot, choice="for"))
    await perform(db, held.chair, CloseBallot(**here, ballot_id=ballot))
    sa.event.remove(db.engine.sync_engine, "before_cursor_execute", keep)

    plans: dict[str, list[str]] = {}
    async with db.engine.connect() as connection:
        for statement, values in sent:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                plans[statement] = [row.detail for row in plan.all()]
    through = {f"SCAN {table}" for table in metadata.tables}
    assert len(plans) > 10
    assert not {text: plan for text, plan in plans.items() if through & {" ".join(step.split()[:2]) for step in plan}}
