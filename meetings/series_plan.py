"""What somebody's calendar holds of a series after the mails that were sent to him, and the mails after which it holds what it should.
Pure. Dates are named by their original start, the RECURRENCE-ID (RFC 5545, 3.8.4.4), as `clock.iso` writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from . import clock
from .invitation import Invitation
from .invitation_facts import COMPARED, SIGNIFICANT, changes_between, later
from .recurrence import Rule, instances_between, rrule

FEW = 2  # dates that are told one by one; more are told as the whole
_TIMES = ("starts_at", "ends_at")
_ALIKE = (*(name for name in COMPARED if name not in _TIMES), "answer")


@dataclass(frozen=True, slots=True)
class Held:
    """`dates`: as his calendar shows each. `whole`: it knows the rule, rather than single dates alone."""

    dates: Mapping[str, Invitation] = field(default_factory=dict)
    whole: bool = False
    stamp: str = ""  # the latest DTSTAMP that went out


@dataclass(frozen=True, slots=True)
class Wanted:
    """`now`: the dates ahead to which he is invited. `over`: dates of which nothing is told any more. `cancelled`: dates that are held
    for nobody. `ended`: there is nothing ahead for anybody. `moved`: dates that went to another series."""

    now: Mapping[str, Invitation]
    over: Set[str] = frozenset()
    cancelled: Set[str] = frozenset()
    ended: bool = False
    moved: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before it has its SEQUENCE. `about`: its date; empty: the whole. `raises`: it needs a higher SEQUENCE than the last mail.
    `again`: dates whose answers it asks for again."""

    facts: Invitation
    about: str
    raises: bool
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """The rule, as far as calendars need it."""

    rule: Rule
    first_day: date
    zone: str

    def between(self, first: str, last: str) -> list[str]:
        start, end = (clock.local(clock.instant(key), self.zone) for key in (first, last))
        days = instances_between(self.rule, self.first_day, start.date(), end.date())
        return [clock.iso(clock.from_local(datetime.combine(day, start.time()), self.zone)) for day in days]

    def rrule(self, last: str) -> str:
        return rrule(self.rule, self.first_day, clock.instant(last))


def held(told: Sequence[Invitation]) -> Held:
    """After the mails of one series to one recipient, in the order in which they went out."""
    dates: dict[str, Invitation] = {}
    whole, stamp = False, ""
    for mail in told:
        stamp = max(stamp, mail.dtstamp)
        if mail.method == "CANCEL" and mail.original_start:
            dates.pop(mail.original_start, None)
        elif mail.method == "CANCEL":
            dates, whole = {}, False
        elif mail.rrule:
            dates = {key: on(mail, key) for key in mail.dates} | {one.original_start: one for one in mail.overrides}
            whole = True
        else:
            dates[mail.original_start] = mail
    return Held(dates, whole, stamp)


def on(whole: Invitation, key: str) -> Invitation:
    """What the whole says of one of its dates that is like the others."""
    lasts = clock.instant(whole.ends_at) - clock.instant(whole.starts_at)
    alone: dict[str, Any] = {"rrule": "", "dates": (), "exdates": (), "overrides": (), "changes": (), "reason": ""}
    return replace(whole, starts_at=key, ends_at=clock.iso(clock.instant(key) + lasts), original_start=key, **alone)


def drafts(has: Held, wanted: Wanted, pattern: Pattern, reason: str = "") -> list[Draft]:
    """The mails to one recipient; none where he learns nothing new."""
    past = {key: facts for key, facts in has.dates.items() if key in wanted.over and key not in wanted.now}
    gone = sorted(has.dates.keys() - past.keys() - wanted.now.keys())
    fresh = sorted(wanted.now.keys() - has.dates.keys())
    found = {key: changes_between(has.dates[key], facts) for key, facts in sorted(wanted.now.items()) if key in has.dates}
    differ = {key: codes for key, codes in found.items() if codes}
    if not (gone or fresh or differ):
        return []
    if has.whole and not wanted.now and not (wanted.ended and past):
        return [Draft(_cancelled(on(has.dates[gone[0]], gone[0]), "", wanted.ended, reason), "", True)]
    again = tuple(key for key, codes in differ.items() if SIGNIFICANT & set(codes))
    now = {key: replace(facts, answer="waiting") if key in again else facts for key, facts in wanted.now.items()}
    shorter = bool(past and wanted.ended) or bool(wanted.moved & set(gone))
    if fresh[1:] if not has.whole else fresh or shorter or len(gone) + len(differ) > FEW:
        codes = tuple(dict.fromkeys(code for one in differ.values() for code in one))
        codes += ("dates",) if has.dates and (gone or fresh) else ()
        facts = replace(_whole(now, past, pattern), changes=codes, reason=reason)
        return [Draft(facts, "", bool(has.dates and (gone or fresh or again)), again)]
    # Outlook takes one date's change only from a mail that holds nothing else, with a higher SEQUENCE.
    known = bool(has.dates)
    told = [
        Draft(replace(now[key], changes=differ.get(key, ())), key, known, (key,) if key in again else ())
        for key in sorted({*fresh, *differ})
    ]
    return told + [Draft(_cancelled(has.dates[key], key, key in wanted.cancelled, reason), key, True) for key in gone]


def numbered(draft: Draft, sequence: int, has: Held, personal: Mapping[str, str]) -> Invitation:
    """The mail with its SEQUENCE, which all its parts share, dated after what went out before; `personal`: its addresses."""
    facts = draft.facts
    stamp = later(facts.dtstamp, has.stamp) if has.stamp else facts.dtstamp
    now: dict[str, Any] = {"sequence": sequence, "dtstamp": stamp} | dict(personal)
    parts = tuple(replace(one, **now | {"join_url": one.join_url}) for one in facts.overrides)  # each date has its own link
    return replace(facts, **now | {"overrides": parts})


def _cancelled(facts: Invitation, key: str, whole: bool, reason: str) -> Invitation:
    return replace(facts, method="CANCEL", whole=whole, original_start=key, changes=(), reason=reason)


def _whole(now: Mapping[str, Invitation], past: Mapping[str, Invitation], pattern: Pattern) -> Invitation:
    """The series as the rule with what is most common, and each date that is not so beside it."""
    keys = sorted({*now, *past})
    alike = Counter(_likeness(key, now[key]) for key in keys if key in now and now[key].starts_at == key)
    usual = alike.most_common(1)[0][0] if alike else None
    model = next((key for key in keys if key in now and _likeness(key, now[key]) == usual), next(iter(sorted(now)), keys[-1]))
    base = on({**now, **past}[model], keys[0])
    other = [now[key] for key in keys if key in now and _likeness(key, now[key]) != usual]
    # What a meeting that is over was called is nobody's concern; when it was, is.
    other += [past[key] for key in keys if key in past and any(getattr(past[key], n) != getattr(on(base, key), n) for n in _TIMES)]
    return replace(
        base, rrule=pattern.rrule(keys[-1]), dates=tuple(keys), original_start="",
        exdates=tuple(key for key in pattern.between(keys[0], keys[-1]) if key not in now and key not in past),
        overrides=tuple(sorted((replace(one, method="REQUEST", changes=()) for one in other), key=lambda one: one.original_start)),
    )  # fmt: skip


def _likeness(key: str, facts: Invitation) -> tuple[object, ...]:
    away = (clock.instant(getattr(facts, name)) - clock.instant(key) for name in _TIMES)
    return (*away, *(getattr(facts, name) for name in _ALIKE))
