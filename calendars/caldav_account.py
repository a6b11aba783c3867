"""Reading the calendars of a CalDAV account (RFC 4791): found from the address that was given, and asked for what lies in a window. The
few requests are made here, because every connection has to go through the guard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin
from xml.etree import ElementTree

from .guarded_http import Answer, Fault, GuardedHttp
from .sealing import Access

MOST_CALENDARS = 30
_DAV, _CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_PROPFIND = (
    b'<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:resourcetype/>'
    b"<d:current-user-principal/><c:calendar-home-set/></d:prop></d:propfind>"
)
_QUERY = (
    '<?xml version="1.0"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><c:calendar-data/></d:prop>'
    '<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="{}" end="{}"/></c:comp-filter>'
    "</c:comp-filter></c:filter></c:calendar-query>"
)


class CalDavAccount:
    def __init__(self, http: GuardedHttp, access: Access) -> None:
        self._http, self._access = http, access

    async def read(self, start: datetime, end: datetime) -> bytes:
        """Every event that lies within, whole series with their rules, as calendars one after the other. Raises Fault."""
        found: list[bytes] = []
        for url in await self._calendars():
            query = _QUERY.format(f"{start:%Y%m%dT%H%M%SZ}", f"{end:%Y%m%dT%H%M%SZ}").encode()
            answer = await self._ask("REPORT", url, query, "1")
            found += (node.text.encode() for node in _parsed(answer).iter(f"{_CAL}calendar-data") if node.text)
        return b"\r\n".join(found)

    async def _calendars(self) -> list[str]:
        """The address itself if it is a calendar; else those of the account's home."""
        here = self._access.url
        for _ in range(3):  # an address, its principal, the home
            answer = await self._ask("PROPFIND", here, _PROPFIND, "1")
            tree = _parsed(answer)
            found = [urljoin(answer.url, href) for href, node in _resources(tree) if node.find(f".//{_CAL}calendar") is not None]
            if found:
                return found[:MOST_CALENDARS]
            onwards = tree.find(f".//{_CAL}calendar-home-set/{_DAV}href")
            onwards = tree.find(f".//{_DAV}current-user-principal/{_DAV}href") if onwards is None else onwards
            if onwards is None or not onwards.text or urljoin(answer.url, onwards.text) == here:
                break
            here = urljoin(answer.url, onwards.text)
        raise Fault("no_calendar")

    async def _ask(self, method: str, url: str, body: bytes, depth: str) -> Answer:
        headers = {"Depth": depth, "Content-Type": "application/xml; charset=utf-8"}
        answer = await self._http.send(method, url, user=self._access.user, password=self._access.password, headers=headers, data=body)
        if answer.status in (401, 403):
            raise Fault("sign_in")
        if answer.status != 207:
            raise Fault("status", str(answer.status))
        return answer


def _resources(tree: ElementTree.Element) -> Iterator[tuple[str, ElementTree.Element]]:
    for response in tree.iter(f"{_DAV}response"):
        href, kind = response.find(f"{_DAV}href"), response.find(f".//{_DAV}resourcetype")
        if href is not None and href.text and kind is not None:
            yield href.text, kind


def _parsed(answer: Answer) -> ElementTree.Element:
    # Entities, with which a short document grows without end, need a document type.
    if b"<!DOCTYPE" in answer.content or b"<!ENTITY" in answer.content:
        raise Fault("no_calendar")
    try:
        return ElementTree.fromstring(answer.content)  # noqa: S314 - without a document type there is nothing to expand
    except ElementTree.ParseError:
        raise Fault("no_calendar") from None
