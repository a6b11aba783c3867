"""A PostgreSQL server of the test's own, in a folder, to be killed, frozen and filled up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.support.ports import free_port
from tests.support.requirements import need

SETTINGS = {
    "listen_addresses": "127.0.0.1", "shared_buffers": "16MB", "max_connections": "60", "max_wal_size": "32MB", "min_wal_size": "32MB",
}  # fmt: skip


@dataclass
class OwnPostgres:
    programs: Path
    folder: Path
    port: int
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        options = ["--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--wal-segsize=1"]
        self._run(["initdb", "-D", str(self.folder), *options]).check_returncode()

    async def start(self) -> None:
        """Until it answers; after a crash it recovers first."""
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.programs / "postgres"), "-D", str(self.folder), "-p", str(self.port), "-k", "", *settings]
        for _ in range(600):
            if self.server is None or self.server.poll() is not None:
                # Right after a kill, its children may still hold the shared memory; then it refuses to start.
                (self.folder / "postmaster.pid").unlink(missing_ok=True)
                with (self.folder / "log").open("ab") as log:
                    self.server = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **_as_owner())
            with contextlib.suppress(OSError, asyncpg.PostgresError):
                connection = await asyncpg.connect(self.url.replace("+asyncpg", ""), timeout=2)
                return await connection.close()
            await asyncio.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text(encoding="utf-8")[-2000:])

    def processes(self) -> list[int]:
        """The server's own, then those of its connections and work."""
        assert self.server is not None
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text(encoding="ascii")
        return [self.server.pid, *map(int, children.split())]

    def kill(self) -> None:
        """All of it, as a power cut would."""
        self.signal(signal.SIGKILL)
        assert self.server is not None
        self.server.wait(20)

    def kill_backends(self) -> None:
        """What serves the connections: the server notices, ends the others, recovers, and goes on by itself."""
        for pid in self.processes()[1:]:
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # one that ended by itself meanwhile, as a vacuum does
                if b": postgres postgres 127" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)

    def signal(self, sign: int) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)

    def _run(self, command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        program = [str(self.programs / command[0]), *command[1:]]
        return subprocess.run(program, cwd=self.folder, capture_output=True, check=False, **_as_owner())


@asynccontextmanager
async def own_postgres(folder: Path) -> AsyncIterator[OwnPostgres]:
    """Running, with an empty database in an empty folder that the caller removes. Skips the test where its programs are absent."""
    programs = _programs()
    need("PostgreSQL's server (initdb)", programs is not None)
    assert programs is not None
    if owner := _as_owner():  # PostgreSQL refuses to run as root
        shutil.chown(folder, owner["user"])
    found = OwnPostgres(programs, folder, free_port())
    found.make()
    await found.start()
    try:
        yield found
    finally:
        if found.server is not None and found.server.poll() is None:
            found.signal(signal.SIGCONT)
            found.kill()


def _programs() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    where = shutil.which("initdb") or (str(installed[-1]) if installed else None)
    return Path(where).parent if where else None


def _as_owner() -> dict[str, str]:
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres"}
