"""Papers before the meeting: asked for, prepared, handed in, approved or returned, recalled; who sees which, and who is chased."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from meetings import advice, clock, live_log
from meetings.access import standing
from meetings.commands import Actor, system
from meetings.database import Database, Row
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound
from meetings.models.beside import notes
from meetings.models.columns import new_id
from meetings.models.meeting import paper_requests, papers
from meetings.models.organisation import people
from meetings.models.post import outbox
from meetings.notes import SaveNote
from meetings.paper_files import secrecy_mark
from meetings.paper_requests import AskForPaper, ChasePapers, MovePaperDeadline, WithdrawPaperRequest, chase, meetings_to_chase, state_of
from meetings.papers import AddPaper, ApprovePaper, MovePaper, PreparePaper, RecallPaper, RemovePaper, ReturnPaper, SubmitPapers
from meetings.perform import perform
from meetings.queries.lists import Filter, listed
from meetings.queries.papers import paper_of, papers_page
from meetings.queries.room import room_state
from meetings.queries.search import search
from meetings.scheduling import CancelMeeting, DiscardDraft
from tests.support.organisation import make_user
from tests.support.scheduled import SENDER, Office, open_office

PDF = b"%PDF-1.4\n%%EOF\n"
HOUR = timedelta(hours=1)


@dataclass
class Asked:
    """A meeting for which agency X, which is not invited, is asked for a paper; `outsider` is staff of C, which is invited."""

    office: Office
    meeting: str
    request: str
    preparer: Actor
    delegate: Actor
    outsider: Actor

    async def prepare(self, title: str = "Báo cáo", content: bytes = PDF, **more: Any) -> str:
        upload = PreparePaper(
            meeting_id=self.meeting, request_id=self.request, title=title, file_name="bao-cao.pdf", content=content, **more
        )
        return (await perform(self.office.db, self.preparer, upload) or {})["paper_id"]

    async def submit(self) -> None:
        await perform(self.office.db, self.preparer, SubmitPapers(meeting_id=self.meeting, request_id=self.request))

    async def approve(self, paper: str) -> None:
        await perform(self.office.db, self.office.secretary, ApprovePaper(meeting_id=self.meeting, paper_id=paper))

    async def seen_by(self, actor: Actor) -> list[str]:
        async with self.office.db.reading() as r:
            return [row.id for row in (await papers_page(r, actor, self.meeting, clock.now())).papers]

    async def row(self, paper: str) -> Row:
        async with self.office.db.reading() as r:
            return await r.get(papers, paper)

    async def mails(self) -> list[dict[str, Any]]:
        async with self.office.db.reading() as r:
            wanted = sa.select(outbox.c.facts).where(outbox.c.method == "NOTICE").order_by(outbox.c.created_at)
            return await r.column(wanted)


async def asked(db: Database, *, sent: bool = True) -> Asked:
    office = await open_office(db)
    meeting = await office.draft()
    if sent:
        await office.send(meeting)
    agency = office.stranger.agency_id
    clerk = await make_user(db, str(agency), "vanthu.x", "secretary")
    command = AskForPaper(
        meeting_id=meeting, agency_id=agency, what="Báo cáo quý III", due_at=clock.now() + timedelta(days=3), sender=SENDER
    )
    made = await perform(db, office.secretary, command) or {}
    async with db.reading() as r:
        b = await r.get(people, office.people["b"])
        c = await r.get(people, office.people["c"])
    delegate = Actor(kind="account", name="b", account_id=new_id(), person_id=b.id, agency_id=b.agency_id)
    outsider = Actor(kind="account", name="c", account_id=new_id(), person_id=c.id, agency_id=c.agency_id, role="secretary")
    return Asked(office, meeting, made["request_id"], clerk, delegate, outsider)


@pytest.fixture
async def a(db: Database) -> Asked:
    return await asked(db)


async def test_a_paper_is_seen_by_others_only_once_it_is_approved(a: Asked):
    db, secretary = a.office.db, a.office.secretary
    paper = await a.prepare()
    for step in (a.submit, partial(a.approve, paper)):  # as a draft, and handed in
        assert await a.seen_by(a.preparer) == await a.seen_by(secretary) == [paper]
        for other in (a.delegate, a.outsider):
            assert await a.seen_by(other) == []
            async with db.reading() as r:
                with pytest.raises(NotFound):
                    await paper_of(r, other, paper)
                assert (await search(r, other, "Báo cáo", "paper")).kinds == {}
        async with db.reading() as r:
            assert (await room_state(r, a.meeting))["papers"] == {}
            assert not [row for row in await live_log.read_after(r, a.meeting, 0, 999) if row.kind.startswith("paper")]
        await step()
    async with db.reading() as r:
        assert (await paper_of(r, a.delegate, paper)).id == paper
        assert list((await room_state(r, a.meeting))["papers"]) == [paper]
        assert [hit.key for hit in (await search(r, a.delegate, "bao cao", "paper")).kinds["paper"]] == [paper]
    assert await a.seen_by(a.delegate) == [paper]


async def test_a_new_version_takes_the_place_of_the_approved_one_with_its_notes_once_it_is_approved_itself(a: Asked):
    db = a.office.db
    first = await a.prepare()
    await a.submit()
    await a.approve(first)
    note = SaveNote(meeting_id=a.meeting, about="paper", about_id=first, text="Hỏi lại số liệu", revision=0)
    await perform(db, a.delegate, note)
    await a.prepare("Báo cáo, bản hỏng", replaces_id=first)
    second = await a.prepare("Báo cáo, bản sửa", PDF + b"2", replaces_id=first)
    assert await a.seen_by(a.delegate) == [first]
    assert set(await a.seen_by(a.office.secretary)) == {first, second}  # the spoilt one gave way
    await a.submit()
    await a.approve(second)
    for actor in (a.delegate, a.office.secretary):
        assert await a.seen_by(actor) == [second]
    assert (await a.row(second)).version == 2
    async with db.reading() as r:
        assert await r.column(sa.select(notes.c.about_id)) == [second]
    third = AddPaper(meeting_id=a.meeting, title="Bản cuối", file_name="c.pdf", content=PDF, replaces_id=second)
    made = await perform(db, a.office.secretary, third) or {}
    assert await a.seen_by(a.delegate) == [made["paper_id"]]
    with pytest.raises(Conflict, match="paper_gone"):
        await a.approve(second)
    async with db.reading() as r:
        page = await papers_page(r, a.preparer, a.meeting, clock.now())
        assert [row.title for row in page.earlier[made["paper_id"]]] == ["Báo cáo, bản sửa", "Báo cáo, bản hỏng", "Báo cáo"]
        for actor in (a.preparer, a.office.secretary):
            assert (await paper_of(r, actor, first)).removed
        with pytest.raises(NotFound):
            await paper_of(r, a.delegate, first)
        assert (await papers_page(r, a.delegate, a.meeting, clock.now())).earlier == {}


async def test_what_is_returned_goes_back_with_the_reason_and_comes_again(a: Asked):
    paper = await a.prepare()
    give_back = ReturnPaper(meeting_id=a.meeting, paper_id=paper, reason="Thiếu chữ ký", sender=SENDER)
    with pytest.raises(Conflict, match="paper_not_submitted"):
        await perform(a.office.db, a.office.secretary, give_back)
    await a.submit()
    with pytest.raises(Conflict, match="nothing_to_submit"):
        await a.submit()
    await perform(a.office.db, a.office.secretary, give_back)
    row = await a.row(paper)
    assert (row.state, row.reason) == ("returned", "Thiếu chữ ký")
    last = (await a.mails())[-1]
    assert (last["recipient_name"].endswith(a.preparer.name), last["personal"]) == (True, False)
    assert "Thiếu chữ ký" in last["paragraphs"][0]
    again = await a.prepare(replaces_id=paper)
    assert await a.seen_by(a.office.secretary) == [again]


async def test_an_agency_does_not_fill_the_database(a: Asked, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("meetings.papers.MOST_VERSIONS", 2)
    await a.prepare(replaces_id=await a.prepare())
    with pytest.raises(Invalid, match="papers_many"):
        await a.prepare()


async def test_nobody_else_prepares_decides_or_recalls(a: Asked):
    paper = await a.prepare()
    upload = {"title": "Giả", "file_name": "a.pdf", "content": PDF}
    for other in (a.delegate, a.outsider):
        with pytest.raises(NotFound):
            await perform(a.office.db, other, PreparePaper(meeting_id=a.meeting, request_id=a.request, **upload))
        with pytest.raises(NotFound):
            await perform(a.office.db, other, SubmitPapers(meeting_id=a.meeting, request_id=a.request))
        with pytest.raises(NotAllowed):
            await perform(a.office.db, other, RemovePaper(meeting_id=a.meeting, paper_id=paper))
    await a.submit()
    for actor in (a.preparer, a.delegate, a.outsider):
        for command in (
            ApprovePaper(meeting_id=a.meeting, paper_id=paper),
            ReturnPaper(meeting_id=a.meeting, paper_id=paper, reason="x", sender=SENDER),
            RecallPaper(meeting_id=a.meeting, paper_id=paper, reason="x"),
            AddPaper(meeting_id=a.meeting, **upload),
            WithdrawPaperRequest(meeting_id=a.meeting, request_id=a.request, sender=SENDER),
        ):
            with pytest.raises(NotAllowed):
                await perform(a.office.db, actor, command)
    await a.approve(paper)
    with pytest.raises(NotAllowed):  # what everybody reads, the agency does not take away by itself
        await perform(a.office.db, a.preparer, RemovePaper(meeting_id=a.meeting, paper_id=paper))


async def test_a_recalled_paper_leaves_the_room_and_says_why_and_can_come_back(a: Asked):
    paper = await a.prepare()
    await a.submit()
    await a.approve(paper)
    await perform(a.office.db, a.office.secretary, RecallPaper(meeting_id=a.meeting, paper_id=paper, reason="Sai số liệu"))
    async with a.office.db.reading() as r:
        page = await papers_page(r, a.delegate, a.meeting, clock.now())
        assert (list(page.papers), [(row.title, row.reason) for row in page.recalled]) == ([], [("Báo cáo", "Sai số liệu")])
        with pytest.raises(NotFound):
            await paper_of(r, a.delegate, paper)
        kinds = [row.kind for row in await live_log.read_after(r, a.meeting, 0, 999) if row.kind.startswith("paper")]
    assert kinds == ["paper.changed", "paper.removed"]
    await a.approve(paper)
    assert await a.seen_by(a.delegate) == [paper]


async def test_approving_and_replacing_at_once_leaves_one_version(a: Asked):
    first = await a.prepare()
    await a.submit()
    results = await asyncio.gather(
        a.approve(first), a.prepare("Bản sửa", replaces_id=first),
        perform(a.office.db, a.office.secretary, ReturnPaper(meeting_id=a.meeting, paper_id=first, reason="x", sender=SENDER)),
        return_exceptions=True,
    )  # fmt: skip
    assert all(not isinstance(one, Exception) or isinstance(one, Conflict) for one in results), results
    assert any(isinstance(one, Conflict) for one in results)
    async with a.office.db.reading() as r:
        rows = await r.all(sa.select(papers).where(papers.c.meeting_id == a.meeting, ~papers.c.removed))
    assert sorted(row.state for row in rows) in (["approved", "draft"], ["draft"])


@pytest.mark.parametrize(
    ("more", "where"),
    [({"level": "secret"}, "level"), ({"title": "Tờ trình (TỐI MẬT)"}, "title"), ({"file_name": "TT_tuyệt-mật.pdf"}, "title")],
)
async def test_state_secrets_are_refused_and_nothing_of_them_is_kept(a: Asked, more: dict[str, str], where: str):
    typed = {"title": "Tờ trình", "file_name": "a.pdf", "content": PDF} | more
    with pytest.raises(Invalid, match="paper_secret") as refused:
        await perform(a.office.db, a.preparer, PreparePaper(meeting_id=a.meeting, request_id=a.request, **typed))
    with pytest.raises(Invalid, match="paper_secret"):
        await perform(a.office.db, a.office.secretary, AddPaper(meeting_id=a.meeting, **typed))
    assert refused.value.problems[0].where == where
    assert await a.seen_by(a.office.secretary) == []


def test_marks_are_known_from_words_that_only_contain_them():
    secret = ("MẬT", "Báo cáo - mật", "tối_mật", "Bảo mật (Tuyệt  mật)", "Mật.pdf")
    assert all(secrecy_mark(one) for one in secret)
    plain = ("Bảo mật thông tin", "mật khẩu", "Bí mật nhà nước: tập huấn", "mật độ dân số", "Nước mật ong", "Ngành cơ mật")
    assert [one for one in plain if secrecy_mark(one)] == []


async def test_the_agency_knows_of_the_draft_it_was_asked_for_and_of_no_other(db: Database):
    a = await asked(db, sent=False)
    other = await a.office.draft(title="Việc khác")
    async with db.reading() as r:
        assert (await papers_page(r, a.preparer, a.meeting, clock.now())).requests[0].id == a.request
        with pytest.raises(NotFound):
            await standing(r, other, a.preparer)
        assert (await listed(r, a.preparer, Filter(when="drafts"))).rows == []  # it has nothing to write there
        assert (await papers_page(r, a.office.secretary, a.meeting, clock.now())).items[0].title == "Việc thứ nhất"
    (mail,) = await a.mails()
    assert mail["title"] == "Đề nghị chuẩn bị tài liệu: Báo cáo quý III"
    assert mail["join_url"].endswith(f"/meetings/{a.meeting}/papers")
    await a.prepare()
    await perform(db, a.office.secretary, WithdrawPaperRequest(meeting_id=a.meeting, request_id=a.request, sender=SENDER))
    async with db.reading() as r:
        with pytest.raises(NotFound):
            await standing(r, a.meeting, a.preparer)
    assert await a.seen_by(a.office.secretary) == []


async def test_whoever_prepares_is_told_before_the_meeting_goes(db: Database):
    a = await asked(db, sent=False)
    with pytest.raises(Conflict, match="papers_asked_for"):
        await perform(db, a.office.secretary, DiscardDraft(meeting_id=a.meeting))
    await a.office.send(a.meeting)
    await perform(db, a.office.secretary, CancelMeeting(meeting_id=a.meeting, reason="Hoãn", sender=SENDER))
    assert (await a.mails())[-1]["title"] == "Thôi yêu cầu tài liệu: Báo cáo quý III"
    with pytest.raises(Conflict, match="meeting_over"):
        await a.prepare()


async def test_deadlines_lie_ahead_and_before_the_meeting(a: Asked):
    for due, code in ((-HOUR, "request_past"), (timedelta(days=30), "request_late")):
        with pytest.raises(Invalid, match=code):
            move = MovePaperDeadline(meeting_id=a.meeting, request_id=a.request, due_at=clock.now() + due, sender=SENDER)
            await perform(a.office.db, a.office.secretary, move)
    with pytest.raises(Invalid, match="paper_secret"):
        ask = AskForPaper(
            meeting_id=a.meeting, agency_id=a.preparer.agency_id, what="Báo cáo (Mật)", due_at=clock.now() + HOUR, sender=SENDER
        )
        await perform(a.office.db, a.office.secretary, ask)


async def chased(a: Asked) -> list[str]:
    """Subjects of the mails that are due now, however many look at once."""
    before = len(await a.mails())
    async with a.office.db.reading() as r:
        found = await meetings_to_chase(r, clock.now())
    for key in found:
        await asyncio.gather(*(perform(a.office.db, system("reminders"), ChasePapers(meeting_id=key, sender=SENDER)) for _ in range(3)))
    return [mail["title"].partition(":")[0] for mail in (await a.mails())[before:]]


async def due_in(a: Asked, wait: timedelta) -> None:
    async with a.office.db.transaction(a.meeting) as tx:
        await tx.update(paper_requests, a.request, due_at=tx.now + wait, asked_at=tx.now - timedelta(days=5))


async def test_the_agency_is_chased_once_before_and_once_after_until_it_hands_in(a: Asked):
    assert await chased(a) == []
    await due_in(a, 20 * HOUR)
    assert (await chased(a), await chased(a)) == (["Sắp đến hạn gửi tài liệu"], [])
    await due_in(a, -HOUR)
    assert (await chased(a), await chased(a)) == (["Quá hạn gửi tài liệu"], [])
    async def later() -> None:
        due = clock.now() + timedelta(days=2)
        move = MovePaperDeadline(meeting_id=a.meeting, request_id=a.request, due_at=due, sender=SENDER)
        await perform(a.office.db, a.office.secretary, move)

    await later()
    await a.prepare()
    await due_in(a, -HOUR)
    assert await chased(a) == ["Quá hạn gửi tài liệu"]  # a draft is not handed in
    await later()
    await a.submit()
    await due_in(a, -HOUR)
    assert await chased(a) == []
    with pytest.raises(NotAllowed):
        await perform(a.office.db, a.office.secretary, ChasePapers(meeting_id=a.meeting, sender=SENDER))


async def test_papers_move_among_those_that_are_read_together(a: Asked):
    async def add(title: str, **more: Any) -> str:
        command = AddPaper(meeting_id=a.meeting, title=title, file_name="a.pdf", content=PDF, **more)
        return (await perform(a.office.db, a.office.secretary, command) or {})["paper_id"]

    one, reference, two = await add("Một"), await add("Tham khảo", kind="reference"), await add("Hai")
    assert await a.seen_by(a.delegate) == [one, two, reference]
    await perform(a.office.db, a.office.secretary, MovePaper(meeting_id=a.meeting, paper_id=two, by="-1"))
    for _ in range(2):  # the first goes no further
        await perform(a.office.db, a.office.secretary, MovePaper(meeting_id=a.meeting, paper_id=two, by="-1"))
    assert await a.seen_by(a.delegate) == [two, one, reference]


async def test_what_is_not_approved_is_neither_in_invitations_nor_copied(db: Database):
    from meetings.cloning import CloneMeeting

    a = await asked(db, sent=False)
    await a.prepare("Bản nháp kín")
    await a.office.send(a.meeting)
    async with db.reading() as r:
        facts = await r.column(sa.select(outbox.c.facts).where(outbox.c.method == "REQUEST"))
        assert all(one["papers"] == [] for one in facts)
        assert facts
    clone = CloneMeeting(meeting_id=a.meeting, date=clock.today() + timedelta(days=30), papers=True)
    await perform(db, a.office.secretary, clone)
    async with db.reading() as r:
        assert await r.value(sa.select(sa.func.count()).select_from(papers)) == 1


def test_states_of_a_request_and_when_it_is_chased():
    now = clock.now()
    assert state_of([], now + HOUR, now) == "waiting"
    assert state_of(["draft"], now + HOUR, now) == "draft"
    assert state_of(["draft"], now - HOUR, now) == "overdue"
    assert state_of(["approved", "submitted"], now - HOUR, now) == "submitted"
    assert state_of(["approved", "draft"], now - HOUR, now) == "approved"
    assert state_of(["recalled"], now + HOUR, now) == "waiting"
    row = type("R", (), {"due_at": now + HOUR, "asked_at": now - 2 * HOUR, "chased_before_at": None, "chased_after_at": None})
    assert chase(row, "waiting", None, now) is None  # was just asked
    row.asked_at = now - timedelta(days=3)
    assert chase(row, "returned", None, now) == "before"
    assert chase(row, "waiting", now, now) is None  # the meeting begins
    row.due_at = now - timedelta(days=8)
    assert chase(row, "waiting", None, now) is None  # for long


def test_papers_go_out_three_working_days_before():
    friday, monday, thursday = date(2026, 10, 16), date(2026, 10, 19), date(2026, 10, 22)

    def codes(*given: Any) -> list[str]:
        return [one.code for one in advice.of_papers("business", False, *given)]

    assert codes([monday], 1, friday, thursday) == []
    assert codes([date(2026, 10, 20)], 1, friday, thursday) == ["papers_due_late"]
    assert codes([], 2, date(2026, 10, 20), thursday) == ["papers_late"]
    assert codes([], 0, date(2026, 10, 21), thursday) == []
    assert advice.of_papers("urgent", False, [thursday], 1, thursday, thursday) == []
