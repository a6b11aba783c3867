"""Reading mail that came in: what programs really send, and what nobody in his right mind would send."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.mime import LARGEST
from calendars.replies import reply_of
from meetings import clock
from tests.support.mail_programs import THUNDERBIRD, Invited

WHO = Invited("0" * 32, "an@hue.example", "4f1c@diemcau.example", 2, "hop+rabc@diemcau.example", "2026-11-25T01:00:00.000Z")


def own(reply, number=0):
    return reply.events[number].attendees[0]


def test_a_genuine_reply_of_thunderbird_counts_once():
    reply = reply_of(THUNDERBIRD)
    assert (reply.sender, reply.sender_name, reply.method) == ("an.nguyen@hanoi.example.gov.vn", "Nguyễn Văn An", "REPLY")
    (event,) = reply.events
    assert (event.sequence, event.stamped_at) == (1, datetime(2026, 11, 23, 22, 10, 6, tzinfo=UTC))
    assert event.starts_at == datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
    assert [(one.address, one.partstat) for one in event.attendees] == [("an.nguyen@hanoi.example.gov.vn", "accepted")]
    assert "accepted your event invitation" in reply.said


def test_exchange_and_google_in_their_own_shapes():
    exchange = reply_of(WHO.exchange())
    assert (own(exchange).address, own(exchange).partstat) == ("an@hue.example", "accepted")
    assert exchange.events[0].starts_at == datetime(2026, 12, 3, 1, 0, tzinfo=UTC)
    assert exchange.events[0].comment == "Sẽ dự, đến muộn"
    google = reply_of(WHO.google("DECLINED", "Bận công tác; xin lỗi"))
    assert google.automatic
    assert len(google.events) == 1
    assert (own(google).partstat, own(google).comment) == ("declined", "Bận công tác; xin lỗi")


def test_an_answer_to_a_series_keeps_the_whole_and_the_instance_apart():
    first, second = reply_of(WHO.series()).events
    assert (first.of_instance, first.attendees[0].partstat) == (False, "tentative")
    assert second.recurrence == datetime(2027, 1, 1, 1, 0, tzinfo=UTC)
    assert {one.partstat for one in second.attendees} == {""}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("DTSTART:20261203T080000", datetime(2026, 12, 3, 1, 0, tzinfo=UTC)),  # floating: as our clients see it
        ("DTSTART:20261203T080000Z", datetime(2026, 12, 3, 8, 0, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/Paris:20261203T080000", datetime(2026, 12, 3, 7, 0, tzinfo=UTC)),
        ('DTSTART;TZID="(UTC+07:00) Bangkok, Hanoi":20261203T080000', datetime(2026, 12, 3, 1, 0, tzinfo=UTC)),
        ("DTSTART;TZID=Nowhere:20261203T080000", None),
        ("DTSTART;VALUE=DATE:20261203", None),
        ("DTSTART:20261399T080000Z", None),
        ("DTSTART:", None),
    ],
)  # fmt: skip
def test_times_are_instants_or_nothing(line, expected):
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:(UTC+07:00) Bangkok\\, Hanoi\r\nBEGIN:STANDARD\r\nTZOFFSETFROM:+0700\r\nTZOFFSETTO:+0700\r\n"
        "END:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"
    )
    calendar = WHO.calendar("ACCEPTED", DTSTART=line).replace("BEGIN:VEVENT", zone, 1)
    assert reply_of(WHO.mail(calendar)).events[0].starts_at == expected


def test_delegation_names_who_and_a_counter_has_its_times():
    named = (
        f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:ba@hue.example":mailto:{WHO.address}\r\n'
        "ATTENDEE;CN=Lê Thị Ba;DELEGATED-FROM=\"mailto:an@hue.example\":mailto:ba@hue.example"
    )  # fmt: skip
    first, second = reply_of(WHO.mail(WHO.calendar("", ATTENDEE=named))).events[0].attendees
    assert (first.partstat, first.delegated_to, second.name) == ("delegated", ("ba@hue.example",), "Lê Thị Ba")
    counter = WHO.calendar("TENTATIVE", method="COUNTER", DTSTART="DTSTART:20261203T020000Z", DURATION="DURATION:PT1H30M")
    event = reply_of(WHO.mail(counter)).events[0]
    assert event.ends_at == datetime(2026, 12, 3, 3, 30, tzinfo=UTC)


REPORT = (
    "Return-Path: <>\r\nFrom: MAILER-DAEMON@x.example\r\nTo: hop+babc@diemcau.example\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=z\r\n\r\n--z\r\n\r\nSorry\r\n--z\r\n"
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n"
    "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n No such mailbox\r\n--z--\r\n"
)


def test_a_bounce_tells_what_happened_and_a_notice_is_told_from_words():
    bounce = reply_of(REPORT.encode()).bounce
    assert bounce is not None
    assert (bounce.action, bounce.status, bounce.told) == ("failed", "5.1.1", "550 5.1.1 No such mailbox")
    assert reply_of(REPORT.replace("failed", "delayed").encode()).bounce.action == "delayed"
    away = b"Auto-Submitted: auto-replied\r\nFrom: a@b.example\r\n\r\nI am away"
    assert (reply_of(away).automatic, reply_of(away).bounce) == (True, None)
    assert not reply_of(b"Auto-Submitted: no\r\nFrom: a@b.example\r\n\r\nHello").automatic


def test_only_our_own_server_is_believed_about_dmarc():
    head = "Authentication-Results: mx.hue.example; spf=pass; dmarc={}\r\nAuthentication-Results: mx.hue.example; dmarc=pass\r\n"
    forged = "Authentication-Results: evil.example; dmarc=pass\r\n"
    for said, expected in (("pass", "pass"), ("fail", "fail"), ("none", "")):
        assert reply_of(WHO.mail(WHO.calendar("ACCEPTED"), head=head.format(said)), "mx.hue.example").dmarc == expected
    assert reply_of(WHO.mail(WHO.calendar("ACCEPTED"), head=forged), "mx.hue.example").dmarc == ""
    assert reply_of(WHO.mail(WHO.calendar("ACCEPTED"), head=head.format("pass"))).dmarc == ""


def nested(depth: int) -> bytes:
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return b"From: a@b.example\r\n" + head + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"


MANY_EVENTS = "".join(f"BEGIN:VEVENT\nUID:{n}\nEND:VEVENT\n" for n in range(10_000))
HOSTILE = {
    "nothing": b"",
    "zeros": b"\0" * 100_000,
    "ten thousand components": WHO.mail(f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n{MANY_EVENTS}END:VCALENDAR\r\n"),
    "components in 64 KB": WHO.mail("BEGIN:VCALENDAR\nMETHOD:REPLY\n" + "BEGIN:A\nEND:A\n" * 4000),
    "deep components": WHO.mail("BEGIN:VCALENDAR\nMETHOD:REPLY\n" + "BEGIN:A\n" * 7000),
    "deep MIME": nested(9000),
    "a hundred thousand parts": b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\n\n" * 150_000,
    "headers without end": b"X-A: b\r\n" * 200_000,
    "one endless header": b"Subject: " + b"=?utf-8?q?a?= " * 70_000,
    "a content type of semicolons": b"Content-Type: text/calendar" + b";" * 1_000_000 + b"\r\n\r\nx",
    "quotes without end": b"From: " + b'"' * 1_000_000 + b"\r\n\r\nx",
    "addresses without end": b"From: " + b"a@b," * 250_000 + b"\r\nTo: " + b"(" * 1_000_000,
    "attendees without end": WHO.mail(WHO.calendar("ACCEPTED", X="\r\n".join(["ATTENDEE:mailto:a@b.example"] * 2200))),
    "parameters without end": WHO.mail(WHO.calendar("ACCEPTED", X="ATTENDEE" + ';A="b"' * 10_000)),
    "a megabyte of line breaks": b"\n" * 1_000_000,
    "base64 that is none": WHO.mail("x").replace(b"base64", b"BASE64") + b"!" * 500_000,
    "wrong charset": WHO.mail(WHO.calendar("ACCEPTED")).replace(b"charset=utf-8; method", b"charset=punycode; method"),
    "a charset that is no text": WHO.mail(WHO.calendar("ACCEPTED")).replace(b"charset=utf-8", b"charset=zip"),
    "UTF-7": WHO.mail(WHO.calendar("ACCEPTED")).replace(b"charset=utf-8", b"charset=utf-7"),
    "twenty megabytes": b"From: a@b.example\r\n\r\n" + b"x\n" * 10_000_000,
    "numbers without end": WHO.mail(WHO.calendar("ACCEPTED", SEQUENCE="SEQUENCE:" + "9" * 5000, D="DTSTART:" + "9" * 5000)),
    "a boundary of signs": b'Content-Type: multipart/mixed; boundary="(((.*.*.*"\r\n\r\n--(((.*.*.*\r\n\r\nx' * 1000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_costs_little_and_says_little(name):
    began = time.process_time()
    reply = reply_of(HOSTILE[name])
    assert time.process_time() - began < 2
    assert len(json.dumps(asdict(reply), default=str)) < 200_000
    assert len(reply.events) <= 60


def test_what_is_too_large_says_so():
    assert reply_of(HOSTILE["ten thousand components"]).fault == "large"
    assert reply_of(WHO.mail("BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR")).fault == "broken"
    assert len(HOSTILE["twenty megabytes"]) > LARGEST


def test_a_wrong_charset_still_gives_the_answer():
    for name in ("wrong charset", "a charset that is no text", "UTF-7"):
        assert own(reply_of(HOSTILE[name])).partstat == "accepted"
    latin = WHO.calendar("ACCEPTED", COMMENT="COMMENT:Đến muộn").encode("cp1258", "replace")
    mail = WHO.mail("x").replace(b"eA==", b"").replace(b"base64\r\n\r\n", b"8bit\r\n\r\n" + latin)
    assert own(reply_of(mail)).partstat == "accepted"


@given(st.binary(max_size=3000), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise_or_break_a_database(noise, place):
    for mail in (WHO.mail(WHO.calendar("ACCEPTED")), REPORT.encode(), WHO.google(), noise):
        at = place % (len(mail) + 1)
        reply = reply_of(mail[:at] + noise + mail[at + len(noise) :])
        text = json.dumps(asdict(reply), default=str, ensure_ascii=False)
        assert "\\u0000" not in text
        text.encode()


def test_the_same_mail_delivered_again_is_known_again():
    mail = WHO.mail(WHO.calendar("ACCEPTED", stamp=clock.now()), head="Message-ID: <1@x>\r\n")
    again = b"Received: from somewhere else\r\nDelivered-To: hop@x.example\r\n" + mail
    assert reply_of(mail).fingerprint == reply_of(again).fingerprint
    assert reply_of(mail).fingerprint != reply_of(mail.replace(b"<1@x>", b"<2@x>")).fingerprint
