"""Commands that wait for one scope when a transaction begins share it: one COMMIT acknowledges them all. A burst of
500 votes costs a handful of commits instead of 500, and every answer still follows its commit.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from .audit import Answer
from .commands import Actor, Command
from .database import Database, Transaction

Given = tuple[Actor, Command]
Outcome = Answer | Exception
Run = Callable[[Transaction, Sequence[Given]], Awaitable[Sequence[Outcome]]]

LARGEST_GROUP = 250


class Lane:
    """The queue of one scope. Lives only while something waits in it."""

    def __init__(self, db: Database, scope: str, run: Run) -> None:
        self._db, self._scope, self._run = db, scope, run
        self._waiting: deque[tuple[Given, asyncio.Future[Answer]]] = deque()
        self._task: asyncio.Task[None] | None = None

    def put(self, given: Given) -> asyncio.Future[Answer]:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((given, future))
        if self._task is None:
            self._task = asyncio.create_task(self._drain(), name=f"lane {self._scope}")
        return future

    async def _drain(self) -> None:
        while self._waiting:
            size = min(len(self._waiting), LARGEST_GROUP)
            group = [self._waiting.popleft() for _ in range(size)]
            outcomes = await self._commit([given for given, _ in group])
            for (_, future), outcome in zip(group, outcomes, strict=True):
                _settle(future, outcome)
        self._db.lanes.pop(self._scope, None)

    async def _commit(self, group: Sequence[Given]) -> Sequence[Outcome]:
        try:
            async with self._db.transaction(self._scope) as tx:
                outcomes = await self._run(tx, group)
        except Exception as error:  # whatever it was, each of the group is told, and the lane goes on
            return [error] * len(group)
        return outcomes


def _settle(future: asyncio.Future[Answer], outcome: Outcome) -> None:
    if future.done():  # whoever asked has gone; what was done stays done
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


async def submit(db: Database, given: Given, run: Run, scope: str) -> Answer:
    """Carry `given` out together with whatever else waits for the scope; answers after the COMMIT, or raises."""
    lane: Lane = db.lanes.get(scope) or db.lanes.setdefault(scope, Lane(db, scope, run))
    return await asyncio.shield(lane.put(given))
