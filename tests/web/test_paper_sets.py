"""All papers at once: what is in the ZIP and in the PDF, under which names, and that nobody gets more than he may read."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import sqlalchemy as sa
from pypdf import PdfReader, PdfWriter

from meetings import clock
from meetings.models.beside import paper_openings
from meetings.models.columns import new_id
from meetings.models.meeting import items
from meetings.paper_requests import AskForPaper
from meetings.papers import AddPaper, PreparePaper, RecallPaper, SubmitPapers
from meetings.perform import perform
from tests.support.organisation import make_account, make_user
from tests.support.scheduled import SENDER, Office, open_office
from tests.support.site import Browser, Site
from web.demo.load import plain_pdf

NAME = re.compile(r"\d\d [^/\\:*?\"<>|]+/\d\d [^/\\:*?\"<>|]+\.(pdf|docx|png)")


async def with_papers(site: Site) -> tuple[Office, str, str, Browser]:
    """A meeting with papers of each kind; the second of the item's is damaged, one has a password, one is not approved yet."""
    office = await open_office(site.db)
    meeting = await office.draft(items=[{"id": new_id(), "title": "Kế hoạch: CON/../x", "minutes": "30"}])
    await office.send(meeting)
    async with site.db.reading() as r:
        item = await r.value(sa.select(items.c.id).where(items.c.meeting_id == meeting))
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("bi-mat-rieng")
    locked = io.BytesIO()
    writer.write(locked)
    office_file = io.BytesIO()
    with zipfile.ZipFile(office_file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    papers = (
        ("Giấy mời", "a.pdf", plain_pdf("Giay moi", 2), None), ("../../etc/passwd", "b.pdf", plain_pdf("Du thao", 3), item),
        ("Hỏng", "c.pdf", b"%PDF-1.4\n%%EOF\n", item), ("Có khóa", "d.pdf", locked.getvalue(), item),
        ('Biểu "1" <#let x>', "e.docx", office_file.getvalue(), item),
    )  # fmt: skip
    made = [
        await perform(site.db, office.secretary, AddPaper(meeting_id=meeting, title=title, file_name=name, content=content, item_id=of))
        for title, name, content, of in papers
    ]
    clerk = await make_user(site.db, str(office.stranger.agency_id), "van.thu", "secretary")
    due = clock.now() + timedelta(days=1)
    ask = AskForPaper(meeting_id=meeting, agency_id=str(clerk.agency_id), what="Kín", due_at=due, sender=SENDER)
    request = ((await perform(site.db, office.secretary, ask)) or {})["request_id"]
    hidden = PreparePaper(meeting_id=meeting, request_id=request, title="Chưa duyệt", file_name="f.pdf", content=plain_pdf("Kin"))
    await perform(site.db, clerk, hidden)
    await perform(site.db, clerk, SubmitPapers(meeting_id=meeting, request_id=request))
    await make_account(site.db, office.people["b"], "dai.bieu", "member")
    return office, meeting, (made[1] or {})["paper_id"], await site.signed_in("dai.bieu")


async def test_the_zip_has_what_is_approved_under_harmless_names(site: Site):
    _, meeting, _, delegate = await with_papers(site)
    page = await delegate.get(f"/meetings/{meeting}/papers.zip")
    assert (page.status, page.headers["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(page.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert names == [
        "00 Tài liệu chung/01 Giấy mời.pdf", "01 Kế hoạch_ CON_.._x/01 _.._etc_passwd.pdf", "01 Kế hoạch_ CON_.._x/02 Hỏng.pdf",
        "01 Kế hoạch_ CON_.._x/03 Có khóa.pdf", "01 Kế hoạch_ CON_.._x/04 Biểu _1_ _#let x_.docx",
    ]  # fmt: skip
    assert all(NAME.fullmatch(name) for name in names)
    assert (await delegate.send("HEAD", f"/meetings/{meeting}/papers.zip")).status == 405
    async with site.db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(paper_openings)) == 5


async def test_the_pack_joins_what_can_be_joined_and_lists_the_rest(site: Site):
    office, meeting, recalled, delegate = await with_papers(site)
    page = await delegate.get(f"/meetings/{meeting}/papers.pdf")
    assert (page.status, page.headers["Content-Type"]) == (200, "application/pdf")
    pack = PdfReader(io.BytesIO(page.content))
    assert len(pack.pages) == 2 + 2 + 3  # cover, contents, and two papers
    contents = pack.pages[1].extract_text()
    for said in ("Giấy mời", "trang 3", "../../etc/passwd", "trang 5", "Có khóa", 'Biểu "1" <#let x>', "không ghép được: e.docx"):
        assert said in contents
    assert "Chưa duyệt" not in contents
    assert "DU THAO" in pack.pages[4].extract_text()
    again = await delegate.get(f"/meetings/{meeting}/papers.pdf", Range="bytes=0-4")
    assert (again.status, again.content) == (206, b"%PDF-")
    folder = site.settings.data / "packs"
    assert len(list(folder.iterdir())) == 1
    await perform(site.db, office.secretary, RecallPaper(meeting_id=meeting, paper_id=recalled, reason="Sai"))
    pack = PdfReader(io.BytesIO((await delegate.get(f"/meetings/{meeting}/papers.pdf")).content))
    assert len(pack.pages) == 2 + 2
    assert "passwd" not in pack.pages[1].extract_text()


async def test_without_papers_one_is_told_so(site: Site):
    office = await open_office(site.db)
    meeting = await office.draft()
    await office.send(meeting)
    await make_account(site.db, office.people["b"], "dai.bieu", "member")
    delegate = await site.signed_in("dai.bieu")
    for ending in ("pdf", "zip"):
        page = await delegate.get(f"/meetings/{meeting}/papers.{ending}")
        assert (page.status, "chưa có tài liệu nào" in page.text) == (409, True)
