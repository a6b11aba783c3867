"""The product, made to die without a word at one step of a vote: `python -m tests.faults.dying_server STEP`.

received: before anything is written; handled: written, not committed; committed: committed, not acknowledged.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from meetings import group_commit, perform
from meetings.voting import CastVote, cast_votes
from realtime import server
from web.__main__ import main


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: str) -> None:
    if step == "received":
        before = server.command_of

        def command_of(data: Any, meeting_id: str) -> Any:
            found = before(data, meeting_id)
            return die() if isinstance(found, CastVote) else found

        server.command_of = command_of  # type: ignore[attr-defined]
    elif step == "handled":

        async def handled(tx: Any, given: Any) -> Any:
            await cast_votes(tx, given)
            die()

        perform.MANY[CastVote] = handled
    elif step == "committed":
        settle = group_commit._settle

        def committed(future: Any, outcome: Any) -> None:
            if isinstance(outcome, dict) and "receipt" in outcome:
                die()
            settle(future, outcome)

        group_commit._settle = committed
    else:
        raise SystemExit(f"no step {step}")


if __name__ == "__main__":
    arm(sys.argv[1])
    sys.exit(main(["serve"]))
