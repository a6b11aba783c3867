"""What each role sees of each event, and so of each entity: one rule a kind, used for events and snapshots alike.

`runner`: chair and secretary, who see all. `member`: everybody else who is invited. `site`: the page of a bridge site, which
sees what members see. `projector`: the shared screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from meetings.queries.room import PLURAL

Role = Literal["runner", "member", "site", "projector"]
Seen = dict[str, Any]
Rule = Callable[[Seen, Role], Seen | None]


def _all(data: Seen, role: Role) -> Seen:
    return data


def _meeting(data: Seen, role: Role) -> Seen:
    # A shared screen is read by whoever walks by.
    return data | {"video": {"url": "", "id": "", "passcode": ""}} if role == "projector" else data


def _participant(data: Seen, role: Role) -> Seen:
    # Why somebody cannot come is for those who run the meeting.
    return data if role == "runner" else data | {"answer_reason": "", "absence_reason": ""}


def _site(data: Seen, role: Role) -> Seen:
    # Whom to ring at a site is for those who run the meeting; the site's own page has it from the form in which it is kept.
    return data if role == "runner" else data | {"technician": "", "phone": ""}


def _vote(data: Seen, role: Role) -> Seen:
    return data if role == "runner" else {k: v for k, v in data.items() if k != "participant_id"}


def _ballot(data: Seen, role: Role) -> Seen | None:
    if role != "runner":
        # Who has voted, and numbers that nobody has confirmed yet, are for those who run the meeting.
        data = {k: None if k == "hand_count" else v for k, v in data.items() if k not in ("voted", "roll")}
        if data["disclosure"] == "totals" and data["result"]:
            data["result"] = {k: v for k, v in data["result"].items() if k not in ("choices", "texts")}
        if data["state"] == "prepared" and role == "projector":
            return None
    return data


def _remark(data: Seen, role: Role) -> Seen | None:
    # Participants see their own and what was answered, on their page.
    return data if role == "runner" else None


def _recusal(data: Seen, role: Role) -> Seen | None:
    # Why is for those who run the meeting; the shared screen shows nothing of it.
    return data if role == "runner" else None if role == "projector" else data | {"reason": ""}


def _question(data: Seen, role: Role) -> Seen | None:
    # The shared screen shows what has been put, not what may come.
    return None if role == "projector" and data["state"] == "waiting" else data


def _own(data: Seen, role: Role) -> Seen | None:
    return None if role == "projector" else data


RULES: dict[str, Rule] = {
    "meeting.changed": _meeting,
    "participant.changed": _participant,
    "participant.removed": _all,
    "site.changed": _site,
    "site.removed": _all,
    "item.changed": _all,
    "item.removed": _all,
    "paper.changed": _all,
    "paper.removed": _all,
    "speech.changed": _all,
    "speech.removed": _all,
    "question.changed": _question,
    "question.removed": _all,
    "ballot.changed": _ballot,
    "ballot.removed": _all,
    "recusal.changed": _recusal,
    "recusal.removed": _all,
    "proxy.changed": _own,
    "proxy.removed": _own,
    "remark.changed": _remark,
    "remark.removed": _remark,
    "conclusion.changed": _all,
    "conclusion.removed": _all,
    "presentation.changed": _all,
    "presentation.removed": _all,
    "announcement.changed": _all,
    "announcement.removed": _all,
    "message.changed": _own,  # a shared screen shows no talk
    "letter.changed": _own,  # and only to the participants in its audience
    "vote.cast": _vote,
    "mandate.changed": _own,  # and only to the participants in its audience, as the pump and `sync` look
}


def see(kind: str, data: Seen, role: Role) -> Seen | None:
    """What this role sees of the event; None: nothing. Raises KeyError for a kind without a rule."""
    return RULES[kind](data, role)


def snapshot_for(state: Seen, role: Role) -> Seen:
    """The state as this role sees it."""
    seen: Seen = {"meeting": see("meeting.changed", state["meeting"], role), "agencies": state["agencies"]}
    for kind, plural in PLURAL.items():
        views = {key: see(f"{kind}.changed", entity, role) for key, entity in state[plural].items()}
        seen[plural] = {key: view for key, view in views.items() if view is not None}
    seen["messages"] = {} if role == "projector" else state["messages"]
    return seen


def entity_key(kind: str, data: Seen) -> tuple[str, ...]:
    """Of two events with the same key in one batch only the later one matters."""
    if kind == "vote.cast":
        return (kind, data["ballot_id"], data.get("participant_id", ""))
    if kind == "mandate.changed":
        return (kind, data["ballot_id"], data.get("of") or "")
    return (kind.partition(".")[0], data["id"])
