"""Two people at one schedule form: what each changed is put together field by field; where both changed the same, the one who comes
later is told and decides. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .meeting_form import Raw

Path = tuple[str, ...]  # ("title",), ("invited", key), ("optional", key), ("items", id), ("items", id, "minutes"); sites as items
Flat = dict[Path, Any]
ITEMS = "items"
SITES = "site_parts"  # what `sites` says follows from their names
ORDER: Path = (ITEMS,)


@dataclass(frozen=True, slots=True)
class Change:
    """What one save changed: path -> (before, after). `window`: the page it came from; empty: nobody knows."""

    window: str
    by: str
    at: datetime
    values: dict[Path, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Clash:
    """Both changed it. `now`: as it stands; None: nothing."""

    path: Path
    now: Any
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Merged:
    """`taken`: what the other side changed and this one did not yet know."""

    form: Raw
    taken: Flat
    clashes: Sequence[Clash]


def flat(form: Raw) -> Flat:
    """Every value by its path; what is empty is left out."""
    found: Flat = {}
    for name, value in form.items():
        if name == ITEMS:
            found[ORDER] = [row["id"] for row in value if row.get("id")]
            for row in value:
                if row.get("id"):
                    found[ITEMS, row["id"]] = True
                    found |= {(ITEMS, row["id"], field): typed for field, typed in row.items() if field != "id" and typed}
        elif name == SITES:
            for key, part in (value or {}).items():
                found[SITES, key] = True
                found |= {(SITES, key, field): typed for field, typed in part.items() if typed}
        elif name == "sites" and form.get(SITES):
            continue
        elif isinstance(value, dict):
            found |= {(name, str(key)): one for key, one in value.items() if one not in ("", None)}
        elif isinstance(value, list):
            found |= {(name, str(one)): True for one in value}
        elif value not in ("", None):
            found[(name,)] = value
    return found


def differences(before: Raw, after: Raw) -> dict[Path, tuple[Any, Any]]:
    old, new = flat(before), flat(after)
    return {path: (old.get(path), new.get(path)) for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def merge(mine: Raw, now: Raw, changes: Sequence[Change], window: str, held: Collection[Path] = ()) -> Merged:
    """`mine`: as one page has it; `now`: as it is kept; `changes`: all saves since that page was drawn, in their order, among which
    those of its own `window` are known to it. `held`: what clashed before and was not decided; it stays as it is kept."""
    ours, kept = flat(mine), flat(now)
    known: Flat = {}  # what this window last knew of what was changed since
    last: dict[Path, Change] = {}
    for change in changes:
        for path, (before, after) in change.values.items():
            known.setdefault(path, before)
            if change.window and change.window == window:
                known[path] = after
            last[path] = change
    result, taken, clashes = dict(kept), {}, []
    for path in _both(ours, kept):
        typed, stands = ours.get(path), kept.get(path)
        theirs = last.get(path)
        if theirs is not None and theirs.window and theirs.window == window:
            theirs = None
        if typed == stands or path == ORDER or path in held:
            continue
        if theirs is None:
            _put(result, path, typed)
        elif typed == known[path]:
            taken[path] = stands
        else:
            clashes.append(Clash(path, stands, theirs.by, theirs.at))
    # An item that one side took away and the other was writing in: the clash names its field, and nothing is kept of it until decided.
    mine_first = ORDER not in last
    order = _woven(ours.get(ORDER, []), kept.get(ORDER, [])) if mine_first else _woven(kept.get(ORDER, []), ours.get(ORDER, []))
    result[ORDER] = [key for key in order if (ITEMS, key) in result]
    return Merged(_form(result, now, mine), taken, clashes)


def with_mine(form: Raw, mine: Raw, paths: Collection[Path]) -> Raw:
    """`form`, but as `mine` has it at these paths: what a page shows to whoever is to decide."""
    result, ours = flat(form), flat(mine)
    for path in paths:
        _put(result, path, ours.get(path))
        if path[0] in (ITEMS, SITES) and len(path) == 3 and ours.get(path[:2]):
            result[path[:2]] = True
    result[ORDER] = [key for key in _woven(ours.get(ORDER, []), result.get(ORDER, [])) if (ITEMS, key) in result]
    return _form(result, form, mine)


def _both(ours: Flat, kept: Flat) -> list[Path]:
    return [*kept, *(path for path in ours if path not in kept)]


def _put(into: Flat, path: Path, value: Any) -> None:
    if value is None:
        into.pop(path, None)
    else:
        into[path] = value


def _woven(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """`first` in its order; what only `second` has comes after what it follows there."""
    found = list(first)
    for place, key in enumerate(second):
        if key not in found:
            before = [found.index(one) for one in second[:place] if one in found]
            found.insert(max(before) + 1 if before else 0, key)
    return found


def _form(values: Flat, *like: Raw) -> Raw:
    """The form with these values, each field of the kind that it has in one of `like`."""
    form: Raw = {}
    for name, kind in {name: value for one in like for name, value in one.items()}.items():
        inside = [path for path in values if path[0] == name and len(path) == 2]
        if name == ITEMS:
            rows = {key: {"id": key} for key in values.get(ORDER, [])}
            for path, value in values.items():
                if path[0] == ITEMS and len(path) == 3 and path[1] in rows:
                    rows[path[1]][path[2]] = value
            form[name] = list(rows.values())
        elif name == SITES:
            parts: dict[str, dict[str, Any]] = {path[1]: {} for path in inside}
            for path, value in values.items():
                if path[0] == SITES and len(path) == 3 and path[1] in parts:
                    parts[path[1]][path[2]] = value
            form[name] = parts
        elif isinstance(kind, dict):
            form[name] = {path[1]: values[path] for path in inside}
        elif isinstance(kind, list):
            form[name] = [path[1] for path in inside]
        else:
            form[name] = values.get((name,), kind if kind is None else "")
    if form.get(SITES):
        form["sites"] = "\n".join(part["name"] for part in form[SITES].values() if part.get("name"))
    return form
