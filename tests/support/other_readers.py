"""What programs that nobody here wrote understand of our calendars and mails: ical.js and mailparser, under Node.js. They are installed
on first use, into the folder that locks their versions; without Node.js, npm or a registry these tests are skipped."""

from __future__ import annotations

import base64
import fcntl
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .requirements import need

FOLDER = Path(__file__).parent.parent / "calendars" / "node"


def as_others_read(calendars: list[bytes], mails: list[bytes] | None = None) -> dict[str, list[Any]]:
    """{calendars, mails} as `read.mjs` tells them."""
    need("ical.js and mailparser (npm ci in tests/calendars/node)", _installed())
    asked = {"calendars": [one.decode() for one in calendars], "mails": [base64.b64encode(one).decode() for one in mails or []]}
    done = subprocess.run(["node", "read.mjs"], cwd=FOLDER, input=json.dumps(asked).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, list[Any]] = json.loads(done.stdout)
    return found


def _installed() -> bool:
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    with (FOLDER / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of several test processes installs
        if (FOLDER / "node_modules" / ".package-lock.json").exists():
            return True
        command = ["npm", "ci", "--no-audit", "--no-fund", "--silent"]
        return subprocess.run(command, cwd=FOLDER, check=False, capture_output=True).returncode == 0
