"""A mail server as a process of its own, with nothing but the standard library: it takes every mail and writes a line about it to a
file. `python -m tests.support.smtp_sink PORT FILE [LAST]`: after having taken so many it dies without an answer to the last."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from typing import BinaryIO

_MESSAGE_ID = re.compile(rb"^message-id: *(\S+)", re.I | re.M)


class Taker(asyncio.Protocol):
    """One connection. Speaks as much of SMTP as a client of ours needs."""

    def __init__(self, log: BinaryIO, left: list[int]) -> None:
        self._log, self._left = log, left
        self._got, self._mail, self._recipient = b"", False, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._say(b"220 sink")

    def _say(self, line: bytes) -> None:
        self._transport.write(line + b"\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._got += data
        while True:
            end = b"\r\n.\r\n" if self._mail else b"\r\n"
            if end not in self._got:
                return
            piece, _, self._got = self._got.partition(end)
            if self._mail:
                self._mail = False
                self._take(piece)
            else:
                self._command(piece)

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0]
        self._mail = verb == b"DATA"
        self._say({b"DATA": b"354 go on", b"QUIT": b"221 bye"}.get(verb, b"250 ok"))
        if verb == b"QUIT":
            self._transport.close()

    def _take(self, mail: bytes) -> None:
        found = _MESSAGE_ID.search(mail)
        self._log.write(self._recipient + b" " + (found[1] if found else b"-") + b"\n")
        self._log.flush()
        self._left[0] -= 1
        if self._left[0] == 0:
            os._exit(1)
        self._say(b"250 taken")


async def main(port: int, file: str, last: int) -> None:
    left = [last]
    with open(file, "ab") as log:
        server = await asyncio.get_running_loop().create_server(lambda: Taker(log, left), "127.0.0.1", port)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0))
