"""Whoever is cancelled in the midst of a transaction ends, leaves nothing half done, and keeps nobody from writing."""

from __future__ import annotations

import asyncio
import random

import sqlalchemy as sa

from meetings.database import Database
from meetings.models.live import scopes

ROUNDS = 300  # without care one in a hundred is stuck


async def test_a_cancelled_transaction_ends_and_lets_the_next_one_begin(db: Database):
    dice = random.Random(3)

    async def write() -> None:
        while True:
            async with db.transaction("a") as tx, tx.savepoint():
                tx.counters.live_seq += 1
                await tx.write(sa.update(scopes).where(scopes.c.id == "a").values(minutes_seq=tx.counters.live_seq))
                tx.counters.minutes_seq += 1

    for _ in range(ROUNDS):
        writing = asyncio.create_task(write())
        for _ in range(dice.randrange(120)):
            await asyncio.sleep(0)
        if dice.random() < 0.3:
            await asyncio.sleep(dice.random() * 0.01)
        writing.cancel()
        _, stuck = await asyncio.wait({writing}, timeout=20)
        assert not stuck
        assert writing.cancelled()
        async with db.transaction("a") as tx:
            assert tx.counters.live_seq == tx.counters.minutes_seq
