"""Reads calendars that are kept elsewhere, in the background: what is due, in turns, each guarded in where it connects, how much it
reads and how long it takes. What was last read stays until something better was."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

from meetings import clock
from meetings.database import Database, Row
from meetings.errors import Unavailable
from meetings.outside_calendars import SCOPE, OutsideCalendars
from meetings.settings import Settings
from meetings.spans import Span

from .caldav_account import CalDavAccount
from .guarded_http import Fault, GuardedHttp, networks_of
from .sealing import Access, opened

log = logging.getLogger(__name__)
AT_ONCE, LOOK_AGAIN = 4, 60.0
BEFORE, AHEAD, FRESH = timedelta(days=7), timedelta(days=400), timedelta(days=14)  # FRESH: how old a window may be
EXPANDING = 30.0  # seconds


class OutsideReader:
    def __init__(self, settings: Settings, db: Database, http: GuardedHttp | None = None) -> None:
        self._db, self._rows, self._key = db, OutsideCalendars(db), settings.signing_key()
        self._http = http or GuardedHttp(networks_of(settings.calendar_networks))

    async def run(self) -> None:
        """Until cancelled."""
        with self._db.wakeups.watch(SCOPE) as watch:
            while True:
                with contextlib.suppress(Unavailable):  # looked at again
                    while await self.read_due():
                        pass
                await watch.wait(LOOK_AGAIN)

    async def read_due(self) -> int:
        """One batch; how many calendars it took."""
        rows = await self._rows.claim(AT_ONCE)
        await asyncio.gather(*(self._read(row) for row in rows))
        return len(rows)

    async def _read(self, row: Row) -> None:
        now = clock.now()
        start, end = now - BEFORE, now + AHEAD
        try:
            access = _opened(self._key, row)
            if row.kind == "caldav":
                content, etag, modified = await CalDavAccount(self._http, access).read(start, end), "", ""
            else:
                fetched = await self._fetch(row, access, fresh=bool(row.covers_until and row.covers_until > end - FRESH))
                if fetched is None:
                    return await self._rows.unchanged(row)
                content, etag, modified = fetched
            await self._rows.keep(row, await expanded(content, start, end), end, etag=etag, modified=modified)
        except Fault as fault:
            # The host alone: the address may be a secret.
            log.warning("calendar at %s: %s %s", row.host, fault.code, fault.detail)
            await self._rows.failed(row, fault.code, fault.detail)
        except Unavailable:
            raise
        except Exception:  # what one calendar holds must not stop the others
            log.exception("calendar at %s", row.host)
            await self._rows.failed(row, "unreachable", "")

    async def _fetch(self, row: Row, access: Access, *, fresh: bool) -> tuple[bytes, str, str] | None:
        """(content, ETag, Last-Modified); None when it has not changed since. Asked for whole where the window has moved on."""
        asked = {"If-None-Match": row.etag, "If-Modified-Since": row.modified} if fresh and row.failures == 0 else {}
        headers = {"Accept": "text/calendar", **{name: value for name, value in asked.items() if value}}
        answer = await self._http.send("GET", access.url, user=access.user, password=access.password, headers=headers)
        if answer.status == 304 and asked:
            return None
        if answer.status in (401, 403):
            raise Fault("sign_in")
        if answer.status != 200:
            raise Fault("status", str(answer.status))
        if not answer.content.strip():
            raise Fault("no_calendar")
        return answer.content, answer.headers.get("etag", ""), answer.headers.get("last-modified", "")


def _opened(key: bytes, row: Row) -> Access:
    try:
        return opened(key, row.id, row.sealed)
    except ValueError:
        raise Fault("sealed") from None


async def expanded(content: bytes, start: datetime, end: datetime) -> Sequence[Span]:
    """Busy spans, made in a process of its own. Raises Fault."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "calendars.busy_of_ics", clock.iso(start), clock.iso(end), stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(EXPANDING):
            said, _ = await child.communicate(content)
    except TimeoutError:
        raise Fault("too_heavy") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    if not said:
        raise Fault("too_heavy")  # ended by its own limits
    found = json.loads(said)
    if "fault" in found:
        raise Fault(found["fault"], found.get("detail", ""))
    return [(clock.instant(a), clock.instant(b)) for a, b in found["spans"]]
