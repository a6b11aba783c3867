"""The form that would make a meeting as it is: what editing a sent meeting begins with, and a meeting split off from it."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from . import clock
from .database import Reading, Row
from .meeting_form import SITE_FIELDS, Raw
from .models.columns import new_id
from .models.meeting import items, meetings, nominations, participants, series, sites
from .models.organisation import agencies
from .recurrence import Rule
from .repetition import fields_of


async def form_of(reading: Reading, meeting_id: str) -> Raw:
    m = await reading.get(meetings, meeting_id)
    start, end = clock.local(m.starts_at, m.zone), clock.local(m.ends_at, m.zone)
    here = sa.and_(participants.c.meeting_id == meeting_id, ~participants.c.removed, participants.c.substitute_for_id.is_(None))
    everyone = await reading.all(sa.select(participants).where(here).order_by(participants.c.position))
    agenda = await reading.all(sa.select(items).where(items.c.meeting_id == meeting_id).order_by(items.c.position))
    planned = sa.and_(sites.c.meeting_id == meeting_id, ~sites.c.removed)
    joined = sites.outerjoin(agencies, agencies.c.id == sites.c.agency_id)
    columns = (sites, agencies.c.name.label("agency"))
    places = await reading.all(sa.select(*columns).select_from(joined).where(planned).order_by(sites.c.position))
    secretaries = [p.person_id for p in everyone if p.duty == "secretary"]
    chair = next((p for p in everyone if p.duty == "chair"), None)
    stand_ins = sa.and_(participants.c.meeting_id == meeting_id, participants.c.votes, ~participants.c.removed)
    represented = set(await reading.column(sa.select(participants.c.substitute_for_id).where(stand_ins)))
    asked = sa.and_(nominations.c.meeting_id == meeting_id, ~nominations.c.removed)
    asked_agencies = await reading.all(sa.select(nominations).where(asked).order_by(nominations.c.position))
    named = [p for p in everyone if not p.nomination_id]
    listed = [*(p for p in named if p.person_id and p.duty != "chair"), *asked_agencies]
    return {
        "title": m.title, "type": m.type, "urgent": m.urgent, "chair_id": chair.person_id if chair else "",
        "chair_votes": bool(chair and chair.votes), "secretary_id": secretaries[0] if secretaries else "",
        "secretary2_id": secretaries[1] if len(secretaries) > 1 else "", "preparing_agency_id": m.preparing_agency_id or "",
        "date": start.date().isoformat(), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "zone": m.zone,
        "end_date": end.date().isoformat() if end.date() != start.date() else "", "form": m.form, "room_id": m.room_id or "",
        "place": m.place, "sites": "\n".join(site.name for site in places),
        "site_parts": {site.id: _part_of(site, m.zone) for site in places}, "video_kind": m.video_kind,
        "video_url": m.video_url if m.video_kind == "url" else "", "video_id": m.video_id, "video_passcode": m.video_passcode,
        "number": m.number, "signer": m.signer, "signer_title": m.signer_title, "agencies_shown": m.agencies_shown,
        "reminders": m.reminders, "requests": m.requests, "contact": m.contact, "quorum": f"{m.quorum_num}/{m.quorum_den}",
        "speaking_minutes": str(m.speaking_seconds // 60), "messages_on": m.messages_on, "substitutes_vote": m.substitutes_vote,
        "items": [
            {"id": i.id, "title": i.title, "presenter": i.presenter, "kind": i.kind, "minutes": str(i.minutes)} for i in agenda
        ],
        "invited": {_key(p): "vote" if p.id in represented else _how(p) for p in listed},
        "seats": {_key(n): str(n.seats) for n in asked_agencies}, "wish": {_key(n): n.wish for n in asked_agencies if n.wish},
        "nominate_by": f"{clock.local(m.nominate_by, m.zone):%Y-%m-%dT%H:%M}" if m.nominate_by else "",
        "optional": sorted({_key(p) for p in listed if not p.required}),
        "for_item": {_key(p): p.item_id for p in listed if p.item_id},
        **await _repetition(reading, m),
        "guests": "\n".join(", ".join((p.name, p.title, p.email)) for p in named if not p.person_id),
    }  # fmt: skip


async def _repetition(reading: Reading, meeting: Row) -> Raw:
    """How the dates ahead of a series repeat."""
    if meeting.series_id is None:
        return {"repeat": "none"}
    rule = Rule.from_json((await reading.get(series, meeting.series_id)).rule)
    held = sa.and_(meetings.c.series_id == meeting.series_id, meetings.c.state != "cancelled")
    starts = await reading.column(sa.select(meetings.c.original_start).where(held))
    return fields_of(rule, [clock.local(start, meeting.zone).date() for start in [*starts, meeting.original_start]])


def untested(parts: Mapping[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The sites' parts for another meeting, which has its own times of testing."""
    return {new_id(): part | {"test_at": ""} for part in parts.values()}


def _part_of(site: Row, zone: str) -> dict[str, str]:
    test = f"{clock.local(site.test_at, zone):%Y-%m-%dT%H:%M}" if site.test_at else ""
    return {name: getattr(site, name) or "" for name in SITE_FIELDS if name != "test_at"} | {"test_at": test}


def _key(row: Row) -> str:
    if "seats" in row._mapping:
        return f"agency:{row.agency_id}"
    return f"post:{row.agency_id}:{row.position_id}" if row.position_id else str(row.person_id)


def _how(row: Row) -> str:
    return "vote" if row.votes else "attend" if row.duty in ("participant", "secretary") else str(row.duty)
