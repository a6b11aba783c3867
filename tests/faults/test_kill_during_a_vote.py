"""The server is killed at each step between receiving a vote and acknowledging it: nothing is lost, nothing counted twice."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from meetings import audit, live_log
from meetings.database import Database, open_database
from meetings.models.columns import new_id
from meetings.models.meeting import meetings
from meetings.models.room import votes
from tests.support.city import City

from .rounds import ROUNDS

STEPS = ("received", "handled", "committed")


async def test_a_vote_is_counted_once_whenever_the_server_dies(city: City) -> None:
    db = open_database(city.database)
    async with db.reading() as r:
        meeting = await r.value(sa.select(meetings.c.id).where(meetings.c.state == "live"))
    for step in STEPS * ROUNDS:
        await vote_and_die(city, db, meeting, step)
    await db.close()


async def vote_and_die(city: City, db: Database, meeting: str, step: str) -> None:
    await city.start("tests.faults.dying_server", step)
    chair, voter = await city.client("chutri"), await city.client("sotaichinh")
    for client in (chair, voter):
        await client.wire.connect()
        assert (await client.join(meeting))["ok"]
    ballot = (await chair.do("PrepareBallot", question=f"Khi máy chủ chết: {step}"))["answer"]["ballot_id"]
    assert (await chair.do("OpenBallot", ballot_id=ballot))["ok"]
    vote = {"id": new_id(), "name": "CastVote", "ballot_id": ballot, "choice": "for"}
    with pytest.raises((ConnectionError, asyncio.TimeoutError)):
        await voter.wire.call("do", vote)
    assert city.process is not None
    assert city.process.wait(60) == -9

    for client in (chair, voter):
        await client.wire.cut()
    await city.start("web", "serve")
    for client in (chair, voter):
        await client.wire.connect()
        assert (await client.join(meeting))["ok"]
    known = voter.state["mandates"][ballot]["choice"]
    assert known == ("for" if step == "committed" else None)
    again = await voter.wire.call("do", vote)  # what the browser does: the same bytes
    assert again["ok"]
    third = await voter.wire.call("do", vote)
    assert third["answer"] == again["answer"]
    await voter.until(lambda: voter.state["mandates"][ballot]["receipt"] == again["answer"]["receipt"])
    assert voter.state["ballots"][ballot]["cast"] == 1
    async with db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(votes).where(votes.c.ballot_id == ballot)) == 1
        rows = await live_log.read_after(r, meeting, 0, 10_000)
        assert await audit.first_broken(r, meeting) is None
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert sum(row.kind == "vote.cast" and row.data["ballot_id"] == ballot for row in rows) == 1
    assert (await chair.do("CloseBallot", ballot_id=ballot))["ok"]
    for client in (chair, voter):
        await client.wire.cut()
    await city.stop()
