"""`python -m bench` lists the benches; `python -m bench NAME...` runs some, `all` runs all. Goals missed are printed as `short`."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys

from .figures import HEADER, SERVER

BENCHES = (
    "fanout", "votes", "join", "restart", "memory", "minutes", "age", "pages", "search", "find_time", "replies", "invitations", "smtp",
    "feeds",
)  # fmt: skip


def main(names: list[str]) -> int:
    if names == ["all"]:
        names = list(BENCHES)
    unknown = [name for name in names if name not in BENCHES]
    if not names or unknown:
        for name in BENCHES:
            print(f"{name:<11} {(importlib.import_module(f'bench.{name}').__doc__ or '').strip()}")
        return 2 if unknown else 0
    os.sched_setaffinity(0, SERVER)
    print(HEADER, flush=True)
    for name in names:
        for figure in _run(importlib.import_module(f"bench.{name}").run()):
            print(figure, flush=True)
    return 0


def _run(job):
    """On the loop that serves."""
    try:
        from uvloop import run
    except ImportError:
        return asyncio.run(job)
    return run(job)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
