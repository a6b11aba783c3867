"""The part of the schedule form that says how a meeting repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from .clock import HOME_ZONE
from .recurrence import MOST, Rule, days_of, follows
from .validation import validated

Day = date  # the field `date` below would hide the type
ApplyTo = Literal["one", "following", "all"]  # of the dates of a series


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """`date`: of the meeting itself, from which the rule counts. `apply_to`: the dates of a series that a change is meant for."""

    date: Day
    repeat: Literal["none", "week", "month_day", "month_weekday", "month_last"] = "none"
    repeat_step: Annotated[int, Field(ge=1, le=12)] = 1
    repeat_days: list[Annotated[int, Field(ge=0, le=6)]] = field(default_factory=list)
    repeat_until: Day | None = None
    repeat_count: Annotated[int | None, Field(ge=2, le=MOST)] = None
    skip_holidays: bool = True
    apply_to: ApplyTo = "one"


def rule_of(form: Repetition) -> Rule | None:
    if form.repeat == "none":
        return None
    days = tuple(sorted({*form.repeat_days}))
    if len(days) < 2 and (not days or form.apply_to != "one"):  # who moves a weekly meeting's day moves the day that it repeats on
        days = (form.date.weekday(),)
    return Rule(form.repeat, form.repeat_step, days, form.repeat_until, form.repeat_count, form.skip_holidays)


def days_typed(raw: Mapping[str, Any]) -> list[date]:
    """The days of a form as typed; one when it does not repeat. Raises Invalid with what is wrong with its repetition."""
    form = _typed(raw)
    rule = rule_of(form)
    return days_of(rule, form.date, least_of(form)) if rule else [form.date]


def follows_typed(raw: Mapping[str, Any]) -> bool:
    """Whether the dates of a form, which makes some, go out as one event."""
    form = _typed(raw)
    rule = rule_of(form)
    return rule is None or follows(rule, form.date, str(raw.get("zone") or HOME_ZONE))


def least_of(form: Repetition) -> int:
    """How many dates there are at least: a series begins with two, and may end with one."""
    return 2 if form.apply_to == "one" else 1


def fields_of(rule: Rule, days: list[date]) -> dict[str, Any]:
    """What the form shows of a rule: its end as a day, whichever way it was given."""
    return {
        "repeat": rule.every, "repeat_step": str(rule.step), "repeat_days": list(rule.days) if rule.every == "week" else [],
        "repeat_until": max(days).isoformat(), "repeat_count": "", "skip_holidays": rule.skip_holidays,
    }  # fmt: skip


def _typed(raw: Mapping[str, Any]) -> Repetition:
    return validated(Repetition, {f.name: raw[f.name] for f in fields(Repetition) if raw.get(f.name) not in ("", None)})
