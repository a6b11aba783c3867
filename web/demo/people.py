"""The demo's agencies and people: the agencies as they are since 1 July 2025, every person invented."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

from meetings.accounts import SaveAccount
from meetings.commands import Command, Role, system
from meetings.database import Database
from meetings.organisation import Kind, SaveAgency, SavePosition
from meetings.people import SavePerson
from meetings.perform import perform
from meetings.rooms import SaveRoom
from meetings.seating import SavePlan
from meetings.seating_plan import shape
from meetings.text import fold

from ..passwords import hashed

DEMO = system("demo")
DOMAIN = "hue.example"

POSITIONS = {
    "ct": ("Chủ tịch UBND thành phố", 1), "pct": ("Phó Chủ tịch UBND thành phố", 2), "cvp": ("Chánh Văn phòng", 10),
    "pcvp": ("Phó Chánh Văn phòng", 11), "gd": ("Giám đốc", 20), "pgd": ("Phó Giám đốc", 21), "tp": ("Trưởng phòng", 40),
    "ctx": ("Chủ tịch UBND", 30), "pctx": ("Phó Chủ tịch UBND", 31), "cv": ("Chuyên viên", 60), "tk": ("Thư ký tổng hợp", 50),
}  # fmt: skip

DEPARTMENTS = [
    ("SNV", "Sở Nội vụ"), ("STC", "Sở Tài chính"), ("SXD", "Sở Xây dựng"), ("STP", "Sở Tư pháp"), ("SYT", "Sở Y tế"),
    ("SGDDT", "Sở Giáo dục và Đào tạo"), ("SKHCN", "Sở Khoa học và Công nghệ"), ("SNNMT", "Sở Nông nghiệp và Môi trường"),
    ("SCT", "Sở Công Thương"), ("SVHTT", "Sở Văn hóa và Thể thao"), ("SDL", "Sở Du lịch"), ("SNgV", "Sở Ngoại vụ"),
    ("TTR", "Thanh tra thành phố"), ("CATP", "Công an thành phố"), ("BQLKKT", "Ban Quản lý Khu kinh tế, công nghiệp"),
]  # fmt: skip

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Võ", "Đặng", "Bùi", "Hồ", "Ngô", "Tôn Thất", "Dương", "Trương")
MIDDLE = {
    "Ông": ("Văn", "Đức", "Minh", "Quang", "Hữu", "Xuân", "Anh"),
    "Bà": ("Thị", "Thị Thu", "Thị Ngọc", "Thanh", "Diệu", "Khánh"),
}
GIVEN = {
    "Ông": ("An", "Bình", "Dũng", "Hải", "Hùng", "Khoa", "Long", "Nam", "Phúc", "Quân", "Sơn", "Thắng", "Tuấn", "Vinh", "Đạt"),
    "Bà": ("Anh", "Chi", "Dung", "Hà", "Hương", "Lan", "Linh", "Mai", "Nga", "Oanh", "Phương", "Thảo", "Trang", "Yến", "Vy"),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    username: str
    password: str
    who: str


# The accounts that the demo prints: key of the person -> user name, role.
ACCOUNTS: dict[str, tuple[str, Role]] = {
    "UBND.1": ("chutri", "member"), "VP.2": ("thuky", "secretary"), "VP.3": ("thuky2", "secretary"), "SYT.0": ("soyte", "member"),
    "STC.0": ("sotaichinh", "member"), "SKHCN.0": ("sokhcn", "member"), "SYT.2": ("qtsoyte", "agency_admin"),
    "X004.0": ("vyda", "member"), "VP.1": ("admin", "system_admin"),
}  # fmt: skip
PASSWORD = "Hue-2026-thu-nghiem"  # noqa: S105 - printed by `demo` on purpose; such accounts exist in the demo only


async def do(db: Database, command: Command) -> dict[str, str]:
    return await perform(db, DEMO, command) or {}


def stable_id(name: str) -> str:
    """The same id at every load: what makes loading again harmless."""
    import hashlib

    return hashlib.sha256(f"demo:{name}".encode()).hexdigest()[:32]


class City:
    """Loads agencies and people; remembers their ids by short keys such as `SYT` and `SYT.0`."""

    def __init__(self, db: Database) -> None:
        self._db, self._dice = db, random.Random(1636)  # noqa: S311 - invented names, the same each time
        self.agency: dict[str, str] = {}
        self.person: dict[str, str] = {}
        self.room: dict[str, str] = {}
        self._position: dict[str, str] = {}
        self._used: set[str] = set()

    async def load(self) -> None:
        for key, (name, rank) in POSITIONS.items():
            command = SavePosition(id=stable_id(f"position {key}"), name=name, rank=rank)
            self._position[key] = (await do(self._db, command))["position_id"]
        await self._agency("UBND", "Ủy ban nhân dân thành phố Huế", "committee", ["ct", "pct", "pct"])
        await self._agency("VP", "Văn phòng UBND thành phố", "office", ["cvp", "pcvp", "tk", "tk", "cv"], parent="UBND")
        for code, name in DEPARTMENTS:
            await self._agency(code, name, "department", ["gd", "pgd", "cv", "cv"], parent="UBND")
        with (Path(__file__).parent / "communes.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                name = f"UBND {row['kind']} {row['name']}"
                await self._agency(f"X{row['order']}", name, "commune", ["ctx", "pctx", "cv"], parent="UBND")
        await self._rooms()
        await self._accounts()

    async def _agency(self, code: str, name: str, kind: Kind, posts: list[str], parent: str = "") -> None:
        command = SaveAgency(
            id=stable_id(f"agency {code}"), name=name, short_name=name.removeprefix("UBND ").capitalize() if kind == "commune" else name,
            code=code, kind=kind, parent_id=self.agency.get(parent), position=len(self.agency), email=f"{code.lower()}@{DOMAIN}",
        )  # fmt: skip
        self.agency[code] = (await do(self._db, command))["agency_id"]
        for place, post in enumerate(posts):
            await self._person(f"{code}.{place}", code, post)

    async def _person(self, key: str, code: str, post: str) -> None:
        honorific, name = self._name()
        address = f"{fold(name).replace(' ', '.')}@{DOMAIN}"
        command = SavePerson(
            id=stable_id(f"person {key}"), name=name, honorific=honorific, email=address, agency_id=self.agency[code],  # type: ignore[arg-type]
            position_id=self._position[post],
        )  # fmt: skip
        self.person[key] = (await do(self._db, command))["person_id"]

    def _name(self) -> tuple[str, str]:
        while True:
            honorific = self._dice.choice(("Ông", "Ông", "Bà"))
            parts = (self._dice.choice(FAMILY), self._dice.choice(MIDDLE[honorific]), self._dice.choice(GIVEN[honorific]))
            if (name := " ".join(parts)) not in self._used:
                self._used.add(name)
                return honorific, name

    async def _rooms(self) -> None:
        for name, code, seats, drawn, equipment, rule in (
            ("Phòng họp 1", "VP", 80, "classroom", ["screen", "video", "microphones", "sound", "step_free"], "own"),
            ("Phòng họp 2", "VP", 30, "u", ["screen", "video", "microphones"], "own"),
            ("Phòng họp 3", "VP", 16, "round", ["screen", "whiteboard"], "own"),
            ("Hội trường", "SYT", 120, "theatre", ["screen", "microphones", "sound", "step_free"], "own"),
        ):
            address = "16 Lê Lợi" if code == "VP" else "28 Lê Lợi"
            command = SaveRoom(
                id=stable_id(f"room {code} {name}"), agency_id=self.agency[code], name=name, address=address, capacity=seats,
                equipment=equipment, booking=rule,  # type: ignore[arg-type]
            )  # fmt: skip
            self.room[name] = (await do(self._db, command))["room_id"]
            plan = SavePlan(id=stable_id(f"plan {code} {name}"), room_id=self.room[name], plan=shape(drawn, seats))
            await do(self._db, plan)

    async def _accounts(self) -> None:
        password_hash = await hashed(PASSWORD)
        for key, (username, role) in ACCOUNTS.items():
            command = SaveAccount(
                id=stable_id(f"account {username}"), person_id=self.person[key], username=username, role=role, password_hash=password_hash
            )  # fmt: skip
            await do(self._db, command)
