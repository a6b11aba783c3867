"""Servers in Node.js that the product is measured beside; installed on first use. Without Node.js they are left out, in words."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.ports import free_port

from .figures import SERVER

FOLDER = Path(__file__).with_name("node")


@asynccontextmanager
async def peer(script: str) -> AsyncIterator[tuple[int, asyncio.StreamWriter] | None]:
    """(port, its standard input) of a server on the core of the servers; None where it cannot run."""
    if not _installed():
        yield None
        return
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        "node", str(FOLDER / script), str(port), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, SERVER), cwd=FOLDER,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    await process.stdout.readline()
    try:
        yield port, process.stdin
    finally:
        process.stdin.close()
        await process.wait()


def _installed() -> bool:
    if shutil.which("node") is None or shutil.which("npm") is None:
        print("bench: without Node.js and npm their servers are left out", file=sys.stderr)
        return False
    if (FOLDER / "node_modules" / ".package-lock.json").exists():
        return True
    done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=FOLDER, check=False).returncode == 0
    if not done:
        print("bench: npm could not install the servers in bench/node; they are left out", file=sys.stderr)
    return done
