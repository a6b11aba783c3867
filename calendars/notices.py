"""A plain mail: text and HTML with one button."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import css_inline

from meetings import clock
from meetings.i18n import translator
from meetings.notice import Notice

from .message import environment, mailbox


def notice_message(notice: Notice, message_id: str) -> EmailMessage:
    """The same facts and id give the same mail."""
    message = EmailMessage(policy=SMTP)
    message["From"] = mailbox(notice.organiser_name, notice.organiser_email)
    message["To"] = mailbox(notice.recipient_name, notice.recipient_email)
    if notice.reply_to:
        message["Reply-To"] = mailbox("", notice.reply_to)
    message["Subject"] = " ".join(notice.title.split())
    message["Date"] = clock.instant(notice.dtstamp)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = notice.language
    words = {"n": notice, "t": translator(notice.language)}
    message.set_content(environment().get_template("notice.txt").render(words), charset="utf-8", cte="base64")
    html = css_inline.inline(environment().get_template("notice.html").render(words))
    message.add_alternative(html, subtype="html", charset="utf-8", cte="base64")
    return message
