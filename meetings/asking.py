"""From the form's agencies that send people of their own choice to rows of `nominations`; and what changed for those who nominate."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from . import clock
from .database import Row, Transaction
from .errors import Invalid
from .invitation_facts import Sender, place_of
from .invitees import agency_of, duty_of
from .meeting_form import MeetingForm
from .models.columns import new_id
from .models.meeting import meetings, nominations, participants
from .models.organisation import agencies
from .nomination_notices import Kind, tell
from .nomination_rules import deadline

# What an agency that declined is asked anew for when it changes.
_ANEW = ("starts_at", "ends_at", "place", "seats")


async def apply_nominations(tx: Transaction, meeting: Row, form: MeetingForm) -> None:
    """`meeting`: as it was before. The rows as the form says, and those who were sent already as what they come now. Whoever was
    sent by an agency that is no longer asked is left to `apply_people`, which removes him."""
    wanted = await _wanted_rows(tx, form)
    here = nominations.c.meeting_id == meeting.id
    same_time = (meeting.starts_at, meeting.nominate_by) == (form.starts_at, form.nominate_by)
    known = {row.agency_id: row for row in await tx.all(sa.select(nominations).where(here))}
    for agency, values in wanted.items():
        row = known.get(agency)
        if row is not None and not row.removed and same_time:
            values["deadline_at"] = row.deadline_at
        if row is None:
            await tx.insert(nominations, id=new_id(), meeting_id=meeting.id, agency_id=agency, **values)
            continue
        again: dict[str, Any] = {"removed": False}
        if row.removed:
            again |= {"state": "asked", "reason": "", "declined_at": None, "declined_by": "", "told": None}
            again |= {"reminded_before": None, "reminded_after": None}
        await tx.update(nominations, row.id, **values, **again)
        come_as = {name: values[name] for name in ("duty", "votes", "required", "item_id")}
        differs = sa.or_(*(participants.c[name].is_distinct_from(value) for name, value in come_as.items()))
        sent = sa.and_(participants.c.nomination_id == row.id, ~participants.c.removed, participants.c.substitute_for_id.is_(None))
        await tx.write(sa.update(participants).where(sent, differs).values(**come_as))
    gone = [row.id for agency, row in known.items() if agency not in wanted and not row.removed]
    await tx.write(sa.update(nominations).where(nominations.c.id.in_(gone)).values(removed=True))


async def _wanted_rows(tx: Transaction, form: MeetingForm) -> dict[str, dict[str, Any]]:
    """By agency, in protocol order. Raises Invalid for an agency that is not there (any more)."""
    f = form.fields
    keys = {agency: key for key in f.invited if (agency := agency_of(key))}
    there = sa.select(agencies.c.id).where(agencies.c.id.in_(keys), agencies.c.active)
    found = await tx.column(there.order_by(agencies.c.position, agencies.c.name))
    if len(found) < len(keys):
        raise Invalid("agency_unknown", "invited")
    agenda = {item.id for item in f.items}
    until = deadline(form.nominate_by, form.starts_at, tx.now)
    rows = {}
    for place, agency in enumerate(found):
        key = keys[agency]
        duty, votes = duty_of(f.invited[key])
        item = f.for_item.get(key)
        rows[agency] = {
            "seats": f.seats.get(key, 1), "wish": f.wish.get(key, ""), "duty": duty, "votes": votes, "required": key not in f.optional,
            "item_id": item if item in agenda else None, "position": place, "deadline_at": until,
        }  # fmt: skip
    return rows


async def tell_nominators(tx: Transaction, meeting_id: str, sender: Sender) -> int:
    """Mails to those who nominate in an agency that is newly asked, asked for something else, or no longer asked; how many agencies."""
    meeting = await tx.get(meetings, meeting_id)
    place = await place_of(tx, meeting)
    rows = await tx.all(sa.select(nominations).where(nominations.c.meeting_id == meeting_id).order_by(nominations.c.position))
    kinds: dict[Kind, list[str]] = {"asked": [], "changed": [], "withdrawn": []}
    for row in rows:
        now = _told_of(meeting, row, place)
        if row.removed:
            if row.told is not None:
                kinds["withdrawn"].append(row.id)
                await tx.update(nominations, row.id, told=None)
        elif row.told != now:
            kinds["changed" if row.told else "asked"].append(row.id)
            anew = bool(row.told) and any(row.told.get(name) != now[name] for name in _ANEW)
            asked = {"state": "asked", "reason": "", "declined_at": None, "declined_by": ""} if anew else {}
            await tx.update(nominations, row.id, told=now, reminded_at=tx.now, **asked)
    for kind, ids in kinds.items():
        await tell(tx, [row for row in rows if row.id in ids], kind, sender)
    return sum(map(len, kinds.values()))


async def tell_of_cancelling(tx: Transaction, meeting_id: str, reason: str, sender: Sender) -> None:
    still = sa.and_(nominations.c.meeting_id == meeting_id, ~nominations.c.removed)
    await tell(tx, await tx.all(sa.select(nominations).where(still)), "cancelled", sender, reason)


def _told_of(meeting: Row, row: Row, place: str) -> dict[str, Any]:
    """What somebody who nominates is to know; another mail goes out when it differs from what he was told."""
    return {
        "title": meeting.title, "starts_at": clock.iso(meeting.starts_at), "ends_at": clock.iso(meeting.ends_at), "place": place,
        "seats": row.seats, "wish": row.wish, "duty": row.duty, "votes": row.votes, "required": row.required, "item_id": row.item_id,
        "deadline_at": clock.iso(row.deadline_at),
    }  # fmt: skip
