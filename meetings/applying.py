"""A form applied to the rows of its meeting: facts, sites, agenda, participants, seats."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from .asking import apply_nominations
from .database import Row, Transaction
from .errors import Invalid
from .inviting import apply_people, require_known_people
from .meeting_form import MeetingForm
from .models.meeting import items, meetings, paper_requests, papers, participants, sites
from .models.organisation import agencies, rooms
from .room_booking import keep_booking
from .site_plan import apply_sites, seat_by_agency
from .text import fold
from .views import announce


async def apply_form(tx: Transaction, meeting: Row, form: MeetingForm, jitsi: str) -> None:
    """`jitsi`: base address of the server on which a room may be made. Raises Invalid."""
    f = form.fields
    await _require_known(tx, form)
    video_url = f.video_url if f.video_kind == "url" else ""
    if f.video_kind == "jitsi":
        made = meeting.video_kind == "jitsi" and meeting.video_url
        video_url = made or f"{jitsi}/DiemCau-{secrets.token_urlsafe(15)}"
    num, den = (int(part) for part in f.quorum.split("/"))
    await tx.update(
        meetings, meeting.id, type=f.type, title=f.title, title_folded=fold(f.title)[:300], urgent=f.urgent,
        preparing_agency_id=f.preparing_agency_id, starts_at=form.starts_at, ends_at=form.ends_at, zone=f.zone, form=f.form,
        room_id=f.room_id, place=f.place, video_kind=f.video_kind, video_url=video_url,
        video_id=f.video_id if f.video_kind == "url" else "", video_passcode=f.video_passcode if f.video_kind == "url" else "",
        number=f.number, signer=f.signer, signer_title=f.signer_title, agencies_shown=f.agencies_shown, reminders=f.reminders,
        nominate_by=form.nominate_by,
        change_reason=f.reason if meeting.state != "draft" else "",
        requests=f.requests, contact=f.contact, quorum_num=num, quorum_den=den,
        speaking_seconds=f.speaking_minutes * 60, messages_on=f.messages_on, substitutes_vote=f.substitutes_vote,
    )  # fmt: skip
    await keep_booking(tx, meeting.id)
    await apply_sites(tx, meeting.id, f.sites, f.site_parts, f.zone)
    await _apply_items(tx, meeting.id, form)
    await apply_nominations(tx, meeting, form)
    await apply_people(tx, meeting.id, form)
    await seat_by_agency(tx, meeting.id)


async def _require_known(tx: Transaction, form: MeetingForm) -> None:
    """Raises Invalid where the form names a person, room or agency that does not exist (any more)."""
    f = form.fields
    await require_known_people(tx, form)
    if f.room_id and await tx.first(sa.select(rooms.c.id).where(rooms.c.id == f.room_id)) is None:
        raise Invalid("room_unknown", "room_id")
    if f.preparing_agency_id and await tx.first(sa.select(agencies.c.id).where(agencies.c.id == f.preparing_agency_id)) is None:
        raise Invalid("agency_unknown", "preparing_agency_id")


async def _apply_items(tx: Transaction, meeting_id: str, form: MeetingForm) -> None:
    before = {row.id: row for row in await tx.all(sa.select(items).where(items.c.meeting_id == meeting_id))}
    wanted = form.fields.items
    gone = [row for key, row in before.items() if key not in {item.id for item in wanted}]
    if any(row.state != "planned" for row in gone):
        raise Invalid("item_already_run", "items", title=next(row.title for row in gone if row.state != "planned"))
    elsewhere = sa.select(items.c.id).where(items.c.id.in_([i.id for i in wanted]), items.c.meeting_id != meeting_id)
    if await tx.first(elsewhere):
        raise Invalid("item_unknown", "items")
    keys = [row.id for row in gone]
    await tx.write(sa.delete(items).where(items.c.id.in_(keys)))
    for table in (papers, paper_requests):
        await tx.write(sa.update(table).where(table.c.item_id.in_(keys)).values(item_id=None))
    await announce(tx, "item", keys)
    for place, item in enumerate(wanted):
        values = {
            "position": place, "title": item.title, "presenter": item.presenter, "kind": item.kind, "minutes": item.minutes,
        }  # fmt: skip
        if item.id in before:
            await tx.update(items, item.id, **values)
        else:
            await tx.insert(items, id=item.id, meeting_id=meeting_id, **values)


async def announce_all(tx: Transaction, meeting_id: str) -> None:
    """Tell the room how everything is after a change of the schedule."""
    await announce(tx, "meeting", [meeting_id])
    for kind, table in (("site", sites), ("item", items), ("participant", participants)):
        wanted = sa.select(table.c.id).where(table.c.meeting_id == meeting_id)
        if kind != "item":
            wanted = wanted.where(~table.c.removed)
        await announce(tx, kind, await tx.column(wanted))
