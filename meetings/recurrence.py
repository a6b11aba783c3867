"""How a meeting repeats: a rule and a first day give the days. Pure.

Rules are those that every calendar program follows (weekly on days, monthly on one day or on one n-th weekday). The days beyond that,
such as the last day of each month, become meetings of their own: `follows` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count as counting
from typing import Any, Literal

from . import clock
from .errors import Invalid
from .working_time import holiday

Every = Literal["week", "month_day", "month_weekday", "month_last"]
MOST = 60  # meetings of one series
HORIZON = timedelta(days=5 * 366)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LAST_COMMON_DAY = 28  # every month has it


@dataclass(frozen=True, slots=True)
class Rule:
    """`step`: every so many weeks or months. `days`: of a week, 0 is Monday. It ends after the day `until`, or when `count` meetings
    are made. `skip_holidays`: no meeting on a public holiday, except on the first day, which somebody chose."""

    every: Every
    step: int = 1
    days: tuple[int, ...] = ()
    until: date | None = None
    count: int | None = None
    skip_holidays: bool = True

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"days": list(self.days), "until": self.until.isoformat() if self.until else None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rule:
        until = date.fromisoformat(data["until"]) if data["until"] else None
        return cls(data["every"], data["step"], tuple(data["days"]), until, data["count"], data["skip_holidays"])


def days_of(rule: Rule, first: date, least: int = 2) -> list[date]:
    """The days on which there is a meeting. Raises Invalid: the first day is none of the rule's, no end, too many, too few."""
    if rule.until is None and rule.count is None:
        raise Invalid("repeat_endless", "repeat_until")
    found: list[date] = []
    for day in _instances(rule, first):
        if (rule.until and day > rule.until) or (rule.count and len(found) >= rule.count) or day > first + HORIZON:
            break
        if not found and day != first:
            raise Invalid("repeat_first", "date")
        if day == first or not (rule.skip_holidays and holiday(day)):
            found.append(day)
        if len(found) > MOST:
            raise Invalid("repeat_many", "repeat_until" if rule.until else "repeat_count", n=MOST)
    if len(found) < least:
        raise Invalid("repeat_once", "repeat_until")
    return found


def instances_between(rule: Rule, first: date, start: date, end: date) -> list[date]:
    """Every day that the rule names in [start, end], holidays or not."""
    found: list[date] = []
    for day in _instances(rule, first):
        if day > end:
            return found
        if day >= start:
            found.append(day)
    return found


def follows(rule: Rule, first: date, zone: str) -> bool:
    """Whether a calendar program makes the same days of `rrule`. Outlook takes the 31st for the last day of each month, others leave
    out the months without it; and a zone that changes its clocks needs rules that Outlook refuses."""
    return zone == clock.HOME_ZONE and not (rule.every == "month_day" and first.day > _LAST_COMMON_DAY)


def rrule(rule: Rule, first: date, until: datetime) -> str:
    """As RFC 5545, 3.3.10 writes it. `until`: the last start, which calendar programs understand everywhere, a count not."""
    step = f";INTERVAL={rule.step}" if rule.step > 1 else ""
    end = f";UNTIL={until.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    if rule.every == "week":
        # Of several days in every second week, the week's first day decides which belong together.
        return f"FREQ=WEEKLY{step};BYDAY={','.join(_DAYS[day] for day in sorted(rule.days))};WKST=MO{end}"
    if rule.every == "month_day":
        return f"FREQ=MONTHLY{step};BYMONTHDAY={first.day}{end}"
    return f"FREQ=MONTHLY{step};BYDAY={_ordinal(rule, first)}{_DAYS[first.weekday()]}{end}"


def _instances(rule: Rule, first: date) -> Iterator[date]:
    if rule.every == "week":
        monday = first - timedelta(days=first.weekday())
        for n in counting():
            week = monday + timedelta(weeks=n * rule.step)
            yield from (day for wd in sorted(rule.days) if (day := week + timedelta(days=wd)) >= first)
    for n in counting():
        year, month = divmod(first.year * 12 + first.month - 1 + n * rule.step, 12)
        day = _in_month(rule, first, year, month + 1)
        if day >= first:
            yield day


def _in_month(rule: Rule, first: date, year: int, month: int) -> date:
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    if rule.every == "month_day":
        return last.replace(day=min(first.day, last.day))
    nth = _ordinal(rule, first)
    if nth < 0:
        return last - timedelta(days=(last.weekday() - first.weekday()) % 7)
    start = last.replace(day=1)
    return start + timedelta(days=(first.weekday() - start.weekday()) % 7 + 7 * (nth - 1))


def _ordinal(rule: Rule, first: date) -> int:
    """1 to 4, or -1: not every month has a fifth."""
    nth = (first.day - 1) // 7 + 1
    return -1 if rule.every == "month_last" or nth > 4 else nth


def starts_of(days: Sequence[date], start: time, zone: str) -> list[datetime]:
    return [clock.from_local(datetime.combine(day, start), zone) for day in days]
