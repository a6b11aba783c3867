"""A browser in a room, as PROTOCOL.md describes one: how it keeps its state by a snapshot and events, and catches up."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import Any

from meetings.models.columns import new_id

from .wire import Wire

PLURAL = {"participant": "participants", "site": "sites", "item": "items", "paper": "papers", "speech": "speeches"}
PLURAL |= {"presentation": "presentations", "announcement": "announcements"}
LATEST = 50
PLURAL |= {"question": "questions", "ballot": "ballots", "recusal": "recusals", "proxy": "proxies", "conclusion": "conclusions"}
PLURAL |= {"remark": "remarks"}


def apply(state: dict[str, Any], kind: str, data: dict[str, Any], role: str) -> None:
    """What each kind of event does to the state."""
    thing, _, what = kind.partition(".")
    if kind == "meeting.changed":
        state["meeting"] = data
    elif kind == "mandate.changed":
        state["mandates"][data["ballot_id"] + (data["of"] or "")] = data
    elif kind == "vote.cast":
        _count(state["ballots"].get(data["ballot_id"], {}), data)
    elif thing in ("message", "letter"):
        state[f"{thing}s"][data["id"]] = data
        latest = sorted(state[f"{thing}s"].values(), key=lambda each: each["number"])[-LATEST:]
        state[f"{thing}s"] = {each["id"]: each for each in latest}
    elif what == "removed":
        state[PLURAL[thing]].pop(data["id"], None)
    else:
        before = state[PLURAL[thing]].get(data["id"], {})
        state[PLURAL[thing]][data["id"]] = data
        if thing == "ballot" and data["state"] in ("open", "paused") and role == "runner":
            data["voted"] = before.get("voted", [])


def _count(ballot: dict[str, Any], data: dict[str, Any]) -> None:
    if ballot:
        ballot |= {key: data[key] for key in ("cast", "sums") if key in data}
        if "participant_id" in data:
            ballot["voted"] = sorted({*ballot.get("voted", []), data["participant_id"]})


class RoomClient:
    def __init__(self, url: str, cookie: str, view: str = "room", wire: type[Wire] = Wire) -> None:
        self._view = view
        self.wire = wire(url, cookie, self._hear)
        self._moved = asyncio.Event()
        self._syncing: asyncio.Future[Any] | None = None
        self._jobs: set[asyncio.Task[Any]] = set()
        self.meeting_id = ""
        self.state: dict[str, Any] = {}
        self.known, self.epoch, self.role, self.me = -1, "", "", None
        self.heard: list[tuple[str, Any]] = []  # everything that came, in order
        self.catching_up = False
        self.syncs = 0

    async def join(self, meeting_id: str) -> Any:
        self.meeting_id = meeting_id
        return await self.wire.call("join", {"meeting_id": meeting_id, "view": self._view}, self._take)

    async def do(self, name: str, **fields: Any) -> Any:
        return await self.wire.call("do", {"id": new_id(), "name": name} | fields)

    async def call(self, event: str, data: Any = None) -> Any:
        return await self.wire.call(event, data)

    async def rejoin(self) -> None:
        """After a cut: connect, join to be in the room again, and catch up by `sync` from what it knew."""
        await self.wire.connect()
        self.catching_up = True
        answer = await self.wire.call("join", {"meeting_id": self.meeting_id, "view": self._view})
        if answer["ok"] and answer["role"] != self.role:  # what it knew was as another sees it
            self._take(answer)
        else:
            await self._sync()

    async def until(self, condition: Callable[[], Any], seconds: float = 20) -> Any:
        """Until something that came makes it true."""
        async with asyncio.timeout(seconds):
            while not (found := condition()):
                self._moved.clear()
                await self._moved.wait()
        return found

    async def until_known(self, seq: int) -> None:
        await self.until(lambda: self.known >= seq)

    async def until_heard(self, event: str, matching: Callable[[Any], bool] = lambda data: True) -> Any:
        """The data of the first such message, come or to come."""
        return (await self.until(lambda: [(e, d) for e, d in self.heard if e == event and matching(d)]))[0][1]

    def events(self) -> list[Any]:
        """Every event of every batch, as it came."""
        return [event for name, data in self.heard if name == "events" for event in data["events"]]

    def _hear(self, name: str, data: Any) -> None:
        self.heard.append((name, data))
        if name == "events" and self.known >= 0 and not self.catching_up:
            if data["epoch"] != self.epoch or data["from"] > self.known + 1:
                self.catching_up = True
                job = asyncio.create_task(self._sync())
                self._jobs.add(job)
                job.add_done_callback(self._jobs.discard)
            elif data["to"] > self.known:
                self._apply(data)
        self._moved.set()

    async def _sync(self) -> None:
        self.syncs += 1
        await self.wire.call("sync", {"since": self.known, "epoch": self.epoch}, self._take)

    def _take(self, answer: dict[str, Any]) -> None:
        self.catching_up = False
        if not answer["ok"]:
            return
        if "state" in answer:
            self.state, self.known, self.epoch = answer["state"], answer["seq"], answer["epoch"]
            self.role, self.me = answer["role"], answer["me"]
        else:
            self._apply(answer)
        self._moved.set()

    def _apply(self, batch: dict[str, Any]) -> None:
        for seq, kind, data in batch["events"]:
            if seq > self.known:
                apply(self.state, kind, copy.deepcopy(data), self.role)
        self.known = max(self.known, batch["to"])
