"""What voters asked and what they were answered, and whether the database's record agrees with it.

Each vote is invoked once and ends as ok (acknowledged), fail (refused) or unknown (nobody ever answered). Then, in linear time:
what is ok stands on the record exactly once, what failed never, what is unknown once at most; nothing is acknowledged that began
after the close was; the log has no gap and tells each vote once; and the stand-alone verifier counts the same.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from meetings import audit, live_log
from meetings.commands import Actor
from meetings.database import Database
from meetings.models.columns import new_id
from meetings.queries.ballots import record_of
from tests.support.room_client import RoomClient
from web.static import verify_ballot

PATIENCE = 2.0  # seconds until a browser gives a connection up
ATTEMPTS = 150


async def insist(client: RoomClient, message: dict[str, Any], attempts: int = ATTEMPTS, patience: float = PATIENCE) -> Any:
    """Sends the same command until it is answered for, over as many connections as it takes; None when it never is."""
    for attempt in range(attempts):
        try:
            async with asyncio.timeout(patience):
                if attempt or not client.wire.connected:
                    await client.wire.cut()
                    await client.rejoin()
                answer = await client.wire.call("do", message)
                if "again" not in answer and answer.get("code") != "not_joined":
                    return answer
        except (ConnectionError, TimeoutError, AssertionError):
            pass
        await asyncio.sleep(0.05 * min(attempt, 10))
    return None


@dataclass
class Act:
    """One vote. `began` and `ended` on one steady clock; `ended` infinite while unknown."""

    id: str
    choice: str
    began: float
    outcome: Literal["ok", "fail", "unknown"] = "unknown"
    ended: float = float("inf")
    receipt: str = ""


@dataclass
class History:
    acts: list[Act] = field(default_factory=list)
    closed: float = float("inf")  # when the close was acknowledged

    async def vote(self, client: RoomClient, ballot_id: str, choice: str, attempts: int = ATTEMPTS, patience: float = PATIENCE) -> Act:
        act = Act(new_id(), choice, time.monotonic())
        self.acts.append(act)
        message = {"id": act.id, "name": "CastVote", "ballot_id": ballot_id, "choice": choice}
        answer = await insist(client, message, attempts, patience)
        if answer is not None:
            act.outcome, act.ended = "ok" if answer["ok"] else "fail", time.monotonic()
            act.receipt = (answer.get("answer") or {}).get("receipt", "")
        return act

    def contradictions(self, record: Sequence[dict[str, Any]], log: Sequence[Any]) -> list[str]:
        """Of the ballot's record (`entries`) and the meeting's whole log, in words; empty when all is well."""
        cast = [entry["data"] for entry in record if entry["what"] == "vote"]
        times = Counter(vote["command_id"] for vote in cast)
        receipts = {vote["command_id"]: vote["receipt"] for vote in cast}
        least = {"ok": 1, "fail": 0, "unknown": 0}
        most = {"ok": 1, "fail": 0, "unknown": 1}
        wrong = [
            f"{act.outcome} vote {act.id} stands {times[act.id]} times on the record"
            for act in self.acts
            if not least[act.outcome] <= times[act.id] <= most[act.outcome]
        ]
        wrong += [f"vote {a.id} has another receipt" for a in self.acts if a.outcome == "ok" and receipts.get(a.id) != a.receipt]
        wrong += [f"vote {a.id} was acknowledged after the close" for a in self.acts if a.outcome == "ok" and a.began > self.closed]
        wrong += [f"nobody gave the vote {key}" for key in times.keys() - {act.id for act in self.acts}]
        return wrong + _of_log(cast, log)


def _of_log(cast: Sequence[dict[str, Any]], log: Sequence[Any]) -> list[str]:
    wrong = [] if [row.seq for row in log] == list(range(1, len(log) + 1)) else ["the log has a gap"]
    told = Counter(row.data["receipt"] for row in log if row.kind == "mandate.changed" and row.data["receipt"])
    wrong += [f"receipt {v['receipt'][:8]} is told {told[v['receipt']]} times" for v in cast if told[v["receipt"]] != 1]
    voters = {vote["participant_id"] for vote in cast}
    counted = Counter(row.data["participant_id"] for row in log if row.kind == "vote.cast")
    return wrong + [f"the log counts {counted[voter]} votes of {voter}" for voter in voters if counted[voter] != 1]


async def assert_true(history: History, db: Database, chair: Actor, meeting_id: str, ballot_id: str) -> dict[str, Any]:
    """The record as exported, once everything agrees. A meeting with one ballot."""
    async with db.reading() as reading:
        record = await record_of(reading, chair, meeting_id, ballot_id)
        log = await live_log.read_after(reading, meeting_id, 0, 1_000_000)
        assert await audit.first_broken(reading, meeting_id) is None
    verify_ballot.verify(record)
    assert not history.contradictions(record["entries"], log)
    return record
