"""The words of each meeting, kept for the search in the transaction that changes them.

A document is a set of tokens. A token is a folded word behind the letter of its kind: where it stands. The names of people are
also kept written together from each of their parts on (`nguyenvanan`, `vanan`, `an`), so that a name is not found of parts of
several. Whom the meeting concerns are tokens too: a search begins at what somebody may see, and `access` has the last word.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from .commands import Command, MeetingCommand
from .database import Database, Reading, Row, Transaction
from .models.meeting import items, meetings, nominations, nominators, paper_requests, papers, participants, sites
from .models.room import conclusions
from .models.search import search_documents
from .text import fold

KINDS = {"title": "t", "item": "g", "paper": "p", "conclusion": "c", "person": "n"}
ANYWHERE, WHOSE = "x", "w"
LONGEST = 40  # letters of a word that count
AT_ONCE = 500  # meetings whose documents are made together

# What happens in the room by the hundred and changes no words, by the module of the command.
_WORDLESS = frozenset(
    f"meetings.{name}" for name in ("attendance", "floor", "speaking", "questioning", "notes", "talk", "sites", "paper_openings",
                                    "presenting", "door", "minutes", "voting.casting", "reminders")
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Folded, in order: `Đầu tư công` -> `dau`, `tu`, `cong`."""
    return [word[:LONGEST] for word in _WORD.findall(fold(text))]


def tokens_of(texts: Mapping[str, Iterable[str]], whose: Iterable[str]) -> set[str]:
    """`texts`: by kind, as KINDS names them. `whose`: ids of people and agencies."""
    found = {WHOSE + key for key in whose}
    for kind, said in texts.items():
        for text in said:
            words = words_of(text)
            found |= {ANYWHERE + word for word in words}
            found |= {KINDS[kind] + one for one in (runs(words) if kind == "person" else words)}
    return found


def runs(words: Sequence[str]) -> list[str]:
    return ["".join(words[n:])[:LONGEST] for n in range(len(words))]


def changes_words(command: Command) -> bool:
    return isinstance(command, MeetingCommand) and type(command).__module__ not in _WORDLESS


async def refresh(tx: Transaction, ids: Collection[str]) -> None:
    """Bring the documents of these meetings to what the meetings are now; those that are gone took theirs with them."""
    documents = await _documents(tx, ids)
    known = dict(await _digests(tx, ids))
    rows = []
    for key, tokens in documents.items():
        words = " ".join(sorted(tokens))
        digest = hashlib.sha256(words.encode()).hexdigest()
        if known.get(key) != digest:
            rows.append({"meeting_id": key, "digest": digest, "words": words})
    await tx.upsert(search_documents, rows, key=["meeting_id"])


async def index_missing(db: Database) -> None:
    """Make the documents of the meetings that have none: those from before there was a search."""
    while True:
        async with db.reading() as reading:
            wanted = sa.select(meetings.c.id).outerjoin(search_documents, search_documents.c.meeting_id == meetings.c.id)
            ids = await reading.column(wanted.where(search_documents.c.number.is_(None)).order_by(meetings.c.created_at).limit(AT_ONCE))
        if not ids:
            return
        async with db.transaction("search") as tx:
            await refresh(tx, ids)


async def _digests(reading: Reading, ids: Collection[str]) -> list[tuple[str, str]]:
    columns = (search_documents.c.meeting_id, search_documents.c.digest)
    return [(row.meeting_id, row.digest) for row in await reading.all(sa.select(*columns).where(columns[0].in_(ids)))]


async def _documents(reading: Reading, ids: Collection[str]) -> dict[str, set[str]]:
    """Tokens by meeting, in the order in which the meetings were made."""
    m, p = meetings.c, participants.c
    columns = (m.id, m.title, m.number, m.host_agency_id, m.preparing_agency_id, m.created_by)
    rows = await reading.all(sa.select(*columns).where(m.id.in_(ids)).order_by(m.created_at, m.id))
    texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    whose: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        texts[row.id]["title"] += [row.title, row.number]
        whose[row.id] |= {row.host_agency_id, row.created_by} | ({row.preparing_agency_id} - {None})
    for kind, said in (("item", items.c.title), ("paper", papers.c.title), ("conclusion", conclusions.c.text)):
        for row in await _of(reading, said.table, ids, said.label("said")):
            texts[row.meeting_id][kind].append(row.said)
    for row in await _of(reading, participants, ids, p.name, p.person_id, p.agency_id):
        texts[row.meeting_id]["person"].append(row.name)
        whose[row.meeting_id] |= {row.person_id, row.agency_id} - {None}
    for table in (sites, paper_requests):
        for row in await _of(reading, table, ids, table.c.agency_id):
            whose[row.meeting_id] |= {row.agency_id} - {None}
    chosen = nominations.outerjoin(nominators, nominators.c.nomination_id == nominations.c.id)
    asked = sa.select(nominations.c.meeting_id, nominations.c.agency_id, nominators.c.person_id).select_from(chosen)
    for row in await reading.all(asked.where(nominations.c.meeting_id.in_(ids), ~nominations.c.removed)):
        whose[row.meeting_id] |= {row.agency_id, row.person_id} - {None}
    return {row.id: tokens_of(texts[row.id], whose[row.id]) for row in rows}


async def _of(reading: Reading, table: sa.FromClause, ids: Collection[str], *columns: sa.ColumnElement[object]) -> Sequence[Row]:
    return await reading.all(sa.select(table.c.meeting_id, *columns).where(table.c.meeting_id.in_(ids), *told(table)))


def told(table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    """Of the rows of a table, those that everybody who sees the meeting may read."""
    return ([~table.c.removed] if "removed" in table.c else []) + ([table.c.state == "approved"] if table is papers else [])
