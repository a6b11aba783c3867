"""Finding a time for a draft: who is missing and why, what the planner learns of it, working time as agencies keep it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from meetings import clock
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed
from meetings.models.columns import new_id
from meetings.models.meeting import meetings
from meetings.models.organisation import people
from meetings.perform import perform
from meetings.queries.busy import busy_spans
from meetings.queries.finding_time import FoundTimes, Wish, find_times
from meetings.queries.working_days import marked, working_of
from meetings.working_days import MarkDay, SaveWorkingHours, UnmarkDay
from tests.support.organisation import BUILDER, do, make_agency, make_position, make_room, make_user
from tests.support.scheduled import Office, open_office


def working_day(after: int = 10) -> date:
    """A Wednesday or Thursday, far from holidays that move."""
    day = clock.today() + timedelta(days=after)
    while day.weekday() != 2:
        day += timedelta(days=1)
    return day


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.from_local(datetime.combine(day, time(hour, minute)), clock.HOME_ZONE)


async def open_days(db: Database, *days: date) -> None:
    """Worked, whatever the calendar of the year in which this test runs says."""
    for day in days:
        await do(db, MarkDay(day=day, works=True, name="Ngày làm việc"))


async def found(office: Office, meeting: str, wish: Wish, by: Actor | None = None) -> FoundTimes:
    async with office.db.reading() as r:
        row = await r.get(meetings, meeting)
        return await find_times(r, by or office.secretary, row, row.draft, wish, clock.now())


def told(times: FoundTimes) -> list[tuple[str, dict[str, tuple[str, str]]]]:
    return [
        (f"{clock.local(one.start):%H:%M}", {absent.who.name.split()[-1]: (absent.why, absent.what) for absent in one.absent})
        for one in times.proposals
    ]


async def homes(office: Office) -> dict[str, str]:
    async with office.db.reading() as r:
        return {key: (await r.get(people, person)).agency_id for key, person in office.people.items()}


async def test_proposals_name_who_is_missing_and_why_and_titles_only_to_who_may_see_them(db: Database):
    office, day = await open_office(db), working_day()
    await open_days(db, day)
    home = await homes(office)
    stranger = office.people
    other = await office.draft(title="Họp của A", date=day.isoformat(), start="07:30", end="09:00", invited={stranger["b"]: "vote"})
    await office.send(other)
    # B meets at X, of which A learns nothing but that he is busy.
    theirs = Office(db, office.stranger, office.secretary, {**office.people, "chair": office.people["stranger"]})
    theirs.people["secretary"] = office.people["c"]
    hidden = await theirs.draft(
        title="Họp kín của X", date=day.isoformat(), start="13:30", end="15:30", invited={stranger["b"]: "vote"}, items=[]
    )
    await theirs.send(hidden)
    await do(db, SaveWorkingHours(agency_id=home["c"], parts="08:30-11:30,13:30-17:00"))
    draft = await office.draft(date=day.isoformat(), invited={stranger["b"]: "vote", stranger["c"]: "attend"})

    earliest = await found(office, draft, Wish(day, day, 90))
    assert (earliest.attendees, earliest.guests) == (4, 1)
    assert told(earliest) == [
        ("09:00", {}), ("15:30", {}), ("13:30", {"B": ("busy", ""), "C": ("busy", "")}),
        ("07:30", {key: ("busy", "Họp của A") for key in ("Chair", "Secretary", "B")} | {"C": ("off", "")}),
    ]  # fmt: skip
    known = await found(office, draft, Wish(day, day, 90), by=office.stranger)
    assert dict(told(known))["13:30"]["B"] == ("busy", "Họp kín của X")


async def test_a_post_that_nobody_holds_is_unknown_and_a_free_room_goes_with_the_time(db: Database):
    office, day = await open_office(db), working_day()
    await open_days(db, day)
    home = await homes(office)
    empty = f"post:{home['b']}:{await make_position(db, 'Giám đốc')}"
    small, large = await make_room(db, home["chair"], "Phòng nhỏ", 10), await make_room(db, home["chair"], "Phòng lớn", 50)
    morning = {"date": day.isoformat(), "start": "07:30", "end": "11:30"}
    others = {"chair_id": office.people["stranger"], "invited": {office.people["b"]: "vote"}}
    await office.send(await office.draft(room_id=small, **morning, **others))
    draft = await office.draft(date=day.isoformat(), room_id=small, secretary_id=office.people["c"], invited={empty: "vote"})
    times = await found(office, draft, Wish(day, day, 120))
    first = times.proposals[0]
    assert times.chosen_room.id == small
    assert f"{clock.local(first.start):%H:%M}" == "07:30"
    assert first.room.id == large
    assert [(one.who.title, one.why) for one in first.absent] == [("Giám đốc", "nobody")]
    assert [one.room.id for one in times.proposals if clock.local(one.start).hour >= 13] == [small]


async def test_who_comes_for_one_item_is_busy_about_its_time_and_needed_at_it_alone(db: Database):
    office, day = await open_office(db), working_day()
    await open_days(db, day)
    first, second = new_id(), new_id()
    agenda = [{"id": first, "title": "Một", "minutes": "60"}, {"id": second, "title": "Hai", "minutes": "30"}]
    b = office.people["b"]
    meeting = await office.draft(date=day.isoformat(), start="08:00", end="10:00", items=agenda, for_item={b: second})
    await office.send(meeting)
    async with db.reading() as r:
        busy = await busy_spans(r, at(day, 0), at(day, 23), people=[b])
    assert busy.people == {b: [(at(day, 8, 45), at(day, 9, 45))]}
    later = await office.draft(
        date=day.isoformat(), items=[item | {"id": new_id()} for item in agenda], chair_id=office.people["stranger"],
        secretary_id=office.people["stranger"], invited={b: "vote"},
    )  # fmt: skip
    async with db.reading() as r:
        row = await r.get(meetings, later)
        form = row.draft | {"for_item": {b: row.draft["items"][0]["id"]}}
        times = await find_times(r, office.secretary, row, form, Wish(day, day, 120), clock.now())
    assert told(times)[0] == ("07:30", {})  # 07:30 to 08:30 is what he is needed for


async def test_between_two_places_one_travels(db: Database):
    office, day = await open_office(db), working_day()
    await open_days(db, day)
    there = {"form": "in_person", "date": day.isoformat(), "start": "08:00", "end": "09:00"}
    await office.send(await office.draft(**there, place="Trụ sở xã"))
    draft = await office.draft(form="in_person", place="16 Lê Lợi")
    wish = Wish(day, day, 60)
    assert told(await found(office, draft, wish))[0][0] == "09:30"
    at_once = await found(office, draft, Wish(day, day, 60, travel=0))
    assert told(at_once)[0][0] == "09:00"
    assert len(at_once.proposals[0].tight) == 4  # they go straight on
    same = await office.draft(form="in_person", place="Trụ sở Xã")
    assert told(await found(office, same, wish))[0][0] == "09:00"


async def test_days_and_hours_are_inherited_kept_apart_and_kept_by_whose_they_are(db: Database):
    top = await make_agency(db)
    under, elsewhere = await make_agency(db, parent_id=top), await make_agency(db)
    day = date(2030, 3, 6)
    keeper = await make_user(db, top, "giu.gio", "agency_admin")
    await perform(db, keeper, SaveWorkingHours(agency_id=top, parts="07:00-11:00, 13:00-16:00", weekdays="5012345"))
    mark = MarkDay(agency_id=top, day=day, works=False, name="Truyền thống ngành")
    await perform(db, keeper, mark)
    with pytest.raises(Conflict):
        await perform(db, keeper, MarkDay(agency_id=top, day=day, works=True, name="Lần nữa"))
    await perform(db, keeper, MarkDay(agency_id=under, day=day, works=True, name="Cơ sở vẫn làm"))
    async with db.reading() as r:
        works = await working_of(r, [top, under, elsewhere])
        seen = await marked(r, keeper, day)
    assert works[under].hours == works[top].hours != works[elsewhere].hours
    assert works[top].hours.days == frozenset(range(6))
    assert [works[one].days.works(day) for one in (top, under, elsewhere)] == [False, True, True]
    own = {row.name: row.id for row in seen if row.own}
    assert own.keys() == {"Truyền thống ngành", "Cơ sở vẫn làm"}
    for wrong in ("11:00-07:00", "7h", "07:00-12:00,11:00-15:00", ","):
        with pytest.raises(Invalid):
            await perform(db, keeper, SaveWorkingHours(agency_id=top, parts=wrong))
    outside = SaveWorkingHours(agency_id=elsewhere, parts=""), MarkDay(agency_id=elsewhere, day=day, name="x"), MarkDay(day=day, name="x")
    for foreign in outside:
        with pytest.raises(NotAllowed):
            await perform(db, keeper, foreign)
    everywhere = await do(db, MarkDay(day=day, name="Cả nước"))
    with pytest.raises(NotAllowed):
        await perform(db, keeper, UnmarkDay(day_id=everywhere["day_id"]))
    await perform(db, keeper, UnmarkDay(day_id=own["Truyền thống ngành"]))
    await perform(db, BUILDER, SaveWorkingHours(agency_id=top, parts=""))
    async with db.reading() as r:
        works = await working_of(r, [top, elsewhere])
    assert works[top].hours == works[elsewhere].hours
    assert not works[top].days.works(day)  # for all


async def test_every_date_of_a_series_counts_and_an_agency_that_chooses_can_when_it_works(db: Database):
    office, day = await open_office(db), working_day()
    dates = [day + timedelta(weeks=n) for n in range(3)]
    await open_days(db, *dates)
    home = await homes(office)
    later = {"date": dates[2].isoformat(), "start": "07:30", "end": "09:00", "chair_id": office.people["stranger"]}
    await office.send(await office.draft(invited={office.people["b"]: "vote"}, **later))
    await do(db, SaveWorkingHours(agency_id=home["c"], parts="08:30-11:30,13:30-17:00"))
    weekly = {"repeat": "week", "repeat_count": "3", "repeat_step": "1"}
    people = {"chair_id": office.people["b"], "secretary_id": office.people["b"], "invited": {f"agency:{home['c']}": "vote"}}
    form = office.form(date=day.isoformat(), **weekly, **people)
    draft = await office.draft(**form)
    assert told(await found(office, draft, Wish(day, day, 60)))[0] == ("09:00", {})
    once = await found(office, await office.draft(**form | {"repeat": "none"}), Wish(day, day, 60))
    assert told(once)[0] == ("08:30", {})  # not before the agency works
    assert once.attendees == 2
