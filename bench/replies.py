"""Answers by mail, from the mail server's LMTP connection to what is durably kept and told to the room: 1,000 of 500 participants."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import timedelta

from calendars.inbox import Inbox
from calendars.receiving import receive
from calendars.replies import reply_of
from meetings import clock, mail_tokens
from meetings.models.meeting import meetings, participants
from meetings.settings import Settings
from tests.calendars.test_replies import HOSTILE
from tests.support.dovecot import listens
from tests.support.mail_programs import Invited
from tests.support.meetings import hold_meeting
from tests.support.ports import free_port

from .figures import LOAD, SERVER, Figure
from .servers import database

PEOPLE, CONNECTIONS = 500, 8


async def run() -> list[Figure]:
    figures = []
    for kind in ("sqlite", "postgresql"):
        rate = await received(kind)
        figures.append(Figure(f"replies, {kind}", rate, "mails/s", "kept durably and told, by LMTP, 8 connections", 100))
    worst = max(_seconds(mail) for mail in HOSTILE.values())
    figures.append(Figure("replies: the worst of hostile mail", worst, "s", f"{len(HOSTILE)} kinds, CPU time to read one", 2, less=True))
    return figures


async def received(kind: str) -> float:
    async with database(kind) as db:
        settings = Settings(mail="smtp", inbox="lmtp", inbox_port=free_port(), secret="k" * 32)
        held = await hold_meeting(db, PEOPLE)
        mails = await _answers(db, settings, held)
        server = asyncio.create_task(receive(settings, Inbox(settings, db)))
        await listens(settings.inbox_port)
        client = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _CLIENT, str(settings.inbox_port), str(CONNECTIONS), stdin=-1, stdout=-1,
            preexec_fn=lambda: os.sched_setaffinity(0, LOAD),
        )  # fmt: skip
        os.sched_setaffinity(0, SERVER)
        text = b"".join(len(part).to_bytes(4, "big") + part for address, mail in mails for part in (address.encode(), mail))
        said, _ = await client.communicate(text)
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)
        kept, seconds = said.split()
        assert int(kept) == len(mails)
        return len(mails) / float(seconds)


async def _answers(db, settings, held) -> list[tuple[str, bytes]]:
    """Everybody accepts, then declines."""
    now, key, mails = clock.now(), settings.signing_key(), []
    async with db.reading() as reading:
        uid = (await reading.get(meetings, held.id)).uid
        people = [await reading.get(participants, held.pid(member)) for member in held.members]
    for number, partstat in enumerate(("ACCEPTED", "DECLINED")):
        for row in people:
            to = mail_tokens.address_with(settings.answers_to, mail_tokens.token_of(key, "r", row.id, row.link_version))
            who = Invited(row.id, row.email, uid, 0, to, "")
            stamp = now + timedelta(seconds=number)
            mails.append((to, who.mail(who.calendar(partstat, stamp=stamp, COMMENT="COMMENT:Bận họp"))))
    return mails


def _seconds(mail: bytes) -> float:
    began = time.process_time()
    reply_of(mail)
    return time.process_time() - began


# Standard library only, so that it costs the other core little: reads (address, mail) pairs, sends them, prints how many were kept.
_CLIENT = r"""
import asyncio, sys, time
port, connections = int(sys.argv[1]), int(sys.argv[2])
content, parts = sys.stdin.buffer.read(), []
while content:
    size = int.from_bytes(content[:4], "big")
    parts.append(content[4 : 4 + size])
    content = content[4 + size :]
waiting = list(zip(parts[::2], parts[1::2]))[::-1]

async def send(kept):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async def say(line):
        writer.write(line + b"\r\n")
        while (answer := await reader.readline())[3:4] == b"-":
            pass
        return answer
    await reader.readline()
    await say(b"LHLO bench")
    while waiting:
        address, mail = waiting.pop()
        await say(b"MAIL FROM:<a@b.example>")
        await say(b"RCPT TO:<" + address + b">")
        await say(b"DATA")
        kept.append((await say(mail.replace(b"\r\n.", b"\r\n..") + b"\r\n."))[:3] == b"250")
    writer.close()

async def main():
    kept, began = [], time.perf_counter()
    await asyncio.gather(*(send(kept) for _ in range(connections)))
    print(sum(kept), time.perf_counter() - began)

asyncio.run(main())
"""
