"""Meetings that are held again and again: made from one form, then changed or cancelled on one date, from one on, or on all ahead.
Each date is a meeting like any other. Called within the first locks of `series_scope`, so nobody else writes in any of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from . import audit, clock
from .applying import announce_all, apply_form
from .asking import tell_nominators, tell_of_cancelling
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Invalid
from .i18n import translator
from .invitation_facts import Mail, Sender
from .invitees import agency_of
from .meeting_form import MeetingForm, Raw, strict
from .models.columns import new_id
from .models.meeting import meetings, participants, series
from .paper_requests import tell_asked_of_cancelling
from .papers import copy_papers
from .recurrence import Rule, days_of, follows
from .repetition import ApplyTo
from .room_booking import lock, release
from .sent_form import form_of
from .series_edit import Edit, dated, edit_between
from .series_mail import members, tell_series
from .standing import Standing
from .telling import AGAIN, tell_cancelled, tell_meeting
from .views import announce


@dataclass(slots=True)
class Work:
    """One command on a series, and what it does to single dates. `asked`: how many agencies are asked whom they send."""

    tx: Transaction
    by: Standing
    command: MeetingCommand
    sender: Sender
    jitsi: str = ""
    asked: int = 0

    async def add(self, like: Row, raw: Raw, day: date, row: Row) -> str:
        """Another date, with the papers of the meeting that it is like."""
        tx, key, ids = self.tx, new_id(), {item["id"]: new_id() for item in raw["items"]}
        items = [item | {"id": ids[item["id"]]} for item in raw["items"]]
        alone = {who: ids[item] for who, item in (raw.get("for_item") or {}).items() if item in ids}
        invited = {key: how for key, how in raw["invited"].items() if not agency_of(key)}  # who was asked for one date alone
        form = strict(dated(raw, day) | {"invited": invited, "items": items, "for_item": alone, "repeat": "none"})
        await tx.insert(
            meetings, id=key, uid=f"{key}@{like.uid.rpartition('@')[2]}", host_agency_id=like.host_agency_id,
            created_by=like.created_by, created_at=tx.now, changed_at=tx.now,
        )  # fmt: skip
        await copy_papers(tx, like.id, key, ids)
        await self.settle(await tx.get(meetings, key), form, series_id=row.id, original_start=form.starts_at)
        return key

    async def settle(self, meeting: Row, form: MeetingForm, **values: Any) -> None:
        """The form as the meeting's own, sent."""
        tx = self.tx
        async with tx.within(meeting.id):
            await apply_form(tx, meeting, form, self.jitsi)
            tx.reworded.add(meeting.id)
            await tx.update(
                meetings, meeting.id, state="invited" if meeting.state == "draft" else meeting.state,
                invited_at=meeting.invited_at or tx.now, changed_at=tx.now, **values,
            )  # fmt: skip
            if meeting.state != "draft" or meeting.draft is not None:  # nobody watches what was just made
                await announce_all(tx, meeting.id)
            self.asked += await tell_nominators(tx, meeting.id, self.sender)
            self._record(meeting.id)

    async def cancel(self, meeting: Row, reason: str) -> None:
        tx = self.tx
        async with tx.within(meeting.id):
            await tell_of_cancelling(tx, meeting.id, reason, self.sender)
            await tell_asked_of_cancelling(tx, meeting, self.sender)
            await tx.update(meetings, meeting.id, state="cancelled", cancel_reason=reason, draft=None, changed_at=tx.now)
            await release(tx, meeting.id)
            await announce(tx, "meeting", [meeting.id])
            self._record(meeting.id)

    async def tell(self, row: Row, touched: Sequence[str], reason: str = "") -> list[Mail]:
        """The mails of a series, or of the given meetings where each is an event of its own."""
        if row.joined:
            return await tell_series(self.tx, row.id, self.sender, reason)
        found: list[Mail] = []
        for key in touched:
            meeting = await self.tx.get(meetings, key)
            if meeting.state == "cancelled":
                found += await tell_cancelled(self.tx, meeting, reason or meeting.cancel_reason)
            else:
                found += await tell_meeting(self.tx, key, self.sender)
        return found

    def _record(self, meeting_id: str) -> None:
        if meeting_id != self.command.meeting_id:
            audit.record_beside(self.tx, self.by.actor, self.command)


async def begin_series(work: Work, meeting: Row, form: MeetingForm) -> list[Mail]:
    """From a draft that repeats: every date, and one invitation to all of them."""
    if form.rule is None:
        raise AssertionError(form)
    raw: Raw = meeting.draft
    _refuse_agencies(raw)
    row = await _new_series(work.tx, meeting.uid.rpartition("@")[2], form.rule, form.days[0], form.fields.zone)
    cleared = {"draft": None, "draft_revision": meeting.draft_revision + 1}
    await work.settle(meeting, form, series_id=row.id, original_start=form.starts_at, **cleared)
    keys = [meeting.id] + [await work.add(meeting, raw, day, row) for day in form.days[1:]]
    return await work.tell(row, keys)


async def change_series(work: Work, meeting: Row, form: MeetingForm) -> list[Mail]:
    """What the form says otherwise than the meeting, on this date, from it on, or on all dates ahead."""
    row = await work.tx.get(series, meeting.series_id)
    cleared: dict[str, Any] = {"draft": None, "draft_revision": meeting.draft_revision + 1}
    if form.fields.apply_to == "one":
        await work.settle(meeting, form, **cleared)
        return await work.tell(row, [meeting.id])
    dates = [one for one in await members(work.tx, row.id) if one.state != "cancelled"]
    targets = _targets(dates, meeting, form.fields.apply_to, work.tx.now)
    edit = edit_between(await form_of(work.tx, meeting.id), meeting.draft)
    _refuse_agencies({"invited": edit.newly_invited})
    rule, days = _days(form, edit, targets, Rule.from_json(row.rule))
    from_start = targets[0].id == dates[0].id
    fits = row.joined and follows(rule, days[0], form.fields.zone)
    new = row
    if (not from_start and (form.fields.apply_to == "following" or edit.retimes)) or (row.joined and not fits):
        new = await _new_series(work.tx, row.uid.rpartition("@")[2], rule, days[0], form.fields.zone, joined=fits)
    elif edit.redates:
        await work.tx.update(series, row.id, rule=rule.to_json(), first_day=days[0])
    await lock(work.tx, {*(one.room_id for one in targets), form.fields.room_id} - {None})
    if edit.retimes:  # one date may move to where another was
        for one in targets:
            await release(work.tx, one.id)
    touched = []
    for one, day in zip(targets, days, strict=False):
        await _carry_over(work, one, meeting, form, edit, day, new.id)
        touched.append(one.id)
    for one in targets[len(days) :]:
        await work.cancel(one, translator("vi")("series.reason_rule"))
        touched.append(one.id)
    touched += [await work.add(meeting, meeting.draft, day, new) for day in days[len(targets) :]]
    if new.id != row.id and edit.significant:
        moved = sa.select(participants.c.id).where(participants.c.meeting_id.in_(touched))
        await work.tx.write(sa.update(participants).where(participants.c.id.in_(moved)).values(**AGAIN))
    mails = await tell_series(work.tx, row.id, work.sender) if new.id != row.id and row.joined else []
    return mails + await work.tell(new, touched)


async def cancel_dates(work: Work, meeting: Row, apply_to: ApplyTo, reason: str) -> list[Mail]:
    row = await work.tx.get(series, meeting.series_id)
    dates = [one for one in await members(work.tx, row.id) if one.state != "cancelled"]
    targets = [meeting] if apply_to == "one" else _targets(dates, meeting, apply_to, work.tx.now)
    for one in targets:
        await work.cancel(one, reason)
    return await work.tell(row, [one.id for one in targets], reason)


def _refuse_agencies(raw: Raw) -> None:
    """Raises Invalid where an agency would have to say for each date whom it sends."""
    if any(agency_of(key) for key in raw.get("invited") or {}):
        raise Invalid("repeat_agencies", "invited")


def _targets(dates: Sequence[Row], meeting: Row, apply_to: ApplyTo, now: datetime) -> list[Row]:
    """The dates that a change is meant for: what has begun stays as it was, except where one looks at it."""
    ahead = [one for one in dates if one.id == meeting.id or (one.state == "invited" and one.starts_at > now)]
    return [one for one in ahead if apply_to == "all" or one.original_start >= meeting.original_start]


def _days(form: MeetingForm, edit: Edit, targets: Sequence[Row], before: Rule) -> tuple[Rule, list[date]]:
    here = [clock.local(one.original_start, form.fields.zone).date() for one in targets]
    if not edit.redates or form.rule is None:
        return before, here
    first = here[0] + edit.later if form.fields.apply_to == "all" else form.fields.date
    rule = form.rule
    if len(rule.days) == 1:
        rule = replace(rule, days=(first.weekday(),))
    return rule, days_of(rule, first, least=1)


async def _carry_over(work: Work, one: Row, meeting: Row, form: MeetingForm, edit: Edit, day: date, series_id: str) -> None:
    """The change of `meeting` on another date of its series, or on itself."""
    own = one.id == meeting.id
    raw = meeting.draft if own else edit.applied(await form_of(work.tx, one.id))
    if edit.retimes:
        raw = dated(raw | {name: meeting.draft.get(name) for name in ("start", "end", "zone")}, day)
    values: dict[str, Any] = {"series_id": series_id, "draft_revision": one.draft_revision + 1, "draft": None}
    if not own and one.draft is not None:  # what somebody is typing there meanwhile is not lost, nor is this change by it
        values["draft"] = dated(edit.applied(one.draft), day) if edit.retimes else edit.applied(one.draft)
    fresh = strict(raw | {"repeat": "none"})
    if edit.retimes:
        values["original_start"] = fresh.starts_at
    await work.settle(one, fresh, **values)


async def _new_series(tx: Transaction, domain: str, rule: Rule, first: date, zone: str, *, joined: bool = True) -> Row:
    key = new_id()
    follow = joined and follows(rule, first, zone)
    await tx.insert(series, id=key, uid=f"{key}@{domain}", rule=rule.to_json(), first_day=first, joined=follow, created_at=tx.now)
    return await tx.get(series, key)
