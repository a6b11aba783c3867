"""The chair hands the running to a deputy: what he then may do, what stays the chair's, and that it ends at once."""

from __future__ import annotations

import pytest

from meetings.agenda import EndMeeting, StartItem, StartMeeting
from meetings.database import Database
from meetings.deputy import DismissDeputy, NameDeputy
from meetings.errors import Conflict, Invalid, NotAllowed
from meetings.minutes_approval import ApproveMinutes
from meetings.perform import perform
from meetings.voting import VoidBallot
from tests.support.live_rooms import LiveRooms
from tests.support.meetings import Held, hold_meeting


async def live(db: Database) -> Held:
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    return held


async def test_a_deputy_runs_the_room_until_the_chair_takes_it_back(db: Database):
    held = await live(db)
    deputy, other, _ = held.members
    start = StartItem(meeting_id=held.id, item_id=held.items[0])
    with pytest.raises(NotAllowed):
        await perform(db, deputy, start)
    for by in (held.secretary, deputy):
        with pytest.raises(NotAllowed):
            await perform(db, by, NameDeputy(meeting_id=held.id, participant_id=held.pid(deputy)))
    await perform(db, held.chair, NameDeputy(meeting_id=held.id, participant_id=held.pid(deputy)))
    await perform(db, deputy, StartItem(meeting_id=held.id, item_id=held.items[0]))
    for own in (
        VoidBallot(meeting_id=held.id, ballot_id="0" * 32, reason="x"), ApproveMinutes(meeting_id=held.id, sha256="0" * 64),
        NameDeputy(meeting_id=held.id, participant_id=held.pid(other)),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            await perform(db, deputy, own)
    # Another takes his place; there is one deputy.
    await perform(db, held.chair, NameDeputy(meeting_id=held.id, participant_id=held.pid(other)))
    with pytest.raises(NotAllowed):
        await perform(db, deputy, StartItem(meeting_id=held.id, item_id=held.items[1]))
    await perform(db, held.chair, DismissDeputy(meeting_id=held.id))
    with pytest.raises(NotAllowed):
        await perform(db, other, StartItem(meeting_id=held.id, item_id=held.items[1]))


async def test_the_deputy_may_end_the_meeting_and_is_deputy_no_longer(db: Database):
    held = await live(db)
    deputy = held.members[0]
    with pytest.raises(NotAllowed):
        await perform(db, held.secretary, EndMeeting(meeting_id=held.id))
    await perform(db, held.chair, NameDeputy(meeting_id=held.id, participant_id=held.pid(deputy)))
    await perform(db, deputy, EndMeeting(meeting_id=held.id))
    with pytest.raises(NotAllowed):
        await perform(db, deputy, DismissDeputy(meeting_id=held.id))


async def test_only_a_participant_of_this_meeting_can_be_deputy(db: Database):
    held, elsewhere = await live(db), await live(db)
    for wrong in (held.guest, held.secretary, held.chair):
        with pytest.raises(Conflict, match="deputy_impossible"):
            await perform(db, held.chair, NameDeputy(meeting_id=held.id, participant_id=held.pid(wrong)))
    with pytest.raises(Invalid, match="participant_unknown"):
        await perform(db, held.chair, NameDeputy(meeting_id=held.id, participant_id=elsewhere.pid(elsewhere.members[0])))


async def test_the_deputys_connection_changes_its_role_at_once(db: Database, rooms: LiveRooms):
    held = await live(db)
    client = await rooms.joined(held.members[0], held.id)
    assert client.role == "member"
    await perform(db, held.chair, NameDeputy(meeting_id=held.id, participant_id=held.pid(held.members[0])))
    await client.until(lambda: client.role == "runner")
    await perform(db, held.chair, DismissDeputy(meeting_id=held.id))
    await client.until(lambda: client.role == "member")
