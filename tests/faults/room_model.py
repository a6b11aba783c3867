"""What the room should be after every command, in as few words as can say it; and a viewer who only hears what the log tells."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from meetings.commands import Actor
from realtime import ready_json
from realtime.batch import Batch
from realtime.connections import Member
from realtime.visibility import Role, snapshot_for
from tests.support.meetings import Held
from tests.support.room_client import apply

CHOICES = ("for", "against", "abstain")


@dataclass
class Ballot:
    id: str
    state: str = "prepared"
    roll: frozenset[int] = frozenset()
    votes: dict[int, str] = field(default_factory=dict)

    def assert_like(self, seen: dict[str, Any], held: Held) -> None:
        given = {held.pid(held.members[member]): choice for member, choice in self.votes.items()}
        assert (seen["state"], seen["cast"]) == (self.state, len(given))
        if "voted" in seen:
            assert seen["voted"] == sorted(given)
        if self.state == "closed":
            sums = Counter(given.values())
            assert {choice: seen["result"][choice] for choice in CHOICES} == {choice: sums[choice] for choice in CHOICES}
            assert seen["result"]["choices"] == given


@dataclass
class Model:
    """What the room should be. Members and items by number."""

    state: str = "invited"
    running: int | None = None
    present: set[int] = field(default_factory=set)
    waiting: dict[int, str] = field(default_factory=dict)  # the request of each who waits
    speaker: tuple[int, str] | None = None
    ballots: list[Ballot] = field(default_factory=list)

    def assert_like(self, state: dict[str, Any], held: Held) -> None:
        """The product's state of the room is this one."""
        assert state["meeting"]["state"] == self.state
        running = [key for key, item in state["items"].items() if item["state"] == "running"]
        assert running == ([] if self.running is None else [held.items[self.running]])
        speaking = [key for key, speech in state["speeches"].items() if speech["state"] == "speaking"]
        assert speaking == ([self.speaker[1]] if self.speaker else [])
        for ballot in self.ballots:
            ballot.assert_like(state["ballots"][ballot.id], held)

    @property
    def under_way(self) -> Ballot | None:
        return next((b for b in self.ballots if b.state in ("open", "paused")), None)


class Follower:
    """A viewer's state: a snapshot once, then only what the log tells this role."""

    def __init__(self, role: Role, state: dict[str, Any], seq: int) -> None:
        self.viewer = Member("", Actor(kind="system", name=role), "", "room", None, role)
        self.state, self.known = snapshot_for(copy.deepcopy(state), role), seq

    def hear(self, rows: Any) -> None:
        for seq, kind, data in ready_json.loads(ready_json.dumps(Batch(rows).events(self.viewer))):
            self.known = seq
            apply(self.state, kind, data, self.viewer.role)
