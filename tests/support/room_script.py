"""A long random course of a meeting: every command of the room, and what scheduling does to a room from outside, made up
from what the state offers at each moment. Refusals belong to it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from typing import Any

from meetings import clock
from meetings.answers import AnswerInvitation
from meetings.commands import Actor
from meetings.database import Database, Transaction
from meetings.errors import Refusal
from meetings.minutes_document import digest
from meetings.models.columns import new_id
from meetings.models.meeting import items, paper_contents, papers, participants, sites
from meetings.perform import perform
from meetings.queries.room import State, room_state
from meetings.views import announce
from realtime.messages import COMMANDS, command_of

from .ballot_script import ballot_fields, ballot_scenes
from .meetings import Held

Fields = dict[str, Any]
ROUNDS = (
    "InsertItem", "StartItem", "FinishItem", "EditItem", "InsertItem", "SkipItem", "InsertItem", "SplitOffItems",
    "NameDeputy", "DismissDeputy", "AskToSpeak", "GiveFloor", "PauseSpeech", "ResumeSpeech", "ExtendSpeech", "EndSpeech",
    "CloseQuestionList", "RegisterQuestion", "OrderQuestions", "CallQuestion", "PauseAnswer", "ResumeAnswer", "CloseQuestion",
    "RegisterQuestion", "WithdrawQuestion",
    "AskToSpeak", "OrderQueue", "WithdrawRequest",
    "CloseBallot", "PrepareBallot", "OpenBallot", "CastVote", "PauseBallot", "ResumeBallot", "CastVote", "CloseBallot",
    "NamePresenter", "ShowPage", "StopPresenting", "SendMessage", "SendMessage", "RemoveMessage", "Announce", "WithdrawAnnouncement",
    "SeatAtSite", "SeatAtSite", "MarkAtSite", "ReportTest", "ReportReady", "KeepContact", "CountHeads", "NameVisitor", "AskForSite",
    "VoidBallot", "PrepareBallot", "RemoveBallot", "DeclareRecusal", "WithdrawRecusal", "DeclareRecusal",
    "AddRemark", "WithdrawRemark", "AddRemark", "SettleRemark",
)  # fmt: skip
LAST = ("EndMeeting", "ApproveMinutes")  # they close the meeting: said at its end


class Script:
    def __init__(self, db: Database, held: Held, seed: int) -> None:
        self._db, self._held = db, held
        self.dice = random.Random(seed)
        self.done: Counter[str] = Counter()
        self._extra = held.members.pop()  # comes and goes
        self._outside = cycle((self._site, self._paper, self._person, self._item))
        self._known: dict[str, list[str]] = {"site": [], "paper": []}  # what came from outside

    async def step(self) -> None:
        if self.dice.random() < 0.12:
            async with self._db.transaction(self._held.id) as tx:
                await next(self._outside)(tx)
        elif self.dice.random() < 0.06:
            mine = self._held.pid(actor := self.dice.choice(self._held.members))
            fields: Fields = {"participant_id": mine, "answer": "declined", "reason": f"bận {self.dice.random()}"}
            await perform(self._db, actor, AnswerInvitation(meeting_id=self._held.id, **fields))
        else:
            await self.say(self.dice.choice([name for name in COMMANDS if name not in LAST]))

    async def say(self, name: str, actor: Actor | None = None, **given: Any) -> None:
        async with self._db.reading() as reading:
            state = await room_state(reading, self._held.id)
            fields = given or self._fields(name, state)
            if name == "ApproveMinutes":
                fields["sha256"] = await digest(reading, self._held.id)
        command = command_of({"name": name} | fields, self._held.id)
        for by in [actor] if actor else self._who(name):
            try:
                await perform(self._db, by, command)
            except Refusal:
                continue
            self.done[name] += 1
            return

    async def rounds(self) -> None:
        """What chance brings about too seldom."""
        for member in self._held.members:
            await self.say("CheckIn", member)
        for name in ROUNDS:
            await self.say(name)
        async with self._db.reading() as reading:
            state = await room_state(reading, self._held.id)
        for name, by, fields in ballot_scenes(state, self.dice):
            await self.say(name, {"chair": self._held.chair, "secretary": self._held.secretary}.get(by), **await self._filled(fields))

    async def _filled(self, fields: Fields) -> Fields:
        """`"last"`: the ballot that was prepared last."""
        async with self._db.reading() as reading:
            found = (await room_state(reading, self._held.id))["ballots"].values()
        last = max(found, key=lambda ballot: ballot["position"])["id"]
        return {key: last if value == "last" else value for key, value in fields.items()}

    async def _rest(self) -> None:
        """What neither chance nor the rounds have brought about."""
        for name in (name for name in COMMANDS if name not in LAST):
            tries = 20
            while tries and not self.done[name]:
                await self.say(name)
                tries -= 1

    async def finish(self) -> None:
        await self._rest()
        await self._end_ballots()
        await self.say("EndMeeting", self._held.chair)
        for actor in (self._held.chair, self._held.secretary):
            await self.say("ApproveMinutes", actor)

    async def _end_ballots(self) -> None:
        for name in ("ResumeBallot", "CloseBallot"):
            await self.say(name)
        await self.say("VoidBallot", self._held.chair, ballot_id=await self._open_one(), reason="không kiểm đếm được")

    async def _open_one(self) -> str:
        async with self._db.reading() as reading:
            return self._one(await room_state(reading, self._held.id), "ballots", "open")

    def _who(self, name: str) -> list[Actor]:
        own = name in ("CheckIn", "LeaveMeeting", "AskToSpeak", "CastVote", "SaveNote", "RegisterQuestion", "GiveProxy")
        if name == "SendMessage":
            return [self.dice.choice(self._held.members), self._held.secretary]
        actors = self._held.members if own else [self._held.chair, self._held.secretary]
        return self.dice.sample(actors, len(actors))[:2]

    def _fields(self, name: str, state: State) -> Fields:
        dice, one = self.dice, lambda plural: self._one(state, plural)
        agencies = list(state["agencies"])
        made: dict[str, Callable[[], Fields]] = {
            "StartItem": lambda: {"item_id": one("items")},
            "FinishItem": lambda: {"item_id": self._one(state, "items", "running")},
            "InsertItem": lambda: {"title": f"Nội dung {dice.random()}", "minutes": 5, "after_id": one("items")},
            "ReorderItems": lambda: {"item_ids": dice.sample(list(state["items"]), len(state["items"]))},
            "TakeBreak": lambda: {"minutes": 15},
            "SkipItem": lambda: {"item_id": self._one(state, "items", "planned")},
            "EditItem": lambda: {"item_id": one("items"), "title": f"Sửa {dice.random()}", "minutes": 7, "speaking_seconds": 90},
            "SplitOffItems": lambda: {"item_ids": [self._one(state, "items", "planned")], "title": "Họp tiếp"},
            "NameDeputy": lambda: {"participant_id": one("participants")},
            "PlaceParticipant": lambda: {"participant_id": one("participants"), "seat": dice.choice(["", "A1", "B1", "B2"])},
            "ArrangeSeats": lambda: {"afresh": dice.random() < 0.5},
            "CheckIn": lambda: {"mode": dice.choice(["room", "online"])},
            "MarkAttendance": lambda: {
                "participant_id": one("participants"), "attendance": dice.choice(["room", "absent", "mistaken"]),
                "absence": dice.choice(["", "excused"]), "reason": dice.choice(["", "công tác"]),
            },
            "AskToSpeak": lambda: {"subject": f"góp ý {dice.random()}", "kind": self._kind(state)},
            "WithdrawRequest": lambda: {"speech_id": self._one(state, "speeches", "waiting")},
            "GiveFloor": lambda: {"speech_id": self._one(state, "speeches", "waiting"), "seconds": dice.choice([0, 60])},
            "PauseSpeech": lambda: {"speech_id": self._one(state, "speeches", "speaking")},
            "ResumeSpeech": lambda: {"speech_id": self._one(state, "speeches", "speaking")},
            "CloseSpeakingList": lambda: {"closed": dice.random() < 0.3},
            "OrderQueue": lambda: {"rule": dice.choice(["request", "fair"])},
            "SetSpeakingTime": lambda: {"seconds": dice.choice([60, 180, 300])},
            "ExtendSpeech": lambda: {"speech_id": self._one(state, "speeches", "speaking")},
            "RegisterQuestion": lambda: {"text": f"Bao giờ xong {dice.random()}?", "to_participant_id": one("participants")},
            "WithdrawQuestion": lambda: {"question_id": self._one(state, "questions", "waiting")},
            "OrderQuestions": lambda: {"question_ids": self._waiting(state)},
            "CloseQuestionList": lambda: {"closed": dice.random() < 0.3},
            "CallQuestion": lambda: {"question_id": self._one(state, "questions", "waiting")},
            "PauseAnswer": lambda: {"question_id": self._one(state, "questions", "answering")},
            "ResumeAnswer": lambda: {"question_id": self._one(state, "questions", "answering")},
            "CloseQuestion": lambda: {"question_id": self._one(state, "questions", "answering")} | dice.choice([
                {}, {"outcome": "written", "text": "Trả lời bằng văn bản", "agency_id": dice.choice(agencies), "due_on": "2027-01-15"},
            ]),
            "EndSpeech": lambda: {"speech_id": self._one(state, "speeches", "speaking")},
            "ReportTest": lambda: {"site_id": one("sites"), "sound": "ok", "picture": "ok", "network": dice.choice(["ok", "bad"])},
            "ReportReady": lambda: {"site_id": one("sites"), "ready": dice.random() < 0.7},
            "KeepContact": lambda: {"site_id": one("sites"), "lead": f"Phó Chủ tịch {dice.random()}", "phone": "0905 000 000"},
            "CountHeads": lambda: {"site_id": one("sites"), "heads": dice.randrange(60)},
            "MarkAtSite": lambda: self._at_site(state) | {"present": dice.random() < 0.6},
            "NameVisitor": lambda: {"site_id": one("sites"), "visitor": f"Khách {dice.randrange(5)}"},
            "RemoveVisitor": lambda: {"site_id": one("sites"), "visitor": f"Khách {dice.randrange(5)}"},
            "SeatAtSite": lambda: {"participant_id": one("participants"), "site_id": dice.choice([None, *state["sites"]])},
            "AskForSite": lambda: {"site_id": one("sites"), "speaker": "Trưởng phòng Kinh tế", "subject": f"đường {dice.random()}"},
            "DeclareRecusal": lambda: {"item_id": one("items"), "participant_id": self._voting(state), "reason": "người thân"},
            "WithdrawRecusal": lambda: {"recusal_id": one("recusals")},
            **ballot_fields(state, dice),
            "RecordConclusion": lambda: {
                "conclusion_id": dice.choice([new_id(), *state["conclusions"]]), "text": f"Giao {dice.random()}",
                "lead_agency_id": dice.choice(agencies), "due_on": "2027-01-15",
            },
            "NamePresenter": lambda: {"participant_id": one("participants")},
            "ShowPage": lambda: {"paper_id": one("papers"), "page": dice.randint(1, 9)},
            "SaveNote": lambda: {"text": "riêng tư", "about": "item", "about_id": one("items")},
            "Announce": lambda: {"text": f"Nghỉ {dice.random()}"},
            "WithdrawAnnouncement": lambda: {"announcement_id": one("announcements")},
            "SendMessage": lambda: {
                "text": f"Xin tài liệu {dice.random()}", "thread_id": dice.choice([None, self._held.pid(dice.choice(self._held.members))]),
            },
            "RemoveMessage": lambda: {"message_id": one("messages")},
            "SwitchMessages": lambda: {"on": True},
            "AddRemark": lambda: {"item_id": one("items"), "text": f"góp ý {dice.random()}", "anchor": ["AQ==", "Ag=="]},
            "WithdrawRemark": lambda: {"remark_id": self._one(state, "remarks", "open")},
            "SettleRemark": lambda: {"remark_id": one("remarks"), "state": dice.choice(["settled", "taken"])},
            "RemoveConclusion": lambda: {"conclusion_id": one("conclusions")},
        }  # fmt: skip
        return made.get(name, dict)()

    def _at_site(self, state: State) -> Fields:
        seated = [person for person in state["participants"].values() if person["site_id"] in state["sites"]]
        person = self.dice.choice(seated) if seated else {"id": new_id(), "site_id": self._one(state, "sites")}
        return {"site_id": person["site_id"], "participant_id": person["id"]}

    def _voting(self, state: State) -> str:
        return self.dice.choice([key for key, person in state["participants"].items() if person["votes"]])

    def _kind(self, state: State) -> str:
        heard = any(speech["state"] == "speaking" for speech in state["speeches"].values())
        return self.dice.choice(["order", "interjection"]) if heard else "order"

    def _waiting(self, state: State) -> list[str]:
        found = [key for key, question in state["questions"].items() if question["state"] == "waiting"]
        return self.dice.sample(found, len(found))

    def _one(self, state: State, plural: str, wanted: str = "") -> str:
        found = [key for key, entity in state[plural].items() if not wanted or entity["state"] == wanted]
        return self.dice.choice(found or [new_id()])

    async def _site(self, tx: Transaction) -> None:
        if key := self._taken("site"):
            await tx.update(sites, key, removed=True)
        else:
            await tx.insert(sites, id=(key := self._new("site")), meeting_id=tx.scope, name="Điểm cầu Phú Lộc")
        await announce(tx, "site", [key])

    async def _paper(self, tx: Transaction) -> None:
        if key := self._taken("paper"):
            await tx.update(papers, key, removed=True)
        else:
            await tx.insert(paper_contents, sha256=(content := new_id()), content=b"x")
            paper = {"id": (key := self._new("paper")), "meeting_id": tx.scope, "title": "Tờ trình", "file_name": "a.pdf"}
            await tx.insert(papers, **paper, sha256=content, media_type="application/pdf", added_at=clock.now())
        await announce(tx, "paper", [key])

    def _new(self, kind: str) -> str:
        self._known[kind].append(key := new_id())
        return key

    def _taken(self, kind: str) -> str | None:
        """Of two, the older one goes."""
        return self._known[kind].pop(0) if len(self._known[kind]) > 1 else None

    async def _person(self, tx: Transaction) -> None:
        key = self._held.pid(self._extra)
        row = await tx.get(participants, key)
        await tx.update(participants, key, removed=not row.removed)
        await announce(tx, "participant", [key])

    async def _item(self, tx: Transaction) -> None:
        wanted = items.select().with_only_columns(items.c.id).where(items.c.meeting_id == tx.scope, items.c.state == "planned")
        if known := await tx.column(wanted):
            await tx.write(items.delete().where(items.c.id == known[-1]))
            await announce(tx, "item", [known[-1]])
