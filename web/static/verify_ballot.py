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
from collections.abc import Set
from datetime import datetime
from fractions import Fraction
from typing import Any, Optional

FORMATS = ("diemcau-ballot/1", "diemcau-ballot/2")
CHOICES = ("for", "against", "abstain")
OF_OPTIONS = ("choice", "election", "approval")
# What the first version of the records did not know yet; a ballot that it opened is counted as if it said so.
FIRST_SETTINGS: dict[str, Any] = {"options": [], "method": "online", "weighted": False}
FIRST_VOTE: dict[str, Any] = {"marks": {}}
SINCE_THE_FIRST = {"tied", "invalid"}  # of a result


class Wrong(Exception):
    """The record does not hold; the text says why."""


def need(condition: object, why: str) -> None:
    if not condition:
        raise Wrong(why)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def check_chain(entries: list[dict[str, Any]], seal: str) -> None:
    before, last = "", ""
    for number, entry in enumerate(entries, 1):
        bare = {key: value for key, value in entry.items() if key != "hash"}
        need(set(entry) == {"seq", "at", "what", "data", "hash"}, f"entry {number} has other fields than it should")
        need(entry["seq"] == number, f"entry {number} is numbered {entry['seq']}")
        need(entry["at"] >= last, f"entry {number} is earlier than the one before it")
        before, last = digest(before + "\n" + canonical(bare)), entry["at"]
        need(entry["hash"] == before, f"entry {number} was altered: its hash does not fit")
    need(before == seal, "the seal is not the hash of the last entry: the end of the record is missing")


def completed(opened: dict[str, Any]) -> dict[str, Any]:
    """An opening of the first version, with what it could only mean: everybody's own mandate, each of the same weight, no deadline."""
    roll = [{**line, "voter": line["id"], "weight": 1} for line in opened["roll"]]
    later = {"closes_at": None, "weight": opened["members"], "roll": roll}
    return {**opened, **later, "settings": {**FIRST_SETTINGS, **opened["settings"]}}


class Replay:
    """The ballot as its entries tell it, one after the other."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        need(entries and entries[0]["what"] == "opened", "the record does not begin with the opening")
        self.first = "weight" not in entries[0]["data"]  # opened by the first version; what follows may be of either
        self.opened = completed(entries[0]["data"]) if self.first else entries[0]["data"]
        self.settings = self.opened["settings"]
        self.roll = {line["id"]: line for line in self.opened["roll"]}
        self.state = "open"
        self.closes_at: Optional[str] = self.opened["closes_at"]
        self.paused_at = ""
        self.votes: dict[str, dict[str, Any]] = {}
        self.counted: Optional[dict[str, Any]] = None
        self.confirmed = False
        self.result: Optional[dict[str, Any]] = None
        self.void: Optional[str] = None
        self.check_opening()
        for entry in entries[1:]:
            place = f"entry {entry['seq']}"
            need(hasattr(self, "on_" + entry["what"]), f"{place}: nothing is known of {entry['what']}")
            getattr(self, "on_" + entry["what"])(entry["data"], entry["at"], place)

    def check_opening(self) -> None:
        opened, settings = self.opened, self.settings
        need(len(self.roll) == len(opened["roll"]), "somebody stands on the roll twice")
        own = [key for key, line in self.roll.items() if line["voter"] == key]
        need(all(line["voter"] in own for line in self.roll.values()), "a proxy is held by somebody who does not vote here")
        need(len(own) <= opened["present"] <= opened["members"], "more vote than are present, or more are present than members")
        need(len(self.roll) <= opened["members"], "more on the roll than members")
        need(all(line["weight"] >= 1 for line in self.roll.values()), "a mandate without weight")
        need(settings["weighted"] or opened["weight"] == opened["members"], "weights in a ballot that is not weighted")
        need(settings["weighted"] or all(line["weight"] == 1 for line in self.roll.values()), "weights in a ballot that is not weighted")
        need(self.entitled() <= opened["weight"], "more weight on the roll than all members have")
        need(opened["present"] >= Fraction(*settings["quorum"]) * opened["members"], "it was opened without quorum")
        options = [option["id"] for option in settings["options"]]
        need(len(set(options)) == len(options), "two options have the same number")
        need(bool(options) == (settings["kind"] in OF_OPTIONS), "options do not fit the kind of ballot")

    def entitled(self) -> int:
        return sum(line["weight"] for line in self.roll.values())

    def on_vote(self, data: dict[str, Any], at: str, place: str) -> None:
        settings, voter, written = self.settings, data["participant_id"], data
        if self.first:
            data = {"voter_id": voter, **FIRST_VOTE, **data}
        need(self.state == "open", f"{place}: a vote while the ballot was {self.state}")
        need(settings["method"] == "online", f"{place}: a vote in a ballot that is counted by hand")
        need(self.closes_at is None or at < self.closes_at, f"{place}: a vote after the deadline")
        need(voter in self.roll, f"{place}: a vote of somebody who is not on the roll")
        need(self.roll[voter]["voter"] == data["voter_id"], f"{place}: cast by another than the roll says")
        need(settings["change_allowed"] or voter not in self.votes, f"{place}: a changed vote, which this ballot does not allow")
        self.check_choice(data, place)
        marks = [canonical(data["marks"])] if "marks" in written else []
        said = (self.opened["ballot_id"], voter, data["choice"], *marks, data["text"], data["command_id"])
        need(data["receipt"] == digest("|".join(said)), f"{place}: the receipt does not fit the vote")
        self.votes[voter] = data

    def check_choice(self, data: dict[str, Any], place: str) -> None:
        settings, marks = self.settings, data["marks"]
        need(data["choice"] in CHOICES, f"{place}: no such choice")
        if settings["kind"] not in OF_OPTIONS:
            need(not marks, f"{place}: marks in a ballot without options")
            return
        need(set(marks) <= {option["id"] for option in settings["options"]}, f"{place}: no such option")
        need(set(marks.values()) <= ({"for", "against"} if settings["kind"] == "approval" else {"for"}), f"{place}: no such mark")
        need(settings["kind"] == "approval" or len(marks) <= settings["most"], f"{place}: more options than one may mark")
        need(data["choice"] == ("for" if marks else "abstain"), f"{place}: the choice does not fit the marks")

    def on_paused(self, data: dict[str, Any], at: str, place: str) -> None:
        need(self.state == "open" and (self.closes_at is None or at < self.closes_at), f"{place}: paused while it was {self.state}")
        self.state, self.paused_at = "paused", at

    def on_resumed(self, data: dict[str, Any], at: str, place: str) -> None:
        need(self.state == "paused", f"{place}: resumed while it was {self.state}")
        before, after = self.closes_at, data.get("closes_at") if self.first else data["closes_at"]
        moved = before is not None and after is not None and moment(after) - moment(before) == moment(at) - moment(self.paused_at)
        need(moved or before is after is None, f"{place}: the deadline moved by more or less than the pause")
        self.state, self.closes_at = "open", after

    def on_counted(self, data: dict[str, Any], at: str, place: str) -> None:
        need(self.state == "open" and self.settings["method"] == "hand", f"{place}: a count by hand does not belong here")
        need(not self.confirmed, f"{place}: counted after the count was confirmed")
        self.counted = data

    def on_confirmed(self, data: dict[str, Any], at: str, place: str) -> None:
        counted = self.counted or {}
        need(self.state == "open" and counted, f"{place}: nothing to confirm")
        need(counted["by"] != data["by"], f"{place}: confirmed by the one who counted")
        need(counted["count"] == data["count"], f"{place}: the two counts differ")
        self.confirmed = True

    def on_closed(self, data: dict[str, Any], at: str, place: str) -> None:
        need(self.state in ("open", "paused"), f"{place}: closed while it was {self.state}")
        need(self.settings["method"] == "online" or self.confirmed, f"{place}: closed without a confirmed count")
        due = self.state == "open" and self.closes_at is not None and at >= self.closes_at
        first = self.first and "due" not in data
        need(due or first or not data["due"], f"{place}: closed by its deadline before it")
        self.state = "closed"
        self.tell(data["result"], self.counts(None), place, SINCE_THE_FIRST if first else set())

    def on_decided(self, data: dict[str, Any], at: str, place: str) -> None:
        tied = self.state == "closed" and self.result is not None and self.result.get("tied") is True
        need(tied and self.settings["tie"] == "elder", f"{place}: nothing to decide")
        need(data["by"] and data["name"], f"{place}: nobody decided")
        self.tell(data["result"], self.counts(data["elders"]), place)

    def on_void(self, data: dict[str, Any], at: str, place: str) -> None:
        need(self.state != "void", f"{place}: void twice")
        self.state, self.void = "void", data["reason"]

    def tell(self, told: dict[str, Any], found: dict[str, Any], place: str, untold: Set[str] = frozenset()) -> None:
        different = [key for key in found if key not in untold and told.get(key) != found[key]]
        same = not different and set(told) == set(found) - untold
        need(same, f"{place}: the result that was told differs in: {', '.join(different) or 'its fields'}")
        self.result = found

    def counts(self, elders: Optional[list[str]]) -> dict[str, Any]:
        """The result by exact arithmetic."""
        return Count(self).result(elders)


class Count:
    def __init__(self, ballot: Replay) -> None:
        self.ballot, self.settings = ballot, ballot.settings
        self.by_hand = ballot.counted["count"] if ballot.counted else None
        weights = {key: ballot.roll[key]["weight"] for key in ballot.votes}
        self.cast = self.by_hand["valid"] if self.by_hand else sum(weights.values())
        self.invalid = self.by_hand["invalid"] if self.by_hand else 0
        self.weighed = [(ballot.votes[key], weights[key]) for key in weights]

    def account(self) -> dict[str, int]:
        members, entitled = self.ballot.opened["weight"], self.ballot.entitled()
        need(min(self.cast, self.invalid) >= 0 and self.cast + self.invalid <= entitled, "more votes than mandates")
        base = {"all": members, "present": entitled, "cast": self.cast}[self.settings["base"]]
        share = Fraction(*self.settings["threshold"]) * base
        # The smallest number that is more than the share, or, where the ballot says so, as much as it.
        strict = self.settings["strict"]
        return {
            "members": members, "entitled": entitled, "cast": self.cast, "invalid": self.invalid,
            "not_cast": entitled - self.cast - self.invalid, "base": base,
            "needed": share.numerator // share.denominator + 1 if strict else -(-share.numerator // share.denominator),
        }

    def result(self, elders: Optional[list[str]]) -> dict[str, Any]:
        return self.election(elders) if self.settings["kind"] in OF_OPTIONS else self.motion()

    def motion(self) -> dict[str, Any]:
        account, tie = self.account(), self.settings["tie"]
        sums = {choice: sum(weight for vote, weight in self.weighed if vote["choice"] == choice) for choice in CHOICES}
        chair_vote = self.ballot.votes.get(self.ballot.opened["chair"] or "")
        chair = chair_vote["choice"] if chair_vote else None
        if self.by_hand:
            sums, chair = dict(self.by_hand["sums"]), self.by_hand["chair"]
            need(set(sums) == set(CHOICES) and sum(sums.values()) == self.cast, "the answers are not as many as the valid ballots")
            need(min(sums.values()) >= 0 and (chair is None or sums[chair] > 0), "the count by hand cannot be")
        level = 0 < sums["for"] == sums["against"]
        by_chair = level and tie == "chair" and chair in ("for", "against")
        carried = chair == "for" if by_chair else sums["for"] >= max(account["needed"], 1)
        return {
            **sums, **account, "carried": carried, "tied": level and tie == "revote" and not carried,
            "decided_by": "chair" if by_chair else "votes",
        }

    def marks(self) -> dict[str, dict[str, int]]:
        keys = [option["id"] for option in self.settings["options"]]
        if self.by_hand:
            given, against = self.by_hand["sums"], self.by_hand["against"]
            need(set(given) == set(keys), "the count by hand lacks an option, or has another")
            need(set(against) == (set(keys) if self.settings["kind"] == "approval" else set()), "votes against do not belong here")
            most = self.settings["most"] * self.cast
            need(self.settings["kind"] == "approval" or sum(given.values()) <= most, "more marks than the ballots hold")
            return {key: {"for": given[key], "against": against.get(key, 0)} for key in keys}
        return {
            key: {mark: sum(w for vote, w in self.weighed if vote["marks"].get(key) == mark) for mark in ("for", "against")}
            for key in keys
        }

    def election(self, elders: Optional[list[str]]) -> dict[str, Any]:
        account, options, seats = self.account(), self.marks(), self.settings["seats"]
        for marks in options.values():
            need(min(marks.values()) >= 0 and sum(marks.values()) <= self.cast, "an option has more votes than were cast")
        places = seats or len(options)
        reached = sorted(
            (key for key in options if options[key]["for"] >= max(account["needed"], 1)),
            key=lambda key: (-options[key]["for"], list(options).index(key)),
        )
        elected, level = reached[:places], []
        if len(reached) > places and options[reached[places]]["for"] == options[reached[places - 1]]["for"]:
            last = options[reached[places]]["for"]
            elected = [key for key in reached if options[key]["for"] > last]
            level = [key for key in reached if options[key]["for"] == last]
        free = places - len(elected) if level else 0
        if elders is not None:
            need(len(set(elders)) == len(elders) == free and set(elders) <= set(level), "the elders are not of those who are level")
            elected = elected + elders
        return {
            "options": options, **account, "elected": elected, "level": level, "free": free,
            "carried": len(elected) == seats if seats else bool(elected),
            "tied": bool(level) and elders is None and self.settings["tie"] in ("revote", "elder"),
            "decided_by": "votes" if elders is None else "elder",
        }


def outcome_lines(ballot: Replay) -> list[str]:
    """The result in words."""
    result = ballot.result or ballot.counts(None)
    needs = f"of {result['base']}, at least {result['needed']} needed"
    if ballot.settings["kind"] not in OF_OPTIONS:
        told = f"{result['for']} for, {result['against']} against, {result['abstain']} abstaining, {result['not_cast']} not voting"
        by = " by the chair's vote" if result["decided_by"] == "chair" else ""
        outcome = "tied: to be voted again" if result["tied"] else ("carried" if result["carried"] else "not carried") + by
        return [f"{told}; {needs}", outcome if ballot.result else "not closed"]
    names = {option["id"]: option["text"] for option in ballot.settings["options"]}
    lines = [f"{result['cast']} valid, {result['invalid']} invalid, {result['not_cast']} not voting; {needs}"]
    for key, marks in result["options"].items():
        against = f", {marks['against']} against" if ballot.settings["kind"] == "approval" else ""
        lines.append(f"{'*' if key in result['elected'] else ' '} {marks['for']} for{against}: {names[key]}")
    if result["tied"]:
        lines.append(f"level for {result['free']} seat(s): {', '.join(names[key] for key in result['level'])}")
    return [*lines, "* chosen" + (", the last by age" if result["decided_by"] == "elder" else "") if ballot.result else "not closed"]


def verify(record: Any) -> list[str]:
    """What to say of a record that holds. Raises Wrong."""
    need(isinstance(record, dict) and record.get("format") in FORMATS, "this is no record of a ballot, or of another version")
    try:
        check_chain(record["entries"], record["seal"])
        ballot = Replay(record["entries"])
        lines = [ballot.settings["question"], *outcome_lines(ballot)]
    except (KeyError, TypeError, IndexError, ValueError, ZeroDivisionError, AttributeError) as error:
        raise Wrong(f"something is missing or of another kind: {error}") from None
    if ballot.void is not None:
        lines.append(f"declared void: {ballot.void}")
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
