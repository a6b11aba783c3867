"""Mails by the hundred are built in a process of their own, so that neither pages nor the live room wait: lines of JSON go in, mails
come out. It is started when there is much to build, and ends when nothing came for a while.

`python -m calendars.workshop` is that process; it reads the same settings from the environment that the product does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

from meetings.outgoing import Claimed
from meetings.settings import Settings

from .building import Builder, Built

log = logging.getLogger(__name__)
FEW = 8  # so many are built in a thread; a process is not worth its start
IDLE = 30.0  # seconds
_FRAME = struct.Struct(">III")  # lengths of sender, recipient and content; without a content it could not be built
_ROOT = Path(__file__).parent.parent


class Workshop:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._builder = Builder(settings)
        self._process: asyncio.subprocess.Process | None = None
        self._one = asyncio.Lock()
        self._closing: asyncio.TimerHandle | None = None

    async def build(self, rows: Sequence[Claimed]) -> list[Built | None]:
        """In order; None for one that cannot be built, which is a mistake of ours."""
        if len(rows) <= FEW and self._process is None:
            return await asyncio.to_thread(lambda: [_built(self._builder, row) for row in rows])
        async with self._one:
            return await self._elsewhere(rows)

    async def close(self) -> None:
        if self._closing:
            self._closing.cancel()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _elsewhere(self, rows: Sequence[Claimed]) -> list[Built | None]:
        process = await self._running()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without pipes")
        process.stdin.write(b"".join(json.dumps(_fields(row)).encode() + b"\n" for row in rows))
        try:
            # Both at once: with the pipes full each would wait for the other.
            built, _ = await asyncio.gather(_read(process.stdout, len(rows)), process.stdin.drain())
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            await self.close()
            raise OSError(f"the mail workshop ended: {error}") from error
        except asyncio.CancelledError:
            await self.close()  # what it still says answers nobody
            raise
        self._closing = asyncio.get_running_loop().call_later(IDLE, self._rest)
        return built

    async def _running(self) -> asyncio.subprocess.Process:
        if self._closing:
            self._closing.cancel()
        if self._process is None or self._process.returncode is not None:
            paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
            environment = os.environ | self._settings.environ() | {"PYTHONPATH": os.pathsep.join(paths)}
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "calendars.workshop", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=environment,
                start_new_session=True,  # it ends when we do, by its input, and not by a key pressed
            )  # fmt: skip
        return self._process

    def _rest(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()  # it ends by itself
            self._process = None


def _fields(row: Claimed) -> dict[str, object]:
    return {"id": row.id, "message_id": row.message_id, "method": row.method, "facts": row.facts, "attempts": row.attempts}


async def _read(stream: asyncio.StreamReader, wanted: int) -> list[Built | None]:
    found: list[Built | None] = []
    for _ in range(wanted):
        lengths = _FRAME.unpack(await stream.readexactly(_FRAME.size))
        sender, recipient, content = [await stream.readexactly(length) for length in lengths]
        found.append(Built(sender.decode(), recipient.decode(), content) if content else None)
    return found


def _built(builder: Builder, row: Claimed) -> Built | None:
    try:
        return builder.build(row)
    except Exception:  # one mail that cannot be built must not hold back the others
        log.exception("mail %s cannot be built", row.id)
        return None


def work() -> None:
    """Until there is nothing more to read."""
    _stand_back()
    builder, out = Builder(Settings.from_environ(os.environ)), sys.stdout.buffer
    for line in sys.stdin.buffer:
        built = _built(builder, Claimed(**json.loads(line)))
        parts = (built.sender.encode(), built.recipient.encode(), built.content) if built else (b"", b"", b"")
        out.write(_FRAME.pack(*map(len, parts)))
        for part in parts:
            out.write(part)
        out.flush()


def _stand_back() -> None:
    """Pages and rooms come first, also where there is one core."""
    os.nice(19)
    if hasattr(os, "SCHED_IDLE"):  # Linux; gives way at once, which niceness alone does not
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


if __name__ == "__main__":
    work()
