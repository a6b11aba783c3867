"""A small organisation and a draft of a meeting, through the commands that pages give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from meetings import clock
from meetings.commands import Actor, system
from meetings.database import Database
from meetings.invitation_facts import Sender
from meetings.models.columns import new_id
from meetings.organisation import SaveAgency
from meetings.perform import perform
from meetings.scheduling import CreateDraft, SaveDraft, SendInvitations

SENDER = Sender(base_url="http://127.0.0.1:8080", address="hop@diemcau.example", key=b"k" * 32)


@dataclass
class Office:
    """`secretary` schedules; `people` are of agencies A (host: chair first), B and C."""

    db: Database
    secretary: Actor
    stranger: Actor
    people: dict[str, str]
    sender: Sender = SENDER

    def form(self, **changes: Any) -> dict[str, Any]:
        day = clock.today() + timedelta(days=10)
        form = {
            "title": "Họp thử", "type": "business", "chair_id": self.people["chair"], "secretary_id": self.people["secretary"],
            "chair_votes": True, "date": day.isoformat(), "start": "08:00", "end": "10:00", "zone": "Asia/Ho_Chi_Minh",
            "form": "hybrid", "place": "16 Lê Lợi", "video_kind": "url", "video_url": "https://meet.example/x",
            "items": [{"id": new_id(), "title": "Việc thứ nhất", "minutes": "30"}], "contact": "Văn phòng",
            "invited": {self.people["b"]: "vote", self.people["c"]: "attend"}, "guests": "Lê Khách, Chuyên gia, khach@ngoai.example",
        }  # fmt: skip
        return form | changes

    async def draft(self, **changes: Any) -> str:
        command = CreateDraft(meeting_id=new_id(), domain="diemcau.example", form=self.form(**changes))
        await perform(self.db, self.secretary, command)
        return command.meeting_id

    async def send(self, meeting: str) -> dict[str, Any]:
        command = SendInvitations(meeting_id=meeting, sender=self.sender, jitsi="https://meet.example")
        return await perform(self.db, self.secretary, command) or {}

    async def change(self, meeting: str, form: dict[str, Any], revision: int) -> dict[str, Any]:
        await perform(self.db, self.secretary, SaveDraft(meeting_id=meeting, form=form, revision=revision))
        return await self.send(meeting)


async def open_office(db: Database) -> Office:
    from meetings.people import SavePerson

    agencies: dict[str, str] = {}
    for code in ("A", "B", "C", "X"):
        made = await perform(
            db, system("test"), SaveAgency(name=f"Cơ quan {code}", short_name=code, code=code, email=f"{code.lower()}@hue.example")
        )
        agencies[code] = (made or {})["agency_id"]
    people: dict[str, str] = {}
    for key, code in (("chair", "A"), ("secretary", "A"), ("b", "B"), ("c", "C"), ("stranger", "X")):
        person = SavePerson(name=f"Nguyễn Thị {key.capitalize()}", email=f"{key}@hue.example", agency_id=agencies[code])
        people[key] = ((await perform(db, system("test"), person)) or {})["person_id"]

    def actor(key: str, code: str) -> Actor:
        return Actor(
            kind="account", name=key, account_id=new_id(), person_id=people[key], agency_id=agencies[code], role="secretary"
        )

    return Office(db, actor("secretary", "A"), actor("stranger", "X"), people)
