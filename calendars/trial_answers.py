"""What a recipient's calendar program, or a mail server that cannot deliver, would send back: for trials without a mail server."""

from __future__ import annotations

import email
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Literal

from icalendar import Calendar, Event, vCalAddress, vText

from meetings import clock

from .invitations import PRODUCT

How = Literal["accepted", "tentative", "declined", "later", "bounced"]


def answer_to(mail: bytes, how: How, comment: str, bounce_address: str) -> bytes:
    """`later`: proposes to begin an hour later. `bounced`: a report (RFC 3464) to the envelope's sender instead of an answer."""
    invitation = email.message_from_bytes(mail, policy=policy.default)
    if how == "bounced":
        return _report(invitation, bounce_address)
    part = next(part for part in invitation.walk() if part.get_content_type() == "text/calendar")
    asked = Calendar.from_ical(str(part.get_content())).events[0]
    recipient = invitation["To"].addresses[0]
    ics = _calendar(asked, recipient.addr_spec, how, comment)
    message = _mail(f"{recipient}", str(asked["ORGANIZER"]).removeprefix("mailto:"), str(invitation["Subject"]))
    message.set_content(comment or how, charset="utf-8", cte="base64")
    method = "COUNTER" if how == "later" else "REPLY"
    message.add_alternative(ics, maintype="text", subtype="calendar", params={"method": method, "charset": "UTF-8"})
    return bytes(message)


def _calendar(asked: Any, address: str, how: How, comment: str) -> bytes:
    calendar, event = Calendar(), Event()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "COUNTER" if how == "later" else "REPLY")
    moved = timedelta(hours=1) if how == "later" else timedelta()
    for name in ("UID", "SEQUENCE", "SUMMARY", "ORGANIZER"):
        event[name] = asked[name]
    event.add("DTSTAMP", clock.now())
    event.add("DTSTART", (asked["DTSTART"].dt + moved).astimezone(UTC))
    event.add("DTEND", (asked["DTEND"].dt + moved).astimezone(UTC))
    if comment:
        event.add("COMMENT", comment)
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["PARTSTAT"] = vText("TENTATIVE" if how == "later" else how.upper())
    event.add("ATTENDEE", attendee)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _report(invitation: EmailMessage, bounce_address: str) -> bytes:
    recipient = invitation["To"].addresses[0].addr_spec
    return (
        "Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@mx.example>\r\nAuto-Submitted: auto-replied\r\n"
        f"To: {bounce_address}\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{clock.now().timestamp()}@mx.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=report\r\n\r\n--report\r\n\r\n"
        "The mail could not be delivered.\r\n--report\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such mailbox\r\n--report--\r\n"
    ).encode()


def _mail(sender: str, to: str, subject: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = f"<{clock.now().timestamp()}@trial.example>"
    return message
