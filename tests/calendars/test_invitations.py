"""What we send, judged by ourselves, by libical, and by reading it back."""

from __future__ import annotations

import email
import shutil
import subprocess
from dataclasses import replace
from email import policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from calendars.invitations import calendar_of
from calendars.lint import lint
from calendars.message import message_of
from calendars.texts import html_of
from meetings.invitation import AgendaLine, Invitation
from tests.support.requirements import need

PLAIN = Invitation(
    method="REQUEST", uid="4f1c@diemcau.example", sequence=0, dtstamp="2026-11-20T01:00:00.000Z", whole=False, language="vi",
    title="Họp giao ban tháng 11 về chuyển đổi số", meeting_type="coordination", starts_at="2026-11-25T01:00:00.000Z",
    ends_at="2026-11-25T03:30:00.000Z", zone="Asia/Ho_Chi_Minh", place="Phòng họp 2, 16 Lê Lợi",
    sites=("Điểm cầu chính", "Phường Vỹ Dạ"), join_url="http://127.0.0.1:8080/j/abc.def", video=True,
    video_id="123 456", video_passcode="789", host_agency="Văn phòng UBND thành phố", organiser_name="Văn phòng UBND thành phố",
    organiser_email="hop@hue.example", reply_to="thuky@hue.example", chair="Phó Chủ tịch Nguyễn Văn An",
    recipient_name="Trần Thị Bình", recipient_email="binh@hue.example", recipient_position="Giám đốc", recipient_agency="Sở Y tế",
    duty="participant", agenda=(AgendaLine("Báo cáo", "Sở Y tế", 20), AgendaLine("Thảo luận", "", 30)),
    papers=("Dự thảo kế hoạch",), requests="Đọc trước tài liệu.\nĐến trước 10 phút.", contact="Lê Thị Hoa, 0234 000 111",
)  # fmt: skip

SCENARIOS = {
    "first": PLAIN,
    "english": replace(PLAIN, language="en"),
    "update": replace(PLAIN, sequence=3, changes=("time", "place")),
    "cancelled": replace(PLAIN, method="CANCEL", sequence=4, whole=True, reason="Chủ trì bận đột xuất"),
    "removed": replace(PLAIN, method="CANCEL", sequence=1),
    "bare": replace(PLAIN, place="", sites=(), video=False, video_id="", video_passcode="", chair="", agenda=(), papers=(),
                    requests="", contact="", reply_to="", recipient_position="", recipient_agency=""),
    "awkward": replace(PLAIN, title='Họp "kín"; bàn, \\ 😀 𠀀 ' + "rất dài " * 40, recipient_name='Ông "Ba"; Lê, Văn',
                       sites=tuple(f"Điểm cầu phường {n}" for n in range(40))),
    "abroad": replace(PLAIN, zone="Europe/Paris"),
    "guest": replace(PLAIN, duty="guest"),
    "answers by mail": replace(PLAIN, organiser_email=f"hop+r{'a2' * 26}@hop.hue.example", answers_come_in=True),
    "answered": replace(PLAIN, answer="accepted", changes=("title",)),
    "agencies": replace(PLAIN, agencies=("Sở Y tế", "UBND phường Vỹ Dạ; phường An Cựu"), video=False),
    "the time stays": replace(PLAIN, method="DECLINECOUNTER", sequence=3, reason="Đã đặt phòng"),
}  # fmt: skip

WEEKS = tuple(f"2026-{day}T01:00:00.000Z" for day in ("11-25", "12-02", "12-09", "12-16", "12-23"))
WHOLE = replace(
    PLAIN, rrule="FREQ=WEEKLY;BYDAY=WE;WKST=MO;UNTIL=20261223T010000Z", dates=WEEKS[:2] + WEEKS[3:], exdates=(WEEKS[2],),
    overrides=(replace(PLAIN, original_start=WEEKS[3], starts_at="2026-12-17T07:00:00.000Z", ends_at="2026-12-17T08:00:00.000Z"),),
)  # fmt: skip
MONTHS = tuple(f"{day}T01:00:00.000Z" for day in ("2026-11-25", "2027-01-27", "2027-03-31"))
SCENARIOS |= {
    "series": WHOLE,
    "series without exceptions": replace(WHOLE, dates=WEEKS, exdates=(), overrides=()),
    "one date of a series": replace(PLAIN, original_start=WEEKS[3], sequence=4, changes=("time",)),
    "one date cancelled": replace(PLAIN, original_start=WEEKS[3], method="CANCEL", sequence=4, whole=True),
    "taken out of one date": replace(PLAIN, original_start=WEEKS[3], method="CANCEL", sequence=4),
    "monthly": replace(PLAIN, rrule="FREQ=MONTHLY;INTERVAL=2;BYDAY=-1WE;UNTIL=20270331T010000Z", dates=MONTHS),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_our_own_lint_finds_nothing(name):
    assert lint(calendar_of(SCENARIOS[name])) == []


def test_libical_accepts_every_message(tmp_path: Path):
    python = shutil.which("python3", path="/usr/bin:/bin")
    probe = ["-c", "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"]
    there = python is not None and subprocess.run([python, *probe], capture_output=True).returncode == 0
    need("libical (gir1.2-ical-3.0, python3-gi)", there)
    files = []
    for name, facts in SCENARIOS.items():
        files.append(tmp_path / f"{name}.ics")
        files[-1].write_bytes(calendar_of(facts))
    judge = Path(__file__).with_name("libical_judge.py")
    judged = subprocess.run([str(python), str(judge), *map(str, files)], capture_output=True, text=True, check=True)
    assert judged.stdout == ""
    broken = tmp_path / "broken.ics"
    broken.write_bytes(calendar_of(PLAIN).replace(b"UID:4f1c@diemcau.example\r\n", b""))
    assert "restriction_check" in subprocess.run([str(python), str(judge), str(broken)], capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (b"METHOD:REQUEST", b"METHOD:INVITE", "unknown METHOD"),
        (b"TZID:Asia/Ho_Chi_Minh\r\n", b"TZID:Asia/Bangkok\r\n", "no VTIMEZONE"),
        (b"\r\nVERSION", b"\nVERSION", "bare line break"),
        (b"PARTSTAT=NEEDS-ACTION", b"PARTSTAT=MAYBE", "PARTSTAT"),
        (b"DTEND;TZID=Asia/Ho_Chi_Minh:20261125T103000", b"DTEND;TZID=Asia/Ho_Chi_Minh:20261125T070000", "DTEND"),
        (b"SEQUENCE:0\r\n", b"", "no SEQUENCE"),
        (b"STATUS:CONFIRMED", b"STATUS:CANCELLED", "STATUS"),
        (b"SUMMARY:", b"SUMMARY:" + b"x" * 90, "octets"),
        (b"VERSION:2.0", b"VERSION:2.0\r\nUID:calendar", "UID on the VCALENDAR"),
        (b"BEGIN:VEVENT", b"BEGIN:VEVENT\r\nUID:4f1c@diemcau.example\r\nEND:VEVENT\r\nBEGIN:VEVENT", "not one series"),
        (b"SEQUENCE:0", b"SEQUENCE:0\r\nRRULE:FREQ=DAILY;UNTIL=20270101T000000", "local UNTIL"),
        (b"END:STANDARD", b"RDATE:19800101T000000\r\nEND:STANDARD", "one plain STANDARD"),
    ],
)  # fmt: skip
def test_lint_sees_each_fault(before, after, fault):
    whole = calendar_of(PLAIN)
    assert before in whole
    assert any(fault in found for found in lint(whole.replace(before, after)))


@given(st.text(min_size=1, max_size=200), st.text(max_size=100), st.text(max_size=500))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_the_form_or_is_lost(title, place, requests):
    from meetings.text import clean

    facts = replace(PLAIN, title=clean(title) or "x", place=clean(place), requests=clean(requests))
    ics = calendar_of(facts)
    assert lint(ics) == []
    (event,) = Calendar.from_ical(ics).events
    assert str(event["SUMMARY"]) == " ".join(facts.title.split())
    assert " ".join(facts.requests.split()) in " ".join(str(event["DESCRIPTION"]).split())


def test_the_tree_is_the_one_that_every_program_acts_on():
    for name, facts in SCENARIOS.items():
        parsed = email.message_from_bytes(message_of(facts, "<1@diemcau.example>"), policy=policy.default)
        assert parsed.get_content_type() == "multipart/mixed"
        alternative, attached = parsed.iter_parts()
        assert [p.get_content_type() for p in alternative.iter_parts()] == ["text/plain", "text/html", "text/calendar"], name
        calendar = list(alternative.iter_parts())[-1]
        assert calendar.get_param("method") == facts.method
        assert calendar.get_param("charset") == "UTF-8"
        assert calendar.get_filename() is None
        assert "Content-Disposition" not in calendar
        assert calendar.get_payload(decode=True) == attached.get_payload(decode=True)
        assert (attached.get_content_type(), attached.get_filename()) == ("application/ics", "invite.ics")
        assert parsed["To"].addresses[0].addr_spec == "binh@hue.example"
        assert parsed["Auto-Submitted"] == "auto-generated"
        assert facts.title.split()[0] in str(parsed["Subject"])


def test_only_the_recipient_is_named_and_the_link_is_where_clients_look():
    (event,) = Calendar.from_ical(calendar_of(PLAIN)).events
    assert [str(a) for a in event["ATTENDEE"]] == ["mailto:hop@hue.example", "mailto:binh@hue.example"]
    for name in ("LOCATION", "DESCRIPTION", "URL", "CONFERENCE"):
        assert PLAIN.join_url in str(event[name]), name


def test_another_time_may_be_proposed_only_where_somebody_reads_it():
    asked = {name: Calendar.from_ical(calendar_of(SCENARIOS[name])).events[0] for name in ("first", "answers by mail")}
    assert str(asked["first"]["X-MICROSOFT-DISALLOW-COUNTER"]) == "TRUE"
    assert "X-MICROSOFT-DISALLOW-COUNTER" not in asked["answers by mail"]
    parsed = email.message_from_bytes(message_of(SCENARIOS["answers by mail"], "<1@x>"), policy=policy.default)
    # Programs answer to ORGANIZER or to From; people to Reply-To.
    assert f"mailto:{parsed['From'].addresses[0].addr_spec}" == str(asked["answers by mail"]["ORGANIZER"])
    assert parsed["Reply-To"].addresses[0].addr_spec == "thuky@hue.example"


def test_removing_one_recipient_has_no_status_and_cancelling_all_has():
    (one,) = Calendar.from_ical(calendar_of(SCENARIOS["removed"])).events
    (all_,) = Calendar.from_ical(calendar_of(SCENARIOS["cancelled"])).events
    assert "STATUS" not in one
    assert str(all_["STATUS"]) == "CANCELLED"


def test_markup_in_names_is_text_in_the_mail():
    facts = replace(PLAIN, title="<script>alert(1)</script>", requests="<img src=x>")
    html = html_of(facts)
    assert "<script>" not in html
    assert "<img" not in html
