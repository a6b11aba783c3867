"""One invitation as mail (RFC 6047): the MIME tree that Outlook, Gmail, Apple Mail and Thunderbird all act on.

multipart/mixed: first multipart/alternative (plain, HTML, text/calendar with the method), then the same bytes as a file.
"""

from __future__ import annotations

import base64
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from meetings import clock
from meetings.i18n import span_text, translator
from meetings.invitation import Invitation

from .invitations import calendar_of


def message_of(facts: Invitation, message_id: str) -> EmailMessage:
    """The whole mail to one recipient. The same facts and id give the same mail, so that trying again is harmless."""
    ics = calendar_of(facts)
    alternative = EmailMessage(policy=SMTP)
    alternative["Content-Type"] = "multipart/alternative"
    for part in (_text(text_of(facts), "plain"), _text(html_of(facts), "html"), _calendar(ics, facts.method)):
        alternative.attach(part)
    message = EmailMessage(policy=SMTP)
    message["From"] = mailbox(facts.organiser_name, facts.organiser_email)
    message["To"] = mailbox(facts.recipient_name, facts.recipient_email)
    if facts.reply_to:
        message["Reply-To"] = mailbox("", facts.reply_to)
    message["Subject"] = subject_of(facts)
    message["Date"] = clock.instant(facts.dtstamp)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = facts.language
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = "multipart/mixed"
    message.attach(alternative)
    message.attach(_file(ics))
    return message


def subject_of(facts: Invitation) -> str:
    t = translator(facts.language)
    kind = "cancelled" if facts.method == "CANCEL" and facts.whole else "removed" if facts.method == "CANCEL" else "invited"
    if facts.method == "REQUEST" and facts.changes:
        kind = "changed"
    elif facts.method == "DECLINECOUNTER":
        kind = "time_stays"
    start, end = clock.instant(facts.starts_at), clock.instant(facts.ends_at)
    when = span_text(start, end, facts.language, facts.zone)
    return " ".join(t(f"mail.subject_{kind}", title=facts.title, when=when).split())


def text_of(facts: Invitation) -> str:
    return _render("invitation.txt", facts)


def html_of(facts: Invitation) -> str:
    """A whole HTML document with its styles inlined: no mail program has to fetch anything."""
    return css_inline.inline(_render("invitation.html", facts))


@cache
def environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder), autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _render(template: str, facts: Invitation) -> str:
    start, end = clock.instant(facts.starts_at), clock.instant(facts.ends_at)
    when = span_text(start, end, facts.language, facts.zone)
    return environment().get_template(template).render(
        f=facts, t=translator(facts.language), when=when, zone_note="" if facts.zone == clock.HOME_ZONE else facts.zone,
    )  # fmt: skip


def mailbox(name: str, address: str) -> Address:
    return Address(display_name=" ".join(name.split()), addr_spec=address)


def _text(text: str, subtype: str) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part.set_content(text, subtype=subtype, charset="utf-8", cte="base64")
    return _without_version(part)


def _calendar(ics: bytes, method: str) -> EmailMessage:
    # No name and no Content-Disposition: with either, some systems show the part as a mere attachment.
    part = EmailMessage(policy=SMTP)
    part["Content-Type"] = f"text/calendar; charset=UTF-8; method={method}"
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(ics).decode("ascii"))
    return part


def _file(ics: bytes) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part.set_content(ics, maintype="application", subtype="ics", filename="invite.ics", params={"name": "invite.ics"})
    return _without_version(part)


def _without_version(part: EmailMessage) -> EmailMessage:
    del part["MIME-Version"]
    return part
