"""Any course of a meeting, found by Hypothesis, beside a small model of the room: after every step the product has accepted what the
model accepts and refused the rest, the room is as the model says, the log has no gap, and events applied to an old snapshot give
the same as a fresh one.

The model knows the rules that stay: one running item, one speaker, one ballot under way, votes from the roll alone and none after
the close, sums that add up, and a command sent again has the same answer and no second effect.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from meetings import audit, live_log
from meetings.agenda import EndMeeting, FinishItem, StartItem, StartMeeting
from meetings.attendance import CheckIn, MarkAttendance
from meetings.commands import Actor, MeetingCommand
from meetings.database import Database
from meetings.errors import Refusal
from meetings.floor import EndSpeech, GiveFloor
from meetings.perform import perform
from meetings.queries.ballots import record_of
from meetings.queries.room import room_state
from meetings.speaking import AskToSpeak, WithdrawRequest
from meetings.voting import CastVote, CloseBallot, OpenBallot, PauseBallot, PrepareBallot, ResumeBallot, VoidBallot
from realtime.visibility import snapshot_for
from tests.support.databases import open_fresh
from tests.support.meetings import hold_meeting
from web.static import verify_ballot

from .room_model import CHOICES, Ballot, Follower, Model
from .rounds import ROUNDS

MEMBERS = 4
who = st.integers(0, MEMBERS - 1)
which = st.integers(0, 2)
choices = st.sampled_from(CHOICES)


class Room(RuleBasedStateMachine):
    db: Database
    loop: asyncio.AbstractEventLoop

    @initialize(stage=st.sampled_from(("invited", "live", "open", "open", "closed")))
    def open_room(self, stage: str) -> None:
        self.model, self.seq, self.last = Model(), 0, None
        self.held = self.run(hold_meeting(self.db, MEMBERS))
        self.followers = [Follower(role, *self._now()) for role in ("runner", "member", "projector")]
        self._go_to(stage)

    def _go_to(self, stage: str) -> None:
        """Where chance alone seldom comes."""
        if stage == "invited":
            return
        self.start()
        for member in range(MEMBERS - 1):
            self.check_in(member)
        self.prepare()
        if stage != "live":
            self.open_one(0)
            self.vote(0, 0, "for")
        if stage == "closed":
            self.turn(0, CloseBallot)

    def teardown(self) -> None:
        if hasattr(self, "held"):
            self.run(self._check_records())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def _now(self) -> tuple[dict[str, Any], int]:
        state, rows = self.run(self._read(0))
        return state, len(rows)

    async def _read(self, since: int) -> tuple[dict[str, Any], Any]:
        async with self.db.reading() as reading:
            return await room_state(reading, self.held.id), await live_log.read_after(reading, self.held.id, since, 10_000)

    def give(self, actor: Actor, kind: type[MeetingCommand], allowed: bool, **fields: Any) -> dict[str, Any]:
        """The answer; the product must accept exactly what is allowed."""
        command = kind(meeting_id=self.held.id, **fields)
        try:
            answer = self.run(perform(self.db, actor, command)) or {}
        except Refusal as refusal:
            assert not allowed, f"{command} was refused: {refusal.code}"
            return {}
        assert allowed, f"{command} was accepted"
        self.last = (actor, command, answer)
        return answer

    @property
    def live(self) -> bool:
        return self.model.state == "live"

    @precondition(lambda self: self.last is not None)
    @rule()
    def send_the_last_command_again(self) -> None:
        actor, command, answer = self.last
        before = self._now()
        assert (self.run(perform(self.db, actor, command)) or {}) == answer
        assert self._now() == before

    @precondition(lambda self: self.model.state != "live")
    @rule()
    def start(self) -> None:
        self.give(self.held.chair, StartMeeting, self.model.state in ("invited", "live"))
        if self.model.state == "invited":
            self.model.state = "live"

    @precondition(lambda self: self.model.ballots and self.model.ballots[-1].state == "closed")
    @rule()
    def end(self) -> None:
        allowed = self.live and self.model.under_way is None
        self.give(self.held.chair, EndMeeting, allowed)
        if allowed:
            self.model.state, self.model.running, self.model.speaker = "finished", None, None

    @rule(member=who)
    def check_in(self, member: int) -> None:
        allowed = self.model.state != "finished"
        self.give(self.held.members[member], CheckIn, allowed, mode="room")
        if allowed:
            self.model.present.add(member)

    @precondition(lambda self: self.model.state != "finished")  # then it is a correction of the minutes
    @rule(member=who)
    def called_absent(self, member: int) -> None:
        if member in self.model.waiting or (self.model.speaker and self.model.speaker[0] == member):
            return  # what becomes of his request is another rule's
        self.give(self.held.secretary, MarkAttendance, True, participant_id=self.pid(member), attendance="absent")
        self.model.present.discard(member)

    @rule(item=which, finish=st.booleans())
    def turn_to_an_item(self, item: int, finish: bool) -> None:
        self.give(self.held.chair, FinishItem if finish else StartItem, self.live, item_id=self.held.items[item])
        if self.live and (not finish or self.model.running == item):
            self.model.running = None if finish else item

    @rule(member=who)
    def ask(self, member: int) -> None:
        answer = self.give(self.held.members[member], AskToSpeak, self.live, subject="góp ý")
        if self.live:
            known = self.model.waiting.setdefault(member, answer["speech_id"])
            assert known == answer["speech_id"]

    @precondition(lambda self: self.model.waiting and self.live)
    @rule(n=who, by=st.none() | who)
    def withdraw(self, n: int, by: int | None) -> None:
        member, speech = self.waits(n)
        by = member if by is None else by
        self.give(self.held.members[by], WithdrawRequest, by == member, speech_id=speech)
        if by == member:
            del self.model.waiting[member]

    @precondition(lambda self: self.model.waiting and self.live)
    @rule(n=who)
    def give_floor(self, n: int) -> None:
        self.model.speaker = self.waits(n)
        self.give(self.held.chair, GiveFloor, True, speech_id=self.model.speaker[1])
        del self.model.waiting[self.model.speaker[0]]

    @precondition(lambda self: self.model.speaker)
    @rule(by=st.none() | who)
    def end_speech(self, by: int | None) -> None:
        member, speech = self.model.speaker or (0, "")
        by = member if by is None else by
        self.give(self.held.members[by], EndSpeech, by == member, speech_id=speech)
        if by == member:
            self.model.speaker = None

    @precondition(lambda self: self.model.state != "finished" and len(self.model.ballots) < 4)
    @rule()
    def prepare(self) -> None:
        answer = self.give(self.held.secretary, PrepareBallot, True, question="Thông qua?", quorum=(0, 1))
        self.model.ballots.append(Ballot(answer["ballot_id"]))

    @precondition(lambda self: self.model.ballots)
    @rule(n=st.integers(0, 3))
    def open_one(self, n: int) -> None:
        ballot = self.ballot(n)
        free = ballot.state == "prepared" and self.model.under_way is None and bool(self.model.present)
        self.give(self.held.chair, OpenBallot, self.live and (free or ballot.state == "open"), ballot_id=ballot.id)
        if self.live and free:
            ballot.state, ballot.roll = "open", frozenset(self.model.present)

    @precondition(lambda self: self.model.ballots)
    @rule(n=st.integers(0, 3), member=who, choice=choices)
    def vote(self, n: int, member: int, choice: str) -> None:
        ballot = self.ballot(n)
        allowed = ballot.state == "open" and member in ballot.roll
        self.give(self.held.members[member], CastVote, allowed, ballot_id=ballot.id, choice=choice)
        if allowed:
            ballot.votes[member] = choice

    @precondition(lambda self: self.model.under_way)
    @rule(choice=choices)
    def vote_without_a_mandate(self, choice: str) -> None:
        for actor in (self.held.guest, self.held.stranger):
            self.give(actor, CastVote, False, ballot_id=self.ballot(0).id, choice=choice)

    @precondition(lambda self: self.model.ballots)
    @rule(n=st.integers(0, 3), what=st.sampled_from((PauseBallot, ResumeBallot, CloseBallot, VoidBallot)))
    def turn(self, n: int, what: type[MeetingCommand]) -> None:
        ballot = self.ballot(n)
        before, after = {
            PauseBallot: ({"open", "paused"}, "paused"), ResumeBallot: ({"open", "paused"}, "open"),
            CloseBallot: ({"open", "paused", "closed"}, "closed"), VoidBallot: ({"open", "paused", "closed", "void"}, "void"),
        }[what]  # fmt: skip
        more = {"reason": "kiểm lại"} if what is VoidBallot else {}
        self.give(self.held.chair, what, ballot.state in before, ballot_id=ballot.id, **more)
        if ballot.state in before:
            ballot.state = after

    def ballot(self, n: int) -> Ballot:
        return self.model.ballots[n % len(self.model.ballots)]

    def waits(self, n: int) -> tuple[int, str]:
        return list(self.model.waiting.items())[n % len(self.model.waiting)]

    def pid(self, member: int) -> str:
        return self.held.pid(self.held.members[member])

    @invariant()
    def the_room_is_as_the_model_says(self) -> None:
        if not hasattr(self, "held"):
            return
        state, rows = self.run(self._read(self.seq))
        self.model.assert_like(state, self.held)
        assert [row.seq for row in rows] == list(range(self.seq + 1, self.seq + 1 + len(rows)))
        self.seq += len(rows)
        for follower in self.followers:
            follower.hear(rows)
            assert follower.state == snapshot_for(copy.deepcopy(state), follower.viewer.role)

    async def _check_records(self) -> None:
        async with self.db.reading() as reading:
            assert await audit.first_broken(reading, self.held.id) is None
            for ballot in self.model.ballots:
                if ballot.state != "prepared":
                    verify_ballot.verify(await record_of(reading, self.held.chair, self.held.id, ballot.id))


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_the_room_and_the_model_agree(kind: str, loop: asyncio.AbstractEventLoop, tmp_path: Path):
    fresh = open_fresh(kind, tmp_path)
    machine = type("Room", (Room,), {"db": loop.run_until_complete(anext(fresh)), "loop": loop})
    effort = settings(
        max_examples=(60 if kind == "sqlite" else 12) * ROUNDS, stateful_step_count=25 if ROUNDS == 1 else 80, deadline=None,
        database=None, derandomize=ROUNDS == 1, phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=True,
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=effort)
    loop.run_until_complete(anext(fresh, None))
