"""The same mail as the product makes, by the standard library alone and without moulds: what is fast must say the same."""

from __future__ import annotations

import base64
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from calendars.invitations import calendar_of
from calendars.texts import html_of, subject_of, text_of
from meetings import clock
from meetings.invitation import Invitation


def plain_message(facts: Invitation, message_id: str) -> bytes:
    ics = calendar_of(facts)
    alternative = EmailMessage(policy=SMTP)
    alternative["Content-Type"] = "multipart/alternative"
    for part in (_text(text_of(facts), "plain"), _text(html_of(facts), "html"), _calendar(ics, facts.method)):
        alternative.attach(part)
    message = EmailMessage(policy=SMTP)
    message["From"] = _mailbox(facts.organiser_name, facts.organiser_email)
    message["To"] = _mailbox(facts.recipient_name, facts.recipient_email)
    if facts.reply_to:
        message["Reply-To"] = _mailbox("", facts.reply_to)
    message["Subject"] = subject_of(facts)
    message["Date"] = clock.instant(facts.dtstamp)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = facts.language
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = "multipart/mixed"
    message.attach(alternative)
    file = EmailMessage(policy=SMTP)
    file.set_content(ics, maintype="application", subtype="ics", filename="invite.ics", params={"name": "invite.ics"})
    del file["MIME-Version"]
    message.attach(file)
    return message.as_bytes()


def _mailbox(name: str, address: str) -> Address:
    return Address(display_name=" ".join(name.split()), addr_spec=address)


def _text(text: str, subtype: str) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part.set_content(text, subtype=subtype, charset="utf-8", cte="base64")
    del part["MIME-Version"]
    return part


def _calendar(ics: bytes, method: str) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part["Content-Type"] = f"text/calendar; charset=UTF-8; method={method}"
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(ics).decode("ascii"))
    return part
