"""A meeting's pages as secretary, invited and guest see them: links, answers, papers, what is typed, and markup in names."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
import sqlalchemy as sa

from calendars.mailer import Mailer
from meetings import clock, links
from meetings.agenda import EndMeeting, StartItem, StartMeeting
from meetings.attendance import CheckIn
from meetings.commands import Actor
from meetings.decisions import RecordConclusion
from meetings.models.meeting import items, meetings, participants, substitutions
from meetings.models.post import outbox
from meetings.models.room import ballots
from meetings.outbox import Outbox
from meetings.perform import perform
from meetings.scheduling import CancelMeeting
from meetings.voting import CastVote, OpenBallot, PrepareBallot
from tests.support.organisation import make_account
from tests.support.scheduled import SENDER, Office, open_office
from tests.support.site import Browser, Site
from web.deadlines import close_due
from web.table_file import read_table

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MIB = 1 << 20


async def sent(site: Site, **changes: str) -> tuple[Office, str]:
    office = await open_office(site.db)
    meeting = await office.draft(**changes)
    await office.send(meeting)
    return office, meeting


async def uninvite(site: Site, office: Office, meeting: str) -> None:
    """Person b; the change is sent."""
    async with site.db.reading() as r:
        revision = await r.value(sa.select(meetings.c.draft_revision).where(meetings.c.id == meeting))
    await office.change(meeting, office.form(invited={office.people["c"]: "attend"}), revision)


async def participant(site: Site, meeting: str, **where: str) -> sa.Row:
    async with site.db.reading() as r:
        matches = [participants.c[name] == value for name, value in where.items()]
        return await r.one(sa.select(participants).where(participants.c.meeting_id == meeting, *matches))


async def link_of(site: Site, meeting: str, **where: str) -> str:
    row = await participant(site, meeting, **where)
    return f"/j/{links.token_of(site.settings.signing_key(), row.id, row.link_version)}"


async def secretary_of(site: Site, office: Office) -> Browser:
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    return await site.signed_in("thu.ky")


# The personal link.


async def test_a_personal_link_answers_without_an_account_and_opening_it_changes_nothing(site: Site):
    _, meeting = await sent(site)
    link = await link_of(site, meeting, email="b@hue.example")
    browser = site.browser()
    for _ in range(2):  # a link scanner comes first
        page = await browser.get(link)
        assert page.status == 200
        assert "Họp thử" in page.text
    assert (await participant(site, meeting, email="b@hue.example")).answer == "waiting"
    page = await browser.post(f"{link}/answer", answer="accepted", reason="")
    assert "Đã ghi nhận" in page.text
    row = await participant(site, meeting, email="b@hue.example")
    assert (row.answer, row.answer_by) == ("accepted", "link")


async def test_the_formal_invitation_is_seen_before_it_is_sent_by_whoever_sends_it(site: Site):
    office = await open_office(site.db)
    meeting = await office.draft(number="7/GM-VPUB", signer="Nguyễn Văn Đức")
    browser = await secretary_of(site, office)
    assert "Xem giấy mời số 07/GM-VPUB" in (await browser.get(f"/meetings/{meeting}/preview")).text
    seen = await browser.get(f"/meetings/{meeting}/preview/giay-moi.pdf")
    assert (seen.status, seen.html[:5]) == (200, "%PDF-")
    await make_account(site.db, office.people["stranger"], "nguoi.la", "secretary")
    assert (await (await site.signed_in("nguoi.la")).get(f"/meetings/{meeting}/preview/giay-moi.pdf")).status == 404


async def test_the_buttons_of_the_mail_choose_and_only_the_form_answers(site: Site):
    _, meeting = await sent(site)
    link = await link_of(site, meeting, email="b@hue.example")
    browser = site.browser()
    for chosen, told in (("accepted", "Xin bấm “Tham dự”"), ("declined", "Xin ghi lý do"), ("substitute", "người được cử"), ("<x>", "")):
        page = await browser.get(f"{link}?answer={chosen}")
        assert told in page.text
        assert "<x>" not in page.html
    assert (await participant(site, meeting, email="b@hue.example")).answer == "waiting"


async def test_the_personal_link_leads_to_the_video_room_wherever_it_is_now(site: Site):
    _, meeting = await sent(site)
    link = await link_of(site, meeting, email="b@hue.example")
    browser = site.browser()
    await browser.get(link)
    async with site.db.transaction(meeting) as tx:
        await tx.update(meetings, meeting, video_url="https://meet.example/moved?a=1&b=2", starts_at=tx.now)
    page = await browser.post(f"{link}/video")
    assert '<meta http-equiv="refresh" content="0;url=https://meet.example/moved?a=1&amp;b=2">' in page.html
    assert (await participant(site, meeting, email="b@hue.example")).attendance == "online"
    async with site.db.transaction(meeting) as tx:
        await tx.update(meetings, meeting, video_url="")
    assert (await browser.post(f"{link}/video")).status == 409


async def test_declining_needs_a_reason_and_a_wrong_address_of_a_substitute_is_kept_to_be_mended(site: Site):
    office, meeting = await sent(site)
    link = await link_of(site, meeting, email="b@hue.example")
    browser = site.browser()
    await browser.get(link)
    page = await browser.post(f"{link}/answer", answer="declined", reason="")
    assert page.status == 422
    assert "lý do" in page.text.lower()
    named = {"answer": "substitute", "name": "Trần Văn Thay", "title": "Phó phòng", "reason": "bận"}
    page = await browser.post(f"{link}/answer", email="thay@", **named)
    assert page.status == 422
    for typed in ("Trần Văn Thay", "Phó phòng", "thay@", "bận"):
        assert f'value="{typed}"' in page.html
    page = await browser.post(f"{link}/answer", email="thay@hue.example", **named)
    assert page.status == 200
    assert "Đã đề nghị cử Trần Văn Thay dự thay" in page.text
    secretary = await secretary_of(site, office)
    page = await secretary.get(f"/meetings/{meeting}")
    assert "Lý do: bận" in page.text
    async with site.db.reading() as r:
        asked = await r.value(sa.select(substitutions.c.id))
    page = await secretary.post(f"/meetings/{meeting}/substitutes/{asked}", answer="agreed", note="Nhớ mang tài liệu")
    assert "Đã đồng ý" in page.text
    substitute = await participant(site, meeting, email="thay@hue.example")
    assert not substitute.votes
    async with site.db.reading() as r:
        assert await r.value(sa.select(outbox.c.method).where(outbox.c.participant_id == substitute.id)) == "REQUEST"


async def test_a_forged_a_cut_and_a_withdrawn_link_say_so_and_open_nothing(site: Site):
    office, meeting = await sent(site)
    row = await participant(site, meeting, email="b@hue.example")
    link = await link_of(site, meeting, email="b@hue.example")
    other = await participant(site, meeting, email="c@hue.example")
    browser = site.browser()
    of_somebody_else, with_another_key = f"/j/{other.id}{link[link.index('.') :]}", f"/j/{links.token_of(b'k' * 32, row.id, 1)}"
    bad = ("/j/x", link[:-1], f"{link}x", of_somebody_else, with_another_key, "/j/" + "%FF" * 10)
    for address in bad:
        page = await browser.get(address)
        assert page.status == 404, address
        assert "Họp thử" not in page.text
    await uninvite(site, office, meeting)
    page = await browser.get(link)
    assert page.status == 404
    assert "không còn" in page.text.lower()
    await browser.get("/sign-in")
    page = await browser.post(f"{link}/answer", answer="accepted", reason="")
    assert page.status == 404


async def test_a_session_of_a_link_is_good_for_its_meeting_only_and_ends_with_the_invitation(site: Site):
    office, meeting = await sent(site)
    link = await link_of(site, meeting, email="b@hue.example")
    browser = site.browser()
    await browser.get(link)
    page = await browser.post(f"{link}/join")
    assert page.path == f"/meetings/{meeting}/room"
    assert (await browser.get(f"/meetings/{meeting}")).status == 200
    for address in ("/", "/meetings", "/tasks", "/account", f"/meetings/{meeting}/edit", "/outbox", "/admin"):
        page = await browser.get(address, follow=False)
        assert page.status in (303, 403, 404), address
    await uninvite(site, office, meeting)
    page = await browser.get(f"/meetings/{meeting}", follow=False)
    assert page.status in (303, 404)


async def test_a_cancelled_meeting_shows_why_and_takes_no_more_answers(site: Site):
    office, meeting = await sent(site)
    link = await link_of(site, meeting, email="b@hue.example")
    await perform(site.db, office.secretary, CancelMeeting(meeting_id=meeting, reason="Bão số 9", sender=SENDER))
    browser = site.browser()
    page = await browser.get(link)
    assert "Bão số 9" in page.text
    page = await browser.post(f"{link}/answer", answer="accepted", reason="")
    assert page.status == 409


# The secretary's page.


async def test_the_secretary_sees_the_state_of_each_mail_and_each_answer(site: Site):
    office, meeting = await sent(site)
    browser = await secretary_of(site, office)
    page = await browser.get(f"/meetings/{meeting}")
    assert "Đã gửi 0/5 thư" in page.text
    await Mailer(site.settings, Outbox(site.db), site.db.wakeups).send_due()
    page = await browser.get(f"/meetings/{meeting}")
    assert "Thư đã gửi: 5" in page.text
    failing = await participant(site, meeting, email="b@hue.example")
    async with site.db.transaction(meeting) as tx:
        await tx.write(sa.update(outbox).where(outbox.c.participant_id == failing.id).values(state="failed", error="550 no such user"))
    page = await browser.get(f"/meetings/{meeting}")
    assert f"Chưa gửi được giấy mời tới: {failing.name}" in page.text
    page = await browser.post(f"/meetings/{meeting}/send-again")
    assert "Đã gửi lại 1 thư" in page.text
    progress = await browser.get(f"/meetings/{meeting}/sending.json")
    assert json.loads(progress.html) == {"total": 1, "left": 1, "said": "Đã gửi 0/1 thư"}
    assert (await site.browser().get(f"/meetings/{meeting}/sending.json")).path.startswith("/sign-in")
    await make_account(site.db, office.people["b"], "nguoi.moi", "member")
    invited = await site.signed_in("nguoi.moi")
    assert (await invited.get(f"/meetings/{meeting}/sending.json")).status == 404
    assert (await invited.post(f"/meetings/{meeting}/send-again")).status in (403, 404)


async def test_after_the_end_the_page_shows_attendance_conclusions_and_the_print_is_a_bien_ban(site: Site):
    office, meeting = await sent(site)
    async with site.db.reading() as r:
        item = await r.value(sa.select(items.c.id).where(items.c.meeting_id == meeting))
        row = await participant(site, meeting, email="chair@hue.example")
    chair = Actor(kind="account", name=row.name, account_id="1" * 32, person_id=office.people["chair"], agency_id=row.agency_id)
    for command in (
        StartMeeting(meeting_id=meeting), StartItem(meeting_id=meeting, item_id=item), CheckIn(meeting_id=meeting, mode="room"),
        RecordConclusion(meeting_id=meeting, item_id=item, text="Giao thực hiện", lead_agency_id=row.agency_id, due_on=clock.today()),
        EndMeeting(meeting_id=meeting),
    ):  # fmt: skip
        await perform(site.db, chair, command)
    browser = await secretary_of(site, office)
    page = await browser.get(f"/meetings/{meeting}")
    for text in ("1 Có mặt trực tiếp", "4 Vắng không phép", "Giao thực hiện", "Biên bản"):
        assert text in page.text
    page = await browser.get(f"/meetings/{meeting}/minutes/print")
    for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BIÊN BẢN", "Giao thực hiện", "CHỦ TỌA", "Nơi nhận"):
        assert text in page.text
    assert (await browser.get("/tasks")).text.count("Giao thực hiện") == 1


async def test_the_page_tells_who_was_elected_and_what_the_system_did_by_itself(site: Site):
    office, meeting = await sent(site)
    row = await participant(site, meeting, email="chair@hue.example")
    chair = Actor(kind="account", name=row.name, account_id="1" * 32, person_id=office.people["chair"], agency_id=row.agency_id)
    prepare = PrepareBallot(
        meeting_id=meeting, question="Bầu tổ trưởng", kind="election", options=["Trần An", "Lê Bình"], most=1, seats=1, base="cast",
        quorum=(0, 1), seconds=3600,
    )  # fmt: skip
    for command in (StartMeeting(meeting_id=meeting), CheckIn(meeting_id=meeting, mode="room")):
        await perform(site.db, chair, command)
    ballot = (await perform(site.db, chair, prepare) or {})["ballot_id"]
    await perform(site.db, chair, OpenBallot(meeting_id=meeting, ballot_id=ballot))
    await perform(site.db, chair, CastVote(meeting_id=meeting, ballot_id=ballot, marks={"2": "for"}))
    async with site.db.transaction(meeting) as tx:
        await tx.update(ballots, ballot, closes_at=clock.now())
    await close_due(site.db)
    page = await (await secretary_of(site, office)).get(f"/meetings/{meeting}")
    for text in ("Lê Bình · Trúng cử", "Cần từ 1 phiếu, tính trên 1 phiếu hợp lệ.", "Hệ thống: kết thúc biểu quyết đúng hẹn"):
        assert text in page.text


async def test_the_attendance_is_a_table_of_text_for_those_who_organise(site: Site):
    formula = '=HYPERLINK("http://xau.example")'
    guests = f"{formula}, Chuyên gia, khach@ngoai.example"
    office, meeting = await sent(site, title="Họp 1/2: [thử]", sites="Trụ sở\nXã Khe Tre", guests=guests)
    browser = await secretary_of(site, office)
    async with browser._session.get(f"{site.url}/meetings/{meeting}/attendance.xlsx") as answer:
        assert answer.status == 200
        rows = [row for row in read_table(await answer.read()) if row]
        sheet = openpyxl.load_workbook(io.BytesIO(await answer.read())).active
    assert len(rows) == 6 + 1 + 2  # and each site with its head-count
    assert [row[1:3] for row in rows[-2:]] == [["Trụ sở", "0"], ["Xã Khe Tre", "0"]]
    assert [row[1] for row in rows].count(formula) == 1
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    await make_account(site.db, office.people["c"], "nguoi.c", "member")
    member = await site.signed_in("nguoi.c")
    assert (await member.get(f"/meetings/{meeting}/attendance.xlsx")).status == 403


# What is typed wrongly, or with bad intent.


async def test_markup_in_names_is_text_wherever_it_shows(site: Site):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    office, meeting = await sent(site, title=f"Họp {evil}", place=evil, contact=evil, requests=evil)
    await make_account(site.db, office.people["b"], "duoc.moi", "member")
    secretary, member, guest = await secretary_of(site, office), await site.signed_in("duoc.moi"), site.browser()
    await Mailer(site.settings, Outbox(site.db), site.db.wakeups).send_due()
    async with site.db.reading() as r:
        mail = await r.value(sa.select(outbox.c.id).where(outbox.c.meeting_id == meeting))
    link = await link_of(site, meeting, email="khach@ngoai.example")
    own = f"/meetings/{meeting}"
    tried = [(secretary, a) for a in (own, f"{own}/edit", "/meetings", "/", f"/outbox/{mail}", f"/outbox/{mail}/html", f"{own}/room")]
    tried += [(member, a) for a in ("/", own, f"{own}/minutes", f"{own}/minutes/print", f"{own}/projector")]
    for browser, address in [*tried, (guest, link)]:
        page = await browser.get(address)
        assert page.status == 200, address
        assert "<script>alert" not in page.html, address
        assert "<img src=x" not in page.html, address


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("macro.xlsm", b"PK\x03\x04", "loại"), ("trang.html", b"<html>", "loại"), ("rong.pdf", b"", "hãy chọn một tệp"),
        ("gia.pdf", b"MZ\x90\x00", "không"), ("a/../../b.pdf", PDF, ""),
    ],
)  # fmt: skip
async def test_papers_are_taken_by_what_they_are_and_served_safely(site: Site, name: str, content: bytes, said: str):
    office, meeting = await sent(site)
    browser = await secretary_of(site, office)
    await browser.get(f"/meetings/{meeting}/edit")
    page = await browser.post(f"/meetings/{meeting}/papers", files={"file": (name, content)}, title="Dự thảo")
    if said:
        assert page.status == 422
        assert said in page.text.lower()
        return
    assert page.status == 200
    paper = page.html.partition('href="/papers/')[2].partition('"')[0]
    served = await browser.get(f"/papers/{paper}")
    assert served.headers["Content-Type"] == "application/pdf"
    assert "/" not in served.headers["Content-Disposition"].replace("%2F", "/")
    assert "default-src 'none'" in served.headers["Content-Security-Policy"]
    assert served.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_break_in_a_title_is_refused_beside_it_and_kept_to_be_mended(site: Site):
    office = await open_office(site.db)
    meeting = await office.draft(title="Họp thử\r\nBcc: ai@khac.example")
    browser = await secretary_of(site, office)
    page = await browser.get(f"/meetings/{meeting}/preview")
    assert page.status == 422
    assert "xuống dòng" in page.text
    assert "Bcc: ai@khac.example" in page.html


async def test_the_answer_form_of_a_colleague_is_offered_to_staff_only(site: Site):
    office, meeting = await sent(site)
    row = await participant(site, meeting, email="b@hue.example")
    await make_account(site.db, office.people["c"], "nguoi.c", "member")
    browser = await site.signed_in("nguoi.c")
    page = await browser.get(f"/meetings/{meeting}")
    assert row.id not in page.html
    page = await browser.post(f"/meetings/{meeting}/answer", participant_id=row.id, answer="declined", reason="giả")
    assert page.status == 403
    assert (await participant(site, meeting, email="b@hue.example")).answer == "waiting"


async def test_in_english_the_same_pages_are_in_english(site: Site):
    _, meeting = await sent(site)
    link = await link_of(site, meeting, email="b@hue.example")
    page = await site.browser("en").get(link)
    assert "I will attend" in page.text
    assert "Tham dự" not in page.text


async def test_the_next_meeting_is_made_after_this_one(site: Site):
    office, meeting = await sent(site)
    browser = await secretary_of(site, office)
    page = await browser.get(f"/meetings/{meeting}")
    assert f"/meetings/{meeting}/clone" in page.html
    await browser.get(f"/meetings/{meeting}/clone")
    page = await browser.post(f"/meetings/{meeting}/clone", date="hôm nào đó", agenda="true")
    assert page.status == 422
    page = await browser.post(f"/meetings/{meeting}/clone", date="2031-03-05", agenda="true", people="true")
    assert page.status == 200
    assert 'value="2031-03-05"' in page.html
    assert "Việc thứ nhất" in page.html


async def test_without_scripts_whoever_saves_second_is_told_beside_the_field_and_loses_nothing(site: Site):
    office = await open_office(site.db)
    meeting = await office.draft()
    browser = await secretary_of(site, office)
    edit = f"/meetings/{meeting}/edit"
    await browser.get(edit)
    await browser.post(edit, revision="1", window="one", title="Của một", place="Phòng một")
    page = await browser.post(edit, revision="1", window="two", title="Của hai <b>", place="16 Lê Lợi", action="preview")
    assert page.status == 409
    assert "Của một" in page.text
    assert 'value="Của hai &lt;b&gt;"' in page.html
    assert 'value="Phòng một"' in page.html
    revision = page.html.partition('id="revision" value="')[2].partition('"')[0]
    await browser.post(edit, revision=revision, window="three", title="Của hai <b>", place="Phòng một")
    assert 'value="Của hai &lt;b&gt;"' in (await browser.get(edit)).html
