"""So many browsers that ask for one page again and again, each when it has the one before; a process of its own on the core that
the server does not use: `python -m bench.http_load PORT COOKIE PATH CONNECTIONS SECONDS` prints `RATE P50_MS P95_MS`."""

from __future__ import annotations

import asyncio
import os
import sys
import time

from .figures import LOAD, quantile


class Asker(asyncio.Protocol):
    """One connection. An answer is told from its Content-Length."""

    def __init__(self, request: bytes, until: float) -> None:
        self._request, self._until = request, until
        self._wanted, self._got, self._sent = 0, 0, 0.0
        self.took: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._wanted = self._got = 0
        self._sent = time.perf_counter()
        self._transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if not self._wanted:
            head, _, _ = data.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(head[:200].decode())
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._wanted = len(head) + 4 + int(length)
        self._got += len(data)
        if self._got < self._wanted:
            return
        now = time.perf_counter()
        self.took.append(now - self._sent)
        if now < self._until:
            self._ask()
        else:
            self._transport.close()
            self.done.set_result(None)


async def main(port: int, cookie: str, path: str, connections: int, seconds: float) -> None:
    os.sched_setaffinity(0, LOAD)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nAccept-Language: vi\r\n\r\n".encode()
    loop, started = asyncio.get_running_loop(), time.perf_counter()
    askers = [(await loop.create_connection(lambda: Asker(request, started + seconds), "127.0.0.1", port))[1] for _ in range(connections)]
    await asyncio.gather(*(asker.done for asker in askers))
    elapsed = time.perf_counter() - started
    took = sorted(one for asker in askers for one in asker.took)
    print(f"{len(took) / elapsed:.3f} {quantile(took, 0.5) * 1e3:.3f} {quantile(took, 0.95) * 1e3:.3f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5])))
