"""Making a meeting: one page in the order a secretary thinks, a preview of what each recipient gets, sending, cancelling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from calendars.texts import html_of, subject_of
from meetings import clock
from meetings.access import standing
from meetings.commands import Actor
from meetings.database import Row
from meetings.draft_merge import with_mine
from meetings.errors import Conflict, Invalid, NotFound, Problem, Refusal
from meetings.i18n import translator
from meetings.invitation_facts import Mail, Sender
from meetings.meeting_form import Fields, meant, moved, times_of
from meetings.models.columns import new_id
from meetings.models.meeting import TYPES, meetings
from meetings.paper_requests import usual_due
from meetings.perform import perform
from meetings.queries.directory import all_agencies, all_rooms
from meetings.queries.impact import impact_of
from meetings.queries.meetings import meeting_page
from meetings.queries.polls import open_poll_of
from meetings.queries.schedule_form import form_page
from meetings.queries.scheduling import Preview, advice_for, preview_of
from meetings.repetition import days_typed, follows_typed
from meetings.scheduling import CancelMeeting, CreateDraft, DiscardDraft, SaveDraft, SendInvitations
from meetings.sent_form import form_of

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, LANGUAGE, SETTINGS, SIGNING_KEY, signed_in
from ..rendering import fragment, packed, page, problem_texts
from .draft_clashes import clash_problems, held_of, told_of
from .finding_time import wish_context
from .schedule_lists import LIST_ACTS, act_on_list
from .schedule_people import ACTS, act, chosen_fragment, keep_field, nobody, people_context
from .schedule_sites import FIELDS as SITE_FIELDS
from .schedule_sites import SITE_ACTS, act_on_sites, at_rows, keep_rows, sites_context

routes = web.RouteTableDef()
FIELD_NAMES = tuple(Fields.__dataclass_fields__)
CHECKS = ("chair_votes", "urgent", "messages_on", "agencies_shown", "reminders", "substitutes_vote", "skip_holidays")
DAYS = tuple("0123456")  # of the week, Monday first
ITEM_FIELDS = ("id", "title", "presenter", "kind", "minutes")
ROW_FIELDS = {"items": ITEM_FIELDS, "sites": SITE_FIELDS}


def sender_of(request: web.Request) -> Sender:
    return Sender.of(request.app[SETTINGS], request.app[SIGNING_KEY])


@routes.post("/meetings/new")
async def create(request: web.Request) -> web.Response:
    raise web.HTTPSeeOther(f"/meetings/{await new_draft(request)}/edit")


async def new_draft(request: web.Request, **changes: Any) -> str:
    """Its id. `changes`: to what a new form begins with."""
    actor = signed_in(request)
    day = clock.today(request.app[SETTINGS].zone) + timedelta(days=7)
    form = {
        "type": "business", "date": day.isoformat(), "start": "08:00", "end": "10:00", "zone": request.app[SETTINGS].zone,
        "secretary_id": actor.person_id, "chair_votes": True, "form": "hybrid", "video_kind": "jitsi", "quorum": "2/3",
        "speaking_minutes": "5", "messages_on": True, "reminders": True, "items": [{"id": new_id()} for _ in range(3)],
        "repeat": "none", "skip_holidays": True,
    }  # fmt: skip
    command = CreateDraft(meeting_id=new_id(), domain=request.app[SETTINGS].mail_domain, form=form | changes)
    await perform(request.app[DB], actor, command)
    return command.meeting_id


@routes.get("/meetings/{id}/edit")
async def edit(request: web.Request) -> web.Response:
    return await edit_page(request, signed_in(request))


async def edit_page(
    request: web.Request,
    actor: Actor,
    *,
    raw: dict[str, Any] | None = None,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
    list_name: str = "",
    typed: dict[str, str] | None = None,
) -> web.Response:
    """`list_name`: what was typed beside the form's own fields; `typed`: in a form beside that of the meeting."""
    meeting_id = request.match_info["id"]
    async with request.app[DB].reading() as reading:
        found = await form_page(reading, actor, meeting_id)
        if found.meeting.state in ("finished", "cancelled"):
            raise Conflict("meeting_over")
        form = _whole(raw or found.meeting.draft or await form_of(reading, meeting_id))
        context: dict[str, Any] = {
            "found": found, "f": form, "window": new_id(),
            **await people_context(reading, actor, found.meeting, form, request.query),
            **await sites_context(reading, meeting_id, form), "list_name": list_name, "rooms": await all_rooms(reading),
            "agencies": await all_agencies(reading), "types": TYPES,
            "advice": await advice_for(reading, actor, meeting_id, form, clock.now()),
            "poll": await open_poll_of(reading, meeting_id),
            **wish_context(form, clock.today(request.app[SETTINGS].zone)),
            "dates": _dates(request, found.meeting, form),
        }  # fmt: skip
    today, times = clock.today(request.app[SETTINGS].zone), times_of(form)
    context |= {"typed": typed or {}, "due_on": usual_due(clock.local(times[0]).date() if times else None, today).isoformat()}
    saved, problems = found.meeting.draft_saved_at, at_rows(problems, context["site_rows"])
    return packed(request, page(request, "schedule/edit.html", status=status, problems=problems, saved_at=saved, **context))


def _whole(form: dict[str, Any]) -> dict[str, Any]:
    """The form with every field that the page shows, empty where nothing was typed."""
    items = [dict.fromkeys(ITEM_FIELDS, "") | item for item in form.get("items", [])]
    start: dict[str, Any] = nobody() | {"messages_on": True, "reminders": True, "repeat_days": [], "skip_holidays": True}
    return dict.fromkeys(FIELD_NAMES, "") | start | form | {"items": items}


@routes.post("/meetings/{id}/edit")
async def save(request: web.Request) -> web.Response:
    """Every button of the page saves first; what was typed is never lost."""
    actor = signed_in(request)
    raw, data = await _raw_form(request), await fields_of(request)
    scripted = request.headers.get("Accept") == "application/json"
    meeting_id = request.match_info["id"]
    action = data.get("action", "save")
    if action == "add_item":
        raw["items"] = [*raw["items"], {"id": new_id()}]
    elif action.startswith("remove_item:"):
        raw["items"] = [item for item in raw["items"] if item["id"] != action.partition(":")[2]]
    elif action.startswith("set:"):
        _, name, value = action.split(":", 2)
        raw = _settled(raw, name, value)
    elif action.partition(":")[0] in SITE_ACTS:
        async with request.app[DB].reading() as reading:
            await act_on_sites(reading, raw, action)
    elif action.partition(":")[0] in ACTS:
        async with request.app[DB].reading() as reading:
            await act(reading, actor, raw, action, data.get("invite_how", ""))
    try:
        page_of = {"revision": data.get("revision", "0"), "window": data.get("window", ""), "held": held_of(data)}
        command = command_from(SaveDraft, {}, meeting_id=meeting_id, form=raw, **page_of)
        answer = await perform(request.app[DB], actor, command) or {}
    except Refusal as refusal:
        if scripted:
            raise web.HTTPConflict(text=refusal.code) from None
        if isinstance(refusal, NotFound):
            raise
        return await edit_page(request, actor, raw=raw, problems=tuple(refusal.problems), status=refusal.status)
    if answer["clashes"] and not scripted:
        async with request.app[DB].reading() as reading:
            form = (await reading.get(meetings, meeting_id)).draft or raw
        both = with_mine(form, raw, [tuple(one["path"].split(".")) for one in answer["clashes"]])
        return await edit_page(request, actor, raw=both, problems=clash_problems(both, answer["clashes"]), status=409)
    if action.partition(":")[0] in LIST_ACTS:
        try:
            told = await act_on_list(request.app[DB], actor, raw, action, data)
        except Refusal as refusal:
            typed, problems = data.get("list_name", ""), tuple(refusal.problems)
            return await edit_page(request, actor, raw=raw, problems=problems, status=refusal.status, list_name=typed)
        raise redirect(f"/meetings/{meeting_id}/edit#who", told)
    if scripted:
        async with request.app[DB].reading() as reading:
            meeting = await reading.get(meetings, meeting_id)
            form = meeting.draft or raw
            advice = await advice_for(reading, actor, meeting_id, form, clock.now())
            said = {name: answer[name] for name in ("revision", "saved_at", "taken", "clashes")}
            said["advice"] = fragment(request, "schedule/advice.html", advice=advice, dates=_dates(request, meeting, form))
            if action.partition(":")[0] in ACTS or any(path.partition(".")[0] in nobody() for path in answer["taken"]):
                said["chosen"] = await chosen_fragment(request, reading, actor, _whole(form))
            if answer["taken"]:
                orders = {"order": [item["id"] for item in form["items"]], "site_order": list(form.get("site_parts") or {})}
                said |= orders | {"told": told_of(request, answer)}
        return web.json_response(said)
    if action == "preview":
        raise web.HTTPSeeOther(f"/meetings/{meeting_id}/preview")
    searched = action == "find" or action.startswith("add:")
    query = urlencode({"find": data.get("find", "")[:100], "invite_how": data.get("invite_how", "")}) if searched else ""
    part = "#who" if searched or action.partition(":")[0] in ACTS else "#sites" if action.partition(":")[0] in SITE_ACTS else ""
    raise web.HTTPSeeOther(f"/meetings/{meeting_id}/edit{'?' if query else ''}{query}{part}")


def _settled(raw: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    """The form after a warning's way out."""
    if name in ("date", "room_id"):
        return raw | {name: value}
    start, _, end = value.partition("/")
    try:
        return moved(raw, clock.instant(start), clock.instant(end)) if name == "when" else raw
    except ValueError:  # such as no button sends, or in a zone that is none
        return raw


def _dates(request: web.Request, meeting: Row, form: dict[str, Any]) -> dict[str, Any]:
    """What schedule/dates.html draws: the days that the form makes, those that a holiday takes, or why it makes none."""
    raw = meant(meeting, form)
    found: dict[str, Any] = {"days": [], "skipped": [], "problem": "", "joined": True}
    if (raw.get("repeat") or "none") == "none":
        return found
    try:
        days = days_typed(raw)
        every = days_typed(raw | {"skip_holidays": False, "repeat_count": "", "repeat_until": days[-1].isoformat()})
    except Invalid as invalid:
        (said, *_) = problem_texts(invalid.problems, translator(request[LANGUAGE]))
        return found | {"problem": said["text"]}
    joined = follows_typed(raw)
    return found | {"days": days, "skipped": [f"{day:%d/%m/%Y}" for day in every if day not in days], "joined": joined}


async def _raw_form(request: web.Request) -> dict[str, Any]:
    """The form as typed: `items.<n>.<field>` and `sites.<n>.<field>` become rows, those of the people part as `keep_field` says."""
    raw: dict[str, Any] = {"items": [], "repeat_days": []} | nobody() | dict.fromkeys(CHECKS, False)
    rows: dict[str, dict[int, dict[str, str]]] = {"items": {}, "sites": {}}
    for name, value in (await request.post()).items():
        if not isinstance(value, str) or name in ("csrf", "action", "revision", "window", "held"):
            continue
        head, _, rest = name.partition(".")
        number, _, field = rest.partition(".")
        if head in rows and number.isdigit() and field in ROW_FIELDS[head]:
            rows[head].setdefault(int(number), {})[field] = value
        elif head == "repeat_days" and rest in DAYS:
            raw["repeat_days"].append(rest)
        elif not keep_field(raw, name, value) and not rest:
            raw[name] = True if name in CHECKS else value
    raw["items"] = [row for _, row in sorted(rows["items"].items())]
    keep_rows(raw, [row for _, row in sorted(rows["sites"].items())])
    return raw


@routes.get("/meetings/{id}/preview")
async def preview(request: web.Request) -> web.Response:
    actor = signed_in(request)
    meeting_id = request.match_info["id"]
    try:
        found = await preview_of(request.app[DB], actor, meeting_id, send_command(request, meeting_id))
    except Invalid as invalid:
        return await edit_page(request, actor, problems=tuple(invalid.problems), status=422)
    chosen = _mail_to(found, request.query.get("to", "")) or (found.mails[0] if found.mails else None)
    async with request.app[DB].reading() as reading:
        advice = await advice_for(reading, actor, meeting_id, found.form, clock.now())
        impact = await impact_of(reading, actor, meeting_id, found.form, found.mails)
    subject = subject_of(chosen.facts) if chosen else ""
    dates = {one.id: one for one in found.dates if one.state != "cancelled"}.values()
    context: dict[str, Any] = {"found": found, "chosen": chosen, "subject": subject, "advice": advice, "dates": dates, "impact": impact}
    return page(request, "schedule/preview.html", meeting_id=meeting_id, **context)


@routes.get("/meetings/{id}/preview/mail")
async def preview_mail(request: web.Request) -> web.Response:
    """One recipient's mail as a document of its own, in a frame without scripts."""
    actor = signed_in(request)
    meeting_id = request.match_info["id"]
    found = await preview_of(request.app[DB], actor, meeting_id, send_command(request, meeting_id))
    mail = _mail_to(found, request.query.get("to", ""))  # of several mails to one, the one that the page shows
    if mail is None:
        raise NotFound
    return mail_document(html_of(mail.facts))


def _mail_to(found: Preview, address: str) -> Mail | None:
    return next((mail for mail in found.mails if mail.facts.recipient_email == address), None)


def mail_document(html: str) -> web.Response:
    """A mail's HTML, shown with its inlined styles and nothing else: no script, no form, no fetch."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; frame-ancestors 'self'"
    return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": policy})


def send_command(request: web.Request, meeting_id: str) -> SendInvitations:
    return SendInvitations(meeting_id=meeting_id, sender=sender_of(request), jitsi=request.app[SETTINGS].jitsi)


@routes.post("/meetings/{id}/send")
async def send(request: web.Request) -> web.Response:
    actor = signed_in(request)
    meeting_id = request.match_info["id"]
    try:
        answer = await perform(request.app[DB], actor, send_command(request, meeting_id)) or {}
    except Invalid as invalid:
        return await edit_page(request, actor, problems=tuple(invalid.problems), status=422)
    told = "schedule.sent_and_removed" if answer["removed"] else "schedule.sent"
    raise redirect(f"/meetings/{meeting_id}", "schedule.sent_and_asked" if answer["agencies"] else told, **answer)


@routes.post("/meetings/{id}/discard")
async def discard(request: web.Request) -> web.Response:
    actor = signed_in(request)
    meeting_id = request.match_info["id"]
    async with request.app[DB].reading() as reading:
        state = (await standing(reading, meeting_id, actor)).meeting
    await perform(request.app[DB], actor, DiscardDraft(meeting_id=meeting_id))
    gone = state is not None and state.state == "draft"
    raise redirect("/meetings" if gone else f"/meetings/{meeting_id}", "schedule.discarded")


@routes.get("/meetings/{id}/cancel")
async def cancel_form(request: web.Request) -> web.Response:
    async with request.app[DB].reading() as reading:
        found = await meeting_page(reading, signed_in(request), request.match_info["id"])
    if not found.by.organises:
        raise NotFound
    return page(request, "schedule/cancel.html", found=found, reason="", apply_to="one")


@routes.post("/meetings/{id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    actor = signed_in(request)
    data = await fields_of(request)
    meeting_id = request.match_info["id"]
    try:
        command = command_from(CancelMeeting, data, meeting_id=meeting_id, sender=sender_of(request))
        answer = await perform(request.app[DB], actor, command) or {}
    except Invalid as invalid:
        async with request.app[DB].reading() as reading:
            found = await meeting_page(reading, actor, meeting_id)
        typed: dict[str, Any] = {"reason": data.get("reason", ""), "apply_to": data.get("apply_to", "one")}
        return page(request, "schedule/cancel.html", status=422, problems=invalid.problems, found=found, **typed)
    raise redirect(f"/meetings/{meeting_id}", "schedule.cancelled", told=answer["told"])
