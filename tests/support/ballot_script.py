"""Ballots in the random course of a meeting: what each command could say now, and scenes that chance brings about too seldom."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from meetings.models.columns import new_id

State = dict[str, Any]
Fields = dict[str, Any]
Scene = tuple[str, str, Fields]  # command, by whom (chair, secretary, or anybody it is for), fields; "last": the last ballot
COUNT = {"sums": {"for": 1, "against": 1, "abstain": 0}, "valid": 2, "chair": "for"}


def ballot_fields(state: State, dice: random.Random) -> dict[str, Callable[[], Fields]]:
    def ballot(wanted: str = "") -> str:
        found = [key for key, each in state["ballots"].items() if not wanted or each["state"] == wanted]
        return dice.choice(found or [new_id()])

    voting = [key for key, person in state["participants"].items() if person["votes"]]
    prepared = [key for key, each in state["ballots"].items() if each["state"] == "prepared"]
    return {
        "PrepareBallot": lambda: {
            "ballot_id": dice.choice([None, *prepared]), "question": f"Thông qua {dice.random()}?", "quorum": [0, 1],
            "item_id": dice.choice(list(state["items"])), "disclosure": dice.choice(["named", "totals"]), "tie": "chair",
            "kind": dice.choice(["motion", "opinion"]), "progress": dice.choice(["turnout", "votes"]),
            "weighted": dice.random() < 0.3, "seconds": dice.choice([0, 3600]),
        },
        "OrderBallots": lambda: {"ballot_ids": dice.sample(prepared, len(prepared))},
        "RemoveBallot": lambda: {"ballot_id": ballot("prepared")},
        "OpenBallot": lambda: {"ballot_id": ballot("prepared")},
        "CastVote": lambda: {"ballot_id": ballot("open"), "choice": dice.choice(["for", "against"])},
        "PauseBallot": lambda: {"ballot_id": ballot("open")},
        "ResumeBallot": lambda: {"ballot_id": ballot("paused")},
        "CloseBallot": lambda: {"ballot_id": ballot("open")},
        "VoidBallot": lambda: {"ballot_id": ballot("closed"), "reason": "đếm lại"},
        "EnterCount": lambda: {"ballot_id": ballot("open"), "count": COUNT},
        "ConfirmCount": lambda: {"ballot_id": ballot("open"), "count": COUNT},
        "RecordElder": lambda: {"ballot_id": ballot("closed"), "option_ids": ["1"]},
        "AllowProxies": lambda: {"allowed": dice.random() < 0.8},
        "GiveProxy": lambda: {"participant_id": dice.choice(voting), "holder_id": dice.choice(voting)},
        "WithdrawProxy": lambda: {"proxy_id": dice.choice([*state["proxies"], new_id()])},
        "SetWeight": lambda: {"participant_id": dice.choice(voting), "weight": dice.randint(1, 9)},
    }  # fmt: skip


def ballot_scenes(state: State, dice: random.Random) -> Iterator[Scene]:
    """A proxy; an election that the elder wins; a count by hand that two confirm. Whatever is open is closed before."""
    voting = [key for key, person in state["participants"].items() if person["votes"]]
    absent, holder = dice.sample(voting, 2)
    prepare: Fields = {"question": f"Bầu {dice.random()}", "quorum": [0, 1], "base": "cast", "threshold": [0, 1], "strict": False}
    election = {"kind": "election", "options": ["An", "Bình"], "most": 1, "seats": 1, "tie": "elder", "progress": "votes"}
    yield "CloseBallot", "chair", {"ballot_id": next((k for k, b in state["ballots"].items() if b["state"] == "open"), new_id())}
    yield "AllowProxies", "chair", {"allowed": True}
    yield "GiveProxy", "secretary", {"participant_id": absent, "holder_id": holder}
    yield "MarkAttendance", "chair", {"participant_id": absent, "attendance": "absent"}
    yield "PrepareBallot", "chair", prepare | election
    yield "OpenBallot", "chair", {"ballot_id": "last"}
    for mark in ("1", "2"):
        yield "CastVote", "", {"ballot_id": "last", "marks": {mark: "for"}}
    yield "CloseBallot", "chair", {"ballot_id": "last"}
    yield "RecordElder", "secretary", {"ballot_id": "last", "option_ids": ["2"]}
    yield "PrepareBallot", "secretary", prepare | {"method": "hand", "tie": "chair"}
    yield "OpenBallot", "chair", {"ballot_id": "last"}
    yield "EnterCount", "secretary", {"ballot_id": "last", "count": COUNT}
    yield "ConfirmCount", "chair", {"ballot_id": "last", "count": COUNT}
    yield "OrderBallots", "chair", {"ballot_ids": [k for k, b in reversed(state["ballots"].items()) if b["state"] == "prepared"]}
