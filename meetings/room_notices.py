"""Mails about a room that is asked for: to its keepers, who learn nothing of the meeting but whose it is, and back to its secretaries."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from . import clock, links
from .database import Row, Transaction
from .i18n import span_text, translator
from .invitation_facts import Sender
from .models.booking import room_bookings
from .models.meeting import meetings, participants
from .models.organisation import agencies, people, rooms
from .nominators import staff_of
from .notice import Notice
from .outbox import put, put_to_people


async def tell_keepers(tx: Transaction, meeting_id: str, sender: Sender) -> None:
    """Of the rooms that this sending asks for, for the meeting and all dates of its series: one mail a keeper and room."""
    meeting = await tx.get(meetings, meeting_id)
    joined = room_bookings.join(meetings, meetings.c.id == room_bookings.c.meeting_id)
    ours = sa.or_(meetings.c.id == meeting.id, sa.and_(meetings.c.series_id.is_not(None), meetings.c.series_id == meeting.series_id))
    asked = sa.and_(ours, room_bookings.c.state == "asked", room_bookings.c.made_at == tx.now)
    found = await tx.all(sa.select(room_bookings).select_from(joined).where(asked).order_by(room_bookings.c.starts_at))
    first: dict[str, Row] = {}
    for booking in found:
        first.setdefault(booking.room_id, booking)
    for room_id, booking in first.items():
        room, dates = await tx.get(rooms, room_id), sum(one.room_id == room_id for one in found)
        await put_to_people(tx, [(row.id, await _asks(tx, meeting, room, booking, dates, row, sender)) for row in await _keepers(tx, room)])


async def tell_decided(tx: Transaction, meeting: Row, room: Row, booking: Row, agreed: bool, reason: str, sender: Sender) -> None:
    """To the meeting's secretaries."""
    here = sa.and_(participants.c.meeting_id == meeting.id, participants.c.duty == "secretary", ~participants.c.removed)
    kind = "agreed" if agreed else "refused"
    for row in await tx.all(sa.select(participants).where(here)):
        t = translator(row.language)
        when = span_text(booking.starts_at, booking.ends_at, row.language, meeting.zone)
        said = t(f"booking.mail_{kind}", room=room.name, when=when, title=meeting.title)
        link = f"{sender.base_url}/j/{links.token_of(sender.key, row.id, row.link_version)}"
        notice = await _notice(tx, meeting, row, sender, t(f"booking.subject_{kind}", room=room.name), link, t("booking.open"))
        await put(tx, row.id, replace(notice, paragraphs=tuple(part for part in (said, reason) if part)))


async def _keepers(tx: Transaction, room: Row) -> list[Row]:
    if room.keeper_id:
        return list(await tx.all(sa.select(people).where(people.c.id == room.keeper_id, people.c.active)))
    return list((await staff_of(tx, [room.agency_id])).get(room.agency_id, ()))


async def _asks(tx: Transaction, meeting: Row, room: Row, booking: Row, dates: int, row: Row, sender: Sender) -> Notice:
    t = translator(row.language)
    host = await tx.get(agencies, meeting.host_agency_id)
    when = span_text(booking.starts_at, booking.ends_at, row.language)
    said = [t("booking.mail_asked", agency=host.name, room=room.name, when=when)]
    said += [t("booking.mail_more", n=dates - 1)] if dates > 1 else []
    link = f"{sender.base_url}/rooms/{room.id}"
    notice = await _notice(tx, meeting, row, sender, t("booking.subject_asked", room=room.name), link, t("booking.decide"))
    return replace(notice, paragraphs=tuple(said), personal=False)


async def _notice(tx: Transaction, meeting: Row, row: Row, sender: Sender, title: str, link: str, text: str) -> Notice:
    """`row`: of `people` or `participants`."""
    host = await tx.get(agencies, meeting.host_agency_id)
    return Notice(
        language=row.language, title=title, paragraphs=(), join_url=link, link_text=text, host_agency=host.name,
        organiser_name=host.name, organiser_email=host.email or sender.address, reply_to="",
        recipient_name=f"{row.honorific} {row.name}".strip(), recipient_email=row.email, dtstamp=clock.iso(tx.now),
        domain=meeting.uid.rpartition("@")[2],
    )  # fmt: skip
