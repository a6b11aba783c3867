"""The few words of IMAP4rev1 (RFC 3501) that reading a mailbox needs, on asyncio: the standard library's client blocks a thread,
and cannot wait (IDLE, RFC 2177)."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Sequence

ANSWER = 30.0  # seconds that any answer may take
_LITERAL = re.compile(rb"\{(\d+)\}\r\n$")


class ImapError(Exception):
    """The server said no, or something that is not IMAP."""


class Imap:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer, self._number = reader, writer, 0

    @classmethod
    async def connect(cls, host: str, port: int, tls: str) -> Imap:
        """`tls`: implicit, starttls or none."""
        context = ssl.create_default_context() if tls != "none" else None
        async with asyncio.timeout(ANSWER):
            reader, writer = await asyncio.open_connection(
                host, port, ssl=context if tls == "implicit" else None, limit=1 << 20
            )  # fmt: skip
            found = cls(reader, writer)
            await reader.readline()  # the greeting
            if tls == "starttls":
                await found.do("STARTTLS")
                await writer.start_tls(context or ssl.create_default_context(), server_hostname=host)
        return found

    def close(self) -> None:
        self._writer.close()

    async def login(self, user: str, password: str) -> None:
        await self.do("LOGIN", _quoted(user), _quoted(password))

    async def can_idle(self) -> bool:
        return any(b"IDLE" in line.upper().split() for line in await self.do("CAPABILITY"))

    async def search(self, *criteria: str) -> list[str]:
        """UIDs, in the mailbox's order."""
        lines = await self.do("UID SEARCH", *criteria)
        return [uid.decode() for line in lines if line.startswith(b"* SEARCH") for uid in line.split()[2:] if uid.isdigit()]

    async def fetch(self, uid: str, most: int) -> bytes:
        """The first `most` bytes of one mail; the mail is not marked as read by it."""
        lines = await self.do("UID FETCH", uid, f"(BODY.PEEK[]<0.{most}>)")
        return max((line for line in lines if not line.startswith(b"* ")), key=len, default=b"")

    async def idle(self, seconds: float) -> None:
        """Until something happens in the mailbox, `seconds` at most. A server that says nothing is asked to end it, and one that
        does not answer then is given up."""
        tag = self._send("IDLE")
        async with asyncio.timeout(ANSWER):
            line = await self._reader.readline()
        if not line.startswith(b"+"):
            raise ImapError(line.decode("utf-8", "replace"))
        try:
            async with asyncio.timeout(seconds):
                while line and b"EXISTS" not in line:
                    line = await self._reader.readline()
        except TimeoutError:
            pass
        if not line:
            raise ImapError("the server closed the connection")
        self._writer.write(b"DONE\r\n")
        await self._finish(tag)

    async def do(self, *words: str) -> Sequence[bytes]:
        """Untagged lines of the answer; a literal is a line of its own. Raises ImapError."""
        return await self._finish(self._send(*words))

    def _send(self, *words: str) -> bytes:
        self._number += 1
        tag = b"d%d" % self._number
        self._writer.write(tag + b" " + " ".join(words).encode() + b"\r\n")
        return tag

    async def _finish(self, tag: bytes) -> Sequence[bytes]:
        lines: list[bytes] = []
        async with asyncio.timeout(ANSWER):
            await self._writer.drain()
            while True:
                line = await self._reader.readline()
                if not line:
                    raise ImapError("the server closed the connection")
                if line.startswith(tag + b" "):
                    if not line[len(tag) + 1 :].upper().startswith(b"OK"):
                        raise ImapError(line.decode("utf-8", "replace").strip())
                    return lines
                lines.append(line)
                while literal := _LITERAL.search(line):
                    lines.append(await self._reader.readexactly(int(literal[1])))
                    line = await self._reader.readline()
                    lines.append(b"* " + line)


def _quoted(text: str) -> str:
    if "\r" in text or "\n" in text:
        raise ImapError("a line break in a name or password")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
