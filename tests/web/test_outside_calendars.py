"""Calendars that are kept elsewhere: read in the background, guarded, sealed, and shown only as busy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest
import sqlalchemy as sa
from aiohttp import web

from calendars.busy_of_ics import TooMuch, busy_spans
from calendars.guarded_http import LARGEST, Fault, GuardedHttp, may_connect, networks_of
from calendars.outside import OutsideReader, expanded
from calendars.sealing import Access, opened, sealed
from meetings import clock
from meetings.errors import NotFound
from meetings.models.columns import new_id
from meetings.models.live import audit
from meetings.models.outside import outside_busy, outside_calendars
from meetings.outside_calendars import AddOutsideCalendar, ReadOutsideCalendar, RemoveOutsideCalendar
from meetings.perform import perform
from meetings.queries import busy
from tests.support.organisation import make_agency, make_user
from tests.support.site import Site

NOW = clock.now().replace(microsecond=0)
HERE = networks_of("127.0.0.1/32")


def ics(*events: str, extra: str = "") -> bytes:
    held = "".join(f"BEGIN:VEVENT\r\nUID:{n}\r\nDTSTAMP:20260101T000000Z\r\n{event}\r\nEND:VEVENT\r\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{extra}{held}END:VCALENDAR\r\n".encode()


def event(start: timedelta, hours: int = 1, more: str = "") -> str:
    a, b = NOW + start, NOW + start + timedelta(hours=hours)
    return f"DTSTART:{a:%Y%m%dT%H%M%SZ}\r\nDTEND:{b:%Y%m%dT%H%M%SZ}\r\nSUMMARY:Việc riêng 4471{more}"


@dataclass
class Elsewhere:
    """A server of calendars. `answer` says what it answers; `asked`: what it was asked."""

    url: str = ""
    answer: Callable[[web.Request], web.Response] = lambda request: web.Response(body=ics())
    asked: list[web.BaseRequest] = field(default_factory=list)


@asynccontextmanager
async def elsewhere() -> AsyncIterator[Elsewhere]:
    found = Elsewhere()

    async def handle(request: web.BaseRequest) -> web.Response:
        found.asked.append(request)
        return found.answer(request)  # type: ignore[arg-type]

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield found
    finally:
        await runner.cleanup()


async def test_an_agency_s_calendar_is_read_and_others_see_only_that_it_is_busy(site: Site):
    agency = await make_agency(site.db)
    admin = await make_user(site.db, agency, "quan.tri", "agency_admin")
    browser = await site.signed_in("quan.tri")
    reader = OutsideReader(site.settings, site.db, GuardedHttp(HERE))
    weekly = event(timedelta(days=1), more="\r\nRRULE:FREQ=WEEKLY;COUNT=3")
    async with elsewhere() as there:
        tag = {"ETag": '"one"'}
        there.answer = lambda r: (
            web.Response(status=304) if r.headers.get("If-None-Match") == '"one"' else web.Response(body=ics(weekly), headers=tag)
        )
        here = f"/admin/agencies/{agency}/calendar"
        await browser.get(here)
        page = await browser.post(f"{here}/outside", kind="ics", url="ftp://x/", password="mat khau kin", name="Outlook")
        assert page.status == 422
        assert "ftp://x/" in page.html
        assert "mat khau kin" not in page.html
        typed = {"url": f"{there.url}/kin-8812.ics", "user": "u", "password": "mat khau kin", "name": "Outlook"}
        page = await browser.post(f"{here}/outside", kind="ics", **typed)
        assert "Đang chờ đọc" in page.text
        assert await reader.read_due() == 1
        page = await browser.get(here)
        assert "Đọc được" in page.text
        assert not {word for word in ("kin-8812", "mat khau kin", "4471") if word in page.html}
        assert there.asked[0].headers["Authorization"] == aiohttp.encode_basic_auth("u", "mat khau kin")
        found = [(NOW + timedelta(days=1 + 7 * n), NOW + timedelta(days=1 + 7 * n, hours=1)) for n in range(3)]
        assert await spans_of(site, agency) == found

        await perform(site.db, admin, ReadOutsideCalendar(calendar_id=page.fields["calendar_id"]))
        assert await reader.read_due() == 1  # 304
        there.answer = lambda r: web.Response(status=500)
        await perform(site.db, admin, ReadOutsideCalendar(calendar_id=page.fields["calendar_id"]))
        assert await reader.read_due() == 1
        assert len(there.asked) == 3
        assert await reader.read_due() == 0  # not before its time
        text = (await browser.get(here)).text
        assert "Máy chủ trả lời lỗi. (500)" in text
        assert "vẫn được giữ" in text
        assert await spans_of(site, agency) == found
    async with site.db.reading() as r:
        said = str([tuple(row) for row in [*await r.all(sa.select(audit.c.fields)), *await r.all(sa.select(outside_calendars))]])
    assert not {word for word in ("kin-8812", "mat khau kin") if word in said}
    stranger = await make_user(site.db, await make_agency(site.db), "nguoi.la", "agency_admin")
    for kind in (ReadOutsideCalendar, RemoveOutsideCalendar):
        with pytest.raises(NotFound):
            await perform(site.db, stranger, kind(calendar_id=page.fields["calendar_id"]))
    await browser.post(f"{here}/outside/remove", calendar_id=page.fields["calendar_id"])
    assert await spans_of(site, agency) == []


async def spans_of(site: Site, agency: str) -> list:
    async with site.db.reading() as r:
        found = await busy.busy_spans(r, NOW, NOW + timedelta(days=60), agencies=[agency])
    return list(found.agencies.get(agency, []))


async def test_two_readers_at_once_read_each_calendar_once(site: Site):
    agency = await make_agency(site.db)
    admin = await make_user(site.db, agency, "quan.tri", "agency_admin")
    async with elsewhere() as there:
        for _ in range(3):
            key = new_id()
            secret = sealed(site.settings.signing_key(), key, Access(there.url))
            command = AddOutsideCalendar(calendar_id=key, whose="agency", owner_id=agency, kind="ics", host="x", sealed=secret)
            await perform(site.db, admin, command)
        there.answer = lambda r: web.Response(body=ics(event(timedelta(days=1))))
        readers = [OutsideReader(site.settings, site.db, GuardedHttp(HERE)) for _ in range(2)]
        assert sum(await asyncio.gather(*(reader.read_due() for reader in readers))) == 3
        assert len(there.asked) == 3
    async with site.db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(outside_busy)) == 3


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "::",
    "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1", "nonsense",
])  # fmt: skip
def test_no_address_of_a_private_network_is_connected_to_unless_it_is_allowed(address: str):
    assert not may_connect(address, ())
    assert may_connect("10.1.2.3", networks_of("10.0.0.0/8, fd00::/8"))
    assert may_connect("::ffff:10.1.2.3", networks_of("10.0.0.0/8"))
    assert may_connect("1.1.1.1", ())
    assert may_connect("2606:4700::1111", ())


class _Lies(aiohttp.abc.AbstractResolver):
    """Says that every name is here."""

    async def resolve(self, host, port=0, family=0):
        return [{"hostname": host, "host": "127.0.0.2", "port": port, "family": 2, "proto": 6, "flags": 0}]

    async def close(self) -> None:
        return None


async def test_neither_names_nor_redirects_nor_odd_spellings_lead_into_a_private_network():
    async with elsewhere() as there:
        port = there.url.rpartition(":")[2]
        http = GuardedHttp(HERE)
        for url in (f"http://127.0.0.2:{port}/", f"http://[::ffff:127.0.0.2]:{port}/", f"http://2130706434:{port}/", "file:///etc/passwd"):
            with pytest.raises(Fault, match="refused_address"):
                await http.send("GET", url)
            there.answer = lambda r, to=url: web.Response(status=302, headers={"Location": to})
            with pytest.raises(Fault, match="refused_address"):
                await http.send("GET", there.url)
        with pytest.raises(Fault, match="refused_address"):
            await GuardedHttp(HERE, _Lies()).send("GET", f"http://lich.example:{port}/")
        there.answer = lambda r: web.Response(status=302, headers={"Location": "/again"})
        with pytest.raises(Fault, match="redirects"):
            await http.send("GET", there.url)
        there.answer = lambda r: web.Response(body=b"x" * (LARGEST + 1))
        with pytest.raises(Fault, match="too_large"):
            await http.send("GET", there.url)
        there.answer = lambda r: web.Response(body=b"x", headers={"Content-Encoding": "gzip"})
        with pytest.raises(Fault, match="packed"):
            await http.send("GET", there.url)


async def test_what_asks_for_too_much_is_refused_and_the_rest_is_read_as_calendars_mean_it():
    start, end = NOW, NOW + timedelta(days=30)
    for rule in ("FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=5", "FREQ=HOURLY", "FREQ=DAILY;BYMINUTE=1,2,3"):
        with pytest.raises(TooMuch, match="too_often"):
            busy_spans(ics(event(timedelta(), more=f"\r\nRRULE:{rule}")), start, end)
    for words in (b"<html>", b"BEGIN:VCALENDAR\r\n", ics(event(timedelta()))[:-20]):
        with pytest.raises(Fault, match="no_calendar"):
            await expanded(words, start, end)
    quiet = [event(timedelta(days=1), more=more) for more in ("\r\nTRANSP:TRANSPARENT", "\r\nSTATUS:CANCELLED")]
    outlook = "DTSTART;TZID=SE Asia Standard Time:20260310T080000\r\nDTEND;TZID=SE Asia Standard Time:20260310T093000"
    floating = "DTSTART:20260311T080000\r\nDTEND:20260311T093000"
    day = "DTSTART;VALUE=DATE:20260312\r\nDTEND;VALUE=DATE:20260313"
    at = clock.instant("2026-03-10T01:00:00Z")
    found = busy_spans(ics(*quiet, outlook, floating, day), at - timedelta(days=1), at + timedelta(days=9))
    half = timedelta(hours=1, minutes=30)
    eve = clock.instant("2026-03-11T17:00:00Z")
    assert found == [(at, at + half), (at + timedelta(days=1), at + timedelta(days=1) + half), (eve, eve + timedelta(days=1))]


def test_what_is_sealed_opens_only_with_its_key_and_in_its_row():
    key, row = b"k" * 32, new_id()
    access = Access("https://lich.example/x", "u", "p")
    text = sealed(key, row, access)
    assert opened(key, row, text) == access
    assert "lich" not in repr(access)
    for wrong in ((b"j" * 32, row), (key, new_id())):
        with pytest.raises(ValueError, match="another key"):
            opened(*wrong, text)
