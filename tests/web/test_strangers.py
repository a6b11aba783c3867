"""One agency never sees another's meeting unless it is invited: every route is tried by everybody whom it does not concern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from calendars.inbox import Inbox
from calendars.mailer import Mailer
from meetings import links
from meetings.agenda import StartMeeting
from meetings.database import Database
from meetings.decisions import RecordConclusion
from meetings.models.booking import room_bookings
from meetings.models.live import audit, live_events
from meetings.models.meeting import meetings, nominations, papers, participants, sites
from meetings.models.post import kept_mail, letters
from meetings.outbox import Outbox
from meetings.papers import AddPaper
from meetings.perform import perform
from meetings.voting import PrepareBallot
from tests.support.mail_programs import invited
from tests.support.organisation import make_account, make_agency, make_room, make_user
from tests.support.scheduled import Office, open_office
from tests.support.site import Browser, Site
from web.routes import ALL_ROUTES

MARK = "Việc riêng 7391"
WHO = ("nobody", "member", "secretary", "agency_admin", "system_admin", "guest of another meeting", "site of another meeting")
# Every one of these has something of a meeting in its address.
ROUTES = sorted((route.method, route.path) for table in ALL_ROUTES for route in table)
# These end the very session that tries the others.
FORGED = "58000000-" + "A" * 24  # a code at the door
OWN_SESSION = {("POST", "/sign-out"), ("POST", "/account/sessions")}


@dataclass
class Secret:
    """A meeting with something of everything, and what stands in addresses of it."""

    id: str
    addresses: dict[str, str]
    typed: dict[str, str]


async def secret_meeting(site: Site, office: Office) -> Secret:
    form = {"title": f"{MARK} họp", "place": f"{MARK} phòng", "contact": f"{MARK} liên hệ", "requests": f"{MARK} yêu cầu"}
    form["sites"] = f"{MARK} trụ sở\n{MARK} điểm cầu"
    room = await make_room(site.db, str(office.secretary.agency_id), "Phòng của cơ quan A", booking="ask")
    asked = f"agency:{office.secretary.agency_id}"
    keys = {office.people["b"]: "vote", office.people["c"]: "attend", asked: "attend"}
    meeting = await office.draft(
        **form, room_id=room, invited=keys, wish={asked: f"{MARK} người"}, guests=f"{MARK}, Chuyên gia, khach@ngoai.example"
    )
    paper = AddPaper(meeting_id=meeting, title=f"{MARK} tài liệu", file_name="mat.txt", content=MARK.encode())
    await perform(site.db, office.secretary, paper)
    await office.send(meeting)
    await Mailer(site.settings, Outbox(site.db), site.db.wakeups).send_due()
    await perform(site.db, office.secretary, StartMeeting(meeting_id=meeting))
    ballot = (await perform(site.db, office.secretary, PrepareBallot(meeting_id=meeting, question=f"{MARK}?")) or {})["ballot_id"]
    who = await invited(site.db, meeting, "b@hue.example")
    await Inbox(site.settings, site.db).take(who.mail(who.calendar("ACCEPTED"), words=f"{MARK} thư"))
    lead = RecordConclusion(meeting_id=meeting, text=f"{MARK} kết luận", lead_agency_id=office.secretary.agency_id)
    await perform(site.db, office.secretary, lead)
    async with site.db.reading() as r:
        paper_id = await r.value(sa.select(papers.c.id).where(papers.c.meeting_id == meeting))
        guest = await r.value(sa.select(participants.c.id).where(participants.c.meeting_id == meeting, participants.c.duty == "guest"))
        nomination = await r.value(sa.select(nominations.c.id).where(nominations.c.meeting_id == meeting))
        place = await r.value(sa.select(sites.c.id).where(sites.c.meeting_id == meeting, ~sites.c.main))
        mail = await r.value(sa.select(kept_mail.c.outbox_id).order_by(kept_mail.c.outbox_id))
        booking = await r.value(sa.select(room_bookings.c.id).where(room_bookings.c.meeting_id == meeting))
        letter = await r.value(sa.select(letters.c.id).where(letters.c.meeting_id == meeting))
    forged = links.token_of(b"another key" * 3, guest, 1)
    return Secret(
        meeting,
        {
            "id": meeting, "paper": paper_id, "token": forged, "mail": mail, "kind": "csv", "type": "business", "ballot": ballot,
            "site": place, "substitution": guest, "nomination": nomination, "act": "decline",
            "letter": letter, "booking": booking, "room": room, "code": FORGED, "whose": "agencies", "entry": guest,
            "agency": str(office.secretary.agency_id), "monday": "2026-11-23",
        },
        {
            "participant_id": guest, "answer": "accepted", "reason": "", "sha256": "0" * 64, "revision": "1", "action": "save",
            "act": "dismiss", "how": "declined", "title": "đổi tên", "name": "đổi tên", "text": "x",
            "meeting_id": meeting, "starts_at": "2027-01-05T07:00", "ends_at": "2027-01-05T08:00",
        },
    )  # fmt: skip


async def visitor(site: Site, office: Office, who: str) -> Browser:
    if who == "nobody":
        browser = site.browser()
        await browser.get("/sign-in")
        return browser
    if who == "guest of another meeting":
        other = await another_meeting(site.db)
        browser = site.browser()
        page = await browser.get(f"/j/{await token_of_guest(site, other)}")
        assert page.status == 200, page.text
        await browser.post(f"{page.path}/join")
        return browser
    if who == "site of another meeting":
        browser = site.browser()
        page = await browser.get(f"/s/{await token_of_site(site, await another_meeting(site.db))}")
        assert page.status == 200, page.text
        await browser.post(f"{page.path}/enter")
        return browser
    agency = await make_agency(site.db)
    await make_user(site.db, agency, "nguoi.la", who)
    browser = await site.signed_in("nguoi.la")
    await browser.get("/account")
    return browser


async def another_meeting(db: Database) -> str:
    agency = await make_agency(db)
    people = {name: await make_user(db, agency, name, role) for name, role in (
        ("chutoa", "member"), ("thuky", "secretary"), ("uyvien", "member"), ("uyvien2", "member"),
    )}
    ids = [str(person.person_id) for person in people.values()]
    office = Office(db, people["thuky"], people["uyvien"], dict(zip(("chair", "secretary", "b", "c"), ids, strict=True)))
    meeting = await office.draft(title="Cuộc họp khác", sites="Trụ sở khác")
    await office.send(meeting)
    return meeting


async def token_of_guest(site: Site, meeting: str) -> str:
    async with site.db.reading() as r:
        guest = await r.value(sa.select(participants.c.id).where(participants.c.meeting_id == meeting, participants.c.duty == "guest"))
    return links.token_of(site.settings.signing_key(), guest, 1)


async def token_of_site(site: Site, meeting: str) -> str:
    async with site.db.reading() as r:
        key = await r.value(sa.select(sites.c.id).where(sites.c.meeting_id == meeting))
    return links.token_of(site.settings.signing_key(), key, 1, "site")


async def traces(db: Database, meeting: str) -> dict[str, Any]:
    """What any change to the meeting would change."""
    async with db.reading() as r:
        people = sa.select(participants).where(participants.c.meeting_id == meeting).order_by(participants.c.id)
        return {
            "row": tuple(await r.one(sa.select(meetings).where(meetings.c.id == meeting))),
            "audit": await r.value(sa.select(sa.func.count()).select_from(audit).where(audit.c.scope == meeting)),
            "live": await r.value(sa.select(sa.func.count()).select_from(live_events).where(live_events.c.meeting_id == meeting)),
            "people": [tuple(row) for row in await r.all(people)],
            "room": [tuple(row) for row in await r.all(sa.select(room_bookings))],
        }


def address_of(path: str, secret: Secret) -> str:
    whose = {"/outbox": "mail", "/rooms": "room"}
    id_of = secret.addresses[next((name for start, name in whose.items() if path.startswith(start)), "id")]
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: id_of if found[1] == "id" else secret.addresses[found[1]], path)


@pytest.mark.parametrize("who", WHO)
async def test_no_route_tells_a_stranger_anything_or_lets_him_change_anything(site: Site, who: str):
    office = await open_office(site.db)
    secret = await secret_meeting(site, office)
    browser = await visitor(site, office, who)
    before = await traces(site.db, secret.id)
    for method, path in ROUTES:
        if (method, path) in OWN_SESSION:
            continue
        address = address_of(path, secret)
        if method == "GET":
            page = await browser.get(address, follow=False)
        else:
            page = await browser.post(address, follow=False, **secret.typed)
        said = (who, method, path, page.status, page.path)
        assert MARK not in page.html, said
        if "{" in path and not path.startswith("/admin") and (method, path) != ("GET", "/rooms/{id}"):  # when it is taken is told
            # Whoever scans the code at a door without being signed in is told how to come in, whatever the meeting.
            asked_in = page.status == 401 and "/sign-in?" in page.html
            turned_away = asked_in or (page.status == 303 and page.path.startswith("/sign-in"))
            assert page.status == 404 or turned_away, said
        assert page.status < 500, said
    assert await traces(site.db, secret.id) == before


async def test_the_same_routes_do_show_it_to_those_who_are_invited(site: Site):
    """So that the test above would notice a mark that is nowhere to be seen."""
    office = await open_office(site.db)
    secret = await secret_meeting(site, office)
    await make_account(site.db, office.people["b"], "duoc.moi", "member")
    await make_account(site.db, office.people["secretary"], "thu.ky", "secretary")
    expected = {
        "duoc.moi": {
            "/", "/meetings", "/meetings/{id}", "/papers/{paper}", "/meetings/{id}/papers", "/meetings/{id}/room", "/meetings/{id}/minutes",
            "/meetings/{id}/minutes/print", "/meetings/{id}/programme", "/meetings/{id}/notes", "/meetings/{id}/notes.txt",
        },
        "thu.ky": {
            "/letters", "/letters/{letter}/message.eml", "/outbox", "/outbox/{id}", "/outbox/{id}/html", "/meetings/{id}/edit",
            "/meetings/{id}/cancel", "/meetings/{id}/sites", "/meetings/{id}/site-cards",
            "/meetings/{id}/nominations/{nomination}",
        },
    }  # fmt: skip
    for username, paths in expected.items():
        browser = await site.signed_in(username)
        for path in paths:
            page = await browser.get(address_of(path, secret))
            assert page.status == 200, (path, page.text)
            assert MARK in page.html, (username, path)


async def test_a_person_of_an_invited_agency_who_is_no_staff_sees_nothing(site: Site):
    office = await open_office(site.db)
    secret = await secret_meeting(site, office)
    async with site.db.reading() as r:
        agency = await r.value(sa.select(participants.c.agency_id).where(participants.c.person_id == office.people["b"]))
    await make_user(site.db, agency, "dong.nghiep", "member")
    await make_user(site.db, agency, "van.thu", "secretary")
    colleague, clerk = await site.signed_in("dong.nghiep"), await site.signed_in("van.thu")
    assert (await colleague.get(f"/meetings/{secret.id}")).status == 404
    assert (await clerk.get(f"/meetings/{secret.id}")).status == 200
    assert (await clerk.get(f"/meetings/{secret.id}/edit")).status == 404


