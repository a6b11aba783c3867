"""ical.js, which Thunderbird reads calendars with, and mailparser understand of every message what we meant."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date, time

from icalendar import Calendar

from calendars.invitations import calendar_of
from calendars.lint import lint
from calendars.message import message_of
from calendars.moulds import poured
from calendars.texts import subject_of
from meetings import clock
from meetings.recurrence import Rule, days_of, starts_of
from meetings.series_plan import Held, Pattern, Wanted, drafts, held, on
from tests.support.other_readers import as_others_read

from .test_building import FORMAL
from .test_invitations import PLAIN, SCENARIOS

ALL = {**SCENARIOS, "formal": FORMAL}


def test_ical_js_reads_every_message_as_we_meant_it():
    read = as_others_read([poured(facts).calendar for facts in ALL.values()])["calendars"]
    for facts, calendar in zip(ALL.values(), read, strict=True):
        event = calendar["events"][0]
        assert [one["recurrence"] for one in calendar["events"][1:]] == [js(one.original_start) for one in facts.overrides]
        assert (calendar["method"], event["uid"]) == (facts.method, facts.uid)
        if facts.method == "DECLINECOUNTER":
            continue
        dates = [] if facts.original_start else held([facts]).dates.values() if facts.rrule else [facts]
        assert event["recurrence"] == (js(facts.original_start) if facts.original_start else None)
        assert calendar["instances"] == [[js(one.starts_at), js(one.ends_at), " ".join(one.title.split())] for one in dates]
        assert event["sequence"] == facts.sequence
        partstat = "" if facts.method == "CANCEL" else "ACCEPTED" if facts.answer == "accepted" else "NEEDS-ACTION"
        assert event["attendees"][-1][:2] == [f"mailto:{facts.recipient_email}", partstat]
        assert event["status"] == (None if facts.method == "CANCEL" and not facts.whole else "CANCELLED" if facts.whole else "CONFIRMED")
        ours = Calendar.from_ical(calendar_of(facts)).events[0]
        for name in ("location", "description"):
            assert (event[name] or "") == str(ours.get(name.upper(), "")), name


RULES = (
    (Rule("week", 1, (2,), count=8), date(2026, 11, 25)), (Rule("week", 2, (0, 2, 4), count=20), date(2026, 11, 25)),
    (Rule("week", 1, (0,), count=60, skip_holidays=False), date(2026, 11, 23)), (Rule("month_day", 3, count=9), date(2026, 11, 28)),
    (Rule("month_weekday", 1, count=15), date(2026, 11, 29)), (Rule("month_weekday", 2, count=15), date(2026, 11, 25)),
    (Rule("month_last", 1, count=15), date(2026, 11, 30)),
)  # fmt: skip


def test_every_rule_makes_the_same_dates_there_as_here():
    """Also where the first dates are gone, and where dates were taken out: whoever reads the rule counts from what is left."""
    asked, meant = [], []
    for rule, first in RULES:
        days = days_of(rule, first)
        starts = [clock.iso(start) for start in starts_of(days, time(8), clock.HOME_ZONE)]
        for kept in (starts, starts[1:], starts[2::2], starts[:-1:3]):
            now = {key: on(replace(PLAIN, starts_at=starts[0], ends_at=starts[0].replace("T01", "T02")), key) for key in kept}
            (draft,) = drafts(Held(), Wanted(now), Pattern(rule, first, clock.HOME_ZONE))
            asked.append(calendar_of(draft.facts))
            meant.append([js(key) for key in kept])
            assert lint(asked[-1]) == []
    read = as_others_read(asked)["calendars"]
    assert [[start for start, _, _ in calendar["instances"]] for calendar in read] == meant


def js(at: str) -> str:
    return f"{clock.instant(at):%Y-%m-%dT%H:%M:%S}.000Z"


def test_mailparser_finds_the_words_the_calendar_and_what_is_attached():
    mails = [message_of(facts, "<1@diemcau.example>") for facts in ALL.values()]
    for facts, mail in zip(ALL.values(), as_others_read([], mails)["mails"], strict=True):
        assert mail["subject"] == subject_of(facts)
        assert mail["from"] == [[facts.organiser_name, facts.organiser_email]]
        assert mail["to"] == [[facts.recipient_name, facts.recipient_email]]
        assert mail["reply_to"] == ([["", facts.reply_to]] if facts.reply_to else [])
        assert " ".join(facts.title.split()) in " ".join(mail["text"].split())
        assert "<h1" in mail["html"]
        kinds = [part["kind"] for part in mail["parts"]]
        assert kinds == ["text/calendar", "application/ics", *(["application/pdf"] if facts.number else [])]
        inline, file = (base64.b64decode(part["content"]) for part in mail["parts"][:2])
        assert inline == file == poured(facts).calendar
        assert mail["parts"][1]["name"] == "invite.ics"
