"""What a mail that came in counts for: RFC 5546 made stricter by what programs really send. Pure.

Only an answer of a known participant to the present version is applied by itself. What would change anything else (a time, who
attends), and whatever cannot be trusted or told, waits for the secretary.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from .reply import Attendee, Event, Partstat, Reply

Kind = Literal["answer", "counter", "delegation", "refresh", "bounce", "automatic", "text"]
State = Literal["applied", "waiting", "kept"]
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of the participant whom the mail claims to be from. `addresses`: his own, in lower case."""

    addresses: frozenset[str]
    sequence: int  # of what he was last told
    starts_at: datetime
    token: bool  # the mail came to his own secret address
    open: bool = True  # he may still answer
    substituted: bool = False  # somebody attends in his place
    last: tuple[int, datetime] | None = None  # (SEQUENCE, DTSTAMP) of his last answer by mail
    answered_at: datetime | None = None  # of his last answer by another way


@dataclass(frozen=True, slots=True)
class Verdict:
    """`why`: a code, `letter.why_<code>`. `verified`: it comes from his own address, too."""

    kind: Kind
    state: State
    why: str = ""
    verified: bool = False
    answer: Partstat = ""
    comment: str = ""
    sequence: int = 0
    stamped_at: datetime | None = None
    starts_at: datetime | None = None  # proposed
    ends_at: datetime | None = None
    delegate: Attendee | None = None
    claims: str = ""  # whose answer it says to be, when that is not the participant
    instances: tuple[tuple[datetime | None, Partstat], ...] = ()  # answers to single instances of a series


_KINDS: dict[str, Kind] = {"REPLY": "answer", "COUNTER": "counter", "REFRESH": "refresh"}


def without_calendar(reply: Reply) -> Verdict:
    """A bounce, an automatic notice, or words that a person reads."""
    if reply.bounce:
        return Verdict("bounce", "kept", f"bounce_{reply.bounce.action}")
    if reply.fault:
        return Verdict("text", "waiting", f"unread_{reply.fault}")
    return Verdict("automatic", "kept", "automatic") if reply.automatic else Verdict("text", "waiting", "words")


def verdict(reply: Reply, known: Known, now: datetime) -> Verdict:
    """Of a mail with a calendar part about the participant's meeting."""
    kind = _KINDS.get(reply.method)
    if kind is None or reply.fault:
        return without_calendar(replace(reply, fault=reply.fault or "broken", bounce=None))
    mine = [(event, own) for event in reply.events if (own := _own(event, known)) is not None]
    trust, verified = _trust(reply, known, [own for _, own in mine])
    if not mine:
        return Verdict(kind, "waiting", trust if trust == "forged" else "stranger", claims=_claims(reply))
    found = _judged(kind, mine, known, verified, now)
    # What is not believed is shown as it stands; a person decides.
    return replace(found, state="waiting", why=trust, claims=_claims(reply)) if trust and known.open else found


def _judged(kind: Kind, mine: list[tuple[Event, Attendee]], known: Known, verified: bool, now: datetime) -> Verdict:
    if not known.open:
        return Verdict(kind, "kept", "closed", verified)
    if kind == "answer":
        return _answer(mine, known, verified, now)
    event, own = _about_all(mine, known) or mine[0]
    found = Verdict(kind, "waiting", verified=verified, sequence=event.sequence, comment=event.comment or own.comment)
    if event.sequence < known.sequence:
        return replace(found, state="kept", why="previous", starts_at=event.starts_at, ends_at=event.ends_at)
    if kind == "refresh":
        return replace(found, state="applied", why="resent") if verified else replace(found, why="unverified")
    return _counter(found, event)


def _counter(found: Verdict, event: Event) -> Verdict:
    if event.starts_at is None or event.ends_at is None or event.ends_at <= event.starts_at:
        return replace(found, why="untimed")
    why = "counter" if found.verified else "unverified"
    return replace(found, why=why, starts_at=event.starts_at, ends_at=event.ends_at, stamped_at=event.stamped_at)


def _own(event: Event, known: Known) -> Attendee | None:
    """The participant's own entry; every other one is passed over. Of several (in other letter case), the one that says something."""
    found = [one for one in event.attendees if one.address in known.addresses]
    return max(found, key=lambda one: bool(one.partstat), default=None)


def _trust(reply: Reply, known: Known, own: list[Attendee]) -> tuple[str, bool]:
    """(why it is not believed, or empty; whether it comes from the participant's own address)."""
    verified = reply.sender in known.addresses or any(one.sent_by and one.sent_by == reply.sender for one in own)
    if reply.dmarc == "fail":
        return "forged", False
    if known.token or (verified and reply.dmarc == "pass"):
        return "", verified
    return "no_token", False


def _claims(reply: Reply) -> str:
    named = (one for event in reply.events for one in event.attendees if one.partstat)
    return next((f"{one.name} <{one.address}>" if one.name else one.address for one in named), "")[:300]


def _about_all(mine: list[tuple[Event, Attendee]], known: Known) -> tuple[Event, Attendee] | None:
    """What is said of the whole meeting; the one instance of a meeting that is no series is the whole."""
    whole = [pair for pair in mine if not pair[0].of_instance or pair[0].recurrence == known.starts_at]
    return max(whole, key=lambda pair: bool(pair[1].partstat), default=None)


def _answer(mine: list[tuple[Event, Attendee]], known: Known, verified: bool, now: datetime) -> Verdict:
    whole = _about_all(mine, known)
    parts = tuple((event.recurrence, own.partstat) for event, own in mine if own.partstat and (event, own) != whole)
    if whole is None or not whole[1].partstat:
        return Verdict("answer", "waiting", "instances" if parts else "no_answer", verified, instances=parts)
    event, own = whole
    stamp = min(event.stamped_at or now, now + CLOCKS_DIFFER)
    # Attendees never raise it; one that did must not shut out his later answers.
    sequence = min(event.sequence, known.sequence)
    found = Verdict(
        "answer", "applied", "", verified, own.partstat, event.comment or own.comment, sequence, stamp, instances=parts,
    )  # fmt: skip
    if sequence < known.sequence:
        return replace(found, state="kept", why="previous")
    if (known.last and (sequence, stamp) < known.last) or (known.answered_at and stamp < known.answered_at.replace(microsecond=0)):
        return replace(found, state="kept", why="older")
    if own.partstat == "delegated":
        return _delegation(found, event, own)
    return replace(found, state="waiting", why="substituted") if known.substituted else found


def _delegation(found: Verdict, event: Event, own: Attendee) -> Verdict:
    address = next(iter(own.delegated_to), "")
    named = next((one for one in event.attendees if one.address == address), Attendee(address))
    why = "delegation" if found.verified and address else "unverified" if address else "nobody_named"
    return replace(found, kind="delegation", state="waiting", why=why, delegate=named)
