"""Waiting for commits, and being told to stop at any moment of it."""

from __future__ import annotations

import asyncio

import pytest

from meetings.wakeups import WakeUps


@pytest.mark.parametrize("steps", range(6))
async def test_a_watcher_cancelled_while_it_is_being_woken_stops(steps: int):
    wakeups = WakeUps()

    async def watching() -> None:
        with wakeups.watch("meeting") as watch:
            while True:
                await watch.wait(60)

    task = asyncio.create_task(watching())
    await asyncio.sleep(0.01)
    wakeups.wake("meeting")
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task}, timeout=1)
    stopped = task.done()
    task.cancel()
    await asyncio.wait({task}, timeout=1)
    assert stopped


async def test_a_wake_up_between_two_waits_is_not_missed():
    wakeups = WakeUps()
    with wakeups.watch("meeting") as watch:
        wakeups.wake("meeting")
        async with asyncio.timeout(1):
            await watch.wait(60)
