"""The secretary before mail that came in: on the meeting's page, on the page of letters, and trying answers in a trial."""

from __future__ import annotations

from dataclasses import replace

from calendars.inbox import Inbox
from calendars.mailer import Mailer
from meetings.invitation_facts import Sender
from meetings.outbox import Outbox
from tests.support.mail_programs import answer_of, as_other, invited, last_letter, meeting_row
from tests.support.organisation import make_account, make_user
from tests.support.scheduled import Office, open_office
from tests.support.site import Browser, Site


async def desk(site: Site) -> tuple[Office, str, Browser]:
    """A sent meeting whose invitations carry addresses that read answers, and its secretary's browser."""
    office = replace(await open_office(site.db), sender=Sender.of(site.settings, site.settings.signing_key()))
    meeting = await office.draft()
    await office.send(meeting)
    await Mailer(site.settings, Outbox(site.db), site.db.wakeups).send_due()
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    return office, meeting, await site.signed_in("thu.ky")


async def test_a_trial_answer_goes_the_whole_way(site: Site):
    _, meeting, browser = await desk(site)
    page = await browser.get("/outbox")
    who = await invited(site.db, meeting, "b@hue.example")
    for how, expected in (("tentative", "Chưa chắc qua thư"), ("accepted", "Tham dự qua thư"), ("later", "Đề nghị đổi giờ")):
        await browser.get(await mail_to(browser, "b@hue.example"))
        page = await browser.post(f"{browser.page.path}/answer", how=how, comment="Xin <b>ghế</b> bên cửa sổ")
        assert "Thư trả lời đã đến" in page.text
        page = await browser.get(f"/meetings/{meeting}")
        assert expected in page.text
        assert "<b>ghế" not in page.html
    assert (await answer_of(site.db, who))[0] == "accepted"
    await browser.get(await mail_to(browser, "c@hue.example"))
    await browser.post(f"{browser.page.path}/answer", how="bounced")
    page = await browser.get(f"/meetings/{meeting}")
    assert "Chưa gửi được giấy mời tới: Nguyễn Thị C" in page.text
    assert "5.1.1 550 5.1.1 no such mailbox" in page.text
    other = await invited(site.db, meeting, "c@hue.example")
    page = await browser.post(f"/meetings/{meeting}/send-again", participant_id=other.participant_id)
    assert "Đã đưa thư vào hàng gửi lại" in page.text
    assert "Thư chờ gửi" in page.text
    assert (await browser.post(f"{await mail_to(browser, 'b@hue.example')}/answer", how="nonsense")).status == 404


async def mail_to(browser: Browser, address: str) -> str:
    """Path of the kept mail to this address."""
    page = await browser.get("/outbox")
    part = page.html.partition(address)[0]
    return "/outbox/" + part.rpartition('href="/outbox/')[2][:32]


async def test_a_proposed_time_is_accepted_into_the_preview_by_one_click(site: Site):
    _, meeting, browser = await desk(site)
    who = await invited(site.db, meeting, "b@hue.example")
    times = {"DTSTART": "DTSTART:20270105T013000Z", "DTEND": "DTEND:20270105T030000Z", "COMMENT": "COMMENT:Bận buổi đó"}
    await Inbox(site.settings, site.db).take(who.mail(who.calendar("TENTATIVE", method="COUNTER", **times)))
    assert "1 thư đến cần xem" in (await browser.get("/")).text
    assert "1 thư trả lời chờ xử lý" in await browser.bell()
    page = await browser.get("/letters")
    assert "Đề nghị họp: 08:30–10:00, thứ Ba, 05/01/2027" in page.text
    letter = await last_letter(site.db)
    page = await browser.post(f"/meetings/{meeting}/letters/{letter.id}", act="accept", back="letters")
    assert page.path == f"/meetings/{meeting}/preview"
    assert "Giấy mời tới 5 người" in page.text
    assert "08:30–10:00, thứ Ba, 05/01/2027" in page.text
    page = await browser.post(f"/meetings/{meeting}/letters/{letter.id}", act="decline")
    assert (page.status, "vừa được người khác xử lý" in page.text) == (409, True)
    await browser.post(f"/meetings/{meeting}/send")
    assert (await meeting_row(site.db, meeting)).sequence == 1
    assert "1 thư đến cần xem" not in (await browser.get("/")).text


async def test_a_declined_time_is_told_in_a_mail_of_its_own(site: Site):
    _, meeting, browser = await desk(site)
    who = await invited(site.db, meeting, "b@hue.example")
    times = {"DTSTART": "DTSTART:20270105T013000Z", "DTEND": "DTEND:20270105T030000Z"}
    await Inbox(site.settings, site.db).take(who.mail(who.calendar("TENTATIVE", method="COUNTER", **times)))
    await browser.get(f"/meetings/{meeting}")
    page = await browser.post(f"/meetings/{meeting}/letters/{(await last_letter(site.db)).id}", act="decline", reason="Đã đặt phòng")
    assert "Đã giữ nguyên thời gian" in page.text
    await Mailer(site.settings, Outbox(site.db), site.db.wakeups).send_due()
    page = await browser.get(await mail_to(browser, "b@hue.example"))
    assert "Giữ nguyên thời gian: Họp thử" in page.text
    assert "METHOD:DECLINECOUNTER" in page.html
    assert "Trả lời thử" not in page.text
    assert "Đã đặt phòng" in (await browser.get(f"{browser.page.path}/html")).text


async def test_a_substitute_named_by_mail_keeps_what_was_typed_when_something_is_wrong(site: Site):
    _, meeting, browser = await desk(site)
    who = await invited(site.db, meeting, "b@hue.example")
    named = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:ba@hue.example":mailto:{who.address}'
    await Inbox(site.settings, site.db).take(who.mail(who.calendar("", ATTENDEE=named)))
    letter = (await last_letter(site.db)).id
    page = await browser.get(f"/meetings/{meeting}")
    assert "Cử dự thay" in page.text
    page = await browser.post(f"/meetings/{meeting}/letters/{letter}", act="delegate", name="", title="Phó Giám đốc")
    assert (page.status, page.fields["title"]) == (422, "Phó Giám đốc")
    page = await browser.post(f"/meetings/{meeting}/letters/{letter}", act="delegate", name="Lê Thị Ba", title="Phó Giám đốc")
    assert "Lê Thị Ba (dự thay)" in page.text


async def test_a_party_crasher_is_shown_to_the_host_alone_and_its_mail_can_be_read(site: Site):
    office, meeting, browser = await desk(site)
    who = as_other(await invited(site.db, meeting, "b@hue.example"), "la@khac.example")
    await Inbox(site.settings, site.db).take(who.mail(who.calendar("ACCEPTED"), words="Tôi sẽ đến"))
    page = await browser.get("/letters")
    assert "không có trong thành phần dự họp" in page.text
    assert "Thư ghi là của: la@khac.example" in page.text
    letter = (await last_letter(site.db)).id
    mail = await browser.get(f"/letters/{letter}/message.eml")
    assert (mail.headers["Content-Type"], "Tôi sẽ đến" in mail.html) == ("message/rfc822", True)
    await make_user(site.db, office.stranger.agency_id or "", "nguoi.la", "secretary")
    stranger = await site.signed_in("nguoi.la")
    assert "la@khac.example" not in (await stranger.get("/letters")).text
    assert (await stranger.get(f"/letters/{letter}/message.eml")).status == 404
    await browser.get("/letters")
    page = await browser.post(f"/meetings/{meeting}/letters/{letter}", act="dismiss", back="letters")
    assert "Không có thư nào cần xem" in page.text
    assert "la@khac.example" in (await browser.get("/letters?show=settled")).text


async def test_mail_of_no_meeting_is_for_system_administrators(site: Site):
    office, _, browser = await desk(site)
    stray = "From: ai@do.example\r\nTo: hop@diemcau.example\r\nSubject: =?utf-8?q?Xin_ch=C3=A0o?=\r\n\r\nThư lạ"
    await Inbox(site.settings, site.db).take(stray.encode())
    assert "Thư lạ" not in (await browser.get("/letters")).text
    await make_user(site.db, office.stranger.agency_id or "", "quan.tri", "system_admin")
    admin = await site.signed_in("quan.tri")
    page = await admin.get("/letters")
    assert "Không rõ cuộc họp nào" in page.text
    assert "Thư lạ" in page.text
    page = await admin.post(f"/letters/{(await last_letter(site.db)).id}/dismiss")
    assert "Đã bỏ qua thư" in page.text
