"""A plain mail: text and HTML with one button."""

from __future__ import annotations

import css_inline

from meetings.i18n import translator
from meetings.notice import Notice

from .assembling import mail, mailbox, many, sent_by_us, text_part, words
from .texts import environment


def notice_message(notice: Notice, message_id: str) -> bytes:
    """The same facts and id give the same mail."""
    said = {"n": notice, "t": translator(notice.language)}
    text = environment().get_template("notice.txt").render(said)
    html = css_inline.inline(environment().get_template("notice.html").render(said))
    headers = (
        ("From", mailbox("From", notice.organiser_name, notice.organiser_email)),
        ("To", mailbox("To", notice.recipient_name, notice.recipient_email)),
        ("Reply-To", notice.reply_to.encode("ascii")),
        ("Subject", words("Subject", " ".join(notice.title.split()))),
        *sent_by_us(notice.language, notice.dtstamp, message_id),
    )
    return mail(headers, many("alternative", [text_part("plain", text), text_part("html", html)]))
