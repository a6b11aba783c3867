"""Finding a time, beside a model that tries every start with every appointment, in instants and wall-clock times alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from meetings import clock
from meetings.availability import ORDERS, Line, Search, Shape
from meetings.occurrences import distances
from meetings.slots import QUARTER, Grid
from meetings.spans import Span, merged
from meetings.working_time import ORDINARY, USUAL, Days, hours_of, worked

# A day or two before a change of the clocks, of an hour or (Lord Howe) of half an hour, and an ordinary day.
PLACES = (
    ("Asia/Ho_Chi_Minh", date(2026, 4, 24)), ("Europe/Berlin", date(2026, 3, 28)), ("America/New_York", date(2026, 10, 31)),
    ("Australia/Lord_Howe", date(2026, 4, 3)),
)  # fmt: skip


@dataclass
class Somebody:
    key: str
    busy: list[Span]
    open: list[Span]
    unknown: bool
    required: bool
    weight: int
    part: tuple[int, int]  # (offset, length) in quarters; length 0: the whole

    def needed(self, meetings: list[Span]) -> list[Span]:
        offset, length = self.part
        return [(a + offset * QUARTER, a + (offset + length) * QUARTER) for a, _ in meetings] if length else meetings

    def why(self, meetings: list[Span]) -> str | None:
        meetings = self.needed(meetings)
        if any(a < d and c < b for a, b in meetings for c, d in self.busy):
            return "busy"
        if not all(any(a <= c and d <= b for a, b in self.open) for c, d in meetings):
            return "off"
        return "unknown" if self.unknown else None

    def tight(self, meetings: list[Span], near: timedelta) -> bool:
        near_by = any(a - near < d and c < b + near for a, b in self.needed(meetings) for c, d in self.busy)
        return self.why(meetings) in (None, "unknown") and near_by


@dataclass
class Case:
    zone: str
    grid: Grid
    people: list[Somebody]
    rooms: list[Somebody]
    length: int
    after: list[int]
    near: int

    def held(self, start: datetime) -> list[Span]:
        """Each occurrence, by the wall clock of the zone."""
        wall = start.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        begins = [clock.from_local(wall + timedelta(days=days), self.zone) if days else start for days in self.after]
        return [(at, at + self.length * QUARTER) for at in begins]

    def model(self, order: str) -> list[tuple[datetime, dict[str, str], set[str], set[str]]]:
        end, near, left, found = self.grid.at(self.grid.count), self.near * QUARTER, [], []
        for slot in range(self.grid.count):
            held = self.held(self.grid.at(slot))
            free = {room.key for room in self.rooms if room.why(held) is None}
            if all(b <= end for _, b in held) and (free or not self.rooms):
                left.append((self._rank(order, held, near), self.grid.at(slot), held, free))
        for _, start, held, free in sorted(left, key=lambda one: one[:2]):
            if len(found) < 5 and all(abs(start - other) >= self.length * QUARTER for other, *_ in found):
                missing = {one.key: why for one in self.people if (why := one.why(held))}
                found.append((start, missing, {one.key for one in self.people if one.tight(held, near)}, free))
        return found

    def _rank(self, order: str, held: list[Span], near: timedelta) -> tuple[int, ...]:
        told = [(one, one.why(held)) for one in self.people]
        needed = sum(one.weight for one, why in told if one.required and why in ("busy", "off"))
        others = sum(one.weight for one, why in told if not one.required and why in ("busy", "off"))
        unsure = sum(one.weight for one, why in told if why == "unknown")
        tight = sum(one.weight for one, _ in told if near and one.tight(held, near))
        moved = sum(one.weight for one, why in told if why == "busy")
        ranks = {"earliest": (needed,), "fewest": (needed, others, unsure, tight), "calmest": (moved, tight, needed, others, unsure)}
        return ranks[order]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone, day = draw(st.sampled_from(PLACES))
    start = clock.from_local(datetime.combine(day, time(draw(st.integers(0, 23)))), zone)
    after = draw(st.sampled_from([[0], [0, 1], [0, 1, 3]]))
    grid = Grid.between(start, start + timedelta(hours=draw(st.integers(20, 40)) + 24 * after[-1]))
    minute = st.integers(-120, grid.count * 15 + 120)

    def spans(most: int) -> list[Span]:
        pairs = draw(st.lists(st.tuples(minute, st.integers(1, 300)), max_size=most))
        timed = [(start + timedelta(minutes=m), start + timedelta(minutes=m + length)) for m, length in pairs]
        whole = [_whole_day(day + timedelta(days=1), zone)] if draw(st.integers(0, 5)) == 0 else []
        # What lies outside the grid alone is not in its bits.
        return [one for one in merged(timed + whole) if one[1] > grid.start and one[0] < grid.at(grid.count)]

    length = draw(st.integers(1, 9))

    def part(key: str) -> tuple[int, int]:
        offset = draw(st.integers(0, length - 1))
        return (offset, draw(st.integers(1, length - offset))) if key.startswith("p") and draw(st.booleans()) else (0, 0)

    def somebody(key: str) -> Somebody:
        always = [(start - timedelta(days=9), grid.at(grid.count) + timedelta(days=9))]
        hours = always if draw(st.booleans()) else worked(USUAL, Days({day: True}), *always[0], zone)
        rest = (draw(st.booleans()) and key != "r0", draw(st.booleans()), draw(st.integers(0, 3)), part(key))
        return Somebody(key, spans(4), hours, *rest)

    people = [somebody(f"p{n}") for n in range(draw(st.integers(0, 6)))]
    rooms = [somebody(f"r{n}") for n in range(draw(st.integers(0, 2)))]
    return Case(zone, grid, people, rooms, length, after, draw(st.integers(0, 3)))


def _whole_day(day: date, zone: str) -> Span:
    return clock.from_local(datetime.combine(day, time()), zone), clock.from_local(datetime.combine(day + timedelta(days=1), time()), zone)


def line_of(one: Somebody, grid: Grid) -> Line:
    return Line(one.key, grid.touched(one.busy), grid.all & ~grid.whole(one.open), one.unknown, one.required, one.weight, *one.part)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_what_is_found_is_what_trying_everything_finds(case):
    grid = case.grid
    starts = distances(grid, range(grid.count), case.after, case.zone)
    shape = Shape(grid, case.length, starts, case.near)
    search = Search(shape, [line_of(one, grid) for one in case.people], [line_of(one, grid) for one in case.rooms])
    for order in ORDERS:
        found = [
            (grid.at(one.start), {m.key: m.why for m in one.missing}, set(one.tight), set(one.rooms)) for one in search.best(order)
        ]
        assert found == case.model(order)


def test_working_time_knows_lunch_holidays_and_swapped_days():
    """2 September 2026 is a holiday with 1 September; 31 August is off for it, worked on Saturday 22 August instead."""
    spans = worked(USUAL, ORDINARY, *_of(date(2026, 8, 22), date(2026, 9, 4)))
    days = {clock.local(a).date().day for a, _ in spans}
    assert days == {22, 24, 25, 26, 27, 28, 3}
    assert [f"{clock.local(a):%H:%M}-{clock.local(b):%H:%M}" for a, b in spans[:2]] == ["07:30-11:30", "13:30-17:00"]


def test_what_was_entered_by_hand_has_the_last_word():
    marked = Days({date(2026, 9, 2): True, date(2026, 9, 3): False})
    assert {clock.local(a).day for a, _ in worked(USUAL, marked, *_of(date(2026, 9, 2), date(2026, 9, 4)))} == {2}


def test_hours_are_read_in_order_or_not_at_all():
    assert hours_of(["07:00-11:30", "13:00-16:30"]).parts[1] == (time(13), time(16, 30))
    for wrong in (["11:30-07:00"], ["07:00-12:00", "11:00-13:00"], ["7h-8h"], [""]):
        try:
            hours_of(wrong)
        except ValueError:
            continue
        raise AssertionError(wrong)


def _of(first: date, after: date) -> Span:
    return clock.from_local(datetime.combine(first, time()), clock.HOME_ZONE), clock.from_local(
        datetime.combine(after, time()), clock.HOME_ZONE
    )
