#!/usr/bin/env python3
"""Counts a ballot again from its exported record, without any code of the product that made it:

    python3 verify_ballot.py RECORD.json

Needs Python 3.9 or newer and nothing else. Prints the result and exits with 0, or the reason and exits with 1.

The record is a chain: each entry holds the SHA-256 of the hash before it and of itself (canonical JSON: keys sorted, no spaces,
UTF-8), so that no entry can be changed, dropped or put in without changing every hash after it. Compare the seal, which is the
last hash, with the one in the minutes: it tells whether this is the record that was closed that day.
"""

from __future__ import annotations

import hashlib
import json
import sys
from fractions import Fraction
from typing import Any

FORMAT = "diemcau-ballot/1"
CHOICES = ("for", "against", "abstain")


class Wrong(Exception):
    """The record does not hold; the text says why."""


def need(condition: object, why: str) -> None:
    if not condition:
        raise Wrong(why)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def check_chain(entries: list[dict[str, Any]], seal: str) -> None:
    before, last = "", ""
    for number, entry in enumerate(entries, 1):
        bare = {key: value for key, value in entry.items() if key != "hash"}
        need(set(entry) == {"seq", "at", "what", "data", "hash"}, f"entry {number} has other fields than it should")
        need(entry["seq"] == number, f"entry {number} is numbered {entry['seq']}")
        need(entry["at"] >= last, f"entry {number} is earlier than the one before it")
        text = json.dumps(bare, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        before, last = digest(before + "\n" + text), entry["at"]
        need(entry["hash"] == before, f"entry {number} was altered: its hash does not fit")
    need(before == seal, "the seal is not the hash of the last entry: the end of the record is missing")


def replay(entries: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, str], dict[str, Any] | None, str | None]:
    """(what opened it, the last vote of each voter, the closing entry or None, the reason it is void or None)"""
    need(entries and entries[0]["what"] == "opened", "the record does not begin with the opening")
    opened = entries[0]["data"]
    settings, roll = opened["settings"], {member["id"] for member in opened["roll"]}
    need(len(roll) == len(opened["roll"]), "somebody stands on the roll twice")
    state = "open"
    votes: dict[str, str] = {}
    closed: dict[str, Any] | None = None
    void: str | None = None
    for entry in entries[1:]:
        what, data, place = entry["what"], entry["data"], f"entry {entry['seq']}"
        if what == "vote":
            need(state == "open", f"{place}: a vote while the ballot was {state}")
            voter = data["participant_id"]
            need(voter in roll, f"{place}: a vote of somebody who is not on the roll")
            need(settings["change_allowed"] or voter not in votes, f"{place}: a changed vote, which this ballot does not allow")
            need(data["choice"] in CHOICES, f"{place}: no such choice")
            said = (opened["ballot_id"], voter, data["choice"], data["text"], data["command_id"])
            need(data["receipt"] == digest("|".join(said)), f"{place}: the receipt does not fit the vote")
            votes[voter] = data["choice"]
        elif what == "closed":
            need(state in ("open", "paused"), f"{place}: closed while it was {state}")
            state, closed = "closed", data
        elif what == "void":
            need(state != "void", f"{place}: void twice")
            state, void = "void", data["reason"]
        else:
            before, after = {"paused": ("open", "paused"), "resumed": ("paused", "open")}.get(what, ("", ""))
            need(state == before, f"{place}: {what} while it was {state}")
            state = after
    return opened, votes, closed, void


def count(opened: dict[str, Any], votes: dict[str, str]) -> dict[str, Any]:
    """The result by exact arithmetic."""
    settings = opened["settings"]
    sums = {choice: sum(1 for vote in votes.values() if vote == choice) for choice in CHOICES}
    members, entitled = opened["members"], len(opened["roll"])
    need(entitled <= opened["present"] <= members, "more on the roll than present, or more present than members")
    quorum = Fraction(*settings["quorum"]) * members
    need(opened["present"] >= quorum, "it was opened without quorum")
    base = {"all": members, "present": entitled, "cast": len(votes)}[settings["base"]]
    share = Fraction(*settings["threshold"]) * base
    # The smallest number that is more than the share, or, where the ballot says so, as much as it.
    needed = share.numerator // share.denominator + 1 if settings["strict"] else -(-share.numerator // share.denominator)
    chair = votes.get(opened["chair"] or "")
    tied = settings["tie"] == "chair" and 0 < sums["for"] == sums["against"] and chair in ("for", "against")
    carried = chair == "for" if tied else sums["for"] >= max(needed, 1)
    return {
        **sums, "cast": len(votes), "not_cast": entitled - len(votes), "entitled": entitled, "members": members, "base": base,
        "needed": needed, "carried": carried, "decided_by": "chair" if tied else "votes",
    }


def verify(record: Any) -> list[str]:
    """What to say of a record that holds. Raises Wrong."""
    need(isinstance(record, dict) and record.get("format") == FORMAT, "this is no record of a ballot, or of another version")
    try:
        check_chain(record["entries"], record["seal"])
        opened, votes, closed, void = replay(record["entries"])
        result = count(opened, votes)
    except (KeyError, TypeError, IndexError, ZeroDivisionError, AttributeError) as error:
        raise Wrong(f"something is missing or of another kind: {error}") from None
    told = f"{result['for']} for, {result['against']} against, {result['abstain']} abstaining, {result['not_cast']} not voting"
    lines = [opened["settings"]["question"], f"{told}; of {result['base']}, at least {result['needed']} needed"]
    if closed is not None:
        different = [key for key in result if closed["result"].get(key) != result[key]]
        same = not different and set(closed["result"]) == set(result)
        need(same, f"the result that was told differs in: {', '.join(different) or 'its fields'}")
        by = " by the chair's vote" if result["decided_by"] == "chair" else ""
        lines.append(("carried" if result["carried"] else "not carried") + by)
    else:
        lines.append("not closed")
    if void is not None:
        lines.append(f"declared void: {void}")
    return [*lines, f"seal {record['seal']}"]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: verify_ballot.py RECORD.json", file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            lines = verify(json.load(file))
    except (OSError, ValueError, RecursionError) as error:
        print(f"WRONG: the file cannot be read: {error}")
        return 1
    except Wrong as wrong:
        print(f"WRONG: {wrong}")
        return 1
    print("OK", *lines, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
