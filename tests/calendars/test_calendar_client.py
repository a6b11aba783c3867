"""A calendar program by the letter of RFC 5546, written for this test alone: whatever is done to a meeting or a series, and in whatever
order and however often the mails come, everybody's calendar ends as ours says."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from dateutil.rrule import rrulestr
from icalendar import Calendar

from calendars.invitations import calendar_of
from calendars.lint import lint
from meetings.database import Database
from meetings.errors import Conflict, Invalid
from meetings.invitation import Invitation
from meetings.models.meeting import meetings, participants
from meetings.models.post import outbox
from meetings.perform import perform
from meetings.scheduling import CancelMeeting
from meetings.sent_form import form_of
from tests.support.scheduled import Office, open_office

Version = tuple[int, datetime]
Shown = tuple[datetime, datetime, str, str]  # start, end, title, place
FIRST: Version = (-1, datetime.min.replace(tzinfo=UTC))


@dataclass
class Kept:
    """One UID (RFC 5546, 2.1.5): the version of the whole, and of each date that was told by itself since. None: not held."""

    version: Version = FIRST
    whole: Any = None
    dates: dict[datetime, tuple[Version, Any]] = field(default_factory=dict)


class Program:
    """The calendar of one recipient."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}

    def gets(self, ics: bytes, *, again: bool = False) -> None:
        """`again`: perhaps not for the first time, or out of order."""
        calendar = Calendar.from_ical(ics)
        events = calendar.events
        kept = self.kept.setdefault(str(events[0]["UID"]), Kept())
        cancelled = str(calendar["METHOD"]) == "CANCEL"
        for event in events:
            version = (int(event["SEQUENCE"]), event["DTSTAMP"].dt)
            if "RECURRENCE-ID" in event:
                key = event["RECURRENCE-ID"].dt
                if version >= kept.version and version >= kept.dates.get(key, (FIRST, None))[0]:
                    kept.dates[key] = (version, None if cancelled else event)
            elif version >= kept.version:
                if kept.whole is not None and version[0] == kept.version[0] and not again:  # RFC 5546, 2.1.4
                    assert not cancelled and all(kept.whole.get(n) == event.get(n) for n in ("DTSTART", "DTEND", "RRULE"))
                kept.version, kept.whole = version, None if cancelled else event
                kept.dates = {key: told for key, told in kept.dates.items() if told[0] > version}

    def shows(self) -> list[Shown]:
        return sorted(one for kept in self.kept.values() for one in _shown(kept))


def _shown(kept: Kept) -> Iterable[Shown]:
    starts = set() if kept.whole is None else {kept.whole["DTSTART"].dt}
    if kept.whole is not None and "RRULE" in kept.whole:
        rule = kept.whole["RRULE"].to_ical().decode()
        starts = set(rrulestr(rule, dtstart=kept.whole["DTSTART"].dt)) - {one.dt for one in _exdates(kept.whole)}
    for start in starts - kept.dates.keys():
        yield _as(kept.whole, start)
    yield from (_as(event, event["DTSTART"].dt) for _, event in kept.dates.values() if event is not None)


def _exdates(event: Any) -> list[Any]:
    found = event.get("EXDATE", [])
    return [one for group in (found if isinstance(found, list) else [found]) for one in group.dts]


def _as(event: Any, start: datetime) -> Shown:
    place = str(event["LOCATION"]).partition(" – http")[0]
    return start, start + (event["DTEND"].dt - event["DTSTART"].dt), str(event["SUMMARY"]), place


BEGINNINGS: tuple[dict[str, Any], ...] = (
    {}, {"repeat": "week", "repeat_count": "5"}, {"repeat": "week", "repeat_days": ["0", "3"], "repeat_until": "2027-03-18"},
    {"repeat": "month_weekday", "repeat_count": "4"}, {"repeat": "week", "repeat_step": "2", "repeat_count": "4"},
    {"date": "2027-01-31", "repeat": "month_day", "repeat_count": "3"}, {"date": "2027-04-05", "repeat": "week", "repeat_count": "5"},
)  # fmt: skip


class Author:
    """Somebody who changes one meeting, or series, at random through the commands that pages give."""

    def __init__(self, office: Office, dice: random.Random) -> None:
        self.office, self.db, self.dice = office, office.db, dice
        self.done: list[str] = []

    async def begins(self) -> None:
        said = {"date": "2027-03-01"} | self.dice.choice(BEGINNINGS)
        await self.office.send(await self.office.draft(**said))
        self.done.append(repr(said))

    async def acts(self) -> None:
        async with self.db.reading() as r:
            open_ones = await r.all(sa.select(meetings).where(meetings.c.state == "invited").order_by(meetings.c.starts_at))
        if not open_ones:
            return
        row, apply_to = self.dice.choice(open_ones), self.dice.choice(("one", "one", "following", "all"))
        if self.dice.random() < 0.15:
            self.done.append(f"cancel {row.original_start} {apply_to}")
            cancel = CancelMeeting(meeting_id=row.id, reason="Bận", apply_to=apply_to, sender=self.office.sender)
            await perform(self.db, self.office.secretary, cancel)
            return
        async with self.db.reading() as r:
            form = await form_of(r, row.id)
        change = self._change(form)
        self.done.append(f"{row.original_start} {apply_to} {change}")
        try:
            await self.office.change(row.id, form | change | {"apply_to": apply_to}, row.draft_revision)
        except (Invalid, Conflict) as refused:
            self.done.append(f"  refused: {refused.code}")
            async with self.db.transaction(row.id) as tx:
                await tx.update(meetings, row.id, draft=None)

    def _change(self, form: dict[str, Any]) -> dict[str, Any]:
        hour, people = self.dice.randint(7, 15), dict(form["invited"])
        who = self.office.people[self.dice.choice(("b", "c"))]
        if people.pop(who, None) is None:
            people[who] = "vote"
        day = datetime.fromisoformat(form["date"]) + timedelta(days=self.dice.choice((-1, 1, 7)))
        changes: list[dict[str, Any]] = [
            {"start": f"{hour:02}:00", "end": f"{hour + 1:02}:30"}, {"place": f"Phòng {hour}"}, {"title": f"Họp {hour}"},
            {"invited": people}, {"invited": people}, {"date": f"{day:%Y-%m-%d}"}, {"contact": f"Số {hour}"},
            {"guests": "" if form["guests"] else "Lê Khách, Chuyên gia, khach@ngoai.example"},
        ]  # fmt: skip
        if form["repeat"] == "week":
            changes += [{"repeat_until": f"2027-0{self.dice.randint(3, 5)}-{hour + 10}"}, {"repeat_step": self.dice.choice(("1", "2"))}]
        return dict(pair for one in self.dice.sample(changes, self.dice.choice((1, 1, 2))) for pair in one.items())


async def _sent(db: Database) -> dict[str, list[Invitation]]:
    """By recipient."""
    async with db.reading() as r:
        rows = await r.column(sa.select(outbox.c.facts).where(outbox.c.method != "NOTICE"))
    found: dict[str, list[Invitation]] = {}
    for facts in map(Invitation.from_json, rows):
        found.setdefault(facts.recipient_email, []).append(facts)
    return found


async def _ours(db: Database, address: str) -> list[Shown]:
    async with db.reading() as r:
        joined = participants.join(meetings, meetings.c.id == participants.c.meeting_id)
        here = sa.and_(participants.c.email == address, ~participants.c.removed, meetings.c.state == "invited")
        columns = (meetings.c.starts_at, meetings.c.ends_at, meetings.c.title, meetings.c.place)
        return sorted(tuple(row) for row in await r.all(sa.select(*columns).select_from(joined).where(here)))


def _delivered(dice: random.Random, mails: list[Invitation]) -> list[Invitation]:
    """In any order, some twice; one may be lost that a later mail about the whole makes good."""
    newest = {m.uid: max((m.sequence, m.dtstamp) for m in mails if m.uid == mail.uid and not m.original_start)
              for mail in mails for m in mails if m.uid == mail.uid and not m.original_start}  # fmt: skip
    made_good = [m for m in mails if (m.sequence, m.dtstamp) < newest.get(m.uid, (-1, ""))]
    lost = [m for m in made_good if dice.random() < 0.3]
    kept = [m for m in mails if m not in lost]
    kept += dice.sample(kept, len(kept) // 3)
    dice.shuffle(kept)
    return kept


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # what is tried are the mails
@pytest.mark.parametrize("seed", range(6))
async def test_every_calendar_ends_as_ours(db: Database, seed: int):
    dice = random.Random(seed)
    author = Author(await open_office(db), dice)
    await author.begins()
    for _ in range(7):
        await author.acts()
    for address, mails in (await _sent(db)).items():
        in_order, shuffled = Program(), Program()
        for mail in sorted(mails, key=lambda m: (m.dtstamp, m.sequence)):
            assert lint(calendar_of(mail)) == []
            in_order.gets(calendar_of(mail))
        for mail in _delivered(dice, mails):
            shuffled.gets(calendar_of(mail), again=True)
        expected = await _ours(db, address)
        assert in_order.shows() == expected, (address, author.done)
        assert shuffled.shows() == expected, (address, author.done)
