"""Taking a person or a right away ends what he sees and does at once, on every process: only what the database tells carries it
here, because nobody looks again by himself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from meetings.access import standing
from meetings.accounts import SaveAccount
from meetings.agenda import StartItem, StartMeeting
from meetings.attendance import CheckIn
from meetings.commands import Actor, system
from meetings.database import Database, open_database
from meetings.errors import NotFound
from meetings.floor import GiveFloor
from meetings.models.columns import new_id
from meetings.models.meeting import items, meetings, participants
from meetings.models.room import speeches, votes
from meetings.people import SavePerson
from meetings.perform import perform
from meetings.queries.sessions import token_hash
from meetings.removal import RenewLink
from meetings.sessions import EndSession, StartSession
from meetings.speaking import AskToSpeak
from meetings.voting.mandates import AllowProxies, GiveProxy
from meetings.voting.preparing import PrepareBallot
from meetings.voting.running import OpenBallot
from realtime import pump, server
from tests.support.live_rooms import LiveRooms, live_rooms
from tests.support.organisation import make_account
from tests.support.room_client import RoomClient
from tests.support.scheduled import SENDER, Office, open_office

pytestmark = pytest.mark.parametrize("db", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)


@dataclass
class Elsewhere:
    """A meeting that is held; what is done to it is done by one process, and its people are in the rooms of another (SQLite serves
    one process: there it is the same)."""

    db: Database
    office: Office
    meeting: str
    rooms: LiveRooms
    item: str

    def actor(self, key: str) -> Actor:
        agency = self.office.secretary.agency_id if key in ("chair", "secretary") else None
        return Actor(kind="account", name=key, account_id=new_id(), person_id=self.office.people[key], agency_id=agency)

    async def pid(self, key: str) -> str:
        async with self.db.reading() as r:
            mine = sa.and_(participants.c.meeting_id == self.meeting, participants.c.person_id == self.office.people[key])
            return str(await r.value(sa.select(participants.c.id).where(mine)))

    async def change(self, **form: object) -> None:
        async with self.db.reading() as r:
            revision = (await r.get(meetings, self.meeting)).draft_revision
        kept = {"items": [{"id": self.item, "title": "Việc thứ nhất", "minutes": "30"}]}
        await self.office.change(self.meeting, self.office.form(**kept, **form), revision)

    async def signed_in(self, key: str) -> Actor:
        """With an account and a session."""
        account = await make_account(self.db, self.office.people[key], f"nguoi.{key}", "secretary")
        made = await perform(self.db, system("sign-in"), StartSession(account_id=account, token_hash=token_hash(key), csrf="x"))
        return replace(self.actor(key), account_id=account, session_id=(made or {})["session_id"], role="secretary")


@pytest.fixture
async def held(db: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Elsewhere]:
    monkeypatch.setattr(pump, "LOOK_AGAIN", 3600.0)
    monkeypatch.setattr(server, "LOOK_AGAIN", 3600.0)
    async with AsyncExitStack() as stack:
        there = db
        if not db.embedded:
            there = open_database(str(db.engine.url.render_as_string(hide_password=False)))
            stack.push_async_callback(there.close)
        office = await open_office(db)
        meeting = await office.draft()
        await office.send(meeting)
        rooms = await stack.enter_async_context(live_rooms(there))
        async with db.reading() as r:
            item = str(await r.value(sa.select(items.c.id).where(items.c.meeting_id == meeting)))
        here = Elsewhere(db, office, meeting, rooms, item)
        await perform(db, here.actor("chair"), StartMeeting(meeting_id=meeting))
        yield here


async def gone(client: RoomClient) -> str:
    return str((await client.until_heard("gone"))["code"])


async def test_whoever_is_taken_off_the_list_is_out_and_finds_nothing(held: Elsewhere):
    person = held.actor("c")
    await perform(held.db, person, CheckIn(meeting_id=held.meeting, mode="room"))
    asked = (await perform(held.db, person, AskToSpeak(meeting_id=held.meeting, subject="góp ý")) or {})["speech_id"]
    await perform(held.db, held.actor("chair"), GiveFloor(meeting_id=held.meeting, speech_id=asked))
    client, screen = await held.rooms.joined(person, held.meeting), await held.rooms.joined(person, held.meeting, "projector")
    chair = await held.rooms.joined(held.actor("chair"), held.meeting)
    key = await held.pid("c")
    await held.change(invited={held.office.people["b"]: "vote"})
    assert [await gone(client), await gone(screen)] == ["link_removed", "link_removed"]
    await chair.until(lambda: key not in chair.state["participants"])
    async with held.db.reading() as r:
        assert (await r.get(speeches, asked)).state == "done"  # nobody keeps the floor whom one can no longer see
        with pytest.raises(NotFound):
            await standing(r, held.meeting, person)
    with pytest.raises(NotFound):
        await perform(held.db, person, AskToSpeak(meeting_id=held.meeting))
    again = held.rooms.client(person)
    await again.wire.connect()
    assert (await again.join(held.meeting))["code"] == "not_found"


async def test_a_lowered_duty_ends_the_running_of_the_room(held: Elsewhere):
    await held.change(secretary2_id=held.office.people["b"], invited={held.office.people["c"]: "attend"})
    second = held.actor("b")
    client = await held.rooms.joined(second, held.meeting)
    assert client.role == "runner"
    await held.change(invited={held.office.people["b"]: "vote", held.office.people["c"]: "attend"})
    await client.until(lambda: client.role == "member")
    assert not any(p["answer_reason"] for p in client.state["participants"].values())
    assert (await client.do("StartItem", item_id=held.item))["code"] == "not_allowed"
    assert (await client.call("y-up", {"id": new_id(), "update": b"\x00\x00"}))["code"] == "not_allowed"


async def test_a_vote_that_is_taken_away_cannot_be_cast_though_the_roll_is_frozen(held: Elsewhere):
    chair = held.actor("chair")
    for key in ("chair", "b"):
        await perform(held.db, held.actor(key), CheckIn(meeting_id=held.meeting, mode="room"))
    await perform(held.db, chair, StartItem(meeting_id=held.meeting, item_id=held.item))
    prepared = await perform(held.db, chair, PrepareBallot(meeting_id=held.meeting, question="Thông qua?", quorum=(0, 1)))
    ballot = (prepared or {})["ballot_id"]
    await perform(held.db, chair, OpenBallot(meeting_id=held.meeting, ballot_id=ballot))
    client, key = await held.rooms.joined(held.actor("b"), held.meeting), await held.pid("b")
    await held.change(invited={held.office.people["b"]: "attend", held.office.people["c"]: "attend"})
    await client.until(lambda: client.state["participants"][key]["votes"] is False)
    assert (await client.do("CastVote", ballot_id=ballot, choice="for"))["code"] == "vote_taken_away"
    async with held.db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(votes)) == 0
    assert client.state["ballots"][ballot]["entitled"] == 2


async def test_a_mandate_given_to_another_ends_with_the_vote_of_who_gave_it(held: Elsewhere):
    chair, holder, absent = held.actor("chair"), held.actor("b"), await held.pid("c")
    both = {held.office.people["b"]: "vote", held.office.people["c"]: "vote"}
    await held.change(invited=both)
    await perform(held.db, chair, AllowProxies(meeting_id=held.meeting, allowed=True))
    await perform(held.db, held.actor("c"), GiveProxy(meeting_id=held.meeting, participant_id=absent, holder_id=await held.pid("b")))
    for who in (chair, holder):
        await perform(held.db, who, CheckIn(meeting_id=held.meeting, mode="room"))
    prepared = await perform(held.db, chair, PrepareBallot(meeting_id=held.meeting, question="Thông qua?", quorum=(0, 1)))
    ballot = (prepared or {})["ballot_id"]
    await perform(held.db, chair, OpenBallot(meeting_id=held.meeting, ballot_id=ballot))
    await held.change(invited=both | {held.office.people["c"]: "attend"})
    client = await held.rooms.joined(holder, held.meeting)
    assert (await client.do("CastVote", ballot_id=ballot, mandate_id=absent, choice="for"))["code"] == "vote_taken_away"
    assert (await client.do("CastVote", ballot_id=ballot, choice="for"))["ok"]


@pytest.mark.parametrize("what", ["locked", "role", "retired", "moved", "signed out"])
async def test_an_account_that_is_locked_or_changed_is_signed_out_of_the_room(held: Elsewhere, what: str):
    actor = await held.signed_in("b")
    client = await held.rooms.joined(actor, held.meeting)
    person = {"person_id": actor.person_id, "name": "Nguyễn Thị B", "email": "b@hue.example", "agency_id": await agency_of(held, "b")}
    account = {"person_id": actor.person_id, "username": "nguoi.b", "role": "secretary"}
    by, command = {
        "locked": (system("test"), SaveAccount(**account, locked=True)),
        "role": (system("test"), SaveAccount(**account | {"role": "member"})),
        "retired": (system("test"), SavePerson(**person, active=False)),
        "moved": (system("test"), SavePerson(**person | {"agency_id": held.office.secretary.agency_id})),
        "signed out": (actor, EndSession(session_id=actor.session_id or "")),
    }[what]
    await perform(held.db, by, command)
    assert await gone(client) == "signed_out"


async def test_a_renewed_link_ends_what_was_opened_by_the_old_one(held: Elsewhere):
    async with held.db.reading() as r:
        row = await r.one(sa.select(participants).where(participants.c.email == "khach@ngoai.example"))
    made = await perform(held.db, system("sign-in"), StartSession(participant_id=row.id, token_hash=token_hash("g"), csrf="x"))
    guest = Actor(
        kind="link", name=row.name, participant_id=row.id, meeting_id=held.meeting, session_id=(made or {})["session_id"]
    )
    client = await held.rooms.joined(guest, held.meeting)
    await perform(held.db, held.office.secretary, RenewLink(meeting_id=held.meeting, participant_id=row.id, sender=SENDER))
    assert await gone(client) == "signed_out"
    async with held.db.reading() as r:
        assert (await r.get(participants, row.id)).link_version == 2


async def agency_of(held: Elsewhere, key: str) -> str:
    async with held.db.reading() as r:
        return str(await r.value(sa.select(participants.c.agency_id).where(participants.c.person_id == held.office.people[key])))
