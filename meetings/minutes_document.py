"""The minutes as one document, the way they are read, printed and approved: heads, the parts of the template in order with
everything in words, the end. Official documents are in Vietnamese (Decree 30/2020), so this is, whatever its reader's language.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from . import clock, minutes
from .ballot_words import result_line
from .database import Reading, Row
from .i18n import translator
from .invitation_facts import place_of
from .invitees import GUESTS
from .minutes import Block
from .minutes_facts import Room, conclusion_line, every_fact, leave_of, lines, room_of, time_of, who
from .minutes_templates import COURSE, parsed, template_of
from .models.meeting import meetings, sites
from .models.minutes import approved_minutes
from .models.organisation import agencies
from .roll_call import came, minutes_late
from .views import View

Document = dict[str, Any]
FORMAT = 1
T = translator("vi")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


@dataclass(frozen=True, slots=True)
class Material:
    """What a document is made of; `texts`: each item's blocks as written."""

    room: Room
    texts: dict[str, list[Block]]


async def document_of(reading: Reading, meeting_id: str) -> Document:
    """What was approved, once it is; until then, as everything now is. Raises NotFound."""
    kept = await reading.first(sa.select(approved_minutes.c.document).where(approved_minutes.c.meeting_id == meeting_id))
    if kept is not None:
        return dict(kept.document)
    doc, _ = await minutes.load(reading, meeting_id)
    return await compose(reading, meeting_id, doc)


async def compose(reading: Reading, meeting_id: str, doc: minutes.YDoc) -> Document:
    """The document with this text in it."""
    meeting = await reading.get(meetings, meeting_id)
    room = await room_of(reading, meeting_id)
    material = Material(room, {key: minutes.blocks(doc, key) for key in room.items})
    template = await template_of(reading, meeting.type)
    return await _heads(reading, meeting, room) | {"format": FORMAT, "parts": _parts(template.frame, material)}


def sha256_of(document: Document) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


async def digest(reading: Reading, meeting_id: str) -> str:
    """SHA-256 of the minutes as they are to be approved, or were."""
    return sha256_of(await document_of(reading, meeting_id))


async def facts_in_words(reading: Reading, meeting_id: str, language: str) -> dict[str, list[str]]:
    """Every fact that the text may name, by `kind:of`; once approved, those that it does name, as they were."""
    kept = await reading.first(sa.select(approved_minutes.c.document).where(approved_minutes.c.meeting_id == meeting_id))
    if kept is not None:
        return {f"{b['attrs'].get('kind')}:{b['attrs'].get('of', '')}": b["lines"] for b in _facts_of(kept.document["parts"])}
    return every_fact(await room_of(reading, meeting_id), translator(language))


async def _heads(reading: Reading, meeting: Row, room: Room) -> Document:
    host = await reading.get(agencies, meeting.host_agency_id)
    here = sa.select(sites.c.name).where(sites.c.meeting_id == meeting.id, ~sites.c.removed).order_by(sites.c.position)
    began = meeting.started_at or meeting.starts_at
    duty = {name: [p["name"] for p in room.participants.values() if p["duty"] == name] for name in ("chair", "secretary")}
    return {
        "title": meeting.title, "host": host.name, "place": await place_of(reading, meeting), "sites": await reading.column(here),
        "began": _moment(began, meeting.zone), "ended": _moment(meeting.ended_at, meeting.zone),
        "chair": duty["chair"][:1], "secretary": duty["secretary"][:1],
    }  # fmt: skip


def _moment(instant: datetime | None, zone: str) -> str:
    return f"{clock.local(instant, zone):%H giờ %M, ngày %d/%m/%Y}" if instant else ""


def _parts(frame: str, material: Material) -> list[dict[str, Any]]:
    """[{number, heading, blocks}]; a part in which there is nothing is left out."""
    parts: list[dict[str, Any]] = [{"heading": "", "blocks": []}]
    for line in parsed(frame):
        if line.kind == "heading":
            parts.append({"heading": line.text, "blocks": []})
        elif line.kind == "text":
            parts[-1]["blocks"].append(paragraph(line.text))
        else:
            parts[-1]["blocks"] += PLACES[line.text](material)
    kept = [part for part in parts if part["blocks"]]
    numbers = iter(ROMAN)
    return [{"number": next(numbers, "") if part["heading"] else ""} | part for part in kept]


def paragraph(text: str, *marks: str) -> Block:
    return {"type": "paragraph", "content": [{"type": "text", "text": text, "marks": list(marks)}]}


def numbered(texts: Sequence[str]) -> Block:
    return {"type": "ordered_list", "content": [{"type": "list_item", "content": [paragraph(text)]} for text in texts]}


def _people(material: Material) -> list[Block]:
    people = list(material.room.participants.values())
    of_duty = {name: [p for p in people if p["duty"] == name] for name in ("chair", "secretary")}
    guests = [p for p in people if p["duty"] in GUESTS]
    members = [p for p in people if p["duty"] in ("participant", "presenter")]
    said = [paragraph(T("fact.chair", who=who(person))) for person in of_duty["chair"]]
    if of_duty["secretary"]:
        said.append(paragraph(T("fact.secretaries", who="; ".join(who(person) for person in of_duty["secretary"]))))
    lists = {
        "present": [p for p in members if came(p)], "guests": [p for p in guests if came(p)],
        "absent_list": [p for p in members + guests if not came(p)],
    }  # fmt: skip
    for name, some in lists.items():
        if some:
            said += [paragraph(T(f"fact.{name}", n=len(some))), numbered([_with_notes(p, material.room) for p in some])]
    return said


def _with_notes(person: View, room: Room) -> str:
    notes = []
    if (principal := room.participants.get(person["substitute_for_id"] or "")) is not None:
        notes.append(T("fact.substitute", name=principal["name"]))
    if not came(person):
        notes += [leave] if (leave := leave_of(person, room, T)) else []
        notes += [T("fact.sent_substitute")] if person["answer"] == "substitute" else []
        return who(person) + (f" ({', '.join(notes)})" if notes else "")
    if person["attendance"] == "online":
        notes.append(T("fact.online"))
    if late := minutes_late(person, room.meeting):
        notes.append(T("fact.late", time=time_of(person["arrived_at"], room), n=late))
    if person["attendance"] == "absent":
        notes.append(T("fact.left_early", time=time_of(person["left_at"], room)))
    return who(person) + (f" ({', '.join(notes)})" if notes else "")


def _agenda(material: Material) -> list[Block]:
    titles = [f"{i['title']} ({i['presenter']})" if i["presenter"] else i["title"] for i in material.room.items.values()]
    return [numbered(titles)] if titles else []


def _course(material: Material) -> list[Block]:
    """Each item with its text; a fact within it with its words as they now are."""
    texts = {key: _in_words(blocks, material.room) for key, blocks in material.texts.items()}
    titles = {key: item["title"] for key, item in material.room.items.items()}
    return [{"type": "item", "attrs": {"id": key}, "title": titles[key], "content": texts[key]} for key in titles]


def _in_words(blocks: list[Block], room: Room) -> list[Block]:
    found = []
    for block in blocks:
        if block["type"] == "fact":
            given = block.get("attrs", {})
            attrs = {name: str(given.get(name, "")) for name in ("kind", "of")}
            found.append({"type": "fact", "attrs": attrs, "lines": lines(attrs["kind"], attrs["of"], room, T)})
        elif block["type"] == "text":
            found.append(block)
        else:
            found.append(block | {"content": _in_words(block["content"], room)})
    return found


def _facts_of(blocks: Sequence[dict[str, Any]]) -> list[Block]:
    return [
        fact for block in blocks
        for fact in ([block] if block.get("type") == "fact" else _facts_of(block.get("blocks", block.get("content", []))))
    ]  # fmt: skip


def _ballots(material: Material) -> list[Block]:
    said = []
    for ballot in material.room.ballots.values():
        if text := result_line(ballot, T):
            said.append(f"{text} {T('fact.seal', seal=material.room.seals[ballot['id']])}")
    return [numbered(said)] if said else []


def _conclusions(material: Material) -> list[Block]:
    said = [conclusion_line(each, material.room, T) for each in material.room.conclusions.values()]
    return [numbered(said)] if said else []


def _attendance(material: Material) -> list[Block]:
    return [paragraph(text) for text in lines("attendance", "", material.room, T)]


def _speakers(material: Material) -> list[Block]:
    said = [text for item in ["", *material.room.items] for text in lines("speakers", item, material.room, T)]
    return [numbered(said)] if said else []


# What stands in for `{...}` in a template's frame.
PLACES: dict[str, Callable[[Material], list[Block]]] = {
    "thành phần": _people, "điểm danh": _attendance, "chương trình": _agenda, COURSE: _course, "phát biểu": _speakers,
    "kết quả biểu quyết": _ballots, "kết luận": _conclusions,
}  # fmt: skip
