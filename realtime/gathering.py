"""Questions that come at the same moment are answered together, by one reading."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Work = Callable[[str, Sequence[Question]], Awaitable[Sequence[Answer | Exception]]]


class Gathering(Generic[Question, Answer]):
    """`work` answers all questions about one subject in their order. `seconds`: who asks meanwhile shares the work."""

    def __init__(self, work: Work[Question, Answer], seconds: float) -> None:
        self._work, self._seconds = work, seconds
        self._asked: dict[str, list[tuple[Question, asyncio.Future[Answer]]]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, subject: str, question: Question) -> Answer:
        """Raises what `work` gave or raised."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(subject, []).append((question, future))
        if subject not in self._tasks:
            self._tasks[subject] = asyncio.create_task(self._answer_all(subject), name=f"gathering {subject}")
        return await future

    async def _answer_all(self, subject: str) -> None:
        try:
            await asyncio.sleep(self._seconds)
            while asked := self._asked.pop(subject, []):
                await self._answer(subject, asked)
                await asyncio.sleep(self._seconds)
        finally:
            del self._tasks[subject]

    async def _answer(self, subject: str, asked: Sequence[tuple[Question, asyncio.Future[Answer]]]) -> None:
        answers: Sequence[Answer | Exception]
        try:
            answers = await self._work(subject, [question for question, _ in asked])
        except Exception as error:  # whatever it was, each of them is told
            answers = [error] * len(asked)
        for (_, future), answer in zip(asked, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
