"""Who may give which command: one rule each; a command without a rule is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import (
    accounts,
    agenda,
    agenda_items,
    announcements,
    answers,
    attendance,
    breaks,
    carrying,
    cloning,
    decisions,
    deputy,
    digests,
    door,
    feeds,
    floor,
    inbox,
    invitee_lists,
    letters,
    minutes,
    minutes_approval,
    minutes_circulation,
    minutes_history,
    minutes_remarks,
    minutes_templates,
    nominations,
    notes,
    organisation,
    organisation_import,
    outside_calendars,
    paper_openings,
    paper_requests,
    papers,
    people,
    polls,
    posts,
    presenting,
    questioning,
    recusals,
    reminders,
    removal,
    resending,
    room_requests,
    rooms,
    scheduling,
    seating,
    sessions,
    sign_in_tries,
    site_people,
    site_plan,
    site_speaking,
    speaking,
    splitting,
    substitutes,
    talk,
    video_door,
    voting,
    work_week,
    working_days,
)
from .commands import Command
from .sites import CountHeads, KeepContact, ReportReady, ReportTest, SiteCommand
from .standing import Standing

Rule = Callable[[Standing, Any], bool]


def _administers(by: Standing, _: Command) -> bool:
    return by.actor.kind == "system" or (by.actor.kind == "account" and by.actor.role == "system_admin")


def _administers_some(by: Standing, command: Command) -> bool:
    return _administers(by, command) or (by.actor.kind == "account" and by.actor.role == "agency_admin")


def _signed_in(by: Standing, _: Command) -> bool:
    return by.actor.kind == "account"


def _anybody_known(by: Standing, _: Command) -> bool:
    return by.actor.kind in ("account", "link", "site")


def _organises(by: Standing, _: Command) -> bool:
    return by.organises


def _organises_or_system(by: Standing, _: Command) -> bool:
    return by.organises or by.actor.kind == "system"


def _runs(by: Standing, _: Command) -> bool:
    return by.runs


def _chairs(by: Standing, _: Command) -> bool:
    return by.chairs


def _leads(by: Standing, _: Command) -> bool:
    return by.leads


def _signs(by: Standing, _: Command) -> bool:
    """Chair and secretary answer for the minutes; a deputy does not."""
    return by.me is not None and by.me.duty in ("chair", "secretary")


def _attends(by: Standing, _: Command) -> bool:
    return by.me is not None


def _attends_or_is_site(by: Standing, _: Command) -> bool:
    return by.me is not None or bool(by.sites)


def _at_site(by: Standing, command: SiteCommand) -> bool:
    return by.runs or by.acts_for(command.site_id)


def _arranges(by: Standing, _: Command) -> bool:
    return by.runs or by.organises


def _attends_or_signed_in(by: Standing, _: Command) -> bool:
    return by.me is not None or by.actor.kind == "account"


def _staff(by: Standing, _: Command) -> bool:
    return by.actor.staff


def _of_agency(by: Standing, _: Command) -> bool:
    return by.actor.kind == "account" and by.actor.agency_id is not None


def _system(by: Standing, _: Command) -> bool:
    return by.actor.kind == "system"


def _keeps_week(by: Standing, command: work_week.WeekCommand) -> bool:
    return work_week.keeps_week(by.actor, command.agency_id)


# Command -> who may. One line each, in the order of the topics.
RULES: dict[type[Command], Rule] = {
    # the organisation: agency administrators within their agency, as the handlers look
    organisation.SaveAgency: _administers,
    organisation.SavePosition: _administers,
    organisation.MoveAgency: _administers,
    working_days.SaveWorkingHours: _administers_some,
    working_days.MarkDay: _administers_some,
    working_days.UnmarkDay: _administers_some,
    rooms.SaveRoom: _administers_some,
    seating.SavePlan: _administers_some,
    people.SavePerson: _administers_some,
    organisation_import.KeepImport: _administers,
    organisation_import.CommitImport: _administers,
    minutes_templates.SaveMinutesTemplate: _administers,
    # accounts and sessions
    accounts.SaveAccount: _administers_some,
    accounts.SetTemporaryPassword: _administers_some,
    accounts.ChangePassword: _signed_in,
    digests.SendDigest: _system,
    digests.SetDigest: _signed_in,
    accounts.SetLanguage: _anybody_known,
    sign_in_tries.TrySignIn: _system,
    sessions.StartSession: _system,
    sessions.EndSession: _anybody_known,
    sessions.SeeSession: _system,
    # calendars to subscribe to
    feeds.CreateFeed: _signed_in,  # whose, the handlers look
    feeds.RevokeFeed: _signed_in,
    outside_calendars.AddOutsideCalendar: _signed_in,  # whose, the handlers look
    outside_calendars.RemoveOutsideCalendar: _signed_in,
    outside_calendars.ReadOutsideCalendar: _signed_in,
    # lists of invitees: of one's own agency
    invitee_lists.SaveInviteeList: _staff,
    invitee_lists.RemoveInviteeList: _staff,
    # the weekly schedule
    work_week.CollectWeek: _keeps_week,
    work_week.SaveWeekEntry: _keeps_week,
    work_week.RemoveWeekEntry: _keeps_week,
    work_week.ApproveWeek: _keeps_week,
    work_week.PublishWeek: _keeps_week,
    # scheduling: who may make a draft, the handler looks
    scheduling.CreateDraft: _signed_in,
    scheduling.SaveDraft: _organises,
    scheduling.DiscardDraft: _organises,
    scheduling.SendInvitations: _organises,
    scheduling.CancelMeeting: _organises,
    room_requests.DecideBooking: _signed_in,  # who keeps the room, the handlers look
    room_requests.BlockRoom: _signed_in,
    room_requests.UnblockRoom: _signed_in,
    polls.OpenPoll: _organises,
    polls.AnswerPoll: _anybody_known,  # for whom, the handler looks
    polls.RemindOfPoll: _organises_or_system,
    polls.ClosePoll: _organises,
    polls.SettlePoll: _organises,
    cloning.CloneMeeting: _organises,
    carrying.CarryOver: _organises,
    removal.RenewLink: _organises,
    papers.AddPaper: _organises,
    papers.RemovePaper: _of_agency,  # of others than the organisers', whose paper it is, the handlers look
    papers.PreparePaper: _of_agency,
    papers.SubmitPapers: _of_agency,
    papers.ApprovePaper: _arranges,
    papers.ReturnPaper: _arranges,
    papers.RecallPaper: _arranges,
    papers.MovePaper: _arranges,
    paper_requests.AskForPaper: _arranges,
    paper_requests.MovePaperDeadline: _arranges,
    paper_requests.WithdrawPaperRequest: _arranges,
    paper_requests.ChasePapers: _system,
    # answers: for whom, the handlers look
    answers.AnswerInvitation: _attends_or_signed_in,
    answers.NameSubstitute: _attends_or_signed_in,
    substitutes.DecideSubstitute: _arranges,
    posts.FollowPosts: _system,
    # agencies that send people of their choice: whose, the handlers look
    nominations.NominatePerson: _signed_in,
    nominations.NominateGuest: _signed_in,
    nominations.WithdrawNominee: _signed_in,
    nominations.DeclineNomination: _signed_in,
    nominations.PassOnNomination: _signed_in,
    nominations.TakeNominationBack: _signed_in,
    nominations.RemindNominators: _organises,
    # mail that came in
    inbox.ReceiveMail: _system,
    inbox.KeepUnmatched: _system,
    inbox.ForgetRawMail: _system,
    letters.TakeAnswer: _organises,
    letters.AcceptDelegation: _organises,
    letters.AcceptCounter: _organises,
    letters.DeclineCounter: _organises,
    letters.DismissLetter: _organises,
    letters.DismissUnmatched: _signed_in,  # whose letter, the handler looks
    resending.SendAgain: _organises,
    resending.SendAgainToAll: _organises,
    reminders.RemindOfMeeting: _system,
    # the agenda
    agenda.StartMeeting: _runs,
    agenda.EndMeeting: _leads,
    agenda.StartItem: _runs,
    agenda.FinishItem: _runs,
    breaks.TakeBreak: _runs,
    breaks.EndBreak: _runs,
    agenda.SkipItem: _runs,
    agenda_items.InsertItem: _runs,
    agenda_items.EditItem: _runs,
    agenda_items.ReorderItems: _runs,
    splitting.SplitOffItems: _runs,
    deputy.NameDeputy: _chairs,
    deputy.DismissDeputy: _leads,
    # attendance
    attendance.CheckIn: _attends,
    video_door.OpenVideo: _attends,
    attendance.LeaveMeeting: _attends,
    attendance.MarkAttendance: _runs,
    door.CheckInAtDoor: _attends,
    seating.PlaceParticipant: _runs,
    seating.ArrangeSeats: _runs,
    # speaking: whose request it is, the handlers look
    speaking.AskToSpeak: _attends,
    speaking.WithdrawRequest: _attends_or_is_site,
    speaking.CloseSpeakingList: _runs,
    speaking.OrderQueue: _runs,
    speaking.SetSpeakingTime: _runs,
    floor.GiveFloor: _runs,
    floor.PauseSpeech: _runs,
    floor.ResumeSpeech: _runs,
    floor.ExtendSpeech: _runs,
    floor.EndSpeech: _attends_or_is_site,
    # questioning: whose question it is, the handlers look
    questioning.RegisterQuestion: _attends,
    questioning.WithdrawQuestion: _attends,
    questioning.OrderQuestions: _runs,
    questioning.CloseQuestionList: _runs,
    questioning.CallQuestion: _runs,
    questioning.PauseAnswer: _runs,
    questioning.ResumeAnswer: _runs,
    questioning.CloseQuestion: _runs,
    # bridge sites: each for itself
    ReportTest: _at_site,
    ReportReady: _at_site,
    KeepContact: _at_site,
    CountHeads: _at_site,
    site_people.MarkAtSite: _at_site,
    site_people.NameVisitor: _at_site,
    site_people.RemoveVisitor: _at_site,
    site_people.SeatAtSite: _arranges,
    site_speaking.AskForSite: _at_site,
    site_plan.PlanSite: _organises,
    site_plan.PlanTestCalls: _organises,
    site_plan.RenewSiteLink: _organises,
    # ballots: who is on the roll, the votes' foreign key and the handler decide
    voting.PrepareBallot: _runs,
    voting.RemoveBallot: _runs,
    voting.OrderBallots: _runs,
    voting.OpenBallot: _runs,
    voting.CastVote: _attends,
    voting.PauseBallot: _runs,
    voting.ResumeBallot: _runs,
    voting.CloseBallot: _runs,
    voting.CloseDueBallot: _system,
    voting.VoidBallot: _chairs,
    voting.EnterCount: _runs,
    voting.ConfirmCount: _runs,  # another than who entered it, the handler looks
    voting.RecordElder: _runs,
    voting.AllowProxies: _runs,
    voting.GiveProxy: _attends,  # whose mandate it is, the handler looks
    voting.WithdrawProxy: _attends,
    voting.SetWeight: _runs,
    recusals.DeclareRecusal: _attends,  # of whom, the handler looks
    recusals.WithdrawRecusal: _attends,
    # papers shown, notes, announcements, messages: who presents, whose note and whose thread it is, the handlers look
    presenting.NamePresenter: _runs,
    presenting.ShowPage: _attends,
    presenting.StopPresenting: _attends,
    paper_openings.OpenPaper: _attends,
    notes.SaveNote: _attends,
    announcements.Announce: _runs,
    announcements.WithdrawAnnouncement: _runs,
    talk.SendMessage: _attends,
    talk.RemoveMessage: _runs,
    talk.SwitchMessages: _runs,
    # conclusions and minutes
    decisions.RecordConclusion: _runs,
    decisions.RemoveConclusion: _runs,
    minutes.AppendMinutesUpdate: _runs,
    minutes_history.RestoreMinutes: _runs,
    minutes_circulation.CirculateMinutes: _signs,
    minutes_circulation.RemindReaders: _signs,
    minutes_circulation.AgreeToMinutes: _attends,  # who was asked, the handlers look
    minutes_remarks.AddRemark: _attends,
    minutes_remarks.WithdrawRemark: _attends,  # whose it is, the handler looks
    minutes_remarks.SettleRemark: _runs,
    minutes_approval.ApproveMinutes: _signs,
}
