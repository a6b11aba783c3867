"""The browser's side of bad days: WebSocket forbidden, what the server sends coming twice and in another order, a database that is away
for a while."""

from __future__ import annotations

import asyncio
import random
import re

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from tests.support.bad_network import bad_network

from .conftest import People
from .rooms import enter, same_as_fresh, state_of
from .test_minutes import running_meeting

pytestmark = pytest.mark.browser
SOCKET = re.compile(r"/socket\.io/")
ASK = "(subject) => window.room.connection.do('AskToSpeak', { subject })"


async def two_pages(people: People) -> tuple[Page, Page, str]:
    chair, member = await people.page("chutri"), await people.page("sotaichinh")
    return chair, member, people.server.url + await running_meeting(chair)


async def test_where_websocket_is_forbidden_the_room_works_by_polling(people: People) -> None:
    chair, member, room = await two_pages(people)
    await enter(chair, room)
    async with bad_network(people.server.port, 1) as network:
        network.calm, network.websocket = True, False
        await enter(member, room.replace(people.server.url, network.url))
        assert await member.evaluate("window.room.connection.socket.io.engine.transport.name") == "polling"
        await member.fill("#ask-subject", "qua mạng hạn chế")
        await member.click("#ask-form button")
        await expect(chair.locator("#queue li", has_text="qua mạng hạn chế")).to_have_count(1)
        shown = await state_of(chair)
        await expect(member.locator("#queue li", has_text="qua mạng hạn chế")).to_have_count(1)
        assert (await state_of(member))["speeches"] == shown["speeches"]
    people.complaints = [said for said in people.complaints if "WebSocket" not in said]  # which is what was forbidden


async def test_events_that_come_twice_and_in_another_order_give_the_same_state(people: People) -> None:
    chair, member, room = await two_pages(people)
    dice, loop = random.Random(1), asyncio.get_running_loop()
    seen = 0

    def shuffled(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def from_server(message: str | bytes) -> None:
            nonlocal seen
            if not isinstance(message, str) or not message.startswith('42["events"'):
                socket.send(message)
                return
            seen += 1
            for _ in range(dice.choice((1, 2, 3))):
                loop.call_later(dice.uniform(0, 0.4), socket.send, message)

        server.on_message(from_server)

    await chair.route_web_socket(SOCKET, shuffled)
    for page in (chair, member):
        await enter(page, room)
    for n in range(12):
        await member.evaluate(ASK, f"lần {n}")
    await expect(chair.locator("#queue li", has_text="lần 11")).to_have_count(1)
    await chair.wait_for_timeout(500)  # until the last copy has come
    assert seen >= 6
    for page in (chair, member):
        await same_as_fresh(page)


async def test_while_the_database_is_away_it_is_said_once_and_what_was_sent_goes_through_afterwards(people: People) -> None:
    chair, member, room = await two_pages(people)
    refused = 0

    def away(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def from_page(message: str | bytes) -> None:
            nonlocal refused
            command = re.match(r'42(\d+)\["do"', message) if isinstance(message, str) else None
            if command is None or refused == 3:
                server.send(message)
                return
            refused += 1
            socket.send(f'43{command[1]}[{{"ok":false,"code":"unavailable","text":"Hệ thống tạm gián đoạn","problems":[],"again":0.3}}]')

        socket.on_message(from_page)

    await member.route_web_socket(SOCKET, away)
    for page in (chair, member):
        await enter(page, room)
    await member.fill("#ask-subject", "khi cơ sở dữ liệu vắng")
    await member.click("#ask-form button")
    await expect(member.locator("#notes .notice", has_text="tạm gián đoạn")).to_have_count(1)
    await expect(chair.locator("#queue li", has_text="khi cơ sở dữ liệu vắng")).to_have_count(1)
    await expect(member.locator("#connection")).not_to_contain_text("chờ gửi")
    assert refused == 3
    await expect(member.locator("#notes .notice", has_text="tạm gián đoạn")).to_have_count(1)
