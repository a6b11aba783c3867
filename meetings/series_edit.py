"""A change that was typed for one date of a series, as it is applied to the others. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from .meeting_form import Raw
from .models.columns import new_id

_TIMES = frozenset({"start", "end", "end_date", "zone"})
_RULE = frozenset({"repeat", "repeat_step", "repeat_days", "repeat_until", "repeat_count", "skip_holidays"})
_PLACE = frozenset({"room_id", "place", "video_kind", "video_url", "video_id", "video_passcode"})
_OWN = _TIMES | _RULE | {"date", "apply_to", "items", "for_item"}
_ITEM = ("title", "presenter", "kind", "minutes")


@dataclass(frozen=True, slots=True)
class Edit:
    """`before`, `after`: the date's form; `names`: the fields that differ. `later`: by how many days its day was moved."""

    before: Raw
    after: Raw
    names: frozenset[str]
    later: timedelta

    @property
    def redates(self) -> bool:
        return bool(self.later or self.names & _RULE)

    @property
    def retimes(self) -> bool:
        return bool(self.redates or self.names & _TIMES)

    @property
    def significant(self) -> bool:
        """It costs an answer its ground."""
        return bool(self.retimes or self.names & _PLACE)

    @property
    def newly_invited(self) -> set[str]:
        return {*(self.after.get("invited") or {})} - {*(self.before.get("invited") or {})}

    def applied(self, raw: Raw) -> Raw:
        """To another date's form. Of lists what was added and taken away; the agenda only where it was the same."""
        changed = {name: self._merged(name, raw) for name in self.names - _OWN}
        ids = {one["id"]: other["id"] for one, other in zip(self.before["items"], raw["items"], strict=False)}
        items = raw["items"]
        if "items" in self.names and _told(raw["items"]) == _told(self.before["items"]):
            ids |= {item["id"]: new_id() for item in self.after["items"] if item["id"] not in ids}
            items = [item | {"id": ids[item["id"]]} for item in self.after["items"]]
        alone = raw.get("for_item") or {}
        if "for_item" in self.names:
            mine = {who: ids[item] for who, item in (self.after.get("for_item") or {}).items() if item in ids}
            alone = {who: item for who, item in alone.items() if who not in (self.before.get("for_item") or {})} | mine
        if "nominate_by" in changed:
            changed["nominate_by"] = _on(changed["nominate_by"], self.after["date"], raw["date"])
        if "site_parts" in changed:
            changed["site_parts"] = self._parts_for(changed["site_parts"] or {}, raw["date"])
        return raw | changed | {"items": items, "for_item": alone}

    def _parts_for(self, parts: dict[str, dict[str, str]], day: str) -> dict[str, dict[str, str]]:
        """Sites as they were changed here are tested as long before the other date."""
        mine = self.after.get("site_parts") or {}
        moved = {key: part | {"test_at": _on(part.get("test_at"), self.after["date"], day)} for key, part in mine.items()}
        return {key: moved[key] if mine.get(key) is part else part for key, part in parts.items()}

    def _merged(self, name: str, raw: Raw) -> Any:
        before, after, other = self.before.get(name), self.after.get(name), raw.get(name)
        if isinstance(after, dict) and isinstance(before, dict) and isinstance(other, dict):
            kept = {key: how for key, how in other.items() if key in after or key not in before}
            return kept | {key: how for key, how in after.items() if before.get(key) != how}
        if name == "optional":
            return sorted({*(other or ()), *(after or ())} - ({*(before or ())} - {*(after or ())}))
        return after


def edit_between(before: Raw, after: Raw) -> Edit:
    names = before.keys() | after.keys()
    differ = {name for name in names if _plain(name, before.get(name)) != _plain(name, after.get(name))}
    later = date.fromisoformat(str(after["date"])) - date.fromisoformat(str(before["date"]))
    return Edit(before, after, frozenset(differ), later)


def dated(raw: Raw, day: date) -> Raw:
    """The same form on another day, as long as before; what is to be done until then comes as long before it."""
    end, was, now = raw.get("end_date"), raw["date"], day.isoformat()
    lasts = date.fromisoformat(end) - date.fromisoformat(was) if end else timedelta()
    parts = {key: part | {"test_at": _on(part.get("test_at"), was, now)} for key, part in (raw.get("site_parts") or {}).items()}
    until = _on(raw.get("nominate_by"), was, now)
    return raw | {"date": now, "end_date": (day + lasts).isoformat() if end else "", "nominate_by": until, "site_parts": parts}


def _on(moment: str | None, was: str, now: str) -> str:
    """A wall-clock time as long before the day `now` as it was before the day `was`; what is no time yet stays as typed."""
    try:
        moved = datetime.fromisoformat(moment or "") + (date.fromisoformat(now) - date.fromisoformat(was))
    except (ValueError, OverflowError):
        return moment or ""
    return moved.strftime("%Y-%m-%dT%H:%M")


def _plain(name: str, value: Any) -> Any:
    """What was typed, so that two forms compare that say the same in another way."""
    if name == "items":
        rows = [row for row in value or () if str(row.get("title") or "").strip()]
        return [(row["id"], *(str(row.get(part) or "") for part in _ITEM)) for row in rows] or False
    if isinstance(value, list):
        return sorted(map(str, value)) or False
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if one} or False
    if isinstance(value, bool):
        return value
    return "\n".join(line.strip() for line in str(value or "").strip().splitlines()) if value else False


def _told(items: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [tuple(str(row.get(part) or "") for part in _ITEM) for row in items if str(row.get("title") or "").strip()]
