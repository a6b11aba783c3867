"""The weekly schedule of the demo city's office: published, then adjusted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from meetings import clock
from meetings.calendar_days import monday
from meetings.commands import Actor, Command
from meetings.database import Database
from meetings.perform import perform
from meetings.queries.work_week import week_draft
from meetings.work_week import ApproveWeek, CollectWeek, PublishWeek, SaveWeekEntry

from .people import stable_id

LINES = (
    (0, "07:30", "Chào cờ đầu tuần", "Chủ tịch UBND thành phố", "Toàn thể cán bộ, công chức", "Sân trụ sở 16 Lê Lợi"),
    (0, "14:00", "Tiếp công dân định kỳ", "Phó Chủ tịch UBND thành phố", "Ban Tiếp công dân; Thanh tra thành phố", "Trụ sở Tiếp công dân"),
    (1, "08:00", "Làm việc về quy hoạch phân khu đô thị", "Chủ tịch UBND thành phố", "Sở Xây dựng; Sở Tài chính", "Phòng họp 1, 16 Lê Lợi"),
    (4, "", "Kiểm tra thực địa các dự án trọng điểm", "Phó Chủ tịch UBND thành phố", "Sở Xây dựng; Ban Quản lý dự án", "Hiện trường"),
)  # fmt: skip


async def publish_week(db: Database, clerk: Actor, zone: str) -> None:
    """Of this week, once."""
    start = monday(clock.today(zone))
    week = _Week(db, clerk, start)
    for n, line in enumerate(LINES):
        await week.line(n, *line)
    await week.do(CollectWeek(**week.named, zone=zone), "collect")
    await week.publish("first")
    day, at, content, chair, attendees, _ = LINES[2]
    await week.line(2, day, at, content, chair, attendees, "Hội trường, 16 Lê Lợi", change="moved")
    await week.publish("second", reason="Đổi nơi họp")


class _Week:
    def __init__(self, db: Database, clerk: Actor, start: date) -> None:
        self._db, self._clerk, self._start, self._agency = db, clerk, start, clerk.agency_id or ""
        self.named: dict[str, Any] = {"agency_id": self._agency, "monday": start}

    async def do(self, command: Command, name: str) -> None:
        """With a fixed id: carried out once, however often the city is loaded."""
        await perform(self._db, self._clerk, replace(command, id=stable_id(f"week {self._start} {name}")))

    async def line(self, n: int, day: int, at: str, content: str, chair: str, attendees: str, place: str, *, change: str = "new") -> None:
        command = SaveWeekEntry(
            **self.named, entry_id=stable_id(f"week {self._start} line {n}"), day=self._start + timedelta(days=day), start=at,
            content=content, chair=chair, attendees=attendees, place=place,
        )  # fmt: skip
        await self.do(command, f"line {n} {change}")

    async def publish(self, name: str, reason: str = "") -> None:
        async with self._db.reading() as reading:
            digest = (await week_draft(reading, self._agency, self._start)).digest
        await self.do(ApproveWeek(**self.named, digest=digest, approved_by="Chủ tịch UBND thành phố"), f"approve {name}")
        await self.do(PublishWeek(**self.named, public=True, reason=reason), f"publish {name}")
