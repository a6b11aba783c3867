"""The one door for writes. HANDLERS lists everything that the system can do; MANY lists the hot commands, whose handler
takes all that wait at once.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import Any

from . import (
    access,
    accounts,
    agenda,
    agenda_items,
    announcements,
    answers,
    attendance,
    audit,
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
    search_index,
    seating,
    series_replies,
    sessions,
    sign_in_tries,
    site_people,
    site_plan,
    site_speaking,
    sites,
    speaking,
    splitting,
    substitutes,
    talk,
    video_door,
    voting,
    work_week,
    working_days,
)
from .audit import Answer
from .commands import ORGANISATION, Actor, Command
from .database import Database, Transaction
from .errors import Refusal
from .group_commit import Given, Outcome, submit
from .outages import outage
from .series_scope import entered, scope_of
from .standing import Standing, standings

log = logging.getLogger(__name__)

Handler = Callable[[Transaction, Standing, Any], Awaitable[Answer]]
ManyHandler = Callable[[Transaction, Sequence[tuple[Standing, Any]]], Awaitable[Sequence[Answer | Refusal]]]

HANDLERS: dict[type[Command], Handler] = {
    # the organisation
    organisation.SaveAgency: organisation.save_agency,
    organisation.SavePosition: organisation.save_position,
    organisation.MoveAgency: organisation.move_agency,
    working_days.SaveWorkingHours: working_days.save_hours,
    working_days.MarkDay: working_days.mark_day,
    working_days.UnmarkDay: working_days.unmark_day,
    rooms.SaveRoom: rooms.save_room,
    seating.SavePlan: seating.save_plan,
    people.SavePerson: people.save_person,
    organisation_import.KeepImport: organisation_import.keep_import,
    organisation_import.CommitImport: organisation_import.commit_import,
    minutes_templates.SaveMinutesTemplate: minutes_templates.save_template,
    # accounts and sessions
    accounts.SaveAccount: accounts.save_account,
    accounts.SetTemporaryPassword: accounts.set_temporary_password,
    accounts.ChangePassword: accounts.change_password,
    digests.SendDigest: digests.send_digest,
    digests.SetDigest: digests.set_digest,
    accounts.SetLanguage: accounts.set_language,
    sign_in_tries.TrySignIn: sign_in_tries.try_sign_in,
    sessions.StartSession: sessions.start_session,
    sessions.EndSession: sessions.end_session,
    sessions.SeeSession: sessions.see_session,
    # calendars to subscribe to
    feeds.CreateFeed: feeds.create_feed,
    feeds.RevokeFeed: feeds.revoke_feed,
    outside_calendars.AddOutsideCalendar: outside_calendars.add_outside,
    outside_calendars.RemoveOutsideCalendar: outside_calendars.remove_outside,
    outside_calendars.ReadOutsideCalendar: outside_calendars.read_outside,
    # lists of invitees
    invitee_lists.SaveInviteeList: invitee_lists.save_invitee_list,
    invitee_lists.RemoveInviteeList: invitee_lists.remove_invitee_list,
    # the weekly schedule
    work_week.CollectWeek: work_week.collect_week,
    work_week.SaveWeekEntry: work_week.save_week_entry,
    work_week.RemoveWeekEntry: work_week.remove_week_entry,
    work_week.ApproveWeek: work_week.approve_week,
    work_week.PublishWeek: work_week.publish_week,
    # scheduling
    scheduling.CreateDraft: scheduling.create_draft,
    scheduling.SaveDraft: scheduling.save_draft,
    scheduling.DiscardDraft: scheduling.discard_draft,
    scheduling.SendInvitations: scheduling.send_invitations,
    scheduling.CancelMeeting: scheduling.cancel_meeting,
    room_requests.DecideBooking: room_requests.decide_booking,
    room_requests.BlockRoom: room_requests.block_room,
    room_requests.UnblockRoom: room_requests.unblock_room,
    polls.OpenPoll: polls.open_poll,
    polls.AnswerPoll: polls.answer_poll,
    polls.RemindOfPoll: polls.remind_of_poll,
    polls.ClosePoll: polls.close_poll,
    polls.SettlePoll: polls.settle_poll,
    cloning.CloneMeeting: cloning.clone_meeting,
    carrying.CarryOver: carrying.carry_over,
    removal.RenewLink: removal.renew_link,
    papers.AddPaper: papers.add_paper,
    papers.RemovePaper: papers.remove_paper,
    papers.PreparePaper: papers.prepare_paper,
    papers.SubmitPapers: papers.submit_papers,
    papers.ApprovePaper: papers.approve_paper,
    papers.ReturnPaper: papers.return_paper,
    papers.RecallPaper: papers.recall_paper,
    papers.MovePaper: papers.move_paper,
    paper_requests.AskForPaper: paper_requests.ask_for_paper,
    paper_requests.MovePaperDeadline: paper_requests.move_paper_deadline,
    paper_requests.WithdrawPaperRequest: paper_requests.withdraw_paper_request,
    paper_requests.ChasePapers: paper_requests.chase_papers,
    # answers
    answers.AnswerInvitation: series_replies.answer_invitation,
    answers.NameSubstitute: substitutes.name_substitute,
    substitutes.DecideSubstitute: substitutes.decide_substitute,
    posts.FollowPosts: posts.follow_posts,
    # agencies that send people of their choice
    nominations.NominatePerson: nominations.nominate_person,
    nominations.NominateGuest: nominations.nominate_guest,
    nominations.WithdrawNominee: nominations.withdraw_nominee,
    nominations.DeclineNomination: nominations.decline_nomination,
    nominations.PassOnNomination: nominations.pass_on_nomination,
    nominations.TakeNominationBack: nominations.take_nomination_back,
    nominations.RemindNominators: nominations.remind_nominators,
    # mail that came in
    inbox.ReceiveMail: inbox.receive_mail,
    inbox.KeepUnmatched: inbox.keep_unmatched,
    inbox.ForgetRawMail: inbox.forget_raw_mail,
    letters.TakeAnswer: letters.take_answer,
    letters.AcceptDelegation: letters.accept_delegation,
    letters.AcceptCounter: letters.accept_counter,
    letters.DeclineCounter: letters.decline_counter,
    letters.DismissLetter: letters.dismiss_letter,
    letters.DismissUnmatched: letters.dismiss_unmatched,
    resending.SendAgain: resending.send_again,
    resending.SendAgainToAll: resending.send_again_to_all,
    reminders.RemindOfMeeting: reminders.remind_of_meeting,
    # the agenda
    agenda.StartMeeting: agenda.start_meeting,
    agenda.EndMeeting: agenda.end_meeting,
    agenda.StartItem: agenda.start_item,
    agenda.FinishItem: agenda.finish_item,
    breaks.TakeBreak: breaks.take_break,
    breaks.EndBreak: breaks.end_break,
    agenda.SkipItem: agenda.skip_item,
    agenda_items.InsertItem: agenda_items.insert_item,
    agenda_items.EditItem: agenda_items.edit_item,
    agenda_items.ReorderItems: agenda_items.reorder_items,
    splitting.SplitOffItems: splitting.split_off_items,
    deputy.NameDeputy: deputy.name_deputy,
    deputy.DismissDeputy: deputy.dismiss_deputy,
    # attendance
    attendance.CheckIn: attendance.check_in,
    video_door.OpenVideo: video_door.open_video,
    attendance.LeaveMeeting: attendance.leave_meeting,
    attendance.MarkAttendance: attendance.mark_attendance,
    door.CheckInAtDoor: door.check_in_at_door,
    seating.PlaceParticipant: seating.place_participant,
    seating.ArrangeSeats: seating.arrange_seats,
    # speaking
    speaking.AskToSpeak: speaking.ask_to_speak,
    speaking.WithdrawRequest: speaking.withdraw_request,
    speaking.CloseSpeakingList: speaking.close_speaking_list,
    speaking.OrderQueue: speaking.order_queue,
    speaking.SetSpeakingTime: speaking.set_speaking_time,
    floor.GiveFloor: floor.give_floor,
    floor.PauseSpeech: floor.pause_speech,
    floor.ResumeSpeech: floor.resume_speech,
    floor.ExtendSpeech: floor.extend_speech,
    floor.EndSpeech: floor.end_speech,
    # questioning
    questioning.RegisterQuestion: questioning.register_question,
    questioning.WithdrawQuestion: questioning.withdraw_question,
    questioning.OrderQuestions: questioning.order_questions,
    questioning.CloseQuestionList: questioning.close_question_list,
    questioning.CallQuestion: questioning.call_question,
    questioning.PauseAnswer: questioning.pause_answer,
    questioning.ResumeAnswer: questioning.resume_answer,
    questioning.CloseQuestion: questioning.close_question,
    # bridge sites
    sites.ReportTest: sites.report_test,
    sites.ReportReady: sites.report_ready,
    sites.KeepContact: sites.keep_contact,
    sites.CountHeads: sites.count_heads,
    site_people.MarkAtSite: site_people.mark_at_site,
    site_people.NameVisitor: site_people.name_visitor,
    site_people.RemoveVisitor: site_people.remove_visitor,
    site_people.SeatAtSite: site_people.seat_at_site,
    site_speaking.AskForSite: site_speaking.ask_for_site,
    site_plan.PlanSite: site_plan.plan_site,
    site_plan.PlanTestCalls: site_plan.plan_test_calls,
    site_plan.RenewSiteLink: site_plan.renew_site_link,
    # ballots
    voting.PrepareBallot: voting.prepare_ballot,
    voting.RemoveBallot: voting.remove_ballot,
    voting.OrderBallots: voting.order_ballots,
    voting.OpenBallot: voting.open_ballot,
    voting.PauseBallot: voting.pause_ballot,
    voting.ResumeBallot: voting.resume_ballot,
    voting.CloseBallot: voting.close_ballot,
    voting.CloseDueBallot: voting.close_due_ballot,
    voting.VoidBallot: voting.void_ballot,
    voting.EnterCount: voting.enter_count,
    voting.ConfirmCount: voting.confirm_count,
    voting.RecordElder: voting.record_elder,
    voting.AllowProxies: voting.allow_proxies,
    voting.GiveProxy: voting.give_proxy,
    voting.WithdrawProxy: voting.withdraw_proxy,
    voting.SetWeight: voting.set_weight,
    recusals.DeclareRecusal: recusals.declare_recusal,
    recusals.WithdrawRecusal: recusals.withdraw_recusal,
    # papers shown, notes, announcements, messages
    presenting.NamePresenter: presenting.name_presenter,
    presenting.ShowPage: presenting.show_page,
    presenting.StopPresenting: presenting.stop_presenting,
    notes.SaveNote: notes.save_note,
    announcements.Announce: announcements.make_announcement,
    announcements.WithdrawAnnouncement: announcements.withdraw_announcement,
    talk.SendMessage: talk.send_message,
    talk.RemoveMessage: talk.remove_message,
    talk.SwitchMessages: talk.switch_messages,
    # conclusions and minutes
    decisions.RecordConclusion: decisions.record_conclusion,
    decisions.RemoveConclusion: decisions.remove_conclusion,
    minutes_history.RestoreMinutes: minutes_history.restore_minutes,
    minutes_circulation.CirculateMinutes: minutes_circulation.circulate,
    minutes_circulation.RemindReaders: minutes_circulation.remind,
    minutes_circulation.AgreeToMinutes: minutes_circulation.agree,
    minutes_remarks.AddRemark: minutes_remarks.add_remark,
    minutes_remarks.WithdrawRemark: minutes_remarks.withdraw_remark,
    minutes_remarks.SettleRemark: minutes_remarks.settle_remark,
    minutes_approval.ApproveMinutes: minutes_approval.approve_minutes,
}

MANY: dict[type[Command], ManyHandler] = {
    voting.CastVote: voting.cast_votes,
    paper_openings.OpenPaper: paper_openings.open_papers,
    minutes.AppendMinutesUpdate: minutes.append_updates,
}


# Commands that may change more dates of a series than the one they are given for.
OF_SERIES = (
    scheduling.SendInvitations, scheduling.CancelMeeting, posts.FollowPosts, removal.RenewLink, answers.AnswerInvitation, inbox.ReceiveMail,
    letters.TakeAnswer, carrying.CarryOver,
)  # fmt: skip


async def perform(db: Database, actor: Actor, command: Command) -> Answer:
    """Carry out `command` and return its answer, after COMMIT. Every page, socket, job and import comes in here.

    Sent again with the same id by the same actor, it has the same answer and no second effect. Raises Refusal.
    """
    scope = command.scope
    if isinstance(command, OF_SERIES) and getattr(command, "series", True):
        async with db.reading() as reading:
            scope = await scope_of(reading, command)
    return await submit(db, (actor, command), _run, scope)


async def _run(tx: Transaction, given: Sequence[Given]) -> Sequence[Outcome]:
    """Carry out a group in order, within the transaction that they share."""
    answered: dict[tuple[str, str], Outcome] = {**await audit.answers_of(tx, given)}
    for hot, run in groupby(given, key=lambda pair: type(pair[1]) in MANY and type(pair[1])):
        fresh = {(actor.key, command.id): (actor, command) for actor, command in run}
        todo = {key: pair for key, pair in fresh.items() if key not in answered}
        if hot:
            answered |= await _many(tx, hot, todo)
        else:
            for key, (actor, command) in todo.items():
                answered[key] = await _one(tx, actor, command)
    outcomes = [answered[actor.key, command.id] for actor, command in given]
    done = {command.scope for (_, command), outcome in zip(given, outcomes, strict=True)
            if search_index.changes_words(command) and not isinstance(outcome, Exception)}  # fmt: skip
    if changed := tx.reworded | done:
        await search_index.refresh(tx, changed)
    return outcomes


async def _one(tx: Transaction, actor: Actor, command: Command) -> Outcome:
    try:
        async with tx.savepoint(), entered(tx, command):
            by = Standing(actor) if tx.scope == ORGANISATION else (await standings(tx, tx.scope, [actor]))[0]
            await access.require(tx, by, command)
            answer = await HANDLERS[type(command)](tx, by, command)
            audit.record(tx, actor, command, answer)
    except Refusal as refusal:
        return refusal
    except Exception as error:  # one faulty command must not fail those that share its transaction
        if outage(error):  # nothing more can be done in this transaction; SQLite may have ended it already
            raise
        log.exception("%s failed", type(command).__name__)
        return error
    return answer


async def _many(
    tx: Transaction, kind: type[Command], todo: dict[tuple[str, str], Given]
) -> dict[tuple[str, str], Outcome]:
    outcomes: dict[tuple[str, str], Outcome] = {}
    allowed: dict[tuple[str, str], tuple[Standing, Command]] = {}
    found = await standings(tx, tx.scope, [actor for actor, _ in todo.values()])
    for (key, (_, command)), by in zip(todo.items(), found, strict=True):
        try:
            await access.require(tx, by, command)
            allowed[key] = (by, command)
        except Refusal as refusal:
            outcomes[key] = refusal
    answers = await MANY[kind](tx, list(allowed.values())) if allowed else []
    for (key, (by, command)), answer in zip(allowed.items(), answers, strict=True):
        outcomes[key] = answer
        if not isinstance(answer, Refusal):
            audit.record(tx, by.actor, command, answer)
    return outcomes
