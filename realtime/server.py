"""The Socket.IO server of the live rooms: it knows who is asking, and hands on. PROTOCOL.md describes every message."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import socketio
from aiohttp import web

from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import Invalid, NotAllowed, NotFound, Refusal, Unavailable
from meetings.minutes import AppendMinutesUpdate
from meetings.perform import perform
from meetings.queries.sessions import sessions_alive
from meetings.settings import Settings
from meetings.validation import validated

from . import ready_json
from .connections import Connections, Member
from .direct import DirectServer
from .fanout import Fanout
from .messages import command_of, farewell, refused
from .minutes_sync import MinutesSync
from .neighbours import Neighbours
from .pace import Pace
from .presence import Presence
from .rooms import Rooms

Authenticate = Callable[[Mapping[str, str]], Awaitable[Actor | None]]
Answer = dict[str, Any] | None  # None: the message is not answered
LARGEST_MESSAGE = 256 * 1024
PACED = ("do", "join", "sync", "facts")  # each writes to the log, or makes the room read
LOOK_AGAIN = 60.0  # seconds, for sessions that expire
log = logging.getLogger(__name__)


class Live:
    """The live rooms of this process."""

    def __init__(self, settings: Settings, db: Database, authenticate: Authenticate) -> None:
        self._settings, self._db, self._authenticate = settings, db, authenticate
        # One message of a client after the other (async_handlers=False): what it sends in order is done in order.
        self.server = DirectServer(
            async_mode="aiohttp", async_handlers=False, cors_allowed_origins=self._is_ours, ping_interval=10, ping_timeout=10,
            max_http_buffer_size=LARGEST_MESSAGE, http_compression=False, json=ready_json, namespaces=["/"],
        )  # fmt: skip
        self.connections = Connections()
        self._pace = Pace()
        self.fanout = Fanout(self.server)
        self.neighbours = Neighbours(settings.redis)
        self.presence = Presence(self.connections, self.fanout, self.neighbours)
        self.minutes = MinutesSync(db, self.connections, self.fanout)
        self.neighbours.on_awareness = self.minutes.show
        self.rooms = Rooms(db, self.connections, self.fanout, self.presence, self.minutes)
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        for name in ("join", "sync", "leave", "do", "typing", "y-sv", "y-up", "y-aw", "facts"):
            work: Callable[[str, Any], Awaitable[Answer]] = getattr(self, f"_on_{name.replace('-', '_')}")
            self.server.on(name, partial(self._answered, name, work))
        self.server.on("*", self._unknown)

    async def _connect(self, sid: str, environ: Mapping[str, Any], *_: object) -> bool | None:
        if sid in self.connections.actors or not isinstance(environ.get("aiohttp.request"), web.Request):
            return None  # an event that only calls itself so
        try:
            cookies = {k: v.value for k, v in SimpleCookie(environ.get("HTTP_COOKIE", "")).items()}
        except CookieError:
            return False
        try:
            actor = await self._authenticate(cookies)
        except Unavailable as outage:
            raise socketio.exceptions.ConnectionRefusedError(outage.code) from None
        if actor is None:
            raise socketio.exceptions.ConnectionRefusedError("signed_out")
        self.connections.actors[sid] = actor
        self.fanout.add(sid)
        return None

    async def _disconnect(self, sid: str, reason: object = "", *_: object) -> None:
        self.connections.actors.pop(sid, None)
        self.rooms.leave(sid)
        if reason == self.server.reason.PING_TIMEOUT:
            self.fanout.drop(sid)  # else the connection stays for as long as the other side keeps it
        self.fanout.remove(sid)

    async def _answered(self, name: str, work: Callable[[str, Any], Awaitable[Answer]], sid: str, *data: Any) -> Answer:
        """Every message is answered, whatever comes of it."""
        try:
            if name in PACED:
                self._pace.take(self._session(sid))
            answer = await work(sid, data[0] if data else None)
            return answer if answer is None else {"ok": True} | answer
        except Refusal as refusal:
            return refused(refusal, self._language(sid))
        except Exception:  # a fault of ours: told in words, and the connection lives on
            log.exception("%s failed", name)
            return refused(Refusal("failed"), self._language(sid))

    async def _unknown(self, _event: str, sid: str, *_data: Any) -> Answer:
        return refused(Invalid("command_unknown"), self._language(sid))

    async def _on_join(self, sid: str, data: Any) -> Answer:
        meeting_id, actor = _field(data, "meeting_id", str), self.connections.actors.get(sid)
        if meeting_id is None or actor is None:
            raise NotFound
        return await self.rooms.join(sid, actor, meeting_id, _field(data, "view", str) or "room", _field(data, "site_id", str))

    async def _on_sync(self, sid: str, data: Any) -> Answer:
        since, epoch = _field(data, "since", int), _field(data, "epoch", str)
        return await self.rooms.sync(self._member(sid), -1 if since is None else since, epoch or "")

    async def _on_leave(self, sid: str, _data: Any) -> Answer:
        self.rooms.leave(sid)
        return {}

    async def _on_do(self, sid: str, data: Any) -> Answer:
        member = self._active(sid)
        answer = await perform(self._db, member.actor, command_of(data, member.meeting_id))
        return {"seq": self._db.committed.get(member.meeting_id, 0), "answer": answer}

    async def _on_typing(self, sid: str, data: Any) -> Answer:
        member, section = self.connections.members.get(sid), _field(data, "section", str)
        if member is not None and (section is None or len(section) <= 64):
            self.presence.typing(member, section)
        return None

    async def _on_y_sv(self, sid: str, data: Any) -> Answer:
        member, vector = self._member(sid), _field(data, "vector", bytes)
        try:
            return await self.minutes.open(member, vector or b"")
        except (ValueError, RuntimeError):
            raise Invalid("minutes_update_broken", "vector") from None

    async def _on_y_up(self, sid: str, data: Any) -> Answer:
        member, update = self._active(sid), _field(data, "update", bytes)
        fields = {"meeting_id": member.meeting_id, "update": update}
        if isinstance(data, dict) and "id" in data:
            fields["id"] = data["id"]
        await perform(self._db, member.actor, validated(AppendMinutesUpdate, fields))
        return {}

    async def _on_facts(self, sid: str, _data: Any) -> Answer:
        return await self.minutes.facts.of(self._active(sid))

    async def _on_y_aw(self, sid: str, data: Any) -> Answer:
        member, update = self.connections.members.get(sid), _field(data, "update", bytes)
        if member is not None and member.role == "runner" and update is not None and self.minutes.awareness(member, update):
            self.neighbours.show(member.meeting_id, update)
        return None

    def _member(self, sid: str) -> Member:
        member = self.connections.members.get(sid)
        if member is None:
            raise NotFound("not_joined")
        return member

    def _active(self, sid: str) -> Member:
        member = self._member(sid)
        if member.role == "projector":
            raise NotAllowed("not_allowed")
        return member

    def _session(self, sid: str) -> str:
        actor = self.connections.actors.get(sid)
        return (actor.session_id if actor is not None else None) or sid

    def _language(self, sid: str) -> str:
        actor = self.connections.actors.get(sid)
        return actor.language if actor is not None else self._settings.language

    def _is_ours(self, origin: str, environ: Mapping[str, Any]) -> bool:
        """Pages of the product: under its configured address, or under the address that this very request came to."""
        scheme = "https" if self._settings.secure else "http"
        base = urlsplit(self._settings.base_url)
        return origin in (f"{base.scheme}://{base.netloc}", f"{scheme}://{environ.get('HTTP_HOST', '')}")

    async def _watch_sessions(self) -> None:
        """Whoever is signed out, locked or expired leaves, at once or within a minute."""
        with self._db.wakeups.watch("sessions") as watch:
            while True:
                await watch.wait(LOOK_AGAIN)
                with contextlib.suppress(Unavailable):  # looked at again
                    await self._dismiss_ended()

    async def _dismiss_ended(self) -> None:
        wanted = {actor.session_id for actor in self.connections.actors.values() if actor.session_id is not None}
        async with self._db.reading() as reading:
            alive = await sessions_alive(reading, wanted)
        for sid, actor in list(self.connections.actors.items()):
            if actor.session_id in wanted - alive:
                self.rooms.leave(sid)
                self.fanout.dismiss(sid, farewell("signed_out", actor.language))

    @contextlib.asynccontextmanager
    async def running(self, _: web.Application) -> AsyncIterator[None]:
        watcher = asyncio.create_task(self._watch_sessions(), name="sessions of live rooms")
        async with self.neighbours.running():
            yield
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher

    async def close(self, _: web.Application) -> None:
        self.presence.close()
        await self.rooms.close()
        for sid in list(self.connections.actors):
            self.fanout.drop(sid)
        await self.server.shutdown()


LIVE = web.AppKey("live", Live)


def attach(app: web.Application, settings: Settings, db: Database, authenticate: Authenticate) -> Live:
    """Add the live rooms to the application. `authenticate`: from the handshake's cookies to who it is."""
    live = app[LIVE] = Live(settings, db, authenticate)
    live.server.attach(app)
    app.cleanup_ctx.append(live.running)
    app.on_shutdown.append(live.close)
    return live


def _field(data: Any, name: str, kind: type[Any]) -> Any:
    """One field of a message, if it is there and of this kind."""
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, kind) and not isinstance(value, bool) else None
