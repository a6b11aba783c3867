"""A meeting as it is scheduled: its facts, sites, agenda, participants with their answers, and papers."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import at, count, flag, key, line, metadata, one_of, ref, words

TYPES = (
    "business", "coordination", "regular", "urgent", "thematic", "professional", "advisory", "review", "conference", "training",
)  # fmt: skip

STATES = ("draft", "invited", "live", "finished", "cancelled")
CHECKED = ("", "ok", "bad")  # of a site's sound, picture and network; empty: not yet tested

# Meetings that are held again and again, which go out as one event that recurs: UID, SEQUENCE and rule are the series'.
series = sa.Table(
    "series", metadata,
    key(),
    sa.Column("uid", sa.String(120), nullable=False, unique=True),
    count("sequence"),  # one counter for all its dates
    sa.Column("rule", sa.JSON, nullable=False),  # recurrence.Rule
    sa.Column("first_day", sa.Date, nullable=False),  # from which the rule counts
    flag("joined", default=True),  # False: no calendar program could follow the rule, so each meeting is an event of its own
    at("created_at", nullable=False),
)  # fmt: skip

meetings = sa.Table(
    "meetings", metadata,
    key(),
    sa.Column("uid", sa.String(120), nullable=False, unique=True),  # of the calendar event; never changes
    one_of("state", *STATES),
    one_of("type", *TYPES),
    line("title"), line("title_folded"),  # title_folded: text.fold(title), for search
    ref("host_agency_id", "agencies"),
    ref("preparing_agency_id", "agencies", nullable=True),
    ref("created_by", "people"),
    at("starts_at", index=True), at("ends_at"),
    sa.Column("zone", sa.String(60), nullable=False, default="Asia/Ho_Chi_Minh"),
    one_of("form", "hybrid", "in_person", "online"),
    ref("room_id", "rooms", nullable=True), line("place"),
    one_of("video_kind", "none", "jitsi", "url"),
    sa.Column("video_url", sa.String(1000), nullable=False, default=""), line("video_id"), line("video_passcode"),
    words("requests"), words("contact"),
    line("number"),  # of the formal invitation, `123/GM-VPUB`; empty: there is none
    line("signer"), words("signer_title"),  # who signs it, and under which authority: `TL. CHỦ TỊCH`, `CHÁNH VĂN PHÒNG`, a line each
    flag("agencies_shown"),  # the invitation says which agencies are invited; never who
    flag("reminders", default=True),
    at("nominate_by"),  # until when agencies are to say whom they send; empty: a day before the start
    flag("urgent"),  # họp đột xuất: exempt from the notice of 3 working days
    count("sequence"),  # iCalendar SEQUENCE, one counter for the whole life
    sa.Column("draft", sa.JSON, nullable=True),  # the form as last typed and not yet sent; NULL: nothing pending
    count("draft_revision"),
    at("draft_saved_at"),
    words("cancel_reason"), words("change_reason"),  # change_reason: of the changes that were sent last
    sa.Column("split_from_id", sa.String(32), nullable=True),  # the meeting whose items it took over
    count("quorum_num", default=2), count("quorum_den", default=3),  # present of all who vote, at least
    count("speaking_seconds", default=300),  # what the chair gives by default
    flag("speaking_closed"),  # the list of those who ask to speak
    flag("messages_on", default=True),  # members may write messages
    at("break_until"),
    flag("questions_closed"),  # the list of questions (chất vấn)
    flag("substitutes_vote"),  # the body's rules let a substitute vote in the member's place
    flag("proxies_allowed"),  # the body's rules let an absent member's mandate be voted by another
    ref("series_id", "series", nullable=True),
    at("original_start"),  # when the series' rule says that it is, wherever it was moved to
    at("invited_at"), at("started_at"), at("ended_at"),
    one_of("minutes_state", "open", "approved"),
    at("minutes_approved_at"),
    at("created_at", nullable=False), at("changed_at", nullable=False),
    sa.CheckConstraint("state = 'draft' OR (starts_at IS NOT NULL AND ends_at > starts_at)", name="times"),
    sa.Index(None, "state", "starts_at"), sa.Index(None, "host_agency_id", "starts_at"), sa.Index(None, "room_id", "starts_at"),
)  # fmt: skip

# A bridge site (điểm cầu): a place with people of its own, who may share one device. Kept when no longer planned, because speeches
# and sessions refer to it.
sites = sa.Table(
    "sites", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("agency_id", "agencies", nullable=True),  # whose people sit there, and whose staff act for it
    line("name"), line("place"),
    flag("main"),
    count("position"),
    flag("removed"),
    count("link_version", default=1),  # raised to make an old link of the site worthless
    at("test_at"),  # when the line is to be tested
    one_of("sound", *CHECKED), one_of("picture", *CHECKED), one_of("network", *CHECKED),
    line("trouble"),  # what does not work, in words
    at("tested_at"),  # when all three were first found to work
    flag("ready"), at("ready_at"),
    flag("vouched"),  # said to be ready by those who run the meeting, so its own page need not be open
    line("lead"), line("lead_title"), line("technician"), line("phone"),  # phone: the technician's
    line("filled_by"),  # of the site's own people, who noted place and contacts; empty: what is there came with the form
    count("heads"),  # how many people sit there, as counted by the site
    sa.Column("visitors", sa.JSON, nullable=False, default=list),  # names of those who are there without being invited
)  # fmt: skip

items = sa.Table(
    "items", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    count("position"),
    line("title"), line("presenter"),
    ref("agency_id", "agencies", nullable=True),
    one_of("kind", "discussion", "report", "decision", "information", "conclusion"),
    count("minutes", default=15),
    one_of("state", "planned", "running", "done", "skipped", "moved"),  # moved: split off to another meeting
    at("started_at"), at("finished_at"),
    count("spent_seconds"),  # of earlier runs; while running, add the time since started_at
    count("speaking_seconds"),  # of each speech on it; 0: the meeting's default
    sa.Column("moved_to_id", sa.String(32), nullable=True), line("moved_to"),  # the meeting it was split off to, and its title then
)  # fmt: skip

# Whoever is invited, with or without an account. Name, position and agency are as they were when invited.
participants = sa.Table(
    "participants", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("person_id", "people", nullable=True),
    ref("agency_id", "agencies", nullable=True),
    ref("site_id", "sites", nullable=True, index=False),
    line("name"), line("name_key"), line("honorific"), line("title"),  # title: the position as written
    line("agency_name"),
    sa.Column("email", sa.String(254), nullable=False),
    one_of("language", "vi", "en"),
    one_of("duty", "participant", "chair", "secretary", "guest", "presenter", "press", "technician", "observer"),
    flag("votes"),
    flag("required", default=True),
    sa.Column("item_id", sa.String(32), nullable=True),  # comes for this item of the agenda alone
    ref("position_id", "positions", nullable=True),  # invited as the holder of this post of the agency
    ref("nomination_id", "nominations", nullable=True, index=False),  # sent by his agency, which was asked to choose
    flag("deputy"),  # runs the meeting for the chair, until he takes it back
    count("weight", default=1),  # of the vote, in weighted ballots
    count("position"),
    count("link_version", default=1),  # raised to make an old personal link worthless
    flag("removed"),  # no longer invited; kept because answers and votes refer to it
    one_of("answer", "waiting", "accepted", "declined", "tentative", "substitute"),
    words("answer_reason"), at("answered_at"),
    one_of("answer_by", "", "link", "web", "mail"),
    flag("answered_series"),  # the answer was given to the whole series, so that another one to the series replaces it
    ref("substitute_for_id", "participants", nullable=True, index=False),  # this one attends in that one's place
    one_of("attendance", "absent", "room", "online"),
    at("arrived_at"), at("left_at"),  # first and last of its stays; left_at is empty while present
    one_of("absence", "", "excused", "unexcused"), line("absence_reason"),  # as the secretary marked it
    sa.Column("seat", sa.String(8), nullable=True),  # its label in the plan of the meeting's room
    sa.UniqueConstraint("meeting_id", "person_id"), sa.UniqueConstraint("meeting_id", "seat"),
    sa.Index(None, "person_id", "answer"), sa.Index(None, "person_id", "duty"), sa.Index(None, "meeting_id", "agency_id"),
)  # fmt: skip

# An agency that is invited to send people of its own choice: how many, and as what they come.
nominations = sa.Table(
    "nominations", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("agency_id", "agencies"),
    count("seats", default=1),
    line("wish"),  # a word on whom: "lãnh đạo phụ trách chuyển đổi số"
    one_of("duty", "participant", "guest", "presenter", "press", "technician", "observer"),
    flag("votes"), flag("required", default=True),
    sa.Column("item_id", sa.String(32), nullable=True),  # for this item of the agenda alone
    count("position"),
    flag("removed"),  # no longer asked
    at("deadline_at", nullable=False, index=True),
    one_of("state", "asked", "declined"),
    words("reason"), at("declined_at"), line("declined_by"),
    sa.Column("told", sa.JSON(none_as_null=True), nullable=True),  # what those who nominate were last told: asking.told_of
    at("reminded_at"),  # last, by whatever
    at("reminded_before"), at("reminded_after"),  # the deadline of which they were reminded while it was ahead, and when it was over
    sa.UniqueConstraint("meeting_id", "agency_id"),
)  # fmt: skip

# To whom an agency passed the right to nominate for one meeting.
nominators = sa.Table(
    "nominators", metadata,
    sa.Column("nomination_id", sa.String(32), sa.ForeignKey("nominations.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person_id", sa.String(32), sa.ForeignKey("people.id"), primary_key=True, index=True),
    at("passed_at", nullable=False), line("passed_by"),
)  # fmt: skip

# Whom somebody named to attend in his place, and what became of it.
substitutions = sa.Table(
    "substitutions", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("participant_id", "participants"),  # the head who cannot come
    line("name"), line("title"),
    sa.Column("email", sa.String(254), nullable=False),
    words("reason"),
    one_of("state", "asked", "agreed", "refused", "withdrawn"),
    words("note"),
    at("asked_at", nullable=False), at("decided_at"),
    line("decided_by"),
)  # fmt: skip

# Each time that a participant was there: from coming to leaving, or to changing between the room and online.
stays = sa.Table(
    "stays", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("participant_id", "participants"),
    one_of("mode", "room", "online"),
    one_of("how", "self", "roll", "door", "site"),
    at("came_at", nullable=False), at("left_at"),
    sa.Column("door_step", sa.Integer, nullable=True),  # of the code at the door: each is good once for each person
    sa.UniqueConstraint("participant_id", "door_step"),
)  # fmt: skip

# What an agency was asked to hand in before the meeting, and by when.
paper_requests = sa.Table(
    "paper_requests", metadata,
    key(),
    ref("meeting_id", "meetings", index=False, cascade=True),
    sa.Column("item_id", sa.String(32), nullable=True),  # no foreign key, as in `papers`
    ref("agency_id", "agencies"),
    line("what"),
    at("due_at", nullable=False, index=True),
    at("asked_at", nullable=False),
    at("chased_before_at"), at("chased_after_at"),  # when the agency was reminded by mail, before and after it was due
    flag("removed"),
    sa.Index(None, "meeting_id", "agency_id"),
)  # fmt: skip

# A version of a paper is a row of its own: what was read of one is never counted for the next.
papers = sa.Table(
    "papers", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    sa.Column("item_id", sa.String(32), nullable=True),  # no foreign key: a draft's items are not rows yet
    ref("request_id", "paper_requests", nullable=True),
    ref("agency_id", "agencies", nullable=True, index=False),  # whose people prepared it; NULL: those who organise the meeting
    one_of("state", "approved", "draft", "submitted", "returned", "recalled", index=True),
    words("reason"),  # why it was returned or recalled
    one_of("kind", "main", "reference"),
    flag("internal"),  # for internal circulation (lưu hành nội bộ)
    count("version", default=1),
    sa.Column("replaces_id", sa.String(32), nullable=True),  # the approved version whose place it takes once it is approved
    sa.Column("replaced_by_id", sa.String(32), nullable=True),  # the version that took its place; then it is removed
    line("title"), line("file_name"),
    sa.Column("media_type", sa.String(120), nullable=False),
    count("size"),  # bytes
    sa.Column("sha256", sa.String(64), sa.ForeignKey("paper_contents.sha256"), nullable=False),
    count("position"),
    ref("added_by", "people", nullable=True, index=False),
    at("added_at", nullable=False), flag("removed"),
)  # fmt: skip

paper_contents = sa.Table(
    "paper_contents", metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)  # fmt: skip
