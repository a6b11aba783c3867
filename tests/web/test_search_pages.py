"""The page of what a search found."""

from __future__ import annotations

from tests.support.organisation import make_agency, make_user
from tests.support.scheduled import open_office
from tests.support.site import Site


async def test_the_search_marks_what_was_typed_and_takes_nothing_for_markup(site: Site):
    office = await open_office(site.db)
    await office.send(await office.draft(title="Họp về <b>đầu tư</b> & xây dựng"))
    agency = office.secretary.agency_id
    assert agency is not None
    await make_user(site.db, agency, "thuky", "secretary")
    await make_user(site.db, await make_agency(site.db), "khac", "secretary")
    mine = await site.signed_in("thuky")
    page = await mine.get("/search?q=dau%20tu&kind=whatever")
    assert "Họp về &lt;b&gt;<mark>đầu</mark> <mark>tư</mark>&lt;/b&gt; &amp; xây dựng" in page.html
    typed = await mine.get("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert typed.status == 200
    assert "<script>alert" not in typed.html
    theirs = await (await site.signed_in("khac")).get("/search?q=dau%20tu")
    assert "Không tìm thấy “dau tu”" in theirs.text
    assert "xây dựng" not in theirs.text
    assert (await site.browser().get("/search?q=dau", follow=False)).status == 303
