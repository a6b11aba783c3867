"""What the room knows of each thing: one plain dict an entity, the same in a snapshot and in the event that tells of its
change. Events are therefore always "here is the thing as it now is", and a client applies them by replacing.

Times are ISO texts (`clock.iso`) or None. Who sees how much of a view is `realtime.visibility`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from . import clock, live_log
from .database import Row, Transaction
from .models.beside import announcements, presentations
from .models.meeting import items, meetings, papers, participants, sites
from .models.minutes import minutes_remarks
from .models.room import ballots, conclusions, proxies, questions, recusals, speeches

View = dict[str, Any]


def _at(moment: datetime | None) -> str | None:
    return clock.iso(moment) if moment else None


def meeting_view(row: Row) -> View:
    return {
        "id": row.id, "state": row.state, "type": row.type, "title": row.title, "form": row.form, "zone": row.zone,
        "starts_at": _at(row.starts_at), "ends_at": _at(row.ends_at), "place": row.place,
        "started_at": _at(row.started_at), "ended_at": _at(row.ended_at),
        "video": {"url": row.video_url, "id": row.video_id, "passcode": row.video_passcode},
        "quorum": [row.quorum_num, row.quorum_den], "speaking_seconds": row.speaking_seconds, "speaking_closed": row.speaking_closed,
        "minutes_state": row.minutes_state, "messages_on": row.messages_on,
        "break_until": _at(row.break_until),
        "questions_closed": row.questions_closed, "proxies_allowed": row.proxies_allowed,
    }  # fmt: skip


def participant_view(row: Row) -> View | None:
    if row.removed:
        return None
    return {
        "id": row.id, "name": row.name, "name_key": row.name_key, "honorific": row.honorific, "title": row.title,
        "agency_id": row.agency_id, "agency": row.agency_name, "site_id": row.site_id, "duty": row.duty, "deputy": row.deputy,
        "votes": row.votes, "weight": row.weight, "position": row.position,
        "answer": row.answer, "answer_reason": row.answer_reason, "answer_by": row.answer_by,
        "substitute_for_id": row.substitute_for_id, "attendance": row.attendance,
        "arrived_at": _at(row.arrived_at), "left_at": _at(row.left_at), "absence": row.absence, "absence_reason": row.absence_reason,
        "seat": row.seat,
    }  # fmt: skip


def site_view(row: Row) -> View | None:
    if row.removed:
        return None
    return {
        "id": row.id, "name": row.name, "place": row.place, "main": row.main, "position": row.position, "agency_id": row.agency_id,
        "test_at": _at(row.test_at), "sound": row.sound, "picture": row.picture, "network": row.network, "trouble": row.trouble,
        "tested_at": _at(row.tested_at), "ready": row.ready, "ready_at": _at(row.ready_at), "vouched": row.vouched,
        "lead": row.lead, "lead_title": row.lead_title, "technician": row.technician, "phone": row.phone,
        "heads": row.heads, "visitors": row.visitors,
    }  # fmt: skip


def item_view(row: Row) -> View:
    return {
        "id": row.id, "position": row.position, "title": row.title, "presenter": row.presenter, "kind": row.kind,
        "minutes": row.minutes, "state": row.state, "started_at": _at(row.started_at), "finished_at": _at(row.finished_at),
        "spent_seconds": row.spent_seconds, "speaking_seconds": row.speaking_seconds, "moved_to": row.moved_to,
    }  # fmt: skip


def paper_view(row: Row) -> View | None:
    """The room knows of approved papers alone."""
    if row.removed or row.state != "approved":
        return None
    return {
        "id": row.id, "item_id": row.item_id, "title": row.title, "file_name": row.file_name,
        "media_type": row.media_type, "size": row.size, "position": row.position, "kind": row.kind, "internal": row.internal,
        "version": row.version,
    }  # fmt: skip


def speech_view(row: Row) -> View | None:
    if row.state == "withdrawn":
        return None
    return {
        "id": row.id, "participant_id": row.participant_id, "site_id": row.site_id, "speaker": row.speaker,
        "item_id": row.item_id, "subject": row.subject, "kind": row.kind, "state": row.state, "position": row.position,
        "limit_seconds": row.limit_seconds,
        "paused_at": _at(row.paused_at), "paused_seconds": row.paused_seconds,
        "asked_at": _at(row.asked_at), "started_at": _at(row.started_at), "ended_at": _at(row.ended_at),
    }  # fmt: skip


def question_view(row: Row) -> View | None:
    if row.state == "withdrawn":
        return None
    return {
        "id": row.id, "participant_id": row.participant_id, "to_participant_id": row.to_participant_id,
        "to_agency_id": row.to_agency_id, "text": row.text, "state": row.state, "position": row.position,
        "limit_seconds": row.limit_seconds, "paused_at": _at(row.paused_at), "paused_seconds": row.paused_seconds,
        "asked_at": _at(row.asked_at), "started_at": _at(row.started_at), "ended_at": _at(row.ended_at),
        "conclusion_id": row.conclusion_id,
    }  # fmt: skip


def ballot_view(row: Row) -> View:
    """Without the votes: turnout travels as `vote.cast`, one's own vote as `mandate.changed`, the outcome in `result`."""
    return {
        "id": row.id, "item_id": row.item_id, "question": row.question, "kind": row.kind, "state": row.state, "base": row.base,
        "options": row.options, "most": row.most, "seats": row.seats, "method": row.method, "weighted": row.weighted,
        "progress": row.progress, "seconds": row.seconds, "closes_at": _at(row.closes_at), "paused_at": _at(row.paused_at),
        "threshold": [row.threshold_num, row.threshold_den], "strict": row.strict,
        "quorum": [row.quorum_num, row.quorum_den], "change_allowed": row.change_allowed,
        "disclosure": row.disclosure, "tie": row.tie, "previous_id": row.previous_id, "void_reason": row.void_reason,
        "members_total": row.members_total, "present_total": row.present_total, "entitled": row.entitled,
        "weight_total": row.weight_total, "entitled_weight": row.entitled_weight, "cast": row.cast, "sums": row.sums,
        "hand_count": row.hand_count, "result": row.result,
        "opened_at": _at(row.opened_at), "closed_at": _at(row.closed_at), "position": row.position,
    }  # fmt: skip


def recusal_view(row: Row) -> View:
    return {"id": row.id, "item_id": row.item_id, "participant_id": row.participant_id, "reason": row.reason}


def proxy_view(row: Row) -> View:
    return {"id": row.id, "participant_id": row.participant_id, "holder_id": row.holder_id}


def remark_view(row: Row) -> View:
    return {
        "id": row.id, "item_id": row.item_id, "parent_id": row.parent_id, "circulation_id": row.circulation_id,
        "participant_id": row.participant_id, "text": row.text, "quote": row.quote, "anchor": row.anchor, "state": row.state,
        "made_at": _at(row.made_at),
    }  # fmt: skip


def conclusion_view(row: Row) -> View | None:
    if row.removed:
        return None
    return {
        "id": row.id, "item_id": row.item_id, "text": row.text, "lead_agency_id": row.lead_agency_id,
        "support_agency_ids": row.support_agency_ids, "due_on": row.due_on.isoformat() if row.due_on else None,
        "position": row.position,
    }  # fmt: skip


def presentation_view(row: Row) -> View:
    return {"id": row.id, "participant_id": row.participant_id, "paper_id": row.paper_id, "page": row.page}


def announcement_view(row: Row) -> View | None:
    if row.withdrawn_at is not None:
        return None
    return {"id": row.id, "participant_id": row.participant_id, "text": row.text, "made_at": _at(row.made_at)}


# The kinds of entity, in the order of a snapshot. A view of None means: not (or no longer) there.
ENTITIES: dict[str, tuple[sa.Table, Callable[[Row], View | None]]] = {
    "meeting": (meetings, meeting_view),
    "participant": (participants, participant_view),
    "site": (sites, site_view),
    "item": (items, item_view),
    "paper": (papers, paper_view),
    "speech": (speeches, speech_view),
    "question": (questions, question_view),
    "ballot": (ballots, ballot_view),
    "recusal": (recusals, recusal_view),
    "proxy": (proxies, proxy_view),
    "conclusion": (conclusions, conclusion_view),
    "remark": (minutes_remarks, remark_view),
    "presentation": (presentations, presentation_view),
    "announcement": (announcements, announcement_view),
}


async def announce(tx: Transaction, kind: str, ids: Sequence[str]) -> None:
    """Tell the room how these entities of one kind now are: `<kind>.changed` with the view, or `<kind>.removed`."""
    table, view = ENTITIES[kind]
    found = {row.id: view(row) for row in await tx.all(sa.select(table).where(table.c.id.in_(ids)))}
    for key in ids:
        seen = found.get(key)
        if seen is None:
            live_log.append(tx, f"{kind}.removed", {"id": key})
        else:
            live_log.append(tx, f"{kind}.changed", seen)
