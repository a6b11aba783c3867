"""From the form's list of invited to the meeting's participants: who is new, who changes, who is out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from .database import Reading, Row, Transaction
from .errors import Invalid
from .invitees import duty_of, person_of, post_of
from .meeting_form import Fields, MeetingForm
from .models.columns import new_id
from .models.meeting import nominations, participants
from .models.organisation import agencies, people, positions
from .removal import remove
from .text import name_sort_key

# Of a guest, who is in no list of ours.
_NOBODY = {
    "agency_id": None, "honorific": "", "agency_name": "", "language": "vi", "required": True, "item_id": None, "position_id": None,
}  # fmt: skip
# How participants of each duty stand among each other.
ORDER = {"chair": 0, "secretary": 1, "participant": 2, "presenter": 3, "guest": 4, "observer": 5, "press": 6, "technician": 7}


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody comes as. `item_id`: for this item alone. `position_id`: the post for whose sake he is invited."""

    duty: str
    votes: bool
    required: bool = True
    item_id: str | None = None
    position_id: str | None = None


async def require_known_people(tx: Transaction, form: MeetingForm) -> None:
    """Raises Invalid where the form names a person who does not exist (any more)."""
    f = form.fields
    named = {f.chair_id, f.secretary_id, *filter(person_of, f.invited), *([f.secretary2_id] if f.secretary2_id else [])}
    known = await tx.column(sa.select(people.c.id).where(people.c.id.in_(named), people.c.active))
    if len(known) < len(named):
        raise Invalid("person_unknown", "invited")


async def apply_people(tx: Transaction, meeting_id: str, form: MeetingForm) -> None:
    """Whoever was sent by an agency that is still asked stays, until that agency sends another; who is named himself comes as named."""
    wanted = await _invited_rows(tx, form)
    here = participants.c.meeting_id == meeting_id
    before = await tx.all(sa.select(participants).where(here, participants.c.substitute_for_id.is_(None)))
    known = {row.person_id or row.email: row for row in before}
    stand_ins = sa.select(participants.c.substitute_for_id).where(here, participants.c.votes, ~participants.c.removed)
    represented = set(await tx.column(stand_ins.where(participants.c.substitute_for_id.is_not(None))))
    fresh = []
    for place, (key, values) in enumerate(wanted.items()):
        if key in known:
            deputy = known[key].deputy and values["duty"] == "participant"
            values["votes"] = values["votes"] and known[key].id not in represented
            named = {"position": place, "removed": False, "deputy": deputy, "nomination_id": None}
            await _update_changed(tx, known[key], values | named)
        else:
            fresh.append({"id": new_id(), "meeting_id": meeting_id, "position": place, **_NOBODY, **values})
    await tx.insert_many(participants, fresh)
    asked = set(await tx.column(sa.select(nominations.c.id).where(nominations.c.meeting_id == meeting_id, ~nominations.c.removed)))
    gone = [row.id for key, row in known.items() if key not in wanted and not row.removed and row.nomination_id not in asked]
    gone += await tx.column(sa.select(participants.c.id).where(participants.c.substitute_for_id.in_(gone)))
    await remove(tx, gone)


async def _update_changed(tx: Transaction, row: Row, values: dict[str, Any]) -> None:
    if any(getattr(row, name) != value for name, value in values.items()):
        await tx.update(participants, row.id, **values)


async def _invited_rows(tx: Transaction, form: MeetingForm) -> dict[str, dict[str, Any]]:
    """Everybody who should be invited, by person id (or address, for guests): chair, secretaries, then by protocol."""
    f = form.fields
    parts = await parts_of(tx, form.fields)
    found = sorted(await directory_of(tx, parts), key=lambda r: (ORDER[parts[r.id].duty], r.place, r.rank or 0, r.name_key))
    rows = {row.id: person_values(row, parts[row.id]) for row in found}
    for guest in f.guests:
        rows[guest.email] = {
            "person_id": None, "name": guest.name, "name_key": name_sort_key(guest.name), "title": guest.title,
            "email": guest.email, "duty": "guest", "votes": False,
        }  # fmt: skip
    return rows


async def parts_of(reading: Reading, f: Fields) -> dict[str, Part]:
    """Each person's part, by id. Who is named himself comes as he was named, whatever post he holds too."""
    posts = {key: post for key in f.invited if (post := post_of(key))}
    holders = await holders_of(reading, posts.values())
    parts = {key: _part(f, key) for key in f.invited if person_of(key)}
    for key, post in posts.items():
        for person in holders.get(post, ()):
            parts.setdefault(person, _part(f, key, post[1]))
    for secretary in filter(None, (f.secretary_id, f.secretary2_id)):
        parts[secretary] = Part("secretary", secretary in parts and parts[secretary].votes)
    return parts | {f.chair_id: Part("chair", f.chair_votes)}


def _part(f: Fields, key: str, position_id: str | None = None) -> Part:
    item = f.for_item.get(key)
    alone = item if item in {one.id for one in f.items} else None  # an item that was taken out again limits nobody
    return Part(*duty_of(f.invited[key]), required=key not in f.optional, item_id=alone, position_id=position_id)


async def holders_of(reading: Reading, posts: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[str]]:
    """Who holds each post (agency, position) now, by protocol."""
    wanted = list(set(posts))
    if not wanted:
        return {}
    columns = sa.select(people.c.id, people.c.agency_id, people.c.position_id).order_by(people.c.name_key, people.c.id)
    fits = sa.tuple_(people.c.agency_id, people.c.position_id).in_(wanted)
    found: dict[tuple[str, str], list[str]] = {}
    for row in await reading.all(columns.where(people.c.active, fits)):
        found.setdefault((row.agency_id, row.position_id), []).append(row.id)
    return found


def person_values(row: Row, part: Part) -> dict[str, Any]:
    return {
        "person_id": row.id, "agency_id": row.agency_id, "name": row.name, "name_key": row.name_key,
        "honorific": row.honorific, "title": row.title or "", "agency_name": row.agency_name, "email": row.email,
        "language": row.language, "duty": part.duty, "votes": part.votes, "required": part.required, "item_id": part.item_id,
        "position_id": part.position_id,
    }  # fmt: skip


async def directory_of(reading: Reading, ids: Iterable[str]) -> Sequence[Row]:
    joined = people.join(agencies, agencies.c.id == people.c.agency_id).outerjoin(positions, positions.c.id == people.c.position_id)
    wanted = sa.select(
        people, agencies.c.name.label("agency_name"), agencies.c.short_name.label("agency_short"), agencies.c.position.label("place"),
        positions.c.name.label("title"), positions.c.rank,
    )  # fmt: skip
    return await reading.all(wanted.select_from(joined).where(people.c.id.in_(list(ids))))
