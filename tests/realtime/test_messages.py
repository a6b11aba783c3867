"""What browsers send, honest or forged: each message is answered, in words, and nothing of it harms the others."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from pathlib import Path

import pytest

from meetings.agenda import StartMeeting
from meetings.database import Database
from meetings.errors import Invalid
from meetings.i18n import translator
from meetings.models.columns import new_id
from meetings.perform import perform
from realtime import pace
from realtime.messages import COMMANDS, command_of
from tests.support.live_rooms import LiveRooms
from tests.support.meetings import Held, hold_meeting

PROTOCOL = Path(__file__).parents[2] / "PROTOCOL.md"
MEETING = new_id()


async def started(db: Database) -> Held:
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held


def test_the_protocol_lists_each_command_with_its_fields():
    table = PROTOCOL.read_text(encoding="utf-8").partition("## Commands in the room")[2]
    listed = {}
    for line in table.splitlines():
        if found := re.match(r"\| `([A-Z]\w+)` \| (.*?) \|", line):
            before_colon = re.findall(r"`([^`]*)`", found[2])
            listed[found[1]] = {w for part in before_colon for w in re.findall(r"\b([a-z_0-9]+)\b(?=[:,]|$)", part)}
    assert set(listed) == set(COMMANDS)
    for name, kind in COMMANDS.items():
        fields = {f.name for f in dataclasses.fields(kind)} - {"id", "meeting_id"}
        assert fields <= listed[name], name


@pytest.mark.parametrize(
    ("said", "where", "code"),
    [
        (None, "", "command_unknown"),
        ([], "", "command_unknown"),
        ({}, "", "command_unknown"),
        ({"name": ["CastVote"]}, "", "command_unknown"),
        ({"name": "SaveAccount", "role": "system_admin"}, "", "command_unknown"),
        ({"name": "CheckIn", "mode": "room", "participant_id": new_id()}, "participant_id", "field_unknown"),
        ({"name": "CheckIn", "mode": "room", "id": "x"}, "id", "pattern"),
        ({"name": "CheckIn"}, "mode", "required"),
        ({"name": "CheckIn", "mode": b"room"}, "", "invalid"),
        ({"name": "CheckIn", "mode": ["room"]}, "mode", "invalid"),
        ({"name": "InsertItem", "title": "A", "minutes": "15"}, "minutes", "number"),
        ({"name": "InsertItem", "title": "A", "minutes": True}, "minutes", "number"),
        ({"name": "InsertItem", "title": "A", "minutes": -1}, "minutes", "too_small"),
        ({"name": "InsertItem", "title": "A\nB"}, "title", "line_break"),
        ({"name": "InsertItem", "title": "x" * 301}, "title", "too_long"),
        ({"name": "PrepareBallot", "question": "?", "strict": "yes"}, "strict", "invalid"),
        ({"name": "PrepareBallot", "question": "?", "threshold": [1, 0]}, "threshold.1", "too_small"),
        ({"name": "RecordConclusion", "text": "?", "due_on": "31/12/2026"}, "due_on", "date"),
        ({"name": "ReorderItems", "item_ids": "abc"}, "item_ids", "invalid"),
    ],
)
def test_what_is_not_a_command_is_refused_with_the_place_and_the_reason(said, where, code):
    with pytest.raises(Invalid) as refused:
        command_of(said, MEETING)
    assert (refused.value.problems[0].where, refused.value.code) == (where, code)


def test_a_command_is_read_exactly_and_belongs_to_the_sockets_meeting():
    key, item = new_id(), new_id()
    said = {"id": key, "name": "PrepareBallot", "meeting_id": new_id(), "question": " Thông qua? ", "item_id": item}
    command = command_of(said | {"threshold": [2, 3], "quorum": [1, 2], "base": "cast", "strict": False}, MEETING)
    expected = COMMANDS["PrepareBallot"](
        id=key, meeting_id=MEETING, question="Thông qua?", item_id=item, threshold=(2, 3), quorum=(1, 2), base="cast", strict=False
    )  # fmt: skip
    assert command == expected
    due = command_of({"name": "RecordConclusion", "text": "Giao", "due_on": "2026-12-31"}, MEETING)
    assert str(due.due_on) == "2026-12-31"


async def test_every_problem_comes_back_in_the_users_language(db: Database, rooms: LiveRooms):
    held = await started(db)
    chair = await rooms.joined(dataclasses.replace(held.chair, language="en"), held.id)
    refused = await chair.do("InsertItem", title="", minutes=2000, kind="feast", colour="red")
    assert (refused["ok"], refused["code"]) == (False, "field_unknown")
    refused = await chair.do("InsertItem", title="", minutes=2000, kind="feast")
    assert {p["where"]: p["code"] for p in refused["problems"]} == {"title": "required", "minutes": "too_large", "kind": "invalid"}
    assert refused["text"] == translator("en")("refusal_common.required")
    assert "1440" in refused["problems"][1]["text"]
    member = await rooms.joined(held.members[0], held.id)
    refused = await member.do("StartItem", item_id=held.items[0])
    assert (refused["code"], "không có quyền" in refused["text"]) == ("not_allowed", True)


async def test_the_same_command_again_has_the_same_answer_and_no_second_effect(db: Database, rooms: LiveRooms):
    held = await started(db)
    chair = await rooms.joined(held.chair, held.id)
    said = {"id": new_id(), "name": "InsertItem", "title": "Phát sinh", "minutes": 5, "presenter": "", "after_id": None}
    first = await chair.call("do", said)
    await chair.wire.cut()
    await chair.rejoin()
    assert await chair.call("do", said) == first
    await chair.until_known(first["seq"])
    assert len(chair.state["items"]) == len(held.items) + 1


async def test_commands_of_one_client_are_carried_out_in_the_order_in_which_it_sent_them(db: Database, rooms: LiveRooms):
    held = await started(db)
    chair = await rooms.joined(held.chair, held.id)
    fields = {"minutes": 5, "presenter": "", "after_id": None}
    acks = [await chair.wire.send("do", {"name": "InsertItem", "title": f"T{n}", **fields}) for n in range(30)]
    numbers = [(await ack)["seq"] for ack in acks]
    assert numbers == sorted(numbers)
    await chair.until_known(numbers[-1])
    titles = [item["title"] for item in sorted(chair.state["items"].values(), key=lambda item: item["position"])]
    assert titles[:30] == [f"T{n}" for n in reversed(range(30))]


FORGED = [
    '42["connect",{"HTTP_COOKIE":"who=somebody"}]', '421["disconnect"]', '422["nonsense",{"a":1}]', '423["do"]', '424["do",1,2,3]',
    '425["join",{"meeting_id":{"$ne":""}}]', '426["join",["x"]]', '427["sync",{"since":"1"}]', '428["sync",{"since":true}]',
    '42["typing",{"section":[1]}]', '42["typing"]', '42["y-aw",{"update":"text"}]', '429["y-up",{"update":"text"}]',
    '4210["y-sv",{"vector":7}]', '42[]', '42[{"a":1}]', '42', '42nonsense', '43[1]', '4399[1]', '44{"a":1}', '45', '451-["y-up"]',
    '40/admin,', '40/', '41', '9', '4', '4' + '9' * 50, '42' + '[' * 5000, '42["do",{"name":"CheckIn","mode":"\\ud800"}]',
    '451-["y-up",{"update":{"_placeholder":true,"num":5}}]',
]  # fmt: skip


async def test_forged_messages_harm_nobody_else(db: Database, rooms: LiveRooms, caplog: pytest.LogCaptureFixture):
    held = await started(db)
    chair = await rooms.joined(held.chair, held.id)
    for raw in FORGED:
        forger = await rooms.joined(held.members[0], held.id)
        await forger.wire.say(raw)
        await forger.wire._socket.send_bytes(b"\x00stray")
        await asyncio.sleep(0.01)
        await forger.wire.cut()
    big = await rooms.joined(held.members[1], held.id)
    await big.wire.say('42["do","' + "x" * 300_000 + '"]')
    await asyncio.wait_for(big.wire.ended.wait(), 5)
    answer = await chair.do("StartItem", item_id=held.items[0])
    await chair.until_known(answer["seq"])
    assert chair.state["items"][held.items[0]]["state"] == "running"
    assert rooms.live.connections.actors.keys() == {chair_sid for chair_sid, m in rooms.live.connections.members.items() if m}


async def test_a_forged_connect_or_disconnect_does_not_make_somebody_else_of_one(db: Database, rooms: LiveRooms):
    held = await started(db)
    await rooms.joined(held.chair, held.id)
    member = await rooms.joined(held.members[0], held.id)
    await member.call("connect", {"HTTP_COOKIE": f"who={held.chair.key}", "aiohttp.request": {}})
    assert (await member.do("StartItem", item_id=held.items[0]))["code"] == "not_allowed"
    await member.call("disconnect", "client disconnect")
    await member.call("connect", {"HTTP_COOKIE": f"who={held.chair.key}"})
    assert (await member.join(held.id))["code"] == "not_found"


@pytest.mark.parametrize("name", ["y-sv", "nonsense", "do", "sync", "y-up", "leave"])
async def test_every_message_that_asks_is_answered(db: Database, rooms: LiveRooms, name: str):
    held = await started(db)
    member = await rooms.joined(held.members[0], held.id)
    answer = await member.call(name, {"update": b"broken", "vector": b"\xff\xff\xff"} if name.startswith("y-") else {})
    assert answer["ok"] or answer["text"]
    assert answer["ok"] == (name in ("sync", "leave"))


async def test_a_flood_of_one_session_is_held_back_and_nobody_else(db: Database, rooms: LiveRooms, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pace, "BURST", 10.0)
    monkeypatch.setattr(pace, "PER_SECOND", 0.0)
    held = await started(db)
    flooding, other = await rooms.joined(held.members[0], held.id), await rooms.joined(held.members[1], held.id)
    answers = [await flooding.do("CheckIn", mode="room") for _ in range(12)]
    assert [answer["ok"] for answer in answers[:9]] == [True] * 9
    assert {(answer["code"], answer["again"]) for answer in answers if not answer["ok"]} == {("too_fast", 5)}
    assert (await other.do("CheckIn", mode="room"))["ok"]
