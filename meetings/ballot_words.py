"""A ballot's outcome in words, for pages and minutes. A ballot is its view (`views.ballot_view`)."""

from __future__ import annotations

from typing import Any

from .i18n import Translate
from .tally import CHOICES
from .views import View

# What those who have a seat are called, and that nobody has one.
WON = {
    "election": ("room_ballots.elected", "room_ballots.nobody_elected"),
    "choice": ("room_ballots.chosen", "room_ballots.nothing_chosen"),
    "approval": ("room_ballots.approved", "room_ballots.nothing_approved"),
}


def result_line(ballot: View, t: Translate) -> str:
    """A ballot's outcome with its numbers and arithmetic, in sentences; empty while it is not over."""
    if ballot["state"] == "void":
        return t("fact.void", question=ballot["question"], reason=ballot["void_reason"])
    if ballot["state"] != "closed":
        return ""
    r = ballot["result"]
    if ballot["options"]:
        account = {name: r[name] for name in ("cast", "invalid", "not_cast", "members")}
        facts = t("room_ballots.fact_result", question=ballot["question"], counts="; ".join(_counts(ballot, t)), **account)
        return f"{facts} {outcome(ballot, t)}"
    counts = ", ".join(f"{answer_word(ballot, choice, t).lower()} {r[choice]}" for choice in CHOICES)
    account = {name: r[name] for name in ("not_cast", "entitled", "members")} | {"present": ballot["present_total"]}
    facts = t("fact.result", question=ballot["question"], counts=counts, **account)
    return f"{facts} {outcome(ballot, t)} {t('room.carried' if r['carried'] else 'room.not_carried')}."


def answer_word(ballot: View, choice: str, t: Translate) -> str:
    return t(f"room.{'opinion' if ballot['kind'] == 'opinion' else 'vote'}_{choice}")


def outcome(ballot: View, t: Translate) -> str:
    """The arithmetic behind the result, and who has a seat."""
    return " ".join([*(_elected(ballot, t) if ballot["options"] else [_arithmetic(ballot, t)]), *_invalid(ballot["result"], t)])


def _arithmetic(ballot: View, t: Translate) -> str:
    r = ballot["result"]
    numbers: dict[str, Any] = {"votes": r["for"], "base": r["base"], "needed": r["needed"]}
    if r["decided_by"] == "chair":
        return t("room.arithmetic_chair", votes=r["for"], against=r["against"])
    if r["tied"]:
        return t("room_ballots.arithmetic_tied", votes=r["for"], against=r["against"])
    if ballot["weighted"]:
        return t("room_ballots.arithmetic_weight", **numbers)
    return t(f"room.arithmetic_{ballot['base']}", **numbers, members=r["members"])


def _elected(ballot: View, t: Translate) -> list[str]:
    r = ballot["result"]
    names = {option["id"]: option["text"] for option in ballot["options"]}
    key = "weight" if ballot["weighted"] else ballot["base"]
    won, nobody = WON[ballot["kind"]]
    elected = [f"{number}. {names[each]}" if len(r["elected"]) > 1 else names[each] for number, each in enumerate(r["elected"], 1)]
    said = [
        t(f"room_ballots.needed_{key}", **{name: r[name] for name in ("needed", "members", "base")}),
        *([t(won, names="; ".join(elected))] if elected else [] if r["level"] else [t(nobody)]),
    ]
    if r["decided_by"] == "elder":
        return [*said, t("room_ballots.by_age")]
    if r["level"]:
        said.append(t("room_ballots.level", free=r["free"], names="; ".join(names[each] for each in r["level"])))
        said += [t(f"room_ballots.level_{ballot['tie']}")] if r["tied"] else []
    return said


def _invalid(result: dict[str, Any], t: Translate) -> list[str]:
    return [t("room_ballots.invalid", invalid=result["invalid"])] if result["invalid"] else []


def _counts(ballot: View, t: Translate) -> list[str]:
    key = "room_ballots.fact_approval" if ballot["kind"] == "approval" else "room_ballots.fact_option"
    marks = ballot["result"]["options"]
    return [
        t(key, name=option["text"], votes=marks[option["id"]]["for"], against=marks[option["id"]]["against"])
        for option in ballot["options"]
    ]
