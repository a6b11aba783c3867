"""The pages of the weekly schedule: prepared, approved, published; as a page, PDF, table and calendar."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
from icalendar import Calendar

from meetings import clock
from meetings.calendar_days import monday as monday_of
from tests.support.organisation import make_user
from tests.support.scheduled import open_office
from tests.support.site import Site


async def test_a_week_is_prepared_published_and_read_in_every_form(site: Site):
    office = await open_office(site.db)
    agency, foreign = office.secretary.agency_id, office.stranger.agency_id
    assert agency is not None
    assert foreign is not None
    await office.send(await office.draft(title="Họp về <đầu tư>"))
    await make_user(site.db, agency, "thuky", "secretary")
    await make_user(site.db, agency, "nhanvien")
    await make_user(site.db, foreign, "khac", "secretary")
    start = monday_of(clock.today() + timedelta(days=10))
    here = f"/week/{agency}"
    mine, member, theirs = [await site.signed_in(name) for name in ("thuky", "nhanvien", "khac")]
    nobody = site.browser()
    assert (await theirs.get(f"{here}/{start}/edit")).status == (await member.get(f"{here}/{start}/edit")).status == 403
    assert (await nobody.get(f"{here}/{start}/edit", follow=False)).status == 303
    await mine.get(f"{here}/{start}/edit")
    assert "Đã thêm 1 dòng" in (await mine.post(f"{here}/{start}/collect")).text
    line = {"day": start.isoformat(), "start": "07:30", "content": "Chào cờ", "place": "Sân trụ sở"}
    wrong = await mine.post(f"{here}/{start}/entries", **(line | {"start": "7 giờ"}))
    assert wrong.status == 422
    assert ("Chào cờ" in wrong.html, 'aria-invalid="true"' in wrong.html) == (True, True)
    await mine.post(f"{here}/{start}/entries", **line)
    added = await mine.post(f"{here}/{start}/entries", day=start.isoformat(), session="afternoon", content="Họp kín", internal="yes")
    digest = added.fields["digest"]
    assert (await mine.post(f"{here}/{start}/approve", digest="0" * 64, approved_by="Chủ tịch")).status == 409
    assert "Có thể công bố" in (await mine.post(f"{here}/{start}/approve", digest=digest, approved_by="Nguyễn Văn A, Chủ tịch")).text
    await mine.post(f"{here}/{start}/publish", public="yes")
    for browser, internal in ((member, True), (theirs, False), (nobody, False)):
        shown = await browser.get(f"{here}?day={start + timedelta(days=3)}")
        assert ("Chào cờ" in shown.text, "&lt;đầu tư&gt;" in shown.html, "Họp kín" in shown.text) == (True, True, internal)
        table = await browser.send("GET", f"{here}/{start}.xlsx")
        assert table.status == 200
        assert (await browser.send("GET", f"{here}/{start}.pdf")).html.startswith("%PDF-")
        events = Calendar.from_ical((await browser.send("GET", f"{here}.ics")).html).walk("VEVENT")
        assert {str(event["SUMMARY"]) for event in events} == {"Chào cờ", "Họp về <đầu tư>"} | ({"(Chiều) Họp kín"} if internal else set())
    known = (await nobody.send("GET", f"{here}.ics")).headers
    for had in ({"If-None-Match": known["ETag"]}, {"If-Modified-Since": known["Last-Modified"]}):
        assert (await nobody.send("GET", f"{here}.ics", headers=had)).status == 304
    await mine.get(f"{here}/{start}/edit")
    assert "cần duyệt lại" in (await mine.post(f"{here}/{start}/entries", **(line | {"content": "Giao ban"}))).text
    assert "Giao ban" not in (await nobody.get(f"{here}?day={start}")).text
    assert (await mine.post(f"{here}/{start}/publish", public="yes")).status == 409
    await mine.post(f"{here}/{start}/approve", digest=(await mine.get(f"{here}/{start}/edit")).fields["digest"], approved_by="Chủ tịch")
    await mine.post(f"{here}/{start}/publish", public="no", reason="Bão")
    again = await member.get(f"{here}?day={start}")
    assert "Điều chỉnh lần 1" in again.text
    assert ("Bão" in again.text, "Mới" in again.text) == (True, True)
    assert "Chưa công bố" in (await nobody.get(f"{here}?day={start}")).text
    assert (await nobody.send("GET", f"{here}/{start}.pdf")).status == 404
    closed = await nobody.send("GET", f"{here}.ics", headers={"If-None-Match": known["ETag"]})
    assert (closed.status, "VEVENT" in closed.html) == (200, False)
    assert (await nobody.get(f"/week/{'0' * 32}")).status == 404
    assert (await nobody.get(f"{here}/{start + timedelta(days=1)}.pdf")).status == 404


async def test_the_table_says_what_the_page_says(site: Site):
    office = await open_office(site.db)
    agency = office.secretary.agency_id
    assert agency is not None
    await make_user(site.db, agency, "thuky", "secretary")
    start, mine = monday_of(clock.today()), await site.signed_in("thuky")
    here = f"/week/{agency}/{start}"
    await mine.get(f"{here}/edit")
    page = await mine.post(f"{here}/entries", day=start.isoformat(), start="19:30", content="=1+1", chair="Chủ tịch")
    await mine.post(f"{here}/approve", digest=page.fields["digest"], approved_by="Chủ tịch")
    await mine.post(f"{here}/publish", public="no")
    async with mine._session.get(site.url + f"{here}.xlsx") as answer:
        book = openpyxl.load_workbook(io.BytesIO(await answer.read()))
    heads, row = (list(cells) for cells in book.worksheets[0].iter_rows(values_only=True, max_row=2))
    assert heads[:4] == ["Thứ, ngày", "Buổi", "Giờ", "Nội dung"]
    assert row[:5] == [f"Thứ Hai {start:%d/%m/%Y}", "Tối", "19:30", "=1+1", "Chủ tịch"]
