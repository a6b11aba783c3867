"""Calendars: which days a view has, what stands beside what, whose clashes are told to whom, and who sees only that one is busy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import clock
from meetings.calendar_days import VIEWS, clashes, drawn, window
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import NotFound
from meetings.models.columns import new_id
from meetings.perform import perform
from meetings.queries.calendar import Asked, Shown, leaders, shown
from meetings.scheduling import CreateDraft, SendInvitations
from tests.support.scheduled import SENDER, Office, open_office

DAY = datetime(2026, 11, 25)  # noqa: DTZ001 - on the wall clock


@pytest.mark.parametrize("view", VIEWS)
def test_views_follow_each_other_without_a_gap(view: str):
    seen = window(view, date(2026, 12, 31))  # type: ignore[arg-type]
    assert seen.day in seen.days
    following = window(view, seen.after)  # type: ignore[arg-type]
    assert following.first <= seen.end
    assert window(view, following.before).first == seen.first  # type: ignore[arg-type]
    if view in ("week", "month"):
        assert seen.first.weekday() == 0
        assert len(seen.days) % 7 == 0


def at(hour: float, length: float, what: object = None) -> tuple[datetime, datetime, object]:
    return DAY + timedelta(hours=hour), DAY + timedelta(hours=hour + length), what


def test_what_overlaps_stands_beside_and_hours_grow():
    days = drawn([at(8, 2, "a"), at(9, 2, "b"), at(10, 1, "c"), at(11.5, 1, "d"), at(5.5, 1, "e"), at(23, 3, "night")],
                 [DAY.date(), DAY.date() + timedelta(days=1)])  # fmt: skip
    first, second = days.days.values()
    assert {one.what: (one.lane, one.lanes) for one in first} == {
        "e": (0, 1), "a": (0, 2), "b": (1, 2), "c": (0, 2), "d": (0, 1), "night": (0, 1),
    }  # fmt: skip
    assert (days.first, days.last) == (0, 24)
    assert [(one.at, one.quarters) for one in second] == [(0, 8)]
    assert not days.crowded
    assert drawn([at(8, 1, n) for n in range(4)], [DAY.date()]).crowded


@given(st.lists(st.tuples(st.integers(0, 95), st.integers(1, 40))))
def test_nothing_covers_anything(some: list[tuple[int, int]]):
    spans = [at(begin / 4, length / 4, n) for n, (begin, length) in enumerate(some)]
    placed = drawn(spans, [DAY.date()]).days[DAY.date()]
    assert sorted(one.what for one in placed) == list(range(len(some)))
    for a in placed:
        for b in placed:
            if a.what != b.what and a.start < b.end and b.start < a.end:
                assert a.lane != b.lane
                assert a.lanes == b.lanes > max(a.lane, b.lane)
    told = clashes(spans)
    ordered = sorted(spans, key=lambda span: span[:2])
    assert bool(told) == any(a[1] > b[0] for a, b in pairwise(ordered))


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def seen_by(office: Office, actor: Actor, whose: str, **more: str) -> Shown:
    start = clock.now()
    async with office.db.reading() as r:
        kind, _, key = whose.partition(":")
        return await shown(r, actor, Asked(whose=kind, key=key, **more), start, start + timedelta(days=30))


async def at_the_same_time(office: Office) -> None:
    """A leader (b) is invited by his own agency's neighbour A, and by X, at once."""
    await office.send(await office.draft(title="Họp của A"))
    people = office.people
    form = office.form(title="Họp của X", chair_id=people["c"], secretary_id=people["stranger"], start="09:00", end="11:00",
                       invited={people["b"]: "attend"}, guests="")  # fmt: skip
    command = CreateDraft(meeting_id=new_id(), domain="diemcau.example", form=form)
    await perform(office.db, office.stranger, command)
    await perform(office.db, office.stranger, SendInvitations(meeting_id=command.meeting_id, sender=SENDER, jitsi="https://meet.example"))


async def test_a_clash_is_told_to_his_own_office_and_others_see_busy(office: Office):
    await at_the_same_time(office)
    leader = office.people["b"]
    async with office.db.reading() as r:
        from meetings.models.organisation import people

        agency = (await r.get(people, leader)).agency_id
    clerk = replace(office.stranger, person_id=office.people["chair"], agency_id=agency)  # on the staff of his agency, invited to neither
    for whose in ("agency", f"person:{leader}"):
        told = await seen_by(office, clerk, whose)
        assert [row.title for row in told.rows] == ["Họp của A", "Họp của X"], whose
        assert [(c.name, c.first.title, c.second.title) for c in told.clashes] == [("Nguyễn Thị B", "Họp của A", "Họp của X")]
        assert not told.busy
    himself = replace(clerk, person_id=leader, role="member")
    assert len((await seen_by(office, himself, "me")).clashes) == len((await seen_by(office, himself, f"person:{leader}")).clashes) == 1
    other = await seen_by(office, office.secretary, f"person:{leader}")  # of A, which plans one of the two
    assert ([row.title for row in other.rows], len(other.busy), other.clashes) == (["Họp của A"], 1, [])
    assert (await seen_by(office, office.secretary, "agency")).clashes == []
    with pytest.raises(NotFound):
        await seen_by(office, replace(office.secretary, role="member"), f"person:{leader}")


async def test_a_calendar_holds_what_one_may_see_and_is_narrowed(office: Office):
    await at_the_same_time(office)
    for whose in ("me", "agency", "city"):
        assert [row.title for row in (await seen_by(office, office.secretary, whose)).rows] == ["Họp của A"]
        assert [row.title for row in (await seen_by(office, replace(office.stranger, role="member"), whose)).rows] == ["Họp của X"]
    assert (await seen_by(office, office.secretary, "site")).rows == []
    assert (await seen_by(office, office.secretary, "me", text="cua a")).rows
    assert not (await seen_by(office, office.secretary, "me", text="cua x")).rows
    assert not (await seen_by(office, office.secretary, "me", form="online")).rows
    async with office.db.reading() as r:
        assert await leaders(r, replace(office.secretary, role="member")) == {}
