"""The dates of a series in a subscribed calendar: one event that recurs, and beside it each date that is not like the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from meetings import clock
from meetings.database import Row
from meetings.series_mail import pattern_of

Details = Callable[[Row, str], tuple[str, ...]]  # a meeting and the link to show with it
Frame = Callable[[Row, str, int, datetime, datetime, datetime], Iterable[str]]  # row, UID, SEQUENCE, changed, start, end
Moment = Callable[[str, datetime, str], str]  # name, instant, zone


def recurring(series: Row, rows: Sequence[Row], base_url: str, frame: Frame, details: Details, moment: Moment) -> list[str]:
    """`rows`: at least two dates that the reader may know of."""
    by_key = {row.original_start: row for row in rows}
    keys, of_all = sorted(by_key), f"{base_url}/series/{series.id}"
    said = {row.id: (row.ends_at - row.starts_at, details(row, of_all)) for row in rows}
    alike = Counter(said[row.id] for row in rows if row.starts_at == row.original_start)
    usual = alike.most_common(1)[0][0] if alike else said[by_key[keys[0]].id]
    base, pattern = next(row for row in rows if said[row.id] == usual), pattern_of(series)
    named = (clock.instant(key) for key in pattern.between(clock.iso(keys[0]), clock.iso(keys[-1])))
    changed = max(row.changed_at for row in rows)
    lines = [*frame(base, series.uid, series.sequence, changed, keys[0], keys[0] + usual[0])]
    lines.append(f"RRULE:{pattern.rrule(clock.iso(keys[-1]))}")
    lines += [moment("EXDATE", key, base.zone) for key in named if key not in by_key]
    lines += usual[1]
    for key in keys:
        row = by_key[key]
        if row.starts_at != key or said[row.id] != usual:
            lines += frame(row, series.uid, series.sequence, changed, row.starts_at, row.ends_at)
            lines += [moment("RECURRENCE-ID", key, base.zone), *details(row, f"{base_url}/meetings/{row.id}")]
    return lines
