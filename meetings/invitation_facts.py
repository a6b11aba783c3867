"""From a meeting's rows to what each recipient's invitation says, and from the difference to who gets which mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from . import clock, links, mail_tokens
from .commands import secret
from .database import Reading, Row
from .invitation import AgendaLine, Invitation
from .item_times import item_spans
from .models.meeting import items, papers, participants, sites
from .models.meeting import series as series_table
from .models.organisation import agencies, rooms
from .models.post import outbox
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Sender:
    """What the edge knows of the installation: needed for links and addresses in mail."""

    base_url: str
    address: str  # organiser address of agencies without their own
    key: bytes = field(metadata=secret())
    issued_in: str = ""  # the place-name on formal invitations
    answers_to: str = ""  # pattern of the addresses that read answers (`mail_tokens.address_with`); empty: none do

    @classmethod
    def of(cls, settings: Settings, key: bytes) -> Sender:
        # Decree 30/2020: the date of a document follows the name of the unit, without its kind.
        place = settings.place.removeprefix("thành phố ").removeprefix("tỉnh ")
        return cls(settings.base_url, settings.mail_from, key, issued_in=place, answers_to=settings.answers_to)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to be sent: to whom, and what it says."""

    participant_id: str
    facts: Invitation
    meeting_id: str = ""  # the participant's, where that is another meeting than the one being changed


# Field of the facts -> code of the change. The first three make earlier answers worthless (RFC 5546, 2.1.4).
_CHANGES = {
    "starts_at": "time", "ends_at": "time", "zone": "time", "place": "place", "video": "video", "video_id": "video",
    "video_passcode": "video", "title": "title", "agenda": "agenda", "papers": "papers", "sites": "sites", "meeting_type": "other",
    "requests": "other", "contact": "other", "chair": "other", "duty": "other", "recipient_email": "other", "required": "other",
    "for_item": "agenda",
    "number": "other", "signer": "other",
}  # fmt: skip
COMPARED = tuple(_CHANGES)
SIGNIFICANT = frozenset({"time", "place", "video"})


def changes_between(before: Invitation, after: Invitation) -> tuple[str, ...]:
    """Codes of what changed for this recipient, in a fixed order; empty when nothing did."""
    found = dict.fromkeys(code for name, code in _CHANGES.items() if getattr(before, name) != getattr(after, name))
    return tuple(found)


def plan(sent: Mapping[str, Invitation], now: Mapping[str, Invitation], sequence: int) -> tuple[int, list[Mail]]:
    """Given what each participant was last told and what each should know now: the new SEQUENCE and the mails.

    One counter for the meeting's whole life. It rises when time, place or video changed, and when somebody is removed
    (every CANCEL must raise it). Whoever learns nothing new gets nothing.
    """
    differences = {key: changes_between(sent[key], facts) for key, facts in now.items() if key in sent}
    gone = [key for key in sent if key not in now]
    raised = bool(gone) or any(SIGNIFICANT & set(codes) for codes in differences.values())
    new = sequence + 1 if raised and sent else sequence
    mails = [
        Mail(key, _updated(facts, sent.get(key), new, differences.get(key, ())))
        for key, facts in now.items()
        if key not in sent or differences[key]
    ]
    stamp = next(iter(now.values())).dtstamp if now else clock.iso(clock.now())
    mails += [Mail(key, replace(sent[key], method="CANCEL", sequence=new, dtstamp=stamp, changes=(), whole=False)) for key in gone]
    return new, mails


def _updated(facts: Invitation, before: Invitation | None, sequence: int, changes: tuple[str, ...]) -> Invitation:
    """Only a change that may have cost the answer its ground asks for it again (RFC 5546, 2.1.4)."""
    answer = "waiting" if SIGNIFICANT & set(changes) else facts.answer
    stamp = later(facts.dtstamp, before.dtstamp) if before else facts.dtstamp
    if (sequence, changes, answer, stamp) == (facts.sequence, facts.changes, facts.answer, facts.dtstamp):
        return facts
    return replace(facts, sequence=sequence, changes=changes, answer=answer, dtstamp=stamp)


def later(stamp: str, before: str) -> str:
    """`stamp`, or a second after `before`: of two versions with one SEQUENCE a calendar keeps that of the later DTSTAMP, which has
    whole seconds (RFC 5546, 2.1.5)."""
    least = clock.instant(before).replace(microsecond=0) + timedelta(seconds=1)
    return clock.iso(max(clock.instant(stamp), least))


async def facts_of(reading: Reading, meeting: Row, sender: Sender) -> dict[str, Invitation]:
    """What every present participant's invitation says now, by participant id. Of a meeting of a series: what its one date says."""
    series = await joined_series(reading, meeting)
    here = participants.c.meeting_id == meeting.id
    invited = await reading.all(sa.select(participants).where(here, ~participants.c.removed).order_by(participants.c.position))
    host = await reading.get(agencies, meeting.host_agency_id)
    chair = next((row for row in invited if row.duty == "chair"), None)
    secretary = next((row for row in invited if row.duty == "secretary"), None)
    shared = Invitation(
        method="REQUEST", uid=(series or meeting).uid, sequence=(series or meeting).sequence, dtstamp=clock.iso(clock.now()),
        whole=False, language="vi",
        title=meeting.title, meeting_type=meeting.type, starts_at=clock.iso(meeting.starts_at), ends_at=clock.iso(meeting.ends_at),
        zone=meeting.zone, place=await place_of(reading, meeting), sites=await _sites(reading, meeting.id), join_url="",
        video=bool(meeting.video_url), video_id=meeting.video_id, video_passcode=meeting.video_passcode, host_agency=host.name,
        organiser_name=host.name, organiser_email=host.email or sender.address, reply_to=secretary.email if secretary else "",
        chair=f"{chair.title} {chair.name}".strip() if chair else "", recipient_name="", recipient_email="",
        recipient_position="", recipient_agency="", duty="participant", agenda=await _agenda(reading, meeting.id),
        papers=await _papers(reading, meeting.id), requests=meeting.requests, contact=meeting.contact,
        reason=meeting.change_reason,
        number=meeting.number, signer=meeting.signer, signer_title=meeting.signer_title, issued_in=sender.issued_in,
        parent_agency=await _parent_of(reading, host), agencies=_agencies(invited) if meeting.agencies_shown else (),
        original_start=clock.iso(meeting.original_start) if series else "",
    )  # fmt: skip
    alone = await _slots(reading, meeting, {row.item_id for row in invited if row.item_id})
    if series:  # whose rule says when; the item is named all the same
        alone = {key: said | {"starts_at": shared.starts_at, "ends_at": shared.ends_at} for key, said in alone.items()}
    # The organiser's own address never gets a REQUEST of its own meeting: Exchange would throw the mail away.
    mailed = [row for row in invited if row.email != shared.organiser_email]
    return {row.id: _personal(replace(shared, **alone.get(row.item_id, {})), row, sender, host.code) for row in mailed}


async def last_sent(reading: Reading, meeting_id: str) -> dict[str, Invitation]:
    """What each participant was last told by mail of this meeting alone, for those whose last mail was a REQUEST."""
    whole = sa.and_(outbox.c.method.in_(("REQUEST", "CANCEL")), outbox.c.series_id.is_(None))
    rows = await reading.all(
        sa.select(outbox.c.participant_id, outbox.c.method, outbox.c.facts)
        .where(outbox.c.meeting_id == meeting_id, whole)
        .order_by(outbox.c.sequence, outbox.c.created_at)
    )
    latest = {row.participant_id: row for row in rows}
    return {key: Invitation.from_json(row.facts) for key, row in latest.items() if row.method == "REQUEST"}


async def joined_series(reading: Reading, meeting: Row) -> Row | None:
    """The series as whose date the meeting goes out; None: the meeting is an event of its own."""
    if meeting.series_id is None:
        return None
    return await reading.first(sa.select(series_table).where(series_table.c.id == meeting.series_id, series_table.c.joined))


def _personal(shared: Invitation, row: Row, sender: Sender, agency_code: str) -> Invitation:
    token = links.token_of(sender.key, row.id, row.link_version)
    name = f"{row.honorific} {row.name}".strip()
    facts = replace(
        shared, language=row.language, join_url=f"{sender.base_url}/j/{token}", recipient_name=name, duty=row.duty,
        recipient_email=row.email, recipient_position=row.title, recipient_agency=row.agency_name, answer=row.answer,
        required=row.required,
    )  # fmt: skip
    if not sender.answers_to:
        return facts
    # Programs answer to ORGANIZER, some to From: both are the recipient's own address here, so that the answer finds its way.
    secret_address = mail_tokens.address_with(
        sender.answers_to, mail_tokens.token_of(sender.key, "r", row.id, row.link_version), agency_code
    )
    return replace(facts, organiser_email=secret_address, answers_come_in=True)


async def _parent_of(reading: Reading, host: Row) -> str:
    return str((await reading.get(agencies, host.parent_id)).name) if host.parent_id else ""


def _agencies(invited: Sequence[Row]) -> tuple[str, ...]:
    """In the order of the list of those invited; of people outside any agency nothing is said."""
    return tuple(dict.fromkeys(row.agency_name for row in invited if row.agency_name))


async def place_of(reading: Reading, meeting: Row) -> str:
    if not meeting.room_id:
        return str(meeting.place)
    room = await reading.get(rooms, meeting.room_id)
    return ", ".join(part for part in (room.name, room.address, meeting.place) if part)


async def _sites(reading: Reading, meeting_id: str) -> tuple[str, ...]:
    here = sa.and_(sites.c.meeting_id == meeting_id, ~sites.c.removed)
    return tuple(await reading.column(sa.select(sites.c.name).where(here).order_by(sites.c.position)))


async def _agenda(reading: Reading, meeting_id: str) -> tuple[AgendaLine, ...]:
    wanted = sa.select(items).where(items.c.meeting_id == meeting_id).order_by(items.c.position)
    return tuple(AgendaLine(row.title, row.presenter, row.minutes) for row in await reading.all(wanted))


async def _slots(reading: Reading, meeting: Row, item_ids: Set[str]) -> dict[str, dict[str, Any]]:
    """What an invitation to one item alone says otherwise: the item's own time as planned, its papers, and no other item."""
    if not item_ids:
        return {}
    agenda = await reading.all(sa.select(items).where(items.c.meeting_id == meeting.id).order_by(items.c.position))
    planned = item_spans(((row.id, row.minutes) for row in agenda), meeting.starts_at, meeting.ends_at)
    return {
        row.id: {
            "starts_at": clock.iso(planned[row.id][0]), "ends_at": clock.iso(planned[row.id][1]), "for_item": row.title,
            "agenda": (AgendaLine(row.title, row.presenter, row.minutes),), "papers": await _papers(reading, meeting.id, row.id),
        }
        for row in agenda if row.id in item_ids and row.id in planned
    }  # fmt: skip


async def _papers(reading: Reading, meeting_id: str, item_id: str = "") -> tuple[str, ...]:
    """Of one item alone when `item_id` is given."""
    here = sa.and_(papers.c.meeting_id == meeting_id, papers.c.state == "approved", ~papers.c.removed)
    mine = sa.and_(here, papers.c.item_id == item_id if item_id else sa.true())
    return tuple(await reading.column(sa.select(papers.c.title).where(mine).order_by(papers.c.position, papers.c.id)))
