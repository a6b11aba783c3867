"""The page of papers, as the secretary who asks, the agency that prepares and those who read see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from meetings import clock
from meetings.models.beside import paper_openings
from meetings.models.meeting import paper_requests, papers
from meetings.paper_requests import AskForPaper
from meetings.perform import perform
from tests.support.organisation import make_account, make_user
from tests.support.scheduled import SENDER, Office, open_office
from tests.support.site import Browser, Site

PDF = b"%PDF-1.4\n%%EOF\n"


@dataclass
class Desk:
    site: Site
    office: Office
    meeting: str
    secretary: Browser
    clerk: Browser  # of the agency that is asked, and not invited
    delegate: Browser

    @property
    def path(self) -> str:
        return f"/meetings/{self.meeting}/papers"

    async def row(self, table: sa.Table) -> sa.Row:
        async with self.site.db.reading() as r:
            return await r.one(sa.select(table).where(~table.c.removed))


async def asked(site: Site) -> Desk:
    office = await open_office(site.db)
    meeting = await office.draft()
    await office.send(meeting)
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    await make_user(site.db, str(office.stranger.agency_id), "van.thu", "secretary")
    await make_account(site.db, office.people["b"], "dai.bieu", "member")
    secretary, clerk, delegate = [await site.signed_in(name) for name in ("thu.ky", "van.thu", "dai.bieu")]
    desk = Desk(site, office, meeting, secretary, clerk, delegate)
    assert (await clerk.get(desk.path)).status == 404
    await secretary.get(desk.path)
    typed = {"act": "ask", "form": "ask", "agency_id": str(office.stranger.agency_id), "what": "Báo cáo quý III", "due_time": "17:00"}
    page = await secretary.post(f"{desk.path}/acts", **typed | {"agency_id": "", "due_time": "25 giờ"}, due_on="hôm kia")
    assert page.status == 422
    for field in ("agency_id", "due_on", "due_time"):
        assert f'href="#{field}-ask"' in page.html
    assert 'value="Báo cáo quý III"' in page.html
    due = (clock.today() + timedelta(days=3)).isoformat()
    page = await secretary.post(f"{desk.path}/acts", **typed, due_on=due)
    assert "Đã gửi yêu cầu và báo cho cơ quan bằng thư." in page.text
    return desk


async def test_from_asking_to_reading(site: Site):
    desk = await asked(site)
    request = (await desk.row(paper_requests)).id
    assert "Báo cáo quý III" in (await desk.clerk.get("/")).text
    assert "Chuẩn bị tài liệu “Báo cáo quý III”" in await desk.clerk.bell()
    page = await desk.clerk.get(desk.path)
    assert "Tài liệu cơ quan ta phải gửi" in page.text
    assert "Yêu cầu cơ quan gửi tài liệu" not in page.text
    upload = {"form": f"r-{request}", "request_id": request, "title": "Báo cáo", "kind": "main"}
    page = await desk.clerk.post(desk.path, files={"file": ("a.pdf", PDF)}, level="top_secret", **upload)
    assert page.status == 422
    assert "“Tuyệt mật” không được đưa lên" in page.text
    assert "117/2025/QH15" in page.text
    page = await desk.clerk.post(desk.path, files={"file": ("a.pdf", PDF)}, level="internal", **upload)
    assert "Đang soạn" in page.text
    paper = (await desk.row(papers)).id
    assert (await desk.delegate.get(f"/papers/{paper}")).status == 404
    await desk.clerk.post(f"{desk.path}/acts", act="submit", request_id=request)
    assert "1 tài liệu chờ duyệt" in (await desk.secretary.get("/")).text
    assert "1 tài liệu chờ duyệt" in await desk.secretary.bell()
    page = await desk.secretary.get(desk.path)
    assert (await desk.secretary.get(f"/papers/{paper}")).status == 200
    for path in (desk.path, f"/meetings/{desk.meeting}", f"/meetings/{desk.meeting}/programme"):
        assert paper not in (await desk.delegate.get(path)).html
    await desk.secretary.get(desk.path)
    page = await desk.secretary.post(f"{desk.path}/acts", act="approve", paper_id=paper)
    assert "Đã duyệt tài liệu." in page.text
    page = await desk.delegate.get(desk.path)
    assert "Lưu hành nội bộ" in page.text
    assert (await desk.delegate.get(f"/papers/{paper}")).status == 200
    async with site.db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(paper_openings)) == 1
    await desk.secretary.get(desk.path)
    page = await desk.secretary.post(f"{desk.path}/acts", act="recall", paper_id=paper, reason="", form=f"recall-{paper}")
    assert page.status == 422
    await desk.secretary.post(f"{desk.path}/acts", act="recall", paper_id=paper, reason="Nhầm bản")
    assert "Lý do: Nhầm bản" in (await desk.delegate.get(desk.path)).text
    assert (await desk.delegate.get(f"/papers/{paper}")).status == 404


async def test_a_paper_added_beside_the_form_leads_back_to_it(site: Site):
    desk = await asked(site)
    await desk.secretary.get(f"/meetings/{desk.meeting}/edit")
    typed = {"back": "edit", "form": "add", "kind": "reference", "level": "ordinary", "item_id": ""}
    page = await desk.secretary.post(desk.path, files={"file": ("mat.exe", b"MZ")}, title="Phụ lục 7", **typed)
    assert (page.status, 'value="Phụ lục 7"' in page.html, 'name="revision"' in page.html) == (422, True, True)
    page = await desk.secretary.post(desk.path, files={"file": ("a.pdf", PDF)}, title="", **typed)
    assert page.path.startswith(f"/meetings/{desk.meeting}/edit")
    assert "Tham khảo" in page.text


async def test_nobody_acts_on_what_is_not_his(site: Site):
    desk = await asked(site)
    request = (await desk.row(paper_requests)).id
    await desk.delegate.get(desk.path)
    for act in ("ask", "deadline", "withdraw", "approve", "return", "recall", "move", "remove", "submit", "x"):
        typed = {"request_id": request, "paper_id": request, "agency_id": request, "reason": "x", "by": "1", "what": "x"}
        page = await desk.delegate.post(f"{desk.path}/acts", act=act, due_on="2030-01-01", due_time="08:00", **typed)
        assert page.status in (403, 404), act
    page = await desk.delegate.post(desk.path, files={"file": ("a.pdf", PDF)}, title="Giả", form="add")
    assert page.status == 403


async def test_an_agency_that_is_asked_for_a_draft_sees_what_it_needs_and_no_form(site: Site):
    office = await open_office(site.db)
    meeting = await office.draft(title="Họp sắp soạn")
    clerk = await make_user(site.db, str(office.stranger.agency_id), "van.thu", "secretary")
    due = clock.now() + timedelta(days=2)
    ask = AskForPaper(meeting_id=meeting, agency_id=str(clerk.agency_id), what="Báo cáo quý III", due_at=due, sender=SENDER)
    await perform(site.db, office.secretary, ask)
    browser = await site.signed_in("van.thu")
    for path in ("/", f"/meetings/{meeting}", f"/meetings/{meeting}/papers", f"/meetings/{meeting}/programme"):
        page = await browser.get(path)
        assert page.status == 200, path
        assert "/edit" not in page.html, path
        assert "Họp sắp soạn" in page.text, path
    assert "Họp sắp soạn" not in (await browser.get("/search?q=sap+soan")).text
    for path in ("edit", "preview", "room", "cancel"):
        assert (await browser.get(f"/meetings/{meeting}/{path}")).status in (403, 404), path
