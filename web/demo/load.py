"""Loads the demo city. Loading again is harmless: every command has a fixed id, so its second time changes nothing; the
meetings are made anew each day, because their dates are relative to today."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from meetings import clock, minutes
from meetings.agenda import EndMeeting, FinishItem, StartItem, StartMeeting
from meetings.answers import AnswerInvitation
from meetings.attendance import CheckIn, MarkAttendance
from meetings.commands import Actor, Command
from meetings.database import Database
from meetings.decisions import RecordConclusion
from meetings.invitation_facts import Sender
from meetings.meeting_form import Raw
from meetings.minutes import AppendMinutesUpdate
from meetings.minutes_approval import ApproveMinutes
from meetings.minutes_document import digest
from meetings.models.meeting import items, participants
from meetings.models.organisation import accounts, agencies, people
from meetings.paper_requests import AskForPaper
from meetings.papers import AddPaper, ApprovePaper, PreparePaper, SubmitPapers
from meetings.perform import perform
from meetings.scheduling import CreateDraft, SendInvitations
from meetings.seating import ArrangeSeats
from meetings.settings import Settings
from meetings.speaking import AskToSpeak
from meetings.voting import CastVote, CloseBallot, OpenBallot, PrepareBallot

from . import sites
from .people import ACCOUNTS, DEPARTMENTS, PASSWORD, City, SignIn, stable_id
from .work_week import publish_week

WHO = {
    "thuky": "thư ký, Văn phòng UBND thành phố (soạn cuộc họp)", "thuky2": "thư ký thứ hai", "chutri": "Phó Chủ tịch, người chủ trì",
    "soyte": "Giám đốc Sở Y tế, có giấy mời chờ trả lời", "sotaichinh": "Giám đốc Sở Tài chính",
    "sokhcn": "Giám đốc Sở Khoa học và Công nghệ", "vyda": "Chủ tịch UBND phường Vỹ Dạ", "qtsoyte": "quản trị đơn vị, Sở Y tế",
    "admin": "quản trị hệ thống",
}  # fmt: skip


async def load(db: Database, settings: Settings) -> list[SignIn]:
    """The city and its week of meetings; the sign-ins to try it with."""
    city = City(db)
    await city.load()
    week = Week(db, settings, city)
    await week.finished()
    await week.running()
    await week.to_answer()
    await publish_week(db, await week.actor("VP.2"), settings.zone)
    by_role = sorted(ACCOUNTS.values(), key=lambda account: list(WHO).index(account[0]))
    return [SignIn(username, PASSWORD, WHO[username]) for username, _ in by_role]


class Week:
    """A finished meeting with minutes, one that runs now, and one to answer."""

    def __init__(self, db: Database, settings: Settings, city: City) -> None:
        self._db, self._city, self._settings = db, city, settings
        self._sender = Sender.of(settings, settings.signing_key())
        self._today = clock.today(settings.zone)

    def _id(self, name: str) -> str:
        return stable_id(f"{self._today} {name}")

    async def actor(self, key: str) -> Actor:
        """The person as an account's actor, as if signed in."""
        person_id = self._city.person[key]
        joined = people.join(agencies, agencies.c.id == people.c.agency_id).outerjoin(accounts, accounts.c.person_id == people.c.id)
        wanted = sa.select(people, agencies.c.short_name, accounts.c.id.label("account_id"), accounts.c.role).select_from(joined)
        async with self._db.reading() as reading:
            row = await reading.one(wanted.where(people.c.id == person_id))
        return Actor(
            kind="account", name=row.name, account_id=row.account_id or person_id, person_id=row.id, agency_id=row.agency_id,
            agency_name=row.short_name, role=row.role or "member",
        )  # fmt: skip

    async def _do(self, key: str, command: Command, name: str) -> dict[str, Any]:
        """Carry out a command with a fixed id, as this person."""
        from dataclasses import replace

        return await perform(self._db, await self.actor(key), replace(command, id=self._id(name))) or {}

    async def _invite(self, name: str, form: Raw) -> str:
        meeting_id = self._id(name)
        person = self._city.person
        common = {
            "zone": self._settings.zone, "chair_id": person["UBND.1"], "chair_votes": True, "secretary_id": person["VP.2"],
            "secretary2_id": person["VP.3"], "form": "hybrid", "video_kind": "jitsi", "quorum": "1/2", "speaking_minutes": "5",
            "contact": "Văn phòng UBND thành phố, 0234 3822 000, vp@hue.example",
        }  # fmt: skip
        form = {**common, **form}
        for number, item in enumerate(form["items"]):
            item["id"] = self._id(f"{name} item {number}")
        create = CreateDraft(meeting_id=meeting_id, domain=self._settings.mail_domain, form=form)
        await self._do("VP.2", create, f"{name} draft")
        send = SendInvitations(meeting_id=meeting_id, sender=self._sender, jitsi=self._settings.jitsi)
        await self._do("VP.2", send, f"{name} send")
        return meeting_id

    async def finished(self) -> None:
        """Three days ago: attendance, a ballot, conclusions, approved minutes."""
        start = clock.local(clock.now(), self._settings.zone) - timedelta(days=3)
        heads = [f"{code}.0" for code, _ in DEPARTMENTS[:8]]
        form = {
            "title": "Phiên họp thường kỳ tháng về cải cách hành chính", "type": "regular", "date": start.date().isoformat(),
            "start": "08:00", "end": "10:30", "room_id": self._city.room["Phòng họp 1"], "sites": "Trụ sở UBND thành phố\nSở Y tế",
            "items": [
                {"title": "Khai mạc, kiểm tra điều kiện tiến hành", "presenter": "Văn phòng UBND", "kind": "information", "minutes": "10"},
                {"title": "Kế hoạch số hóa hồ sơ giai đoạn 2", "presenter": "Sở Nội vụ", "kind": "decision", "minutes": "60"},
                {"title": "Kết luận", "presenter": "", "kind": "conclusion", "minutes": "20"},
            ],
            "invited": {self._city.person[key]: "vote" for key in heads},
        }  # fmt: skip
        meeting = await self._invite("finished", form)
        await self._do("UBND.1", StartMeeting(meeting_id=meeting), "finished start")
        present = ["UBND.1", "VP.2", *heads[:7]]
        for key in present:
            await self._do(key, CheckIn(meeting_id=meeting, mode="online" if key == "SYT.0" else "room"), f"finished here {key}")
        await self._walk_items(meeting, "finished", 2)
        question = "Thông qua Kế hoạch số hóa hồ sơ giai đoạn 2"
        item = self._id("finished item 1")
        prepare = PrepareBallot(meeting_id=meeting, question=question, item_id=item, quorum=(1, 2))
        ballot = (await self._do("VP.2", prepare, "finished ballot"))["ballot_id"]
        await self._do("UBND.1", OpenBallot(meeting_id=meeting, ballot_id=ballot), "finished open")
        for number, key in enumerate(["UBND.1", *heads[:7]]):
            choice: Any = "against" if number == 3 else "abstain" if number == 5 else "for"
            await self._do(key, CastVote(meeting_id=meeting, ballot_id=ballot, choice=choice), f"finished vote {key}")
        await self._do("UBND.1", CloseBallot(meeting_id=meeting, ballot_id=ballot), "finished close")
        await self._conclude(meeting, "finished", item)
        await self._write_minutes(meeting, "finished", {
            0: ["Thư ký báo cáo: đủ điều kiện tiến hành phiên họp."],
            1: ["Giám đốc Sở Nội vụ trình bày tóm tắt kế hoạch.", "Các đại biểu thảo luận về kinh phí và tiến độ tại các xã, phường."],
            2: ["Chủ trì kết luận phiên họp."],
        })  # fmt: skip
        await self._do("UBND.1", EndMeeting(meeting_id=meeting), "finished end")
        async with self._db.reading() as reading:
            sha256 = await digest(reading, meeting)
        await self._do("UBND.1", ApproveMinutes(meeting_id=meeting, sha256=sha256), "finished approve chair")
        await self._do("VP.2", ApproveMinutes(meeting_id=meeting, sha256=sha256), "finished approve secretary")

    async def running(self) -> None:
        """Now: the second item is being discussed, some wait to speak, a ballot is prepared."""
        start = clock.local(clock.now(), self._settings.zone) - timedelta(minutes=25)
        end = start + timedelta(hours=2)
        heads = [f"{code}.0" for code, _ in DEPARTMENTS]
        wards = ["X004.0", "X005.0", "X010.0", "X020.0", "X031.0"]
        form = {
            "title": "Họp giao ban về chuyển đổi số", "type": "coordination", "date": start.date().isoformat(), "start": f"{start:%H:%M}",
            "end": f"{end:%H:%M}", "end_date": end.date().isoformat() if end.date() != start.date() else "",
            "room_id": self._city.room["Phòng họp 2"],
            "sites": "\n".join(sites.SITES),
            "items": [
                {"title": "Khai mạc, điểm danh", "presenter": "Văn phòng UBND", "kind": "information", "minutes": "10"},
                {"title": "Kế hoạch chuyển đổi số năm tới", "presenter": "Sở Khoa học và Công nghệ", "kind": "decision", "minutes": "30"},
                {"title": "Phương án họp không giấy tại 40 xã, phường", "presenter": "Sở Nội vụ", "kind": "discussion", "minutes": "30"},
                {"title": "An toàn thông tin cấp độ 3", "presenter": "Công an thành phố", "kind": "report", "minutes": "20"},
                {"title": "Kết luận", "presenter": "", "kind": "conclusion", "minutes": "15"},
            ],
            "invited": {self._city.person[key]: "vote" for key in heads} | {self._city.person[key]: "attend" for key in wards},
            "requests": "Các sở, ban nghiên cứu trước dự thảo kế hoạch.",
        }  # fmt: skip
        meeting = await self._invite("running", form)
        await self._paper(meeting, "running", "Dự thảo Kế hoạch chuyển đổi số", self._id("running item 1"))
        for key in [*heads[:12], "X004.0"]:
            await self._answer(meeting, key, "accepted", "running")
        await self._do("VP.2", ArrangeSeats(meeting_id=meeting), "running seats")
        await self._do("UBND.1", StartMeeting(meeting_id=meeting), "running start")
        for number, key in enumerate(["UBND.1", "VP.2", *heads[:11], "X004.0"]):
            mode: Any = "online" if number % 4 == 3 else "room"
            mark = MarkAttendance(meeting_id=meeting, participant_id=await self._pid(meeting, key), attendance=mode)
            await self._do("VP.2", mark, f"running here {key}")
        await sites.report(self._db, await self.actor("VP.2"), meeting, lambda name: self._id(f"running {name}"))
        await self._walk_items(meeting, "running", 2)
        for key, subject in (("SGDDT.0", "học bạ số"), ("X004.0", "hạ tầng tại phường"), ("SYT.0", "bệnh án điện tử")):
            await self._do(key, AskToSpeak(meeting_id=meeting, subject=subject), f"running ask {key}")
        question = "Thông qua Kế hoạch chuyển đổi số thành phố Huế năm tới?"
        prepare = PrepareBallot(meeting_id=meeting, question=question, item_id=self._id("running item 1"), quorum=(1, 2))
        await self._do("VP.2", prepare, "running ballot")
        await self._write_minutes(meeting, "running", {0: ["Phó Chánh Văn phòng điểm danh các điểm cầu."]})

    async def to_answer(self) -> None:
        """In six days: heads and wards are asked."""
        day = self._today + timedelta(days=6)
        form = {
            "title": "Họp liên ngành về bệnh án điện tử và học bạ số", "type": "business", "date": day.isoformat(), "start": "14:00",
            "end": "16:00", "room_id": self._city.room["Phòng họp 3"], "sites": "",
            "items": [
                {"title": "Tiến độ bệnh án điện tử", "presenter": "Sở Y tế", "kind": "report", "minutes": "30"},
                {"title": "Tiến độ học bạ số", "presenter": "Sở Giáo dục và Đào tạo", "kind": "report", "minutes": "30"},
                {"title": "Thống nhất kế hoạch liên thông", "presenter": "", "kind": "decision", "minutes": "40"},
            ],
            "invited": {self._city.person[f"{code}.0"]: "vote" for code in ("SYT", "SGDDT", "STC", "SKHCN", "CATP")},
            "requests": "Sở Y tế và Sở Giáo dục và Đào tạo gửi báo cáo trước một ngày.",
            "number": "312/GM-VPUB", "signer": "Lê Quang Minh", "signer_title": "TL. CHỦ TỊCH\nCHÁNH VĂN PHÒNG", "agencies_shown": True,
        }  # fmt: skip
        meeting = await self._invite("to answer", form)
        await self._answer(meeting, "STC.0", "accepted", "to answer")
        await self._ask_for_papers(meeting, "to answer", day)

    async def _pid(self, meeting: str, key: str) -> str:
        mine = sa.and_(participants.c.meeting_id == meeting, participants.c.person_id == self._city.person[key])
        async with self._db.reading() as reading:
            return str(await reading.value(sa.select(participants.c.id).where(mine)))

    async def _answer(self, meeting: str, key: str, answer: Any, name: str) -> None:
        command = AnswerInvitation(meeting_id=meeting, participant_id=await self._pid(meeting, key), answer=answer)
        await self._do(key, command, f"{name} answer {key}")

    async def _walk_items(self, meeting: str, name: str, upto: int) -> None:
        for number in range(upto):
            item = self._id(f"{name} item {number}")
            await self._do("VP.2", StartItem(meeting_id=meeting, item_id=item), f"{name} item start {number}")
            if number < upto - 1:
                await self._do("VP.2", FinishItem(meeting_id=meeting, item_id=item), f"{name} item finish {number}")

    async def _conclude(self, meeting: str, name: str, item: str) -> None:
        agency = self._city.agency
        due = self._today + timedelta(days=14)
        command = RecordConclusion(
            meeting_id=meeting, conclusion_id=self._id(f"{name} conclusion"), item_id=item, lead_agency_id=agency["SNV"],
            text="Hoàn thiện và trình ban hành Kế hoạch số hóa hồ sơ giai đoạn 2.", support_agency_ids=[agency["STC"], agency["SYT"]],
            due_on=due,
        )  # fmt: skip
        await self._do("VP.2", command, f"{name} conclude")

    async def _paper(self, meeting: str, name: str, title: str, item: str) -> None:
        content = plain_pdf(title)
        command = AddPaper(meeting_id=meeting, title=title, file_name="du-thao.pdf", content=content, item_id=item)
        await self._do("VP.2", command, f"{name} paper")

    async def _ask_for_papers(self, meeting: str, name: str, held: date) -> None:
        """One is approved, one waits for approval, one has not come yet."""
        due = clock.from_local(datetime.combine(held - timedelta(days=4), time(17)), self._settings.zone)
        asked = (("SYT", "Báo cáo tiến độ bệnh án điện tử", 0), ("SGDDT", "Báo cáo tiến độ học bạ số", 1), ("SKHCN", "Dự thảo kế hoạch", 2))
        requests = {}
        for code, what, item in asked:
            command = AskForPaper(
                meeting_id=meeting, agency_id=self._city.agency[code], what=what, due_at=due, sender=self._sender,
                item_id=self._id(f"{name} item {item}"),
            )  # fmt: skip
            requests[code] = (await self._do("VP.2", command, f"{name} ask {code}"))["request_id"], what
        for code in ("SYT", "SKHCN"):
            request, what = requests[code]
            paper = PreparePaper(meeting_id=meeting, request_id=request, title=what, file_name="bao-cao.pdf", content=plain_pdf(what, 2))
            made = await self._do(f"{code}.0", paper, f"{name} prepare {code}")
            await self._do(f"{code}.0", SubmitPapers(meeting_id=meeting, request_id=request), f"{name} submit {code}")
            if code == "SKHCN":
                await self._do("VP.2", ApprovePaper(meeting_id=meeting, paper_id=made["paper_id"]), f"{name} approve {code}")

    async def _write_minutes(self, meeting: str, name: str, texts: dict[int, list[str]]) -> None:
        async with self._db.reading() as reading:
            order = await reading.column(sa.select(items.c.id).where(items.c.meeting_id == meeting).order_by(items.c.position))
        doc: Doc[Any] = Doc(client_id=1)
        for number, lines in texts.items():
            fragment = doc.get(minutes.section_name(order[number]), type=XmlFragment)
            for line in lines:
                fragment.children.append(XmlElement("paragraph", contents=[XmlText(line)]))
        await self._do("VP.2", AppendMinutesUpdate(meeting_id=meeting, update=doc.get_update()), f"{name} minutes")


def plain_pdf(title: str, pages: int = 6) -> bytes:
    """The smallest honest PDF: A4 pages with lines of text (without marks, which the base fonts lack)."""
    from meetings.text import fold

    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    for n in range(1, pages + 1):
        lines = [f"/F1 20 Tf 70 760 Td ({fold(title).upper()}) Tj", f"/F1 13 Tf 0 -40 Td (Phan {n} tren {pages}) Tj"]
        lines += [f"0 -24 Td ({n}.{k}. Noi dung chi tiet cua du thao, de thu phong hop.) Tj" for k in range(1, 13)]
        text = f"BT {' '.join(lines)} ET".encode("ascii", "replace")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
            % (3 + 2 * n)
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text))
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + b"xref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, len(body),
    )  # fmt: skip
