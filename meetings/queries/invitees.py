"""Agencies, posts and people for the schedule form: found by a few letters, and those already chosen, agency by agency."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ..database import Reading, Row
from ..invitees import agency_of, person_of, post_of
from ..models.organisation import agencies, people, positions
from ..text import clean, fold

FOUND = 24
LOOKED_AT = 200  # of those that fit, before the best are chosen
WORDS = 6
LEADERS = 40
KINDS = ("department", "commune")  # what whole groups are invited of


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a search. `detail`: the position. For an agency two lines without one: `head:<agency>` invites its head, the other
    asks it to choose."""

    key: str
    name: str
    detail: str
    agency: str


@dataclass(frozen=True, slots=True)
class Line:
    """One invited key. `name` is empty where nobody holds the post now."""

    key: str
    kind: str  # person, post, agency
    name: str
    detail: str
    post: str  # the key of this person's post, where he has one


@dataclass(frozen=True, slots=True)
class Chosen:
    agency: Row
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Whole:
    """How much of a kind of agency is invited."""

    kind: str
    invited: int
    total: int
    without: Sequence[str]  # short names


def _people() -> sa.Select[tuple[object, ...]]:
    joined = people.join(agencies, agencies.c.id == people.c.agency_id).outerjoin(positions, positions.c.id == people.c.position_id)
    columns = (
        people.c.id, people.c.name, people.c.agency_id, people.c.position_id, positions.c.name.label("title"),
        agencies.c.name.label("agency_name"), agencies.c.kind,
    )  # fmt: skip
    by_protocol = (agencies.c.position, agencies.c.name, positions.c.rank.is_(None), positions.c.rank, people.c.name_key)
    return sa.select(*columns).select_from(joined).where(people.c.active, agencies.c.active).order_by(*by_protocol)


def _begins(column: sa.ColumnElement[str], word: str) -> sa.ColumnElement[bool]:
    """Some word of the column begins so."""
    return sa.literal(" ").concat(column).contains(" " + word, autoescape=True)


async def find(reading: Reading, typed: str) -> list[Found]:
    """Agencies and people that every word of what was typed fits, with and without marks: by name, position or agency. Those come
    first that have it in one piece, then those whose marks are as typed."""
    text = clean(typed)[:100]
    words = fold(text).split()[:WORDS]
    if not words:
        return []
    whole = sa.select(agencies.c.id, agencies.c.name, agencies.c.short_name).where(agencies.c.active)
    whole = whole.where(*(_begins(agencies.c.folded, word) for word in words)).order_by(agencies.c.position, agencies.c.name)
    fits = [
        sa.or_(_begins(people.c.folded, word), _begins(agencies.c.folded, word), _begins(sa.func.coalesce(positions.c.folded, ""), word))
        for word in words
    ]
    called = await reading.all(whole.limit(LOOKED_AT))
    named = [Found(f"{kind}:{row.id}", row.name, "", row.short_name) for row in called for kind in ("head", "agency")]
    rows = await reading.all(_people().where(*fits).limit(LOOKED_AT))
    named += [Found(row.id, row.name, row.title or "", row.agency_name) for row in rows]
    return sorted(named, key=lambda one: _far(one, text))[:FOUND]


def _far(one: Found, text: str) -> tuple[bool, bool]:
    """How far a line is from what was typed: (not in one piece, not with these marks)."""
    said = f"{one.name} {one.detail} {one.agency} {one.name}".casefold()
    return f" {fold(text)}" not in f" {fold(said)}", not all(word in said for word in text.casefold().split())


async def chosen(reading: Reading, keys: Collection[str]) -> list[Chosen]:
    """The invited, by agency in protocol order; keys of what is no longer there are passed over."""
    posts = {key: post for key in keys if (post := post_of(key))}
    wanted = sa.or_(
        people.c.id.in_([key for key in keys if person_of(key)]),
        sa.tuple_(people.c.agency_id, people.c.position_id).in_(list(set(posts.values()))) if posts else sa.false(),
    )
    rows = await reading.all(_people().where(wanted)) if keys else []
    lines: dict[str, list[Line]] = {}
    titles = await _titles(reading, {position for _, position in posts.values()})
    for key, (agency, position) in posts.items():
        holders = [row.name for row in rows if (row.agency_id, row.position_id) == (agency, position)]
        lines.setdefault(agency, []).append(Line(key, "post", ", ".join(holders), titles.get(position, ""), key))
    for key in filter(agency_of, keys):
        lines.setdefault(agency_of(key) or "", []).append(Line(key, "agency", "", "", ""))
    for row in rows:
        if row.id in keys:
            own = f"post:{row.agency_id}:{row.position_id}" if row.position_id else ""
            lines.setdefault(row.agency_id, []).append(Line(row.id, "person", row.name, row.title or "", own))
    found = await reading.all(sa.select(agencies).where(agencies.c.id.in_(lines)).order_by(agencies.c.position, agencies.c.name))
    return [Chosen(agency, lines[agency.id]) for agency in found]


async def wholes(reading: Reading, groups: Iterable[Chosen]) -> list[Whole]:
    """Of which kinds of agency most are invited, and who is not."""
    invited = {group.agency.id for group in groups}
    columns = sa.select(agencies.c.id, agencies.c.kind, agencies.c.short_name).where(agencies.c.active, agencies.c.kind.in_(KINDS))
    rows = await reading.all(columns.order_by(agencies.c.position, agencies.c.name)) if invited else []
    found = []
    for kind in KINDS:
        of_kind = [row for row in rows if row.kind == kind]
        without = [row.short_name for row in of_kind if row.id not in invited]
        if of_kind and len(without) * 2 < len(of_kind):
            found.append(Whole(kind, len(of_kind) - len(without), len(of_kind), without))
    return found


async def heads_of(reading: Reading, kind: str = "", *, agency_id: str = "", without: Collection[str] = ()) -> list[str]:
    """The post first by protocol of each agency of this kind, or of one agency, as keys; where people have no posts, the person who
    comes first. `without`: ids of agencies to leave out."""
    first: dict[str, str] = {}
    which = agencies.c.id == agency_id if agency_id else agencies.c.kind == kind
    for row in await reading.all(_people().where(which)):
        if row.agency_id not in without:
            first.setdefault(row.agency_id, f"post:{row.agency_id}:{row.position_id}" if row.position_id else row.id)
    return list(first.values())


async def keys_of(reading: Reading, kind: str, without: Collection[str] = ()) -> list[str]:
    """Each agency of this kind, to choose itself whom it sends. `without`: ids of agencies to leave out."""
    of_kind = sa.select(agencies.c.id).where(agencies.c.kind == kind, agencies.c.active).order_by(agencies.c.position, agencies.c.name)
    return [f"agency:{key}" for key in await reading.column(of_kind) if key not in without]


async def near(reading: Reading, agency_id: str, keys: Collection[str]) -> Mapping[str, Sequence[Row]]:
    """Who may well chair or keep the minutes, by agency: the first of the host agency and of the one above it, and these people."""
    above = sa.select(agencies.c.parent_id).where(agencies.c.id == agency_id).scalar_subquery()
    found = [row for own in (above, agency_id) for row in await reading.all(_people().where(people.c.agency_id == own).limit(LEADERS))]
    missing = set(keys) - {row.id for row in found}
    found += await reading.all(_people().where(people.c.id.in_(missing))) if missing else []
    by_agency: dict[str, list[Row]] = {}
    for row in found:
        by_agency.setdefault(row.agency_name, []).append(row)
    return by_agency


async def _titles(reading: Reading, ids: Collection[str]) -> Mapping[str, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in await reading.all(sa.select(positions.c.id, positions.c.name).where(positions.c.id.in_(ids)))}
