"""The bridge sites of the demo's running meeting: most are ready, some only tested, one has trouble, one is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa

from meetings.commands import Actor
from meetings.database import Database
from meetings.models.meeting import sites
from meetings.perform import perform
from meetings.sites import CountHeads, KeepContact, ReportReady, ReportTest, SiteCommand

# name -> how it stands, how many sit there
SITES = {
    "Trụ sở UBND thành phố": ("vouched", 18), "Phường Vỹ Dạ": ("vouched", 24), "Phường Thuận Hóa": ("vouched", 31),
    "Phường Phú Xuân": ("vouched", 27), "Phường Kim Long": ("vouched", 22), "Phường An Cựu": ("vouched", 19),
    "Phường Hương Thủy": ("vouched", 26), "Phường Phong Quảng": ("tested", 0), "Xã Phú Lộc": ("tested", 15),
    "Xã Long Quảng": ("lost", 17), "Xã Khe Tre": ("away", 0), "Xã A Lưới 1": ("trouble", 21),
}  # fmt: skip
PEOPLE = ("Lê Quang Nhật", "Trần Thị Diệu Hiền", "Phan Văn Lâm", "Hồ Thị Sương", "Nguyễn Đình Khôi", "Võ Minh Trí")


async def report(db: Database, secretary: Actor, meeting: str, id_of: Callable[[str], str]) -> None:
    """As sites and the secretary would. Loading again changes nothing."""
    async with db.reading() as reading:
        here = sa.select(sites.c.id, sites.c.name).where(sites.c.meeting_id == meeting).order_by(sites.c.position)
        rows = await reading.all(here)
    for number, row in enumerate(rows):
        state, heads = SITES[row.name]
        itself = Actor(kind="site", name=row.name, site_id=row.id, meeting_id=meeting)
        for kind, actor, command in _reports(meeting, row.id, state, heads, PEOPLE[number % len(PEOPLE)], number, itself, secretary):
            await perform(db, actor, replace(command, id=id_of(f"site {number} {kind}")))


def _reports(
    meeting: str, site: str, state: str, heads: int, name: str, number: int, itself: Actor, secretary: Actor
) -> list[tuple[str, Actor, SiteCommand]]:
    if state == "away":
        return []
    of = {"meeting_id": meeting, "site_id": site}
    found: list[tuple[str, Actor, SiteCommand]] = [
        ("contact", itself, KeepContact(**of, technician=name, phone=f"0905 000 {100 + number}")),
        ("heads", itself, CountHeads(**of, heads=heads)),
        ("test", itself, ReportTest(**of, sound="ok", picture="ok", network="ok")),
    ]
    if state == "trouble":
        trouble = ReportTest(**of, sound="ok", picture="ok", network="bad", trouble="Đường truyền chập chờn, đã gọi nhà mạng")
        found[2] = ("test", itself, trouble)
    if state in ("vouched", "lost"):
        found.append(("ready", secretary if state == "vouched" else itself, ReportReady(**of, ready=True)))
    return found
