"""Meetings that repeat: the dates that a rule makes, who is told what of them, and that a change of some touches no other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from meetings import clock
from meetings.agenda import EndMeeting, StartMeeting
from meetings.carrying import CarryOver
from meetings.database import Database, Row
from meetings.errors import Conflict, Invalid
from meetings.invitation import Invitation
from meetings.models.live import audit
from meetings.models.meeting import items, meetings, participants, series
from meetings.models.post import outbox
from meetings.perform import perform
from meetings.recurrence import Rule, days_of, follows, instances_between
from meetings.scheduling import CancelMeeting, SaveDraft
from meetings.sent_form import form_of
from tests.support.organisation import make_room
from tests.support.scheduled import Office, open_office

MONDAY = date(2027, 3, 1)


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def mails(db: Database, after: int = 0) -> list[Invitation]:
    async with db.reading() as r:
        rows = await r.all(sa.select(outbox.c.facts).where(outbox.c.method != "NOTICE").order_by(outbox.c.created_at, outbox.c.sequence))
    return [Invitation.from_json(row.facts) for row in rows][after:]


async def dates(db: Database) -> list[Row]:
    async with db.reading() as r:
        return list(await r.all(sa.select(meetings).where(meetings.c.series_id.is_not(None)).order_by(meetings.c.starts_at)))


async def weekly(office: Office, **changes: object) -> list[Row]:
    """Four Mondays in March 2027."""
    form = {"date": MONDAY.isoformat(), "repeat": "week", "repeat_until": "2027-03-22", "repeat_days": ["0"]} | changes
    await office.send(await office.draft(**form))
    return await dates(office.db)


async def change(office: Office, row: Row, apply_to: str, **changes: object) -> dict[str, int]:
    async with office.db.reading() as r:
        form, now = await form_of(r, row.id), await r.get(meetings, row.id)
    return await office.change(row.id, form | {"apply_to": apply_to} | changes, now.draft_revision)


def told(found: list[Invitation], who: str) -> list[Invitation]:
    return [one for one in found if one.recipient_email.startswith(f"{who}@")]


def days(rows: list[Row]) -> list[str]:
    return [f"{clock.local(row.starts_at):%d/%m %H:%M}" for row in rows if row.state != "cancelled"]


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        (Rule("week", 1, (0,), count=3), MONDAY, ["01/03", "08/03", "15/03"]),
        (Rule("week", 2, (0, 3), until=date(2027, 3, 31)), MONDAY, ["01/03", "04/03", "15/03", "18/03", "29/03"]),
        (Rule("month_day", 1, count=3), date(2027, 1, 31), ["31/01", "28/02", "31/03"]),
        (Rule("month_weekday", 1, count=3), date(2027, 3, 10), ["10/03", "14/04", "12/05"]),  # the second Wednesday
        (Rule("month_last", 3, count=3), date(2027, 1, 29), ["29/01", "30/07", "29/10"]),
        # 30 April and 1 May are holidays; three meetings are three.
        (Rule("week", 1, (4,), count=3), date(2027, 4, 23), ["23/04", "07/05", "14/05"]),
        (Rule("week", 1, (4,), count=3, skip_holidays=False), date(2027, 4, 23), ["23/04", "30/04", "07/05"]),
    ],
)  # fmt: skip
def test_the_days_of_a_rule(rule, first, expected):
    assert [f"{day:%d/%m}" for day in days_of(rule, first)] == expected
    assert Rule.from_json(rule.to_json()) == rule
    assert set(days_of(rule, first)) <= set(instances_between(rule, first, first, days_of(rule, first)[-1]))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Rule("week", 1, (0,)), "repeat_endless"),
        (Rule("week", 1, (1,), count=5), "repeat_first"),
        (Rule("week", 1, (0,), until=date(2099, 1, 1)), "repeat_many"),
        (Rule("week", 1, (0,), until=date(2027, 3, 2)), "repeat_once"),
    ],
)  # fmt: skip
def test_what_is_no_series_is_refused(rule, code):
    with pytest.raises(Invalid) as refused:
        days_of(rule, MONDAY)
    assert refused.value.code == code


async def test_one_invitation_tells_of_every_date(office: Office):
    rows = await weekly(office)
    assert days(rows) == ["01/03 08:00", "08/03 08:00", "15/03 08:00", "22/03 08:00"]
    assert len({row.series_id for row in rows}) == 1 and {row.state for row in rows} == {"invited"}
    found = await mails(office.db)
    assert sorted(one.recipient_email.partition("@")[0] for one in found) == ["b", "c", "chair", "khach", "secretary"]
    for one in found:
        assert one.rrule == "FREQ=WEEKLY;BYDAY=MO;WKST=MO;UNTIL=20270322T010000Z" and one.sequence == 0
        assert one.dates == tuple(clock.iso(row.starts_at) for row in rows) and one.exdates == one.overrides == ()
        assert one.join_url.endswith("/next")
    async with office.db.reading() as r:
        agenda = await r.all(sa.select(items))
        assert len(agenda) == 4 and len({row.id for row in agenda}) == 4


async def test_a_rule_that_programs_read_differently_becomes_separate_meetings(office: Office):
    rule = Rule("month_day", 1, count=3)
    assert not follows(rule, date(2027, 1, 31), clock.HOME_ZONE) and follows(rule, date(2027, 1, 28), clock.HOME_ZONE)
    rows = await weekly(office, date="2027-01-31", repeat="month_day", repeat_until="", repeat_count="3")
    found = told(await mails(office.db), "b")
    assert days(rows) == ["31/01 08:00", "28/02 08:00", "31/03 08:00"]
    assert {one.uid for one in found} == {row.uid for row in rows} and not any(one.rrule or one.original_start for one in found)


async def test_a_change_of_one_date_is_told_of_that_date_alone(office: Office):
    rows = await weekly(office)
    before = len(await mails(office.db))
    await change(office, rows[1], "one", start="14:00", end="15:00")
    assert days(await dates(office.db)) == ["01/03 08:00", "08/03 14:00", "15/03 08:00", "22/03 08:00"]
    (mail,) = told(await mails(office.db, before), "b")
    assert (mail.original_start, mail.sequence, mail.changes, mail.rrule) == (clock.iso(rows[1].starts_at), 1, ("time",), "")
    assert mail.organiser_email == told(await mails(office.db), "b")[0].organiser_email
    # Nothing new is told to nobody, and somebody who comes later has the moved date with the rest.
    assert await change(office, rows[1], "one") == {"invited": 0, "removed": 0, "agencies": 0}
    guests = "Lê Khách, Chuyên gia, khach@ngoai.example\nMới Đến, Chuyên gia, moi@ngoai.example"
    before = len(await mails(office.db))
    await change(office, rows[0], "all", guests=guests)
    (mail,) = await mails(office.db, before)
    assert mail.recipient_email == "moi@ngoai.example" and len(mail.dates) == 4
    assert [one.original_start for one in mail.overrides] == [clock.iso(rows[1].starts_at)]


async def test_cancelling_one_date_and_taking_somebody_out_of_all(office: Office):
    rows = await weekly(office)
    before = len(await mails(office.db))
    cancel = CancelMeeting(meeting_id=rows[2].id, reason="Nghỉ", sender=office.sender)
    assert await perform(office.db, office.secretary, cancel) == {"told": 5}
    (mail,) = told(await mails(office.db, before), "c")
    assert (mail.method, mail.whole, mail.original_start, mail.sequence) == ("CANCEL", True, clock.iso(rows[2].starts_at), 1)
    before = len(await mails(office.db))
    await change(office, rows[0], "all", invited={office.people["b"]: "vote"})
    (mail,) = await mails(office.db, before)
    assert (mail.recipient_email, mail.method, mail.whole, mail.original_start) == ("c@hue.example", "CANCEL", False, "")
    assert mail.sequence == 2


async def test_from_here_on_the_old_series_ends_and_a_new_one_begins(office: Office):
    rows = await weekly(office)
    before = len(await mails(office.db))
    await change(office, rows[2], "following", start="09:00", end="11:00", title="Giao ban mới")
    assert days(await dates(office.db)) == ["01/03 08:00", "08/03 08:00", "15/03 09:00", "22/03 09:00"]
    new, old = told(await mails(office.db, before), "b")  # by SEQUENCE
    assert (old.uid == new.uid, old.sequence, old.changes) == (False, 1, ("dates",))
    assert old.dates == tuple(clock.iso(row.starts_at) for row in rows[:2]) and old.rrule.endswith("UNTIL=20270308T010000Z")
    assert new.sequence == 0 and new.title == "Giao ban mới" and new.starts_at == "2027-03-15T02:00:00.000Z" and len(new.dates) == 2
    async with office.db.reading() as r:
        titles = await r.column(sa.select(meetings.c.title).order_by(meetings.c.starts_at))
        chain = await r.column(sa.select(audit.c.command).where(audit.c.scope == rows[3].id).order_by(audit.c.seq))
    assert titles == ["Họp thử", "Họp thử", "Giao ban mới", "Giao ban mới"]
    assert chain == ["SendInvitations", "SendInvitations"]


async def test_all_dates_move_to_another_day_and_the_changed_agenda_of_one_stays(office: Office):
    rows = await weekly(office)
    async with office.db.reading() as r:
        (own,) = (await form_of(r, rows[3].id))["items"]
    await change(office, rows[3], "one", items=[own | {"title": "Việc riêng"}])
    before = len(await mails(office.db))
    await change(office, rows[0], "all", date="2027-03-02", repeat_until="2027-03-16")
    assert days(await dates(office.db)) == ["02/03 08:00", "09/03 08:00", "16/03 08:00"]
    found = told(await mails(office.db, before), "b")
    assert [(one.sequence, one.dates[0][:10], len(one.dates)) for one in found] == [(2, "2027-03-02", 3)]
    assert "BYDAY=TU" in found[0].rrule
    before = len(await mails(office.db))
    await perform(office.db, office.secretary, CancelMeeting(meeting_id=rows[1].id, reason="Thôi", apply_to="all", sender=office.sender))
    (mail,) = told(await mails(office.db, before), "b")
    assert (mail.method, mail.whole, mail.original_start, mail.sequence) == ("CANCEL", True, "", 3)
    assert days(await dates(office.db)) == []


async def test_each_date_has_its_room_and_the_dates_may_change_places(office: Office):
    room_id = await make_room(office.db, str(office.secretary.agency_id), "Phòng 1")
    rows = await weekly(office, room_id=room_id)
    other = await office.draft(room_id=room_id, date="2027-03-15", start="09:00", end="11:00")
    with pytest.raises(Invalid) as refused:
        await office.send(other)
    assert refused.value.code == "room_taken"
    await change(office, rows[0], "all", date="2027-03-08", repeat_until="2027-03-29")  # each a week later, where the next one was
    assert days(await dates(office.db)) == ["08/03 08:00", "15/03 08:00", "22/03 08:00", "29/03 08:00"]
    await perform(office.db, office.secretary, CancelMeeting(meeting_id=rows[1].id, reason="Nghỉ", sender=office.sender))
    await office.send(other)
    # The room is taken now on one of the dates: the others do not come to be either.
    with pytest.raises(Invalid):
        await weekly(office, room_id=room_id, start="10:00", end="11:00")
    assert len(await dates(office.db)) == 4


async def test_everything_wrong_leaves_everything_as_it_was(office: Office):
    rows = await weekly(office)
    before = await mails(office.db)
    for apply_to, changes in (
        ("all", {"repeat_until": "2050-01-01"}), ("following", {"end": "07:00"}), ("all", {"room_id": "f" * 32}),
        ("all", {"invited": {"f" * 32: "vote"}}),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await change(office, rows[1], apply_to, **changes)
    assert await mails(office.db) == before and [r.starts_at for r in await dates(office.db)] == [r.starts_at for r in rows]


async def test_changes_of_several_dates_at_once_have_each_their_sequence(office: Office):
    rows = await weekly(office)
    for row in rows:
        async with office.db.reading() as r:
            form, now = await form_of(r, row.id), await r.get(meetings, row.id)
        typed = form | {"apply_to": "one", "place": f"Phòng {row.starts_at:%d}"}
        await perform(office.db, office.secretary, SaveDraft(meeting_id=row.id, form=typed, revision=now.draft_revision))
    cancel = CancelMeeting(meeting_id=rows[3].id, reason="Bận", apply_to="following", sender=office.sender)
    all_of_them = (*(office.send(row.id) for row in rows), perform(office.db, office.secretary, cancel))
    done = await asyncio.gather(*all_of_them, return_exceptions=True)
    assert all(not isinstance(one, Exception) or isinstance(one, Conflict) for one in done)
    found = told(await mails(office.db), "b")
    assert len({one.sequence for one in found}) == len(found)
    async with office.db.reading() as r:
        assert await r.value(sa.select(series.c.sequence)) == max(one.sequence for one in found)
        assert await r.value(sa.select(sa.func.count()).select_from(participants)) == 20
    assert timedelta(days=14) == (await dates(office.db))[2].starts_at - rows[0].starts_at


async def test_what_is_unfinished_goes_into_the_next_date_s_agenda_once(office: Office):
    rows = await weekly(office)
    async with office.db.reading() as r:
        chair = await r.value(sa.select(participants.c.person_id).where(participants.c.duty == "chair"))
        (own,) = (await form_of(r, rows[1].id))["items"]
    await change(office, rows[1], "one", items=[own | {"title": "Việc của phiên hai"}])
    lead = replace(office.secretary, person_id=chair)
    await perform(office.db, lead, StartMeeting(meeting_id=rows[0].id))
    await perform(office.db, lead, EndMeeting(meeting_id=rows[0].id))
    before = await mails(office.db)
    carried = await perform(office.db, office.secretary, CarryOver(meeting_id=rows[0].id))
    assert carried == {"meeting_id": rows[1].id, "items": 1}
    with pytest.raises(Conflict) as refused:
        await perform(office.db, office.secretary, CarryOver(meeting_id=rows[0].id))
    assert refused.value.code == "nothing_to_carry" and await mails(office.db) == before
    await office.send(rows[1].id)
    async with office.db.reading() as r:
        titles = await r.column(sa.select(items.c.title).where(items.c.meeting_id == rows[1].id).order_by(items.c.position))
    assert titles == ["Việc thứ nhất", "Việc của phiên hai"]
