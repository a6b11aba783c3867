"""Runs load.c: many browsers in one process, on the core that the server does not use."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .figures import LOAD

UNIQUE = "%"  # becomes an id of its own in each message


def compiled(folder: Path) -> Path:
    """The load client's program. Exits with a clear word where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        sys.exit("bench: a C compiler (cc) is needed for the load client")
    program = folder / "load"
    subprocess.run([compiler, "-O2", "-o", str(program), str(Path(__file__).with_name("load.c"))], check=True)
    return program


class Load:
    """Clients that are in. `ready_seconds`: from the first connect until the last was in."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.ready_seconds = 0.0

    async def told(self, word: str) -> list[float]:
        """The numbers of the line that begins with `word`, which comes next."""
        assert self._process.stdout is not None
        line = (await self._process.stdout.readline()).decode().split()
        if not line or line[0] != word:
            raise RuntimeError(f"the load client said {line} instead of {word}")
        return [float(part) for part in line[1:]]

    async def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()

    async def count(self, events: int) -> None:
        """From now on; `told("counted")` follows when that many have come."""
        await self._say(f"count {events}")
        await self.told("counting")

    async def acked(self, event: str, *data: dict[str, Any], each: int | None = None) -> tuple[float, float, float]:
        """Every client sends `data`, once at once or `each` times one after the other, in turns where there are two:
        (seconds, p50 ms, p95 ms)."""
        message = "\t".join(json.dumps([event, one], separators=(",", ":")) for one in data)
        await self._say(f"burst {message}" if each is None else f"loop {each} {message}")
        seconds, p50, p95, _most, failures = await self.told("acked")
        if failures:
            raise RuntimeError(f"{failures:.0f} were refused")
        return seconds, p50, p95

    async def cpu(self) -> float:
        """Seconds of its core that it has used."""
        await self._say("cpu")
        return (await self.told("cpu"))[0]


@asynccontextmanager
async def load(
    port: int, cookies: Iterable[str], join: tuple[str, dict[str, Any]] | None = None, kind: str = "socketio"
) -> AsyncIterator[Load]:
    """One client a cookie. `kind`: "socketio" or "bare"; `join`: sent once connected, to be acknowledged."""
    with TemporaryDirectory() as folder:
        program, file = compiled(Path(folder)), Path(folder) / "cookies"
        file.write_text("".join(f"{cookie}\n" for cookie in cookies))
        arguments = [str(port), str(file), kind, json.dumps(list(join), separators=(",", ":")) if join else ""]
        process = await asyncio.create_subprocess_exec(
            str(program), *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=lambda: os.sched_setaffinity(0, LOAD)
        )
        clients = Load(process)
        try:
            clients.ready_seconds, failures = await clients.told("ready")
            if failures:
                raise RuntimeError(f"{failures:.0f} were not let in")
            yield clients
        finally:
            if process.stdin is not None:
                process.stdin.close()
            await process.wait()
