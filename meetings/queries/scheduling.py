"""What the schedule page needs: the form of a meeting already sent, warnings, and exactly the mails that sending would queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from .. import advice, clock
from ..access import require
from ..advice import Advice
from ..commands import Actor
from ..database import Database, Reading, Row
from ..errors import NotFound
from ..invitation_facts import Mail, facts_of, last_sent, plan
from ..meeting_form import Raw, times_of
from ..models.meeting import items, meetings, participants, sites
from ..models.organisation import people, rooms
from ..scheduling import SendInvitations, send_invitations
from ..standing import standings
from .meetings import busy_between


@dataclass(frozen=True, slots=True)
class Preview:
    meeting: Row
    form: Raw
    mails: Sequence[Mail]
    counts: Counter[str]  # REQUEST, CANCEL
    unchanged: int  # invited, and learn nothing new


async def form_of(reading: Reading, meeting_id: str) -> Raw:
    """The form that would make this meeting: what editing a sent meeting begins with."""
    m = await reading.get(meetings, meeting_id)
    start, end = clock.local(m.starts_at, m.zone), clock.local(m.ends_at, m.zone)
    here = sa.and_(participants.c.meeting_id == meeting_id, ~participants.c.removed, participants.c.substitute_for_id.is_(None))
    everyone = await reading.all(sa.select(participants).where(here).order_by(participants.c.position))
    agenda = await reading.all(sa.select(items).where(items.c.meeting_id == meeting_id).order_by(items.c.position))
    places = await reading.column(sa.select(sites.c.name).where(sites.c.meeting_id == meeting_id).order_by(sites.c.position))
    secretaries = [p.person_id for p in everyone if p.duty == "secretary"]
    chair = next((p for p in everyone if p.duty == "chair"), None)
    return {
        "title": m.title, "type": m.type, "urgent": m.urgent, "chair_id": chair.person_id if chair else "",
        "chair_votes": bool(chair and chair.votes), "secretary_id": secretaries[0] if secretaries else "",
        "secretary2_id": secretaries[1] if len(secretaries) > 1 else "", "preparing_agency_id": m.preparing_agency_id or "",
        "date": start.date().isoformat(), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "zone": m.zone,
        "end_date": end.date().isoformat() if end.date() != start.date() else "", "form": m.form, "room_id": m.room_id or "",
        "place": m.place, "sites": "\n".join(places), "video_kind": m.video_kind,
        "video_url": m.video_url if m.video_kind == "url" else "", "video_id": m.video_id, "video_passcode": m.video_passcode,
        "requests": m.requests, "contact": m.contact, "quorum": f"{m.quorum_num}/{m.quorum_den}",
        "speaking_minutes": str(m.speaking_seconds // 60), "messages_on": m.messages_on,
        "items": [
            {"id": i.id, "title": i.title, "presenter": i.presenter, "kind": i.kind, "minutes": str(i.minutes)} for i in agenda
        ],
        "invited": {p.person_id: _how(p) for p in everyone if p.person_id and p.duty != "chair"},
        "guests": "\n".join(", ".join((p.name, p.title, p.email)) for p in everyone if not p.person_id),
    }  # fmt: skip


def _how(row: Row) -> str:
    return "vote" if row.votes else "guest" if row.duty == "guest" else "attend"


async def advice_for(reading: Reading, meeting_id: str, form: Raw, now: datetime) -> list[Advice]:
    """Warnings about the form as typed; what cannot be told yet is passed over."""
    times = times_of(form)
    if times is None:
        return []
    start, end = times
    zone = str(form.get("zone") or clock.HOME_ZONE)
    found = advice.of_time(str(form.get("type", "")), bool(form.get("urgent")), start, end, now, zone)
    planned = [row for row in form.get("items", []) if str(row.get("title", "")).strip()]
    minutes = [int(row["minutes"]) for row in planned if str(row.get("minutes", "")).isdigit()]
    found += advice.of_agenda(minutes if planned else [], start, end)
    taken = await busy_between(reading, start, end, apart_from=meeting_id)
    chair, invited = str(form.get("chair_id") or ""), [k for k in form.get("invited", {}) if k]
    named = {chair, *invited}
    names = {r.id: r.name for r in await reading.all(sa.select(people.c.id, people.c.name).where(people.c.id.in_(named)))}
    room = await reading.first(sa.select(rooms).where(rooms.c.id == str(form.get("room_id") or "")))
    free = await _free_rooms(reading, room, {row.room_id for row in taken}, len(named)) if room else []
    return found + advice.of_people(taken, chair, sorted(named - {""}), names, room, free)


async def _free_rooms(reading: Reading, room: Row, taken: set[Any], people_count: int) -> Sequence[Row]:
    """Rooms of the same agency with enough seats that nobody has then; the smallest first."""
    fits = sa.and_(rooms.c.agency_id == room.agency_id, rooms.c.active, rooms.c.capacity >= people_count, rooms.c.id != room.id)
    return [r for r in await reading.all(sa.select(rooms).where(fits).order_by(rooms.c.capacity)) if r.id not in taken]


class _Undone(Exception):
    """Carries the preview out of a transaction that must leave no trace."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview


async def preview_of(db: Database, actor: Actor, meeting_id: str, command: SendInvitations) -> Preview:
    """Exactly what sending would do: it is done, looked at, and rolled back. Raises what sending would raise."""
    try:
        async with db.transaction(meeting_id) as tx:
            (by,) = await standings(tx, meeting_id, [actor])
            await require(tx, by, command)
            form = by.meeting.draft if by.meeting is not None else None
            told, sequence = await last_sent(tx, meeting_id), by.meeting.sequence if by.meeting is not None else 0
            await send_invitations(tx, by, command)
            meeting = await tx.get(meetings, meeting_id)
            _, mails = plan(told, await facts_of(tx, meeting, command.sender), sequence)
            counts: Counter[str] = Counter(mail.facts.method for mail in mails)
            active = len({*told} | {m.participant_id for m in mails})
            raise _Undone(Preview(meeting, form or {}, mails, counts, active - len(mails)))
    except _Undone as undone:
        return undone.preview
    raise NotFound
