"""What an organisation's table would change, worked out against what there is. Pure: the preview shows a plan, and the commit
makes it anew and carries it out, so that both say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from .accounts import SaveAccount
from .agency_tree import above
from .database import Row
from .errors import Invalid, Problem
from .import_rows import AGENCY_KINDS, HONORIFICS, KINDS, ROLES, ImportRow, RowKind, word
from .models.columns import new_id
from .organisation import SaveAgency, SavePosition
from .people import SavePerson
from .rooms import SaveRoom
from .text import fold
from .validation import validated

Effect = Literal["new", "changed", "same"]
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Known:
    """What there is: agencies by folded code, people by (agency, address, folded name) with their account's `username`,
    positions by folded name, rooms by (agency, folded name), and whose each user name is."""

    agencies: Mapping[str, Row]
    people: Mapping[tuple[str, str, str], Row]
    positions: Mapping[str, str]
    rooms: Mapping[tuple[str, str], Row]
    usernames: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one row."""

    row: ImportRow
    kind: RowKind | None
    effect: Effect = "same"
    account: bool = False  # a new one
    problems: tuple[Problem, ...] = ()  # `where` is the column


@dataclass(slots=True)
class Plan:
    """`new`: ids of what is not there yet. Every command names its id, also where it makes something new."""

    steps: list[Step] = field(default_factory=list)
    agencies: dict[str, SaveAgency] = field(default_factory=dict)
    positions: dict[str, SavePosition] = field(default_factory=dict)
    people: dict[str, SavePerson] = field(default_factory=dict)
    rooms: dict[str, SaveRoom] = field(default_factory=dict)
    accounts: dict[str, SaveAccount] = field(default_factory=dict)  # by user name; new ones only
    new: set[str] = field(default_factory=set)

    @property
    def wrong(self) -> list[Step]:
        return [step for step in self.steps if step.problems]


def plan_of(rows: Iterable[ImportRow], known: Known) -> Plan:
    """Agencies first, wherever they stand in the table: people and rooms may come before theirs."""
    found = list(rows)
    planner = _Planner(known, found)
    steps = {row.number: planner.step(row, kind) for row, kind in planner.in_order(found)}
    planner.plan.steps = [steps[row.number] for row in found]
    return planner.plan


class _Planner:
    def __init__(self, known: Known, rows: list[ImportRow]) -> None:
        self.plan, self._known = Plan(), known
        self._positions = dict(known.positions)
        self._seen: dict[object, int] = {}  # key -> number of the row that has it
        self._wrong: list[Problem] = []  # of the row in hand
        # Ids of all agencies, those that the table brings too, by folded code.
        self._ids = {code: str(row.id) for code, row in known.agencies.items()}
        brought = [row for row in rows if _kind(row) == "agency" and row.values["code"]]
        for row in brought:
            self._ids.setdefault(fold(row.values["code"]), new_id())
        self._tree: dict[str, str | None] = {row.id: row.parent_id for row in known.agencies.values()}
        self._tree |= {self._ids[fold(r.values["code"])]: self._id(r, "parent") or self._parent(r) for r in brought}

    def in_order(self, rows: list[ImportRow]) -> Iterable[tuple[ImportRow, RowKind | None]]:
        return sorted(((row, _kind(row)) for row in rows), key=lambda pair: pair[1] != "agency")

    def step(self, row: ImportRow, kind: RowKind | None) -> Step:
        """Every problem of the row, not just the first."""
        self._wrong = []
        effect: Effect = "same"
        account = False
        if kind is None:
            self._say("row_kind", "kind", value=row.values["kind"])
        if not row.values["code"]:
            self._say("required", "code")
        elif kind:
            effect, account = {"agency": self._agency, "person": self._person, "room": self._room}[kind](row)
        return Step(row, kind, effect, account, tuple(self._wrong))

    def _agency(self, row: ImportRow) -> tuple[Effect, bool]:
        key, v = self._ids[fold(row.values["code"])], row.values
        self._once(("agency", key), row, "code")
        if v["parent"] and not self._id(row, "parent"):
            self._say("row_parent_unknown", "parent", value=v["parent"])
        if key in above(self._tree, self._tree[key]):
            self._say("agency_under_itself", "parent")
        before = self._known.agencies.get(fold(v["code"]))
        said = _said(v, "name", "short_name", "email", "phone", "address") | {"parent_id": self._tree[key]}
        said |= self._chosen(v, "agency_kind", AGENCY_KINDS, "kind")
        command = self._merged(SaveAgency, before, {"code": v["code"], "short_name": v["name"]}, said, agency_id=key)
        return self._planned(self.plan.agencies, key, command, before), False

    def _person(self, row: ImportRow) -> tuple[Effect, bool]:
        v, agency_id = row.values, self._agency_id(row)
        match = (agency_id, v["email"].lower(), fold(v["name"]))
        self._once(("person", *match), row, "name")
        before = self._known.people.get(match)
        key = before.id if before else new_id()
        said = _said(v, "name", "email", "phone") | {"agency_id": agency_id}
        said |= self._chosen(v, "honorific", HONORIFICS, "honorific")
        if v["position"]:
            said["position_id"] = self._position(v["position"])
        command = self._merged(SavePerson, before, {}, said, person_id=key)
        account = self._account(row, key, before.username if before else None)
        return self._planned(self.plan.people, key, command, before), account

    def _account(self, row: ImportRow, person_id: str, has: str | None) -> bool:
        """Whether the row makes a new account. One that there is stays as it is."""
        username, v = row.values["username"].lower(), row.values
        role = self._chosen(v, "role", ROLES, "role").get("role", "member")
        if v["role"] and not username and not has:
            self._say("required", "username")
        if not username or username == has:
            return False
        if has:
            self._say("row_has_account", "username", value=has)
        elif self._known.usernames.get(username, person_id) != person_id or username in self.plan.accounts:
            self._say("username_taken", "username")
        command = self._checked(SaveAccount, {"person_id": person_id, "username": username, "role": role})
        if command:
            self.plan.accounts.setdefault(username, command)
        return True

    def _room(self, row: ImportRow) -> tuple[Effect, bool]:
        v, agency_id = row.values, self._agency_id(row)
        self._once(("room", agency_id, fold(v["name"])), row, "name")
        before = self._known.rooms.get((agency_id, fold(v["name"])))
        key = before.id if before else new_id()
        said = _said(v, "name", "address", "capacity") | {"agency_id": agency_id}
        command = self._merged(SaveRoom, before, {}, said, room_id=key)
        return self._planned(self.plan.rooms, key, command, before), False

    def _agency_id(self, row: ImportRow) -> str:
        """The agency of a person or room; one that does not exist when there is none, so that the rest is checked too."""
        code = row.values["code"]
        before = self._known.agencies.get(fold(code))
        if fold(code) not in self._ids:
            self._say("row_agency_unknown", "code", value=code)
        elif before is not None and not before.active:
            self._say("agency_retired", "code")
        return self._ids.get(fold(code)) or new_id()

    def _position(self, name: str) -> str | None:
        if fold(name) not in self._positions:
            key = new_id()
            command = self._checked(SavePosition, {"position_id": key, "name": name, "rank": 100}, "position")
            self._planned(self.plan.positions, key, command, None)
            self._positions[fold(name)] = key
        return self._positions[fold(name)]

    def _id(self, row: ImportRow, column: str) -> str | None:
        return self._ids.get(fold(row.values[column]))

    def _parent(self, row: ImportRow) -> str | None:
        before = self._known.agencies.get(fold(row.values["code"]))
        return str(before.parent_id) if before and before.parent_id else None

    def _once(self, key: object, row: ImportRow, where: str) -> None:
        if self._seen.setdefault(key, row.number) != row.number:
            self._say("row_repeated", where, row=self._seen[key])

    def _chosen(self, values: Mapping[str, str], column: str, words: Mapping[str, str], name: str) -> dict[str, str]:
        text = word(values[column])
        if text and text not in words:
            self._say("row_word", column, value=values[column])
        return {name: words[text]} if text in words else {}

    def _merged(
        self, kind: type[C], before: Row | None, blank: Mapping[str, Any], said: Mapping[str, Any], **key: str
    ) -> C | None:
        """The command: what there is, with what the row says laid over it."""
        known = kind.__dataclass_fields__  # type: ignore[attr-defined]
        there = {n: v for n, v in before._mapping.items() if n in known and n != "id"} if before else blank
        return self._checked(kind, {"name": ""} | dict(there) | dict(said) | key)

    def _checked(self, kind: type[C], data: Mapping[str, Any], where: str = "") -> C | None:
        try:
            return validated(kind, data)
        except Invalid as invalid:
            self._wrong += [Problem(p.code, where or p.where, p.params) for p in invalid.problems]
            return None

    def _say(self, code: str, where: str, **params: object) -> None:
        self._wrong.append(Problem(code, where, params))

    def _planned(self, into: dict[str, C], key: str, command: C | None, before: Row | None) -> Effect:
        if command is None:
            return "same"
        if before is None:
            self.plan.new.add(key)
        elif all(getattr(command, name, value) == value for name, value in before._mapping.items() if name != "id"):
            return "same"
        into[key] = command
        return "changed" if before else "new"


def _kind(row: ImportRow) -> RowKind | None:
    return KINDS.get(word(row.values["kind"]))


def _said(values: Mapping[str, str], *columns: str) -> dict[str, Any]:
    """What the row says; an empty cell says nothing."""
    return {name: values[name] for name in columns if values[name]}
