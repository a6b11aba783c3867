"""A bridge site asks to speak: for somebody of its list, or for whoever it names. Its requests wait in the one queue."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from .audit import Answer
from .database import Row, Transaction
from .errors import Conflict, Invalid
from .models.meeting import participants
from .models.room import speeches
from .sites import SiteCommand, site_of
from .speaking import add_request
from .standing import Standing, require_live
from .text import Id, OptionalLine
from .views import announce

MOST_WAITING = 10  # requests of one site


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForSite(SiteCommand):
    """For a participant at the site, or for a `speaker` by name; neither: for whoever leads there. Asking again for the same one
    changes the subject."""

    participant_id: Id | None = None
    speaker: OptionalLine = ""
    subject: OptionalLine = ""


async def ask_for_site(tx: Transaction, by: Standing, command: AskForSite) -> Answer:
    require_live(by)
    if by.meeting is not None and by.meeting.speaking_closed and not by.runs:
        raise Conflict("speaking_closed")
    site = await site_of(tx, command.meeting_id, command.site_id)
    speaker = "" if command.participant_id else command.speaker or site.lead
    if command.participant_id:
        await _require_at(tx, site, command.participant_id)
    elif not speaker:
        raise Invalid("speaker_missing", "speaker")
    waiting = await tx.all(sa.select(speeches).where(speeches.c.meeting_id == site.meeting_id, speeches.c.state == "waiting"))
    same = [row for row in waiting if _same(row, site, command.participant_id, speaker)]
    if same:
        await tx.update(speeches, same[0].id, subject=command.subject, site_id=site.id)
    elif sum(row.site_id == site.id for row in waiting) >= MOST_WAITING:
        raise Conflict("site_asks_enough", most=MOST_WAITING)
    key = same[0].id if same else await add_request(
        tx, command.participant_id, command.subject, "request", site_id=site.id, speaker=speaker
    )  # fmt: skip
    await announce(tx, "speech", [key])
    return {"speech_id": key}


def _same(row: Row, site: Row, participant_id: str | None, speaker: str) -> bool:
    if participant_id:
        return bool(row.participant_id == participant_id)
    return row.participant_id is None and bool(row.site_id == site.id) and bool(row.speaker == speaker)


async def _require_at(tx: Transaction, site: Row, participant_id: str) -> None:
    here = sa.and_(participants.c.site_id == site.id, participants.c.id == participant_id, ~participants.c.removed)
    if await tx.first(sa.select(participants.c.id).where(here)) is None:
        raise Invalid("participant_not_at_site", "participant_id")
