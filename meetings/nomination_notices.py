"""What those who nominate for an agency are told by mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa

from . import clock
from .database import Row, Transaction
from .i18n import span_text, translator, when_text
from .invitation_facts import Sender, place_of
from .models.meeting import items, meetings, participants
from .models.organisation import agencies
from .nominators import to_be_told
from .notice import Notice
from .outbox import put_to_people

Kind = Literal["asked", "changed", "withdrawn", "cancelled", "before", "after", "passed"]
OVER = ("withdrawn", "cancelled")  # nothing is left to do


async def tell(tx: Transaction, asked: Sequence[Row], kind: Kind, sender: Sender, reason: str = "") -> int:
    """A mail to everybody who nominates in these rows of `nominations`, of the meeting that is being changed; how many."""
    people = await to_be_told(tx, asked)
    return await tell_people(tx, [(person, row) for row in asked for person in people[row.id]], kind, sender, reason)


async def tell_people(tx: Transaction, who: Sequence[tuple[Row, Row]], kind: Kind, sender: Sender, reason: str = "") -> int:
    """`who`: rows of `people`, each with the row of `nominations` that it is about."""
    if not who:
        return 0
    meeting = await tx.get(meetings, tx.scope)
    host, place = await tx.get(agencies, meeting.host_agency_id), await place_of(tx, meeting)
    titles = {row.id: row.title for row in await tx.all(sa.select(items.c.id, items.c.title).where(items.c.meeting_id == meeting.id))}
    secretaries = sa.and_(participants.c.meeting_id == meeting.id, participants.c.duty == "secretary", ~participants.c.removed)
    reply_to = await tx.value(sa.select(participants.c.email).where(secretaries).order_by(participants.c.position).limit(1))
    names = {row.id: row.name for row in await tx.all(sa.select(agencies.c.id, agencies.c.name))}
    mails = []
    for person, row in who:
        t = translator(person.language)
        when = span_text(meeting.starts_at, meeting.ends_at, person.language, meeting.zone)
        until = when_text(row.deadline_at, person.language, meeting.zone)
        said = [t(f"nomination.lead_{kind}", agency=names[row.agency_id], title=meeting.title), f"{t('mail.when')}: {when}"]
        said += [f"{t('mail.place')}: {place}"] if place else []
        said += [f"{t('mail.reason')}: {reason}"] if reason else []
        if kind not in OVER:
            said.append(t("nomination.how_many", n=row.seats, duty=t(f"duty.{row.duty}")))
            said += [t("nomination.whom", wish=row.wish)] if row.wish else []
            said += [f"{t('mail.for_item')}: {titles[row.item_id]}"] if row.item_id in titles else []
            said.append(t("nomination.until", until=until))
        said += [f"{t('mail.contact')}: {meeting.contact}"] if meeting.contact else []
        notice = Notice(
            language=person.language, title=t(f"nomination.subject_{kind}", title=meeting.title, until=until), paragraphs=tuple(said),
            join_url=f"{sender.base_url}/meetings/{meeting.id}" + ("" if kind in OVER else f"/nominations/{row.id}"),
            link_text=t("nomination.open_meeting" if kind in OVER else "nomination.name_people"), host_agency=host.name,
            organiser_name=host.name, organiser_email=host.email or sender.address, reply_to=reply_to or "",
            recipient_name=f"{person.honorific} {person.name}".strip(), recipient_email=person.email, dtstamp=clock.iso(tx.now),
            domain=meeting.uid.rpartition("@")[2], personal=False,
        )  # fmt: skip
        mails.append((person.id, notice))
    await put_to_people(tx, mails)
    return len(mails)
