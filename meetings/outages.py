"""When the database itself fails: gone, restarting, not answering, or out of room. Whoever asked is told in words to ask again, and
nothing else need be done: the next transaction connects anew."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator

import sqlalchemy.exc

from .errors import Refusal, Unavailable

log = logging.getLogger(__name__)

# Primary result codes of SQLite: the file is busy, out of memory, unreadable, cannot be opened.
_SQLITE_AWAY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
# Classes of SQLSTATE: connection exception, insufficient resources, operator intervention (shutdown), system error.
_SQLSTATE_AWAY = ("08", "53", "57P", "58")
_DISK_FULL = "53100"


@contextlib.contextmanager
def outages_told() -> Iterator[None]:
    """Raises Unavailable in place of an error that says that the database is away."""
    try:
        yield
    except Refusal:
        raise
    except Exception as error:  # whatever a driver raises; what is no outage goes on
        code = outage(error)
        if code is None:
            raise
        log.warning("database: %s", str(error).partition("\n")[0])
        raise Unavailable(code) from error


def outage(error: BaseException) -> str | None:
    """The refusal's code, if this error or one behind it tells of an outage."""
    seen: list[BaseException | None] = []
    behind: BaseException | None = error
    while behind is not None and behind not in seen:
        seen.append(behind)
        if (code := _told_by(behind)) is not None:
            return code
        behind = getattr(behind, "orig", None) or behind.__cause__ or behind.__context__
    return None


def _told_by(error: BaseException) -> str | None:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return "disk_full" if code == sqlite3.SQLITE_FULL else "unavailable" if code in _SQLITE_AWAY else None
    state = str(getattr(error, "sqlstate", None) or "")
    if state:
        return "disk_full" if state == _DISK_FULL else "unavailable" if state.startswith(_SQLSTATE_AWAY) else None
    lost = isinstance(error, sqlalchemy.exc.DBAPIError) and error.connection_invalidated
    waited = isinstance(error, (OSError, sqlalchemy.exc.TimeoutError))  # no connection, or none within the time
    return "unavailable" if lost or waited else None
