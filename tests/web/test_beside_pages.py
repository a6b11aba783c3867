"""What a room asks for beside its live connection: papers in parts and from the browser's cache, who has opened them, notes, older
messages; and the printed programme."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from meetings.agenda import StartMeeting
from meetings.commands import Actor
from meetings.models.beside import paper_openings
from meetings.models.meeting import items, participants
from meetings.models.meeting import papers as paper_rows
from meetings.notes import SaveNote
from meetings.papers import AddPaper
from meetings.perform import perform
from meetings.talk import SendMessage
from tests.support.organisation import make_account
from tests.support.scheduled import Office, open_office
from tests.support.site import Browser, Site

PDF = b"%PDF-1.4\n" + bytes(range(256)) * 8 + b"\n%%EOF\n"


async def held(site: Site) -> tuple[Office, str, str]:
    """A live meeting with one paper."""
    office = await open_office(site.db)
    meeting = await office.draft()
    await office.send(meeting)
    await perform(site.db, office.secretary, StartMeeting(meeting_id=meeting))
    await perform(site.db, office.secretary, AddPaper(meeting_id=meeting, title="Tờ trình", file_name="a.pdf", content=PDF))
    async with site.db.reading() as r:
        return office, meeting, await r.value(sa.select(paper_rows.c.id).where(paper_rows.c.meeting_id == meeting))


async def browser_of(site: Site, office: Office, person: str, role: str = "member") -> Browser:
    await make_account(site.db, office.people[person], f"ten.{person}", role)
    return await site.signed_in(f"ten.{person}")


async def openings(site: Site) -> list[int]:
    async with site.db.reading() as r:
        return await r.column(sa.select(paper_openings.c.times))


async def test_a_paper_comes_in_parts_and_once(site: Site):
    office, _, paper = await held(site)
    browser = await browser_of(site, office, "b")
    whole = await browser.get(f"/papers/{paper}")
    assert (whole.status, whole.headers["Accept-Ranges"], whole.headers["Cache-Control"]) == (200, "bytes", "private, no-cache")
    size = len(PDF)
    for asked, start, stop in (("bytes=0-9", 0, 10), ("bytes=5-", 5, size), ("bytes=-7", size - 7, size), ("bytes=9-99999", 9, size)):
        part = await browser.get(f"/papers/{paper}", Range=asked)
        assert (part.status, part.headers["Content-Range"]) == (206, f"bytes {start}-{stop - 1}/{len(PDF)}"), asked
        assert int(part.headers["Content-Length"]) == stop - start
    for asked in (f"bytes={len(PDF)}-", "bytes=9-3", "lines=1-2", "bytes=0-1,4-5"):
        refused = await browser.get(f"/papers/{paper}", Range=asked)
        assert refused.status == 416, asked
    known = await browser.get(f"/papers/{paper}", **{"If-None-Match": whole.headers["ETag"]})
    assert (known.status, known.html) == (304, "")
    # Parts are not openings of their own.
    assert await openings(site) == [2]


async def test_a_part_has_just_these_bytes(site: Site):
    office, meeting, paper = await held(site)
    await perform(site.db, office.secretary, AddPaper(meeting_id=meeting, title="Ghi", file_name="a.txt", content="Nội dung".encode()))
    async with site.db.reading() as r:
        text = await r.value(sa.select(paper_rows.c.id).where(paper_rows.c.file_name == "a.txt"))
    browser = await browser_of(site, office, "b")
    assert (await browser.get(f"/papers/{text}", Range="bytes=0-0")).html == "N"
    assert (await browser.get(f"/papers/{text}", Range="bytes=-4")).html == "dung"
    assert (await browser.get(f"/papers/{paper}", Range="bytes=0-4")).html == "%PDF-"


async def test_who_opened_what_is_for_those_who_run_the_meeting(site: Site):
    office, meeting, paper = await held(site)
    member, secretary = await browser_of(site, office, "b"), await browser_of(site, office, "secretary", "secretary")
    await member.get(f"/papers/{paper}")
    await member.get(f"/papers/{paper}")
    said = json.loads((await secretary.get(f"/meetings/{meeting}/openings")).html)
    assert said == {"counts": {paper: 1}}
    (one,) = json.loads((await secretary.get(f"/meetings/{meeting}/openings?paper={paper}")).html)["openings"]
    async with site.db.reading() as r:
        b = await r.value(sa.select(participants.c.id).where(participants.c.person_id == office.people["b"]))
    assert (one["participant_id"], one["times"]) == (b, 2)
    assert (await member.get(f"/meetings/{meeting}/openings")).status == 403


async def test_notes_are_read_changed_and_taken_along_by_their_owner_only(site: Site):
    office, meeting, paper = await held(site)
    async with site.db.reading() as r:
        item = await r.value(sa.select(items.c.id).where(items.c.meeting_id == meeting))
    b = Actor(kind="account", name="b", account_id="b" * 32, person_id=office.people["b"])
    for about, key, text in (("paper", paper, "xem trang 3"), ("item", item, "hỏi kinh phí\nhỏi tiến độ")):
        said: dict[str, Any] = {"about": about, "about_id": key, "text": text}
        await perform(site.db, b, SaveNote(meeting_id=meeting, **said))
    member = await browser_of(site, office, "b")
    page = await member.get(f"/meetings/{meeting}/notes")
    assert page.text.index("hỏi kinh phí") < page.text.index("xem trang 3")
    kept = await member.post(f"/meetings/{meeting}/notes", about="item", about_id=item, revision="1", text="<b>đã hỏi</b>")
    assert "Đã lưu ghi chú" in kept.text and "&lt;b&gt;đã hỏi&lt;/b&gt;" in kept.html
    # From a page that is no longer how the note is: nothing is overwritten, what was typed stays.
    late = await member.post(f"/meetings/{meeting}/notes", about="item", about_id=item, revision="1", text="bản cũ")
    assert late.status == 409 and "bản cũ" in late.text and "đã hỏi" in late.text
    file = await member.get(f"/meetings/{meeting}/notes.txt")
    assert file.headers["Content-Type"] == "text/plain; charset=utf-8" and "<b>đã hỏi</b>" in file.html and "xem trang 3" in file.html
    found = json.loads((await member.get(f"/meetings/{meeting}/notes.json")).html)["notes"]
    assert {(note["about"], note["about_id"]) for note in found} == {("item", item), ("paper", paper)}
    # Nobody else: not the secretary, not an administrator.
    secretary = await browser_of(site, office, "secretary", "secretary")
    assert json.loads((await secretary.get(f"/meetings/{meeting}/notes.json")).html) == {"notes": []}
    assert "đã hỏi" not in (await secretary.get(f"/meetings/{meeting}/notes")).html
    assert "đã hỏi" not in (await secretary.get(f"/meetings/{meeting}")).html


async def test_older_messages_are_asked_for(site: Site):
    office, meeting, _ = await held(site)
    member = await browser_of(site, office, "b")
    async with site.db.reading() as r:
        c = await r.value(sa.select(participants.c.id).where(participants.c.person_id == office.people["c"]))
    await perform(site.db, office.secretary, SendMessage(meeting_id=meeting, text="chung"))
    await perform(site.db, office.secretary, SendMessage(meeting_id=meeting, text="riêng", thread_id=c))
    assert [m["text"] for m in json.loads((await member.get(f"/meetings/{meeting}/messages?before=9")).html)["messages"]] == ["chung"]
    for query in ("before=9&letters", "before=1", "before=x", "before=99999999999999999999", ""):
        assert json.loads((await member.get(f"/meetings/{meeting}/messages?{query}")).html) == {"messages": []}, query


async def test_the_programme_has_its_hours(site: Site):
    office, meeting, _ = await held(site)
    page = await (await browser_of(site, office, "b")).get(f"/meetings/{meeting}/programme")
    assert "CHƯƠNG TRÌNH" in page.text and "08:00 1. Việc thứ nhất" in page.text and "Tờ trình" in page.text
