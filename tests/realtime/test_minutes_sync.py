"""Minutes written by several at once: what is typed is kept before it is acknowledged, reaches everybody in order, and
survives every cut."""

from __future__ import annotations

import asyncio
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from meetings import minutes
from meetings.agenda import StartMeeting
from meetings.database import Database
from meetings.models.columns import new_id
from meetings.perform import perform
from tests.support.live_rooms import LiveRooms
from tests.support.meetings import Held, hold_meeting
from tests.support.room_client import RoomClient


class Editor:
    """A browser's copy of the minutes, with one paragraph's text a client types into."""

    def __init__(self, client: RoomClient, section: str) -> None:
        self.client, self.doc = client, Doc()
        self.section: XmlFragment = self.doc.get(section, type=XmlFragment)
        self._heard = 0

    async def open(self) -> None:
        """Exchange of what either side lacks."""
        answer = await self.client.call("y-sv", {"vector": self.doc.get_state()})
        assert answer["ok"], answer
        self.doc.apply_update(answer["update"])
        if (mine := self.doc.get_update(answer["vector"])) != b"\x00\x00":
            assert (await self.send(mine))["ok"]

    async def type(self, text: str) -> Any:
        before = self.doc.get_state()
        self.section.children.append(XmlElement("paragraph", contents=[XmlText(text)]))
        return await self.send(self.doc.get_update(before))

    async def send(self, update: bytes) -> Any:
        return await self.client.call("y-up", {"id": new_id(), "update": update})

    def read(self) -> list[str]:
        """The paragraphs, with every update that came."""
        for name, data in self.client.heard[self._heard :]:
            if name == "y-up":
                self.doc.apply_update(data["update"])
        self._heard = len(self.client.heard)
        return [str(child.children[0]) for child in self.section.children]


async def started(db: Database) -> tuple[Held, str]:
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held, minutes.section_name(held.items[0])


async def kept(db: Database, held: Held) -> list[str]:
    async with db.reading() as reading:
        doc, _ = await minutes.load(reading, held.id)
    return [block["content"][0]["text"] for block in minutes.blocks(doc, held.items[0])]


async def test_two_secretaries_and_a_reader_end_with_the_same_text(db: Database, rooms: LiveRooms):
    held, section = await started(db)
    editors = [Editor(await rooms.joined(actor, held.id), section) for actor in (held.chair, held.secretary, held.guest)]
    for editor in editors:
        await editor.open()
    one, two, reader = editors
    await asyncio.gather(*(asyncio.gather(one.type(f"chủ tọa {n} ữ"), two.type(f"thư ký {n} ợ")) for n in range(30)))
    for editor in editors:
        await editor.client.until(lambda editor=editor: len(editor.read()) == 60)
    assert one.read() == two.read() == reader.read() == await kept(db, held)
    numbers = [data["seq"] for name, data in reader.client.heard if name == "y-up"]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 60


async def test_what_was_typed_during_a_cut_is_neither_lost_nor_doubled(db: Database, rooms: LiveRooms):
    held, section = await started(db)
    away, other = [Editor(await rooms.joined(actor, held.id), section) for actor in (held.secretary, held.chair)]
    await away.open()
    await other.open()
    before = away.doc.get_state()
    said = {"id": new_id(), "update": b""}
    await away.client.wire.cut()
    for n in range(5):
        away.section.children.append(XmlElement("paragraph", contents=[XmlText(f"lúc mất mạng {n}")]))
        assert (await other.type(f"trong khi đó {n}"))["ok"]
    said["update"] = away.doc.get_update(before)
    await away.client.rejoin()
    for _ in range(2):  # the acknowledgement was lost, so the browser sends it again
        assert (await away.client.call("y-up", said))["ok"]
    await away.open()
    await other.client.until(lambda: len(other.read()) == 10)
    assert away.read() == other.read() == await kept(db, held)
    assert len(set(other.read())) == 10


async def test_whoever_does_not_run_the_meeting_reads_but_does_not_write(db: Database, rooms: LiveRooms):
    held, section = await started(db)
    writer, reader = [Editor(await rooms.joined(actor, held.id), section) for actor in (held.chair, held.members[0])]
    screen = await rooms.joined(held.secretary, held.id, "projector")
    await writer.open()
    await reader.open()
    refused = await reader.type("chen vào")
    assert (refused["ok"], refused["code"]) == (False, "not_allowed")
    assert (await screen.call("y-up", {"id": new_id(), "update": b"\x00\x00"}))["code"] == "not_allowed"
    await reader.client.wire.send("y-aw", {"update": b"cursor of a reader"})
    await writer.client.wire.send("y-aw", {"update": b"cursor"})
    assert (await reader.client.until_heard("y-aw"))["update"] == b"cursor"
    assert not [data for name, data in writer.client.heard if name in ("y-aw", "y-up")]
    assert await kept(db, held) == []


async def test_broken_updates_are_refused_and_the_minutes_go_on(db: Database, rooms: LiveRooms):
    held, section = await started(db)
    writer, reader = [Editor(await rooms.joined(actor, held.id), section) for actor in (held.chair, held.guest)]
    await writer.open()
    await reader.open()
    for broken in (b"\x07garbage", b"\xff" * 50, bytes(1000), b"\x01\x01\xff\xff\xff\xff\x0f\x00"):
        answer = await writer.client.call("y-up", {"id": new_id(), "update": broken})
        assert answer["ok"] or answer["code"] == "minutes_update_broken"
    assert (await writer.client.call("y-up", {"id": new_id(), "update": bytes(minutes.LARGEST_UPDATE + 1)}))["code"] == "too_many"
    assert (await writer.client.call("y-sv", {"vector": b"\xff\xff\xff\xff"}))["code"] == "minutes_update_broken"
    assert (await writer.type("vẫn viết được"))["ok"]
    await reader.client.until(lambda: reader.read() == ["vẫn viết được"])


async def test_a_reader_who_opens_while_others_write_misses_nothing(db: Database, rooms: LiveRooms):
    held, section = await started(db)
    writer = Editor(await rooms.joined(held.chair, held.id), section)
    await writer.open()
    readers = [Editor(await rooms.joined(actor, held.id), section) for actor in [*held.members, held.guest]]

    async def write() -> None:
        for n in range(40):
            await writer.type(f"câu {n}")

    async def read(editor: Editor, after: float) -> None:
        await asyncio.sleep(after)
        await editor.open()

    await asyncio.gather(write(), *(read(editor, n * 0.04) for n, editor in enumerate(readers)))
    for editor in readers:
        await editor.client.until(lambda editor=editor: editor.read() == writer.read())


async def test_updates_folded_away_before_this_process_read_them_still_arrive(db: Database, rooms: LiveRooms):
    held, section = await started(db)
    reader = Editor(await rooms.joined(held.guest, held.id), section)
    await reader.open()
    live = rooms.live.minutes
    send_new, live.send_new = live.send_new, _nothing  # as if this process had been too busy to look
    author = Editor(reader.client, section)
    for n in range(minutes.FOLD_EVERY + 50):
        before = author.doc.get_state()
        author.section.children.append(XmlElement("paragraph", contents=[XmlText(f"{n}")]))
        update = author.doc.get_update(before)
        await perform(db, held.chair, minutes.AppendMinutesUpdate(meeting_id=held.id, update=update))
    live.send_new = send_new
    await live.send_new(held.id)
    await reader.client.until(lambda: reader.read() == [str(n) for n in range(minutes.FOLD_EVERY + 50)])


async def _nothing(_meeting_id: str) -> None:
    return None
