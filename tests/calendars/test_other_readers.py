"""ical.js, which Thunderbird reads calendars with, and mailparser understand of every message what we meant."""

from __future__ import annotations

import base64

from icalendar import Calendar

from calendars.invitations import calendar_of
from calendars.message import message_of
from calendars.moulds import poured
from calendars.texts import subject_of
from meetings import clock
from tests.support.other_readers import as_others_read

from .test_building import FORMAL
from .test_invitations import SCENARIOS

ALL = {**SCENARIOS, "formal": FORMAL}


def test_ical_js_reads_every_message_as_we_meant_it():
    read = as_others_read([poured(facts).calendar for facts in ALL.values()])["calendars"]
    for facts, calendar in zip(ALL.values(), read, strict=True):
        (event,) = calendar["events"]
        assert (calendar["method"], event["uid"]) == (facts.method, facts.uid)
        if facts.method == "DECLINECOUNTER":
            continue
        start, end = (f"{clock.instant(at):%Y-%m-%dT%H:%M:%S}.000Z" for at in (facts.starts_at, facts.ends_at))
        assert calendar["instances"] == [[start, end, " ".join(facts.title.split())]]
        assert event["sequence"] == facts.sequence
        partstat = "" if facts.method == "CANCEL" else "ACCEPTED" if facts.answer == "accepted" else "NEEDS-ACTION"
        assert event["attendees"][-1][:2] == [f"mailto:{facts.recipient_email}", partstat]
        assert event["status"] == (None if facts.method == "CANCEL" and not facts.whole else "CANCELLED" if facts.whole else "CONFIRMED")
        ours = Calendar.from_ical(calendar_of(facts)).events[0]
        for name in ("location", "description"):
            assert (event[name] or "") == str(ours.get(name.upper(), "")), name


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
