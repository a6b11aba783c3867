"""The demo city grown to 5,000 people and 50,000 meetings, two years back and half a year ahead, and somebody signed in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from meetings import clock
from meetings.commands import Actor, system
from meetings.database import Database, Row
from meetings.models.columns import new_id
from meetings.models.meeting import items, meetings, paper_contents, papers, participants
from meetings.models.organisation import accounts, agencies, people
from meetings.models.room import conclusion_agencies, conclusions
from meetings.models.search import search_documents
from meetings.perform import perform
from meetings.queries.sessions import token_hash
from meetings.search_index import tokens_of
from meetings.sessions import StartSession
from meetings.text import fold, name_sort_key
from web.demo.people import City

from .bulk import insert
from .servers import looked_over

MEETINGS, PEOPLE, INVITED, ITEMS = 50_000, 5_000, 12, 4
BACK, AHEAD = 730, 180  # days
FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
)  # fmt: skip
MIDDLE = (
    "Văn", "Thị", "Hữu", "Đức", "Minh", "Thanh", "Quang", "Ngọc", "Thu", "Xuân", "Hồng", "Kim",
)  # fmt: skip
GIVEN = (
    "An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Hải", "Hạnh", "Hiền", "Hòa", "Hùng", "Hương", "Khánh", "Lan", "Linh", "Long", "Mai",
    "Nam", "Nga", "Phong", "Phúc", "Quân", "Sơn", "Tâm", "Thảo", "Tuấn", "Vân", "Yến",
)  # fmt: skip
ACT = (
    "rà soát", "triển khai", "sơ kết", "tổng kết", "thẩm định", "giải quyết", "kiểm tra", "đôn đốc", "lấy ý kiến về", "phê duyệt",
)  # fmt: skip
THING = (
    "kế hoạch đầu tư công", "cải cách hành chính", "chuyển đổi số", "giải phóng mặt bằng", "quy hoạch đô thị", "an toàn giao thông",
    "bệnh án điện tử", "học bạ số", "phòng chống thiên tai", "vệ sinh môi trường", "du lịch di sản", "thu ngân sách", "nhà ở xã hội",
    "tuyển sinh đầu cấp", "quốc phòng an ninh", "nước sạch nông thôn", "cấp phép xây dựng", "tiếp công dân", "thi đua khen thưởng",
    "phát triển cảng biển",
)  # fmt: skip
WHERE = (
    "quý I", "quý II", "quý III", "quý IV", "trên địa bàn thành phố", "tại các phường, xã", "giai đoạn 2026-2030", "năm 2026",
    "khu vực Bạch Mã", "ven biển",
)  # fmt: skip


@dataclass(frozen=True)
class BusyCity:
    cookie: str  # of `thuky`, a secretary of the city's office
    meeting: str  # one of that office's, to come
    secretary: Actor


async def busy_city(db: Database) -> BusyCity:
    """The city's office hosts a fifth of the meetings; its secretary is invited to a thirtieth."""
    await City(db).load()
    dice, now = random.Random(1), clock.now()
    await _more_people(db, dice)
    async with db.reading() as reading:
        everybody = await reading.all(sa.select(people, agencies.c.short_name).join(agencies, agencies.c.id == people.c.agency_id))
        account = await reading.one(sa.select(accounts).where(accounts.c.username == "thuky"))
    secretary = next(person for person in everybody if person.id == account.person_id)
    made = [_Made(n, dice, everybody, secretary, now) for n in range(MEETINGS)]
    await _keep(db, made, now)
    await looked_over(db)
    token = new_id()
    await perform(db, system("bench"), StartSession(account_id=account.id, token_hash=token_hash(token), csrf="x" * 32))
    own = next(one for one in made if one.host.agency_id == secretary.agency_id and one.start > now)
    actor = Actor(
        kind="account", name=secretary.name, account_id=account.id, person_id=secretary.id, agency_id=secretary.agency_id, role="secretary"
    )
    return BusyCity(token, own.id, actor)


def words(dice: random.Random) -> str:
    return f"{dice.choice(ACT)} {dice.choice(THING)} {dice.choice(WHERE)}"


class _Made:
    """One meeting and what it holds."""

    def __init__(self, n: int, dice: random.Random, everybody: list[Row], secretary: Row, now: datetime) -> None:
        self.id, self.n = new_id(), n
        self.host = secretary if n % 5 == 0 else dice.choice(everybody)
        self.start = now + timedelta(days=dice.randrange(-BACK, AHEAD), hours=dice.randrange(1, 8))
        self.over = self.start < now
        self.title = f"Họp {words(dice)}"
        self.items = [(new_id(), words(dice).capitalize()) for _ in range(ITEMS)]
        self.papers = [(new_id(), f"Báo cáo {words(dice)}") for _ in range(2)]
        self.conclusions = [(new_id(), f"Giao {words(dice)}, báo cáo kết quả.", dice.choice(everybody).agency_id) for _ in range(self.over)]
        self.invited = dice.sample(everybody, INVITED)
        if n % 30 == 0 and secretary not in self.invited:
            self.invited[0] = secretary
        self.answers = dice.choices(("waiting", "accepted", "accepted", "declined"), k=INVITED)

    def tokens(self) -> str:
        texts = {
            "title": [self.title], "item": [said for _, said in self.items], "paper": [said for _, said in self.papers],
            "conclusion": [said for _, said, _ in self.conclusions], "person": [person.name for person in self.invited],
        }  # fmt: skip
        whose = {self.host.id, self.host.agency_id} | {key for person in self.invited for key in (person.id, person.agency_id)}
        return " ".join(tokens_of(texts, whose))


async def _more_people(db: Database, dice: random.Random) -> None:
    async with db.reading() as reading:
        places = await reading.column(sa.select(agencies.c.id))
        missing = PEOPLE - await reading.value(sa.select(sa.func.count()).select_from(people))
    names = [f"{dice.choice(FAMILY)} {dice.choice(MIDDLE)} {dice.choice(GIVEN)}" for _ in range(missing)]
    columns = ("id", "name", "name_key", "folded", "email", "agency_id")
    rows = ((new_id(), name, name_sort_key(name), fold(name), f"{n}@bench.example", dice.choice(places)) for n, name in enumerate(names))
    await insert(db, people, columns, rows)


async def _keep(db: Database, made: list[_Made], now: datetime) -> None:
    keys = {person.id: (name_sort_key(person.name)) for one in made for person in one.invited}
    await insert(
        db, meetings, ("id", "uid", "state", "title", "title_folded", "host_agency_id", "created_by", "minutes_state", "starts_at",
                       "ends_at", "created_at", "changed_at"),
        ((m.id, f"{m.n}@bench", "finished" if m.over else "invited", m.title, fold(m.title), m.host.agency_id, m.host.id,
          "approved" if m.start < now - timedelta(days=10) else "open", m.start, m.start + timedelta(hours=2), now, now) for m in made),
    )  # fmt: skip
    await insert(
        db, participants, ("id", "meeting_id", "person_id", "agency_id", "name", "name_key", "agency_name", "email", "duty", "votes",
                           "position", "answer"),
        ((new_id(), m.id, p.id, p.agency_id, p.name, keys[p.id], p.short_name, p.email, "participant" if place else "chair", True, place,
          m.answers[place]) for m in made for place, p in enumerate(m.invited)),
    )  # fmt: skip
    rows: Iterator[Any] = ((key, m.id, n, said, 20) for m in made for n, (key, said) in enumerate(m.items))
    await insert(db, items, ("id", "meeting_id", "position", "title", "minutes"), rows)
    await insert(db, paper_contents, ("sha256", "content"), [("0" * 64, b"x")])
    rows = ((key, m.id, said, "a.pdf", "application/pdf", "0" * 64, now) for m in made for key, said in m.papers)
    await insert(db, papers, ("id", "meeting_id", "title", "file_name", "media_type", "sha256", "added_at"), rows)
    due = now.date() + timedelta(days=14)
    rows = ((key, m.id, said, lead, due, now) for m in made for key, said, lead in m.conclusions)
    await insert(db, conclusions, ("id", "meeting_id", "text", "lead_agency_id", "due_on", "recorded_at"), rows)
    await insert(db, conclusion_agencies, ("agency_id", "conclusion_id"), ((lead, key) for m in made for key, _, lead in m.conclusions))
    await insert(db, search_documents, ("meeting_id", "digest", "words"), ((m.id, "", m.tokens()) for m in made))
