"""HTTP to addresses that people type: never into the own network (SSRF). The name is resolved once and the connection goes to the very
address that was checked; each redirect is a new request that is checked again. Size and time are limited."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

LARGEST = 8 << 20  # bytes of one answer, as they come
SECONDS, MOST_REDIRECTS = 30.0, 5
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Fault(Exception):
    """Why nothing was read: `code` is an entry of the catalogue `outside`, `detail` a word of the machine's."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes
    headers: dict[str, str]  # names in lower case
    url: str


def networks_of(text: str) -> tuple[Network, ...]:
    """The setting `calendar_networks`. Raises ValueError."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def may_connect(address: str, allowed: Sequence[Network]) -> bool:
    """Whether it is a public address, or in a network that the installation allows. What carries an IPv4 address within (mapped,
    6to4, NAT64, Teredo) is judged by that one."""
    try:
        found = _inner(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if any(found in network for network in allowed if network.version == found.version):
        return True
    return found.is_global and not found.is_multicast


def _inner(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    within = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if within is None and address in _NAT64:
        within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return within or address


class _Checked(AbstractResolver):
    def __init__(self, allowed: Sequence[Network], inner: AbstractResolver) -> None:
        self._allowed, self._inner, self.refused = allowed, inner, False

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not all(may_connect(one["host"], self._allowed) for one in found):
            self.refused = True
            raise OSError("an address that may not be connected to")
        return found

    async def close(self) -> None:
        await self._inner.close()


class GuardedHttp:
    def __init__(self, allowed: Sequence[Network], resolver: AbstractResolver | None = None) -> None:
        """`resolver`: instead of the machine's, for tests."""
        self._allowed, self._resolver = allowed, resolver

    async def send(self, method: str, url: str, *, user: str = "", password: str = "", **more: Any) -> Answer:
        """Raises Fault. Account and password go to the server that was named, and to nobody it redirects to."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._follow(method, URL(url), user, password, more)
        except TimeoutError:
            raise Fault("timeout") from None
        except aiohttp.InvalidURL:
            raise Fault("refused_address") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Fault("unreachable", type(error).__name__) from None

    async def _follow(self, method: str, url: URL, user: str, password: str, more: dict[str, Any]) -> Answer:
        first = url.origin() if url.absolute else url
        for _ in range(MOST_REDIRECTS + 1):
            self._require(url)
            headers = {"Accept-Encoding": "identity", **more.get("headers", {})}
            if user and url.origin() == first:
                if url.scheme == "http" and not self._allowed:
                    raise Fault("insecure")
                headers["Authorization"] = aiohttp.encode_basic_auth(user, password)
            answer, onwards = await self._once(method, url, headers, more.get("data"))
            if onwards is None:
                return answer
            if url.scheme == "https" and onwards.scheme != "https":
                raise Fault("refused_address")
            url = onwards
        raise Fault("redirects")

    def _require(self, url: URL) -> None:
        if url.scheme not in ("http", "https") or not url.host or url.user or url.password:
            raise Fault("refused_address")
        try:
            ipaddress.ip_address(url.host.partition("%")[0])
        except ValueError:
            return  # a name: the resolver looks
        if not may_connect(url.host, self._allowed):
            raise Fault("refused_address")

    async def _once(self, method: str, url: URL, headers: dict[str, str], data: bytes | None) -> tuple[Answer, URL | None]:
        checked = _Checked(self._allowed, self._resolver or aiohttp.ThreadedResolver())
        connector = aiohttp.TCPConnector(resolver=checked, use_dns_cache=False, force_close=True)
        session = aiohttp.ClientSession(connector=connector, auto_decompress=False, trust_env=False, cookie_jar=aiohttp.DummyCookieJar())
        async with session:
            try:
                async with session.request(method, url, headers=headers, data=data, allow_redirects=False) as got:
                    location = got.headers.get("Location")
                    if got.status in (301, 302, 303, 307, 308) and location:
                        return Answer(got.status, b"", {}, str(url)), url.join(URL(location))
                    return await _whole(got, url), None
            except aiohttp.ClientConnectorError:
                raise Fault("refused_address" if checked.refused else "unreachable") from None


async def _whole(got: aiohttp.ClientResponse, url: URL) -> Answer:
    if got.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Fault("packed")  # a small one could grow without end
    content = bytearray()
    async for part in got.content.iter_chunked(1 << 16):
        content += part
        if len(content) > LARGEST:
            raise Fault("too_large")
    return Answer(got.status, bytes(content), {name.lower(): value for name, value in got.headers.items()}, str(url))
