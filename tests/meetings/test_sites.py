"""A bridge site acts for itself and for nobody else, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from meetings import clock, links
from meetings.agenda import EndMeeting, StartMeeting
from meetings.commands import Actor
from meetings.database import Database, Row
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound
from meetings.floor import EndSpeech, GiveFloor
from meetings.models.columns import new_id
from meetings.models.meeting import participants, sites
from meetings.models.organisation import sessions
from meetings.models.room import speeches
from meetings.perform import perform
from meetings.queries.sessions import session_of, token_hash
from meetings.scheduling import SendInvitations
from meetings.sent_form import form_of
from meetings.site_people import MarkAtSite, NameVisitor, RemoveVisitor, SeatAtSite
from meetings.site_plan import PlanSite, PlanTestCalls, RenewSiteLink
from meetings.site_speaking import AskForSite
from meetings.sites import CountHeads, KeepContact, ReportReady, ReportTest
from meetings.speaking import AskToSpeak, OrderQueue, WithdrawRequest
from meetings.voting import CastVote
from tests.support.meetings import Held, hold_meeting
from tests.support.scheduled import SENDER, Office, open_office

WORKS = {"sound": "ok", "picture": "ok", "network": "ok"}


async def row(db: Database, table: sa.Table, key: str | None) -> Row:
    async with db.reading() as reading:
        return await reading.get(table, key)


def of(site: Actor) -> dict[str, str]:
    return {"meeting_id": site.meeting_id or "", "site_id": site.site_id or ""}


async def held_live(db: Database) -> Held:
    held = await hold_meeting(db)
    await perform(db, held.chair, StartMeeting(meeting_id=held.id))
    for member in held.members[:2]:
        await perform(db, held.secretary, SeatAtSite(meeting_id=held.id, participant_id=held.pid(member), site_id=held.sites[1].site_id))
    return held


async def test_a_site_is_tested_before_it_is_ready_and_something_bad_takes_it_back(db: Database):
    held = await hold_meeting(db)
    site = held.sites[1]
    with pytest.raises(Conflict, match="site_not_tested"):
        await perform(db, site, ReportReady(**of(site), ready=True))
    await perform(db, site, ReportTest(**of(site), **WORKS))
    await perform(db, site, ReportReady(**of(site), ready=True))
    found = await row(db, sites, site.site_id)
    assert (found.ready, found.vouched, found.tested_at is not None) == (True, False, True)
    await perform(db, site, ReportTest(**of(site), **WORKS | {"sound": "bad"}, trouble="tiếng vọng"))
    found = await row(db, sites, site.site_id)
    assert (found.ready, found.tested_at, found.trouble) == (False, None, "tiếng vọng")
    await perform(db, site, ReportTest(**of(site), **WORKS, trouble="tiếng vọng"))
    assert (await row(db, sites, site.site_id)).trouble == ""


async def test_those_who_run_may_vouch_for_a_site_that_rang_them(db: Database):
    held = await hold_meeting(db)
    site = held.sites[1]
    await perform(db, held.secretary, ReportReady(**of(site), ready=True))
    assert (await row(db, sites, site.site_id)).vouched
    await perform(db, site, ReportTest(**of(site), **WORKS))
    await perform(db, site, ReportReady(**of(site), ready=True))
    assert not (await row(db, sites, site.site_id)).vouched


async def test_a_site_acts_for_itself_only(db: Database):
    held, other = await held_live(db), await hold_meeting(db, state="live")
    mine, neighbour, abroad = held.sites[1], held.sites[0], other.sites[0]
    seated = held.pid(held.members[0])
    for command in (
        ReportTest(**of(neighbour), **WORKS), ReportReady(**of(neighbour), ready=False), CountHeads(**of(neighbour), heads=9),
        KeepContact(**of(neighbour), lead="x"), NameVisitor(**of(neighbour), visitor="x"), AskForSite(**of(neighbour), speaker="x"),
        MarkAtSite(**of(neighbour), participant_id=seated, present=True),
        SeatAtSite(meeting_id=held.id, participant_id=seated, site_id=mine.site_id),
        PlanSite(**of(mine)), RenewSiteLink(**of(mine)), PlanTestCalls(meeting_id=held.id, starts_at=clock.now(), minutes=5),
        AskToSpeak(meeting_id=held.id), CastVote(meeting_id=held.id, ballot_id=new_id(), choice="for"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            await perform(db, mine, command)
    with pytest.raises(NotFound):
        await perform(db, mine, CountHeads(**of(abroad), heads=9))
    with pytest.raises(NotFound):  # its own site, as if it were of the other meeting
        await perform(db, mine, CountHeads(meeting_id=other.id, site_id=mine.site_id or "", heads=9))
    for actor in (held.members[2], held.guest):
        with pytest.raises(NotAllowed):
            await perform(db, actor, CountHeads(**of(mine), heads=9))


async def test_a_site_marks_the_people_of_its_list_and_names_visitors(db: Database):
    held = await held_live(db)
    site, (one, _, elsewhere) = held.sites[1], held.members
    await perform(db, site, MarkAtSite(**of(site), participant_id=held.pid(one), present=True))
    assert (await row(db, participants, held.pid(one))).attendance == "online"
    await perform(db, site, MarkAtSite(**of(site), participant_id=held.pid(one), present=False))
    gone = await row(db, participants, held.pid(one))
    assert (gone.attendance, gone.left_at is not None) == ("absent", True)
    with pytest.raises(NotFound):
        await perform(db, site, MarkAtSite(**of(site), participant_id=held.pid(elsewhere), present=True))
    for name in ("Lê Văn Khách", "Lê Văn Khách", "Trần Thị Phóng Viên"):
        await perform(db, site, NameVisitor(**of(site), visitor=name))
    await perform(db, site, CountHeads(**of(site), heads=41))
    found = await row(db, sites, site.site_id)
    assert (found.visitors, found.heads) == (["Lê Văn Khách", "Trần Thị Phóng Viên"], 41)
    await perform(db, site, RemoveVisitor(**of(site), visitor="Lê Văn Khách"))
    assert (await row(db, sites, site.site_id)).visitors == ["Trần Thị Phóng Viên"]


async def test_at_the_main_site_one_is_in_the_room(db: Database):
    held = await held_live(db)
    main, person = held.sites[0], held.pid(held.members[2])
    await perform(db, held.chair, SeatAtSite(meeting_id=held.id, participant_id=person, site_id=main.site_id))
    await perform(db, main, MarkAtSite(**of(main), participant_id=person, present=True))
    assert (await row(db, participants, person)).attendance == "room"


async def test_a_site_asks_for_one_of_its_people_or_by_name_and_waits_in_the_one_queue(db: Database):
    held = await held_live(db)
    site, person = held.sites[1], held.pid(held.members[0])
    asked = (await perform(db, held.members[0], AskToSpeak(meeting_id=held.id, subject="tự hỏi")) or {})["speech_id"]
    again = (await perform(db, site, AskForSite(**of(site), participant_id=person, subject="hạ tầng")) or {})["speech_id"]
    assert again == asked  # each person waits once
    with pytest.raises(Invalid, match="participant_not_at_site"):
        await perform(db, site, AskForSite(**of(site), participant_id=held.pid(held.members[2])))
    with pytest.raises(Invalid, match="speaker_missing"):
        await perform(db, site, AskForSite(**of(site)))
    await perform(db, site, KeepContact(**of(site), lead="Ông Phạm Sơn"))
    led = (await perform(db, site, AskForSite(**of(site))) or {})["speech_id"]
    speech = await row(db, speeches, led)
    assert (speech.participant_id, speech.site_id, speech.speaker) == (None, site.site_id, "Ông Phạm Sơn")
    await perform(db, held.chair, OrderQueue(meeting_id=held.id, rule="fair"))
    await perform(db, held.chair, GiveFloor(meeting_id=held.id, speech_id=led))
    with pytest.raises(NotAllowed):
        await perform(db, held.sites[0], EndSpeech(meeting_id=held.id, speech_id=led))
    await perform(db, site, EndSpeech(meeting_id=held.id, speech_id=led))
    await perform(db, site, WithdrawRequest(meeting_id=held.id, speech_id=asked))
    assert [(await row(db, speeches, key)).state for key in (led, asked)] == ["done", "withdrawn"]


async def test_a_site_cannot_fill_the_queue(db: Database):
    held = await held_live(db)
    site = held.sites[1]
    for n in range(10):
        await perform(db, site, AskForSite(**of(site), speaker=f"Người {n}"))
    with pytest.raises(Conflict, match="site_asks_enough"):
        await perform(db, site, AskForSite(**of(site), speaker="Người 11"))
    await perform(db, site, AskForSite(**of(site), speaker="Người 3", subject="đổi"))


async def test_after_the_end_a_site_notes_nothing_more(db: Database):
    held = await held_live(db)
    await perform(db, held.chair, EndMeeting(meeting_id=held.id))
    with pytest.raises(Conflict, match="site_closed"):
        await perform(db, held.sites[1], CountHeads(**of(held.sites[1]), heads=1))


# --- planning ---


async def named(db: Database, meeting: str) -> dict[str, Row]:
    async with db.reading() as reading:
        rows = await reading.all(sa.select(sites).where(sites.c.meeting_id == meeting).order_by(sites.c.position))
    return {found.name: found for found in rows if not found.removed}


async def planned(db: Database, names: str) -> tuple[Office, str]:
    office = await open_office(db)
    meeting = await office.draft(sites=names)
    await office.send(meeting)
    return office, meeting


async def test_a_site_named_after_an_agency_gets_its_people_and_its_staff(db: Database):
    office, meeting = await planned(db, "Trụ sở\nĐiểm cầu cơ quan B")
    site = (await named(db, meeting))["Điểm cầu cơ quan B"]
    async with db.reading() as reading:
        mine = await reading.one(sa.select(participants).where(participants.c.person_id == office.people["b"]))
    assert (mine.site_id, site.agency_id) == (site.id, mine.agency_id)
    staff = replace(office.stranger, agency_id=mine.agency_id)
    await perform(db, staff, CountHeads(meeting_id=meeting, site_id=site.id, heads=12))
    with pytest.raises(NotFound):  # is not invited himself
        await perform(db, replace(staff, role="member"), CountHeads(meeting_id=meeting, site_id=site.id, heads=13))
    with pytest.raises(NotFound):
        await perform(db, office.stranger, CountHeads(meeting_id=meeting, site_id=site.id, heads=13))
    await perform(db, office.secretary, PlanSite(meeting_id=meeting, site_id=site.id, agency_id=office.stranger.agency_id))
    await perform(db, office.stranger, CountHeads(meeting_id=meeting, site_id=site.id, heads=14))
    assert (await row(db, participants, mine.id)).site_id is None


async def test_a_renamed_line_is_the_same_site_and_a_removed_one_lets_its_people_go(db: Database):
    office, meeting = await planned(db, "Trụ sở\nCơ quan B\nCơ quan C")
    before = await named(db, meeting)
    await office.change(meeting, office.form(sites="Trụ sở\nHội trường B\nCơ quan C"), (await row_of_draft(db, meeting)))
    after = await named(db, meeting)
    assert after["Hội trường B"].id == before["Cơ quan B"].id
    await office.change(meeting, office.form(sites="Trụ sở\nCơ quan C"), (await row_of_draft(db, meeting)))
    gone = await row(db, sites, before["Cơ quan B"].id)
    assert (gone.removed, gone.link_version) == (True, 2)
    async with db.reading() as reading:
        assert await reading.value(sa.select(sa.func.count()).select_from(participants).where(participants.c.site_id == gone.id)) == 0
    await office.change(meeting, office.form(sites="Trụ sở\nCơ quan C\nHội trường B"), (await row_of_draft(db, meeting)))
    assert (await named(db, meeting))["Hội trường B"].id == gone.id


async def row_of_draft(db: Database, meeting: str) -> int:
    from meetings.models.meeting import meetings

    return int((await row(db, meetings, meeting)).draft_revision)


async def test_test_calls_follow_each_other(db: Database):
    office, meeting = await planned(db, "Trụ sở\nCơ quan B\nCơ quan C")
    start = clock.now() + timedelta(days=9)
    await perform(db, office.secretary, PlanTestCalls(meeting_id=meeting, starts_at=start, minutes=10))
    assert [(found.test_at - start).total_seconds() / 60 for found in (await named(db, meeting)).values()] == pytest.approx([0, 10, 20])


async def test_a_new_link_ends_what_came_in_by_the_old_one(db: Database):
    office, meeting = await planned(db, "Trụ sở\nCơ quan B")
    site = (await named(db, meeting))["Cơ quan B"]
    token = "a" * 43
    async with db.transaction("organisation") as tx:
        times = {"created_at": tx.now, "seen_at": tx.now, "expires_at": tx.now + timedelta(days=1)}
        await tx.insert(sessions, id=new_id(), site_id=site.id, csrf="x", token_hash=token_hash(token), **times)
    async with db.reading() as reading:
        found = await session_of(reading, token)
    assert found is not None
    assert (found.actor.kind, found.actor.site_id, found.actor.meeting_id) == ("site", site.id, meeting)
    await perform(db, office.secretary, RenewSiteLink(meeting_id=meeting, site_id=site.id))
    async with db.reading() as reading:
        assert await session_of(reading, token) is None


def test_a_site_s_token_is_no_participant_s():
    key, holder = b"k" * 32, new_id()
    assert links.genuine(key, links.token_of(key, holder, 1, "site"), 1, "site")
    assert not links.genuine(key, links.token_of(key, holder, 1, "site"), 1)
    assert not links.genuine(key, links.token_of(key, holder, 1), 1, "site")


async def test_sending_again_leaves_sites_as_they_report(db: Database):
    office, meeting = await planned(db, "Trụ sở\nCơ quan B")
    site = (await named(db, meeting))["Cơ quan B"]
    actor = Actor(kind="site", name=site.name, site_id=site.id, meeting_id=meeting)
    await perform(db, actor, ReportTest(**of(actor), **WORKS))
    await office.change(meeting, office.form(sites="Trụ sở\nCơ quan B", title="Tên khác"), await row_of_draft(db, meeting))
    with pytest.raises(Conflict, match="nothing_to_send"):
        await perform(db, office.secretary, SendInvitations(meeting_id=meeting, sender=SENDER))
    assert (await row(db, sites, site.id)).tested_at is not None


async def test_the_form_plans_place_contacts_test_and_agency_and_what_a_site_noted_itself_stands(db: Database):
    office = await open_office(db)
    one, two = new_id(), new_id()
    parts = {
        one: {"name": "Trụ sở", "place": "Phòng 1", "test_at": "2026-12-01T15:00"},
        two: {"name": "Nhà văn hóa", "agency": "cơ quan b", "lead": "Ông Lê Sơn", "technician": "Phan Kỹ", "phone": "0905 1"},
    }  # fmt: skip
    meeting = await office.draft(sites="Trụ sở\nNhà văn hóa", site_parts=parts)
    await office.send(meeting)
    found = await named(db, meeting)
    main, house = found["Trụ sở"], found["Nhà văn hóa"]
    assert (main.place, clock.iso(main.test_at)) == ("Phòng 1", "2026-12-01T08:00:00.000Z")
    assert (house.lead, house.technician, house.phone, house.filled_by) == ("Ông Lê Sơn", "Phan Kỹ", "0905 1", "")
    async with db.reading() as reading:
        mine = await reading.one(sa.select(participants).where(participants.c.person_id == office.people["b"]))
        form = await form_of(reading, meeting)
    assert (house.agency_id, mine.site_id) == (mine.agency_id, house.id)
    assert list(form["site_parts"]) == [main.id, house.id]
    # The site notes its own part; the form renames it, and changes what is the form's alone.
    staff = replace(office.stranger, agency_id=mine.agency_id)
    await perform(db, staff, KeepContact(meeting_id=meeting, site_id=house.id, place="Hội trường", lead="Bà Chủ"))
    part = form["site_parts"][house.id] | {"name": "Hội trường B", "lead": "Ai khác", "test_at": "2026-12-01T16:00"}
    changed = form | {"sites": "Trụ sở\nHội trường B", "site_parts": form["site_parts"] | {house.id: part}}
    await office.change(meeting, changed, await row_of_draft(db, meeting))
    house = (await named(db, meeting))["Hội trường B"]
    assert (house.id, house.place, house.lead, house.filled_by) == (found["Nhà văn hóa"].id, "Hội trường", "Bà Chủ", staff.name)
    assert clock.iso(house.test_at) == "2026-12-01T09:00:00.000Z"
    # Empty leaves as it is; an agency that is not there, or a year that nobody means, is told at its field.
    await office.change(meeting, changed | {"site_parts": {}, "title": "Khác"}, await row_of_draft(db, meeting))
    assert (await named(db, meeting))["Trụ sở"].place == "Phòng 1"
    for wrong in ({"agency": "Cơ quan không có"}, {"test_at": "0001-01-01T00:00"}, {"phone": "1" * 41}):
        (field,) = wrong
        with pytest.raises(Invalid) as invalid:
            await office.change(meeting, changed | {"site_parts": {one: {"name": "Trụ sở"} | wrong}}, await row_of_draft(db, meeting))
        assert [problem.where for problem in invalid.value.problems] == [f"site_parts.{one}.{field}"]
    # A site of another meeting is none of this one's: its id makes a new one.
    other = await office.draft(sites="Trụ sở", site_parts={main.id: {"name": "Trụ sở", "place": "Nơi khác"}})
    await office.send(other)
    assert (await row(db, sites, main.id)).place == "Phòng 1"
    assert (await named(db, other))["Trụ sở"].id != main.id
