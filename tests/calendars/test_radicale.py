"""A CalDAV server that others wrote (Radicale), fed the events of our feed: it sees the same busy times as we publish, and what we read
of its account are the same again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import aiohttp
import pytest
from icalendar import Calendar

from calendars.caldav_account import CalDavAccount
from calendars.guarded_http import Fault, GuardedHttp, networks_of
from calendars.outside import expanded
from calendars.sealing import Access
from meetings.database import Database
from meetings.feeds import CreateFeed
from meetings.models.columns import new_id
from meetings.models.feeds import feeds
from meetings.perform import perform
from tests.support.ports import free_port
from tests.support.requirements import need
from tests.support.scheduled import open_office
from tests.support.site import running_site
from web.pages.feeds import address_of_feed

AUTH = {"Authorization": aiohttp.encode_basic_auth("thu.ky", "mật khẩu"), "Content-Type": "text/calendar; charset=utf-8"}


@pytest.fixture
async def radicale(tmp_path: Path) -> AsyncIterator[str]:
    """The address of the account `thu.ky` on a server of its own."""
    need("Radicale", find_spec("radicale") is not None)
    port, users = free_port(), tmp_path / "users"
    users.write_text("thu.ky:mật khẩu\n", encoding="utf-8")
    options = {
        "server-hosts": f"127.0.0.1:{port}", "storage-filesystem-folder": str(tmp_path / "kept"), "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(users), "auth-htpasswd-encryption": "plain", "auth-delay": "0",
    }  # fmt: skip
    given = [part for name, value in options.items() for part in (f"--{name}", value)]
    server = await asyncio.create_subprocess_exec(sys.executable, "-m", "radicale", *given, stderr=asyncio.subprocess.PIPE)
    assert server.stderr
    async for line in server.stderr:
        if b"ready" in line.lower():
            break
    draining = asyncio.create_task(server.stderr.read())
    try:
        yield f"http://127.0.0.1:{port}/thu.ky/"
    finally:
        server.terminate()
        await server.wait()
        await draining


async def test_radicale_agrees_about_busy_times(db: Database, tmp_path: Path, radicale: str):
    office = await open_office(db)
    for start, end in (("08:00", "10:00"), ("09:30", "11:00"), ("14:00", "15:15")):
        await office.send(await office.draft(title="Họp, bàn; việc", start=start, end=end))
    person = office.secretary
    made = await perform(db, person, CreateFeed(feed_id=new_id(), whose="person", owner_id=person.person_id or ""))
    async with db.reading() as r:
        row = await r.get(feeds, (made or {})["feed_id"])
    async with running_site(db, tmp_path) as site:
        path = address_of_feed(row, site.settings.signing_key(), "")
        feed, ours = (await site.browser().get(path + ".ics")).html, (await site.browser().get(path + ".ifb")).html
    (published,) = Calendar.from_ical(ours).walk("VFREEBUSY")
    start, end = published["DTSTART"].dt, published["DTEND"].dt

    await _feed_to(radicale, feed)
    window = f'<c:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>'
    query = f'<c:free-busy-query xmlns:c="urn:ietf:params:xml:ns:caldav">{window}</c:free-busy-query>'
    theirs = await _send("REPORT", radicale + "lich/", query, Depth="1", **{"Content-Type": "application/xml"})
    assert _minutes(theirs) == _minutes(ours)
    assert len(_minutes(ours)) == 180 + 75

    account = CalDavAccount(GuardedHttp(networks_of("127.0.0.1/32")), Access(radicale, "thu.ky", "mật khẩu"))
    read = await expanded(await account.read(start, end), start, end)
    assert {a + timedelta(minutes=n) for a, b in read for n in range(int((b - a).total_seconds() // 60))} == _minutes(ours)
    with pytest.raises(Fault, match="sign_in"):
        wrong = CalDavAccount(GuardedHttp(networks_of("127.0.0.1/32")), Access(radicale, "thu.ky", "sai"))
        await wrong.read(start, end)


async def _feed_to(account: str, feed: str) -> None:
    await _send("MKCALENDAR", account + "lich/", "")
    for event in Calendar.from_ical(feed).events:
        one = Calendar.from_ical(feed)
        one.subcomponents = [part for part in one.subcomponents if part.name == "VTIMEZONE"] + [event]
        one.pop("METHOD")  # RFC 4791, 4.1
        await _send("PUT", f"{account}lich/{event['UID']}.ics", one.to_ical().decode())


async def _send(method: str, url: str, body: str, **headers: str) -> str:
    async with aiohttp.request(method, url, data=body.encode(), headers=AUTH | headers) as got:
        text = await got.text()
        assert got.status in (200, 201, 207), (got.status, text)
    return text


def _minutes(text: str) -> set[datetime]:
    """Every minute that a calendar's VFREEBUSY says is busy."""
    found: set[datetime] = set()
    for line in text.replace("\r\n ", "").splitlines():
        for period in line.partition(":")[2].split(",") if line.startswith("FREEBUSY") and "FREE:" not in line else ():
            start, end = (datetime.strptime(part, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for part in period.split("/"))
            found |= {start + timedelta(minutes=n) for n in range(int((end - start).total_seconds() // 60))}
    return found
