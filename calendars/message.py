"""One invitation as mail (RFC 6047): the MIME tree that Outlook, Gmail, Apple Mail and Thunderbird all act on.

multipart/mixed: first multipart/alternative (plain, HTML, text/calendar with the method), then the same calendar as a file, then the
formal invitation as PDF where the meeting has a number.
"""

from __future__ import annotations

from meetings.invitation import Invitation

from .assembling import mail, mailbox, many, part, sent_by_us, text_part, words
from .formal_invitation import formal_part
from .moulds import poured
from .texts import subject_of


def message_of(facts: Invitation, message_id: str) -> bytes:
    """The whole mail to one recipient. The same facts and id give the same mail, so that trying again is harmless."""
    said = poured(facts)
    # No name and no Content-Disposition: with either, some systems show the part as a mere attachment.
    calendar = part(f"text/calendar; charset=UTF-8; method={facts.method}", said.calendar)
    alternative = many("alternative", [text_part("plain", said.text), text_part("html", said.html), calendar])
    attached = part('application/ics; name="invite.ics"', said.calendar, 'attachment; filename="invite.ics"')
    formal = [formal_part(facts)] if facts.number and facts.method == "REQUEST" else []
    headers = (
        ("From", mailbox("From", facts.organiser_name, facts.organiser_email)),
        ("To", mailbox("To", facts.recipient_name, facts.recipient_email)),
        ("Reply-To", facts.reply_to.encode("ascii")),
        ("Subject", words("Subject", subject_of(facts))),
        *sent_by_us(facts.language, facts.dtstamp, message_id),
    )
    return mail(headers, many("mixed", [alternative, attached, *formal]))
