"""The checker of histories finds what it is there to find."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from .history import Act, History

ACTS = [Act("a", "for", 1, "ok", 2, "ra"), Act("b", "for", 1, "fail", 2), Act("c", "for", 1), Act("d", "for", 1)]


def entry(key: str) -> dict[str, Any]:
    return {"what": "vote", "data": {"command_id": key, "receipt": f"r{key}", "participant_id": f"p{key}"}}


def log(*keys: str) -> list[Any]:
    rows: list[Any] = []
    for key in keys:
        rows.append(SimpleNamespace(seq=len(rows) + 1, kind="vote.cast", data={"participant_id": f"p{key}"}))
        rows.append(SimpleNamespace(seq=len(rows) + 1, kind="mandate.changed", data={"receipt": f"r{key}"}))
    return rows


def test_what_can_be_true_is_let_pass():
    assert History(list(ACTS), closed=5).contradictions([entry("a"), entry("c")], log("a", "c")) == []


@pytest.mark.parametrize(
    ("record", "told", "acts", "closed"),
    [
        ([entry("c")], log("c"), ACTS, 5),  # acknowledged, and lost
        ([entry("a"), entry("a")], log("a", "a"), ACTS, 5),  # twice
        ([entry("a"), entry("b")], log("a", "b"), ACTS, 5),  # refused, and yet counted
        ([entry("a"), entry("x")], log("a", "x"), ACTS, 5),  # of nobody
        ([entry("a")], log("a"), ACTS, 0),  # after the close
        ([entry("a")], log("a"), [replace(ACTS[0], receipt="other")], 5),
        ([entry("a")], log("a")[1:], ACTS, 5),  # a gap in the log
        ([entry("a"), entry("c")], log("a"), ACTS, 5),  # not told
        ([entry("a")], log("a", "a"), ACTS, 5),  # told twice
    ],
)
def test_what_cannot_be_true_is_found(record: Any, told: Any, acts: list[Act], closed: float):
    assert History(list(acts), closed).contradictions(record, told)
