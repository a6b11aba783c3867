"""The search: meetings, items of agendas, papers, conclusions and people, as far as somebody may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from .. import clock
from ..access import organised, visible
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import items, meetings, papers, participants
from ..models.room import conclusions
from ..search_index import ANYWHERE, KINDS, WHOSE, told
from ..search_marks import Typed
from .listing import listing

LOOKED_AT = 60  # meetings of one kind, those made last, before the best are chosen
OF_EACH, FIRST = 30, 5  # on the page of all kinds: so many looked at, so many told


@dataclass(frozen=True, slots=True)
class Hit:
    """`pieces`: the words found, each piece with whether it was typed. `detail`: of a person the position and agency. `key`: the id of
    the paper, item, conclusion or participant; of a meeting its own."""

    meeting: Row
    key: str
    pieces: Sequence[tuple[str, bool]]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """By kind, the best first. `more`: kinds of which there are more than are here."""

    typed: Typed
    kinds: Mapping[str, Sequence[Hit]]
    more: frozenset[str]


async def search(reading: Reading, actor: Actor, text: str, only: str = "") -> Results:
    """Every word that was typed must fit: in the title, the item and so on. A meeting is found too by words that stand in several of
    its parts, after those whose titles have them. `only`: one kind, of which then all are told that were looked at."""
    typed = Typed.of(text)
    if not typed.words:
        return Results(typed, {}, frozenset())
    wanted = {only: KINDS[only]} if only in KINDS else KINDS
    looked_at, most = (LOOKED_AT, LOOKED_AT) if only in KINDS else (OF_EACH, FIRST)
    found = {kind: await _having(reading, actor, _tokens(typed, kind), looked_at) for kind in wanted}
    anywhere = await _having(reading, actor, typed.tokens(ANYWHERE), looked_at) if "title" in wanted else []
    known = await _visible(reading, actor, {*anywhere, *(key for ids in found.values() for key in ids)})
    hits = {kind: await _lines(reading, typed, kind, [key for key in ids if key in known], known) for kind, ids in found.items()}
    if "title" in hits:
        titled = {line.key for line in hits["title"]}
        rest = [_Line(known[key], key, known[key].title) for key in anywhere if key in known and key not in titled]
        hits["title"] += sorted(rest, key=_Line.days_away)
    told = {kind: [line.hit(typed) for line in lines[:most]] for kind, lines in hits.items() if lines}
    return Results(typed, told, frozenset(kind for kind, lines in hits.items() if len(lines) > most))


def _tokens(typed: Typed, kind: str) -> list[str]:
    if kind != "person":
        return typed.tokens(KINDS[kind])
    name = "".join(typed.words)  # in one piece, as it was kept
    return [KINDS[kind] + name + ("*" if len(name) > 1 else "")]


async def _having(reading: Reading, actor: Actor, tokens: Sequence[str], most: int) -> list[str]:
    mine = [actor.person_id, actor.agency_id if actor.staff else None]
    whose = [WHOSE + key for key in mine if key]
    return await reading.having_words(tokens, whose, most) if whose else []


async def _visible(reading: Reading, actor: Actor, ids: set[str]) -> dict[str, Row]:
    written = sa.or_(meetings.c.state != "draft", organised(actor))  # a draft is found by those who write it
    rows = await reading.all(listing(actor).where(meetings.c.id.in_(ids), visible(actor), written)) if ids else []
    return {row.id: row for row in rows}


@dataclass(frozen=True, slots=True)
class _Line:
    """What may become a hit, if it is among the best."""

    meeting: Row
    key: str
    text: str
    detail: str = ""

    def hit(self, typed: Typed) -> Hit:
        return Hit(self.meeting, self.key, typed.marked(self.text), self.detail)

    def days_away(self) -> float:
        """From now, before or after: what is near in time is likelier meant."""
        start = self.meeting.starts_at
        return abs((start - clock.now()).total_seconds()) if start else 0.0


async def _lines(reading: Reading, typed: Typed, kind: str, ids: Sequence[str], known: Mapping[str, Row]) -> list[_Line]:
    if kind == "title":
        lines = [_Line(known[key], key, known[key].title) for key in ids]
    else:
        rows = await _rows(reading, kind, ids) if ids else []
        lines = [_Line(known[row.meeting_id], row.id, row.said, _detail(kind, row)) for row in rows if typed.fits(row.said)]
    return sorted(lines, key=lambda line: (*typed.far(line.text), line.days_away()))


async def _rows(reading: Reading, kind: str, ids: Sequence[str]) -> Sequence[Row]:
    table, said = {
        "item": (items, items.c.title), "paper": (papers, papers.c.title), "conclusion": (conclusions, conclusions.c.text),
        "person": (participants, participants.c.name),
    }[kind]  # fmt: skip
    columns: list[sa.ColumnElement[Any]] = [table.c.id, table.c.meeting_id, said.label("said")]
    if kind == "person":
        columns += [participants.c.title, participants.c.agency_name]
    return await reading.all(sa.select(*columns).where(table.c.meeting_id.in_(ids), *told(table)))


def _detail(kind: str, row: Row) -> str:
    return ", ".join(part for part in (row.title, row.agency_name) if part) if kind == "person" else ""

