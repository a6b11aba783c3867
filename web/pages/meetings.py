"""Lists of meetings, one meeting's page, and answering on it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from meetings import ballot_words, clock, i18n
from meetings.answers import AnswerInvitation, NameSubstitute
from meetings.commands import Actor
from meetings.errors import Invalid, NotFound, Problem
from meetings.letters import acts_of
from meetings.perform import perform
from meetings.queries.ballots import record_of
from meetings.queries.directory import all_agencies
from meetings.queries.lists import MOST_PAGES, STATES_OF, WHEN, WHOSE, Filter, listed
from meetings.queries.meetings import MeetingPage, meeting_page
from meetings.queries.nominations import asked_agencies
from meetings.queries.series import dates_of, next_of
from meetings.queries.substitutes import asked_for
from meetings.resending import not_there
from meetings.substitutes import DecideSubstitute
from meetings.text import clean
from meetings.views import ballot_view

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, LANGUAGE, SETTINGS, known, signed_in
from ..rendering import page
from ..roll_words import roll_words
from .schedule import sender_of

routes = web.RouteTableDef()
Problems = tuple[Problem, ...]


@routes.get("/meetings")
async def meetings(request: web.Request) -> web.Response:
    actor = signed_in(request)
    filter = filter_of(request.query)
    async with request.app[DB].reading() as reading:
        found = await listed(reading, actor, filter, request.app[SETTINGS].zone)
        hosts = await all_agencies(reading)
    return page(request, "meetings/list.html", found=found, filter=filter, hosts=hosts, states=STATES_OF, again=_again(filter))


def filter_of(query: Mapping[str, str]) -> Filter:
    """What cannot be meant is passed over: an address typed by hand shows a list, not an error."""
    when, whose, number = query.get("when", ""), query.get("whose", ""), query.get("page", "1")
    when = when if when in WHEN else WHEN[0]
    return Filter(
        when=when, whose=whose if whose in WHOSE else WHOSE[0], text=clean(query.get("text", ""))[:100],
        state=query.get("state", "") if query.get("state") in STATES_OF[when] else "", host=query.get("host", "")[:32],
        since=day_of(query.get("since", "")), until=day_of(query.get("until", "")),
        page=int(number) if number.isascii() and number.isdecimal() and 0 < int(number) <= MOST_PAGES else 1,
    )  # fmt: skip


def day_of(text: str) -> date | None:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _again(filter: Filter) -> str:
    """The address of the same list, up to the page's number."""
    fields = {"when": filter.when, "whose": filter.whose, "text": filter.text, "state": filter.state, "host": filter.host}
    days = {"since": filter.since.isoformat() if filter.since else "", "until": filter.until.isoformat() if filter.until else ""}
    return f"/meetings?{urlencode({key: value for key, value in (fields | days).items() if value})}&page="


@routes.get("/meetings/{id}")
async def meeting(request: web.Request) -> web.Response:
    return await show(request, known(request))


@routes.get("/series/{id}")
async def series(request: web.Request) -> web.Response:
    """To whichever of its dates that one may see is on or comes next."""
    async with request.app[DB].reading() as reading:
        found = next_of(await dates_of(reading, known(request), request.match_info["id"]), clock.now())
    if found is None:
        raise NotFound
    raise web.HTTPSeeOther(f"/meetings/{found.id}")


async def show(
    request: web.Request, actor: Actor, *, problems: Problems = (), typed: dict[str, str] | None = None, status: int = 200
) -> web.Response:
    async with request.app[DB].reading() as reading:
        found = await meeting_page(reading, actor, request.match_info["id"])
        asked, sending = await asked_for(reading, found.by), await asked_agencies(reading, found.by)
        dates = [(one, f"/meetings/{one.id}") for one in await dates_of(reading, actor, found.meeting.series_id)]
    context = page_context(found, actor, request[LANGUAGE]) | {"asked": asked, "sending_agencies": sending, "dates": dates}
    return page(request, "meetings/show.html", status=status, problems=problems, typed=typed or {}, **context)


def page_context(found: MeetingPage, actor: Actor, language: str) -> dict[str, Any]:
    """What the meeting's page draws: answers by agency, attendance, whose answers one may give."""
    by_agency: dict[str, list[Any]] = {}
    for row in found.participants:
        by_agency.setdefault(row.agency_name, []).append(row)
    answers = Counter(row.answer for row in found.participants if row.duty not in ("chair",))
    mine = [p for p in found.participants if found.by.me is not None and p.id == found.by.me.id]
    if actor.staff:
        mine += [p for p in found.participants if p.agency_id == actor.agency_id and p not in mine and not p.substitute_for_id]
    mailed = [(p, found.deliveries[p.id].state) for p in found.participants if p.id in found.deliveries]
    roll = roll_words(found.meeting, found.by.organises or found.by.runs, i18n.translator(language), language)
    return {
        "found": found, "m": found.meeting, "by_agency": by_agency, "answers": answers, "answerable": mine,
        "roll": roll, "mails": Counter(state for _, state in mailed),
        "unsent": [p.name for p, state in mailed if not_there(state, p.answer)], "history": _told_once(found.history),
        "outcome": lambda ballot, t: ballot_words.outcome(ballot_view(ballot), t), "acts_of": acts_of, "unverified": _unverified(found),
    }  # fmt: skip


def _unverified(found: MeetingPage) -> set[str]:
    """Whose present answer came by a mail from another address than his own."""
    latest: dict[str, Any] = {}
    for row in found.letters:  # the newest first
        if row.kind == "answer" and row.state == "applied":
            latest.setdefault(row.participant_id, row)
    by_mail = {p.id for p in found.participants if p.answer_by == "mail"}
    return {key for key, row in latest.items() if key in by_mail and not row.verified}


def _told_once(history: Sequence[Any]) -> list[tuple[Any, int]]:
    """What one person did several times in a row is one line: the latest, and how often."""
    runs = [list(run) for _, run in groupby(history, key=lambda row: (row.actor_name, row.command))]
    return [(run[0], len(run)) for run in runs]


@routes.post("/meetings/{id}/answer")
async def answer(request: web.Request) -> web.Response:
    actor = known(request)
    data = await fields_of(request)
    try:
        await give_answer(request, actor, request.match_info["id"], data)
    except Invalid as invalid:
        return await show(request, actor, problems=tuple(invalid.problems), typed=data, status=422)
    raise redirect(f"/meetings/{request.match_info['id']}", "answer.kept")


@routes.post("/meetings/{id}/substitutes/{substitution}")
async def decide_substitute(request: web.Request) -> web.Response:
    """Consent to a substitute, or not."""
    actor, data = known(request), await fields_of(request)
    ids = {"meeting_id": request.match_info["id"], "substitution_id": request.match_info["substitution"]}
    agreed = data.get("answer") == "agreed"
    command = command_from(DecideSubstitute, {"note": data.get("note", "")}, **ids, agreed=agreed, sender=sender_of(request))
    await perform(request.app[DB], actor, command)
    raise redirect(f"/meetings/{command.meeting_id}", f"substitute.decided_{'agreed' if agreed else 'refused'}")


@routes.get("/meetings/{id}/ballots/{ballot}/record.json")
async def ballot_record(request: web.Request) -> web.Response:
    """For `verify_ballot.py`, which counts it again."""
    async with request.app[DB].reading() as reading:
        record = await record_of(reading, known(request), request.match_info["id"], request.match_info["ballot"])
    name = f"ballot-{request.match_info['ballot'][:8]}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return web.json_response(record, headers=headers, dumps=partial(json.dumps, ensure_ascii=False, indent=1))


async def give_answer(request: web.Request, actor: Actor, meeting_id: str, data: dict[str, str]) -> None:
    """Accept, decline, tentative, or name a substitute. Raises Refusal."""
    if data.get("answer") == "substitute":
        command: Any = command_from(NameSubstitute, data, meeting_id=meeting_id, sender=sender_of(request))
    else:
        command = command_from(AnswerInvitation, data, meeting_id=meeting_id)
    await perform(request.app[DB], actor, command)
