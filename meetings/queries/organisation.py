"""What administrators see of the organisation: only the agencies that they administer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ..agency_tree import administered, everywhere
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..models.organisation import accounts, agencies, people, positions, rooms
from ..text import fold
from .directory import all_agencies, people_query

PAGE = 50


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency where it stands in the tree. `depth` is counted from the topmost that is shown."""

    agency: Row
    depth: int
    people: int
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """`which`: active, retired, or those active without an account."""

    text: str = ""
    agency_id: str = ""
    which: str = "active"
    page: int = 1


@dataclass(frozen=True, slots=True)
class PeopleFound:
    rows: Sequence[Row]
    total: int
    pages: int


@dataclass(frozen=True, slots=True)
class PersonFound:
    person: Row  # as of people_query
    may_change: bool  # not so for those who administer more than the actor
    suggested: str  # a free user name; empty when there is an account


async def agency_lines(reading: Reading, actor: Actor, *, active: bool = True) -> list[AgencyLine]:
    """The administered agencies in tree and protocol order; or those of them that are retired, all at depth 0."""
    mine = await administered(reading, actor)
    found = [row for row in await all_agencies(reading, active=False) if row.id in mine and row.active == active]
    wanted = sa.select(people.c.agency_id, sa.func.count().label("n")).where(people.c.active).group_by(people.c.agency_id)
    staff = {row.agency_id: row.n for row in await reading.all(wanted)}
    if not active:
        return [AgencyLine(row, 0, staff.get(row.id, 0), True, True) for row in found]
    shown = {row.id for row in found}
    under: dict[str | None, list[Row]] = {}
    for row in found:
        under.setdefault(row.parent_id if row.parent_id in shown else None, []).append(row)

    def walk(parent: str | None, depth: int) -> Iterator[AgencyLine]:
        siblings = under.get(parent, [])
        for place, row in enumerate(siblings):
            yield AgencyLine(row, depth, staff.get(row.id, 0), place == 0, place == len(siblings) - 1)
            yield from walk(row.id, depth + 1)

    return list(walk(None, 0))


async def agency_of(reading: Reading, actor: Actor, agency_id: str) -> Row:
    """Raises NotFound for one that the actor does not administer."""
    if agency_id not in await administered(reading, actor):
        raise NotFound
    return await reading.get(agencies, agency_id)


async def find_people(reading: Reading, actor: Actor, wanted: PeopleFilter) -> PeopleFound:
    """A page of the people of administered agencies, by agency and protocol order."""
    lines = await agency_lines(reading, actor) + await agency_lines(reading, actor, active=False)
    places = {line.agency.id: n for n, line in enumerate(lines) if wanted.agency_id in ("", line.agency.id)}
    rows = await reading.all(
        people_query().where(*_which(wanted.which)).order_by(sa.func.coalesce(positions.c.rank, 1_000_000), people.c.name_key)
    )
    words = fold(wanted.text).split()
    found = sorted((r for r in rows if r.agency_id in places and _says(r, words)), key=lambda row: places[row.agency_id])
    start = (wanted.page - 1) * PAGE
    return PeopleFound(found[start : start + PAGE], len(found), max(1, -(-len(found) // PAGE)))


def _which(which: str) -> Collection[sa.ColumnElement[bool]]:
    if which == "retired":
        return [~people.c.active]
    return [people.c.active, accounts.c.id.is_(None)] if which == "no_account" else [people.c.active]


def _says(row: Row, words: Sequence[str]) -> bool:
    said = fold(f"{row.name} {row.title or ''} {row.email} {row.username or ''}") if words else ""
    return all(word in said for word in words)


async def person_of(reading: Reading, actor: Actor, person_id: str) -> PersonFound:
    """Raises NotFound for somebody of an agency that the actor does not administer."""
    row = await reading.one(people_query().where(people.c.id == person_id))
    if row.agency_id not in await administered(reading, actor):
        raise NotFound
    may = everywhere(actor) or row.role != "system_admin"
    return PersonFound(row, may, "" if row.username else await free_username(reading, row.name))


async def free_username(reading: Reading, name: str) -> str:
    """`lan.nt` for Nguyễn Thị Lan; `lan.nt2` when that is taken."""
    words = [kept for word in fold(name).split() if (kept := "".join(c for c in word if c.isascii() and c.isalnum()))]
    if not words:
        return ""
    wish = words[-1] + ("." + "".join(word[0] for word in words[:-1]) if len(words) > 1 else "")
    wish = wish if len(wish) >= 3 else wish + "001"
    taken = set(await reading.column(sa.select(accounts.c.username).where(accounts.c.username.startswith(wish))))
    return next(name for n in range(1, len(taken) + 2) if (name := wish if n == 1 else f"{wish}{n}") not in taken)


async def rooms_of(reading: Reading, actor: Actor) -> list[Row]:
    """(room columns, agency_name), by agency as they stand in the tree."""
    places = {line.agency.id: n for n, line in enumerate(await agency_lines(reading, actor))}
    joined = rooms.join(agencies, agencies.c.id == rooms.c.agency_id)
    wanted = sa.select(rooms, agencies.c.short_name.label("agency_name")).select_from(joined).order_by(rooms.c.name)
    found = [row for row in await reading.all(wanted) if row.agency_id in places]
    return sorted(found, key=lambda row: (not row.active, places[row.agency_id]))


async def room_of(reading: Reading, actor: Actor, room_id: str) -> Row:
    """Raises NotFound for one of an agency that the actor does not administer."""
    row = await reading.get(rooms, room_id)
    if row.agency_id not in await administered(reading, actor):
        raise NotFound
    return row


async def staff_of(reading: Reading, agency_id: str) -> Sequence[Row]:
    """(people columns) of those who work there, by name."""
    here = sa.and_(people.c.agency_id == agency_id, people.c.active)
    return await reading.all(sa.select(people).where(here).order_by(people.c.name_key))


async def positions_used(reading: Reading) -> Sequence[Row]:
    """(position columns, people: how many hold it), in protocol order."""
    held = sa.func.count(people.c.id).label("people")
    joined = positions.outerjoin(people, sa.and_(people.c.position_id == positions.c.id, people.c.active))
    wanted = sa.select(positions, held).select_from(joined).group_by(*positions.c)
    return await reading.all(wanted.order_by(positions.c.active.desc(), positions.c.rank, positions.c.name))


async def accounts_made_at(reading: Reading, instant: datetime) -> Sequence[Row]:
    """(name, agency_name, username, password_hash) of accounts made in one import that still have a temporary password."""
    joined = accounts.join(people, people.c.id == accounts.c.person_id).join(agencies, agencies.c.id == people.c.agency_id)
    columns = (people.c.name, agencies.c.name.label("agency_name"), accounts.c.username, accounts.c.password_hash)
    wanted = sa.select(*columns).select_from(joined).where(accounts.c.created_at == instant, accounts.c.must_change)
    return await reading.all(wanted.order_by(agencies.c.name, people.c.name_key))
