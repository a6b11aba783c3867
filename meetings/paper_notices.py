"""What an agency is told by mail about papers that it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from . import clock
from .database import Row, Transaction
from .i18n import translator, when_text
from .invitation_facts import Sender
from .models.organisation import agencies
from .nominators import staff_of
from .notice import Notice
from .outbox import put_to_people

About = Literal["asked", "moved", "withdrawn", "before", "after", "returned"]


async def tell_agency(
    tx: Transaction, meeting: Row | None, agency_id: str | None, about: About, said: Mapping[str, str | datetime], sender: Sender
) -> int:
    """How many mails; 0 where nobody acts for the agency. `said`: of the sentences `paper_mail.*`; an instant is written in the
    recipient's language."""
    if meeting is None or agency_id is None:
        return 0
    host = await tx.get(agencies, meeting.host_agency_id)
    mails = []
    for person in (await staff_of(tx, {agency_id})).get(agency_id, ()):
        language, t = person.language, translator(person.language)
        words = {key: when_text(one, language, meeting.zone) if isinstance(one, datetime) else one for key, one in said.items()}
        words["title"] = meeting.title or t("home.untitled")
        starts = f"{t('mail.when')}: {when_text(meeting.starts_at, language, meeting.zone)}" if meeting.starts_at else ""
        lines = [t(f"paper_mail.lead_{about}", **words), starts, f"{t('mail.contact')}: {meeting.contact}" if meeting.contact else ""]
        mails.append((person.id, Notice(
            language=language, title=t(f"paper_mail.subject_{about}", **words), paragraphs=tuple(line for line in lines if line),
            join_url=f"{sender.base_url}/meetings/{meeting.id}/papers", link_text=t("paper_mail.open"), personal=False,
            host_agency=host.name, organiser_name=host.name, organiser_email=host.email or sender.address,
            reply_to=host.email or sender.address, recipient_name=f"{person.honorific} {person.name}".strip(),
            recipient_email=person.email, dtstamp=clock.iso(tx.now), domain=meeting.uid.rpartition("@")[2],
        )))  # fmt: skip
    await put_to_people(tx, mails)
    return len(mails)
