"""From what a browser sends to a command, and from its outcome to an acknowledgement."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from meetings import (
    agenda,
    agenda_items,
    announcements,
    attendance,
    breaks,
    decisions,
    deputy,
    floor,
    minutes_approval,
    minutes_remarks,
    notes,
    presenting,
    questioning,
    recusals,
    seating,
    site_people,
    site_speaking,
    sites,
    speaking,
    splitting,
    talk,
    voting,
)
from meetings.commands import MeetingCommand
from meetings.errors import Invalid, Problem, Refusal
from meetings.i18n import refusal_text, translator
from meetings.validation import problem

# Every command that the room may give by `do`; PROTOCOL.md describes each.
COMMANDS: dict[str, type[MeetingCommand]] = {
    kind.__name__: kind
    for kind in (
        breaks.TakeBreak, breaks.EndBreak,
        agenda.StartMeeting, agenda.EndMeeting, agenda.StartItem, agenda.FinishItem, agenda.SkipItem,
        agenda_items.InsertItem, agenda_items.EditItem, agenda_items.ReorderItems, splitting.SplitOffItems,
        deputy.NameDeputy, deputy.DismissDeputy,
        attendance.CheckIn, attendance.MarkAttendance, attendance.LeaveMeeting,
        seating.PlaceParticipant, seating.ArrangeSeats,
        speaking.AskToSpeak, speaking.WithdrawRequest, speaking.CloseSpeakingList, speaking.OrderQueue,
        speaking.SetSpeakingTime,
        floor.GiveFloor, floor.PauseSpeech, floor.ResumeSpeech, floor.ExtendSpeech, floor.EndSpeech,
        questioning.RegisterQuestion, questioning.WithdrawQuestion, questioning.OrderQuestions, questioning.CloseQuestionList,
        questioning.CallQuestion, questioning.PauseAnswer, questioning.ResumeAnswer, questioning.CloseQuestion,
        sites.ReportTest, sites.ReportReady, sites.KeepContact, sites.CountHeads,
        site_people.MarkAtSite, site_people.NameVisitor, site_people.RemoveVisitor, site_people.SeatAtSite, site_speaking.AskForSite,
        voting.PrepareBallot, voting.OrderBallots, voting.RemoveBallot, voting.OpenBallot, voting.CastVote, voting.PauseBallot,
        voting.ResumeBallot, voting.CloseBallot, voting.VoidBallot, voting.EnterCount, voting.ConfirmCount, voting.RecordElder,
        voting.AllowProxies, voting.GiveProxy, voting.WithdrawProxy, voting.SetWeight, recusals.DeclareRecusal, recusals.WithdrawRecusal,
        presenting.NamePresenter, presenting.ShowPage, presenting.StopPresenting, notes.SaveNote,
        announcements.Announce, announcements.WithdrawAnnouncement, talk.SendMessage, talk.RemoveMessage, talk.SwitchMessages,
        decisions.RecordConclusion, decisions.RemoveConclusion,
        minutes_remarks.AddRemark, minutes_remarks.WithdrawRemark, minutes_remarks.SettleRemark, minutes_approval.ApproveMinutes,
    )
}  # fmt: skip
_ADAPTERS: dict[str, TypeAdapter[MeetingCommand]] = {name: TypeAdapter(kind) for name, kind in COMMANDS.items()}


def command_of(data: Any, meeting_id: str) -> MeetingCommand:
    """Raises Invalid for whatever is not a command with its fields and no others. The meeting is the socket's, whatever
    `data` says."""
    if not isinstance(data, dict) or not isinstance(data.get("name"), str) or data["name"] not in COMMANDS:
        raise Invalid("command_unknown")
    fields = {k: v for k, v in data.items() if k not in ("name", "meeting_id")}
    unknown = [k for k in fields if k not in COMMANDS[data["name"]].__dataclass_fields__]
    if unknown:
        raise Invalid.of([Problem("field_unknown", str(k)[:60]) for k in unknown[:10]])
    try:
        # By way of JSON text, because strict validation of it takes lists and dates as they come but guesses at nothing.
        return _ADAPTERS[data["name"]].validate_json(json.dumps(fields | {"meeting_id": meeting_id}), strict=True)
    except (ValidationError, TypeError) as error:  # TypeError: bytes, which no command of the room has
        problems = [problem(e) for e in error.errors()] if isinstance(error, ValidationError) else [Problem("invalid")]
        raise Invalid.of(problems) from None


def refused(refusal: Refusal, language: str) -> dict[str, Any]:
    """The acknowledgement of a refusal, in words."""
    t = translator(language)
    problems = [{"where": p.where, "code": p.code, "text": refusal_text(p.code, p.params, t)} for p in refusal.problems]
    said = {"ok": False, "code": refusal.code, "text": problems[0]["text"], "problems": problems}
    return said if refusal.again is None else said | {"again": refusal.again}


def farewell(code: str, language: str) -> dict[str, str]:
    """Why a client must go, in words."""
    return {"code": code, "text": refusal_text(code, {}, translator(language))}
