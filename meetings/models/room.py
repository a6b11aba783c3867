"""What happens in the room: speaking, ballots with their roll and votes, conclusions."""

from __future__ import annotations

import sqlalchemy as sa

from .columns import Instant, at, count, flag, key, line, metadata, one_of, ref, words

speeches = sa.Table(
    "speeches", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("participant_id", "participants", nullable=True),  # NULL: of the site itself, for whom `speaker` names
    ref("site_id", "sites", nullable=True, index=False),  # the site that asked
    line("speaker"),
    sa.Column("item_id", sa.String(32), nullable=True),
    line("subject"),
    # order: on how the meeting is run, before other requests. interjection: a short word to the present speech, which goes on after it
    one_of("kind", "request", "order", "interjection"),
    one_of("state", "waiting", "speaking", "held", "done", "withdrawn"),  # held: while an interjection is heard
    count("position"),
    count("limit_seconds"),
    at("asked_at", nullable=False), at("started_at"), at("ended_at"),
    at("paused_at"), count("paused_seconds"),  # of earlier pauses; while paused, add the time since paused_at
    sa.CheckConstraint("participant_id IS NOT NULL OR site_id IS NOT NULL", name="whose"),
)  # fmt: skip

# Questions (chất vấn) put to a participant or to an agency; one is answered at a time.
questions = sa.Table(
    "questions", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("participant_id", "participants"),  # who asks
    ref("to_participant_id", "participants", nullable=True, index=False),
    ref("to_agency_id", "agencies", nullable=True, index=False),
    words("text"),
    one_of("state", "waiting", "answering", "answered", "written", "withdrawn"),  # written: to be answered in writing
    count("position"),
    count("limit_seconds"),
    at("asked_at", nullable=False), at("started_at"), at("ended_at"),
    at("paused_at"), count("paused_seconds"),  # as of speeches
    sa.Column("conclusion_id", sa.String(32), nullable=True),  # the task of answering in writing
    sa.CheckConstraint("(to_participant_id IS NULL) != (to_agency_id IS NULL)", name="one_addressee"),
)  # fmt: skip

UNDER_WAY = ("open", "paused")  # states of a ballot that was opened and is not yet decided

ballots = sa.Table(
    "ballots", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    sa.Column("item_id", sa.String(32), nullable=True),
    words("question"),
    # For / against / abstain; agree / disagree / other, with words; choose among options; elect; for or against each candidate.
    one_of("kind", "motion", "opinion", "choice", "election", "approval"),
    sa.Column("options", sa.JSON, nullable=False, default=list),  # [{id, text}]: the options or candidates of the last three
    count("most"),  # choice, election: how many one may mark
    count("seats"),  # how many can be chosen or elected; 0: all that reach the threshold
    one_of("method", "online", "hand"),  # hand: counted in the hall by two of those who run the meeting
    one_of("state", "prepared", "open", "paused", "closed", "void"),
    one_of("disclosure", "named", "totals"),  # totals: who voted how is in the record alone
    one_of("progress", "turnout", "votes"),  # what is told while it is open
    flag("weighted"),  # a mandate counts with its participant's weight
    one_of("base", "all", "present", "cast"),  # of what the threshold is a share
    count("threshold_num", default=1), count("threshold_den", default=2),
    flag("strict", default=True),  # more than the share, rather than at least
    count("quorum_num", default=2), count("quorum_den", default=3),
    flag("change_allowed", default=True),
    # As many for as against, or for the last seat: nobody wins; the side of the chair's vote; a new ballot; the elder candidate.
    one_of("tie", "fails", "chair", "revote", "elder"),
    count("seconds"),  # from the opening until it closes by itself; 0: closed by hand
    sa.Column("previous_id", sa.String(32), nullable=True),  # the ballot that this one repeats
    words("void_reason"),
    # Frozen at opening: all who vote, those of them present, and the mandates entitled here; and what the first and last weigh.
    count("members_total"), count("present_total"), count("entitled"), count("weight_total"), count("entitled_weight"),
    count("cast"),  # mandates that have voted
    sa.Column("sums", sa.JSON, nullable=True),  # as they come, where `progress` says so
    sa.Column("hand_count", sa.JSON, nullable=True),  # {by, count}: entered, not yet confirmed by another
    sa.Column("result", sa.JSON, nullable=True),  # voting.Result as JSON, once closed
    at("opened_at"), at("closed_at"),
    at("closes_at"), at("paused_at"),  # a pause moves the deadline
    count("position"),
    count("record_seq"), sa.Column("record_hash", sa.String(64), nullable=False, default=""),  # of the last entry below
)  # fmt: skip

# The record of a ballot: whatever happened to it, from its opening (settings, roll) to its close; hash-chained.
ballot_entries = sa.Table(
    "ballot_entries", metadata,
    sa.Column("ballot_id", sa.String(32), sa.ForeignKey("ballots.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    at("at", nullable=False),
    one_of("what", "opened", "vote", "paused", "resumed", "counted", "confirmed", "closed", "decided", "void"),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)  # fmt: skip

# Who does not vote on an item, and why: a conflict of interest, declared before the ballot opens.
recusals = sa.Table(
    "recusals", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    sa.Column("item_id", sa.String(32), nullable=False),
    ref("participant_id", "participants"),
    words("reason"),
    at("declared_at", nullable=False),
    sa.UniqueConstraint("item_id", "participant_id"),
)  # fmt: skip

# Who votes in whose place when that one is absent, where the body's rules allow it.
proxies = sa.Table(
    "proxies", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    ref("participant_id", "participants", index=False),  # whose mandate it is
    ref("holder_id", "participants", index=False),
    at("given_at", nullable=False),
    sa.UniqueConstraint("participant_id"),
)  # fmt: skip

# The roll: who may vote here, frozen when the ballot opens. One row is one mandate.
roll = sa.Table(
    "roll", metadata,
    sa.Column("ballot_id", sa.String(32), sa.ForeignKey("ballots.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("participant_id", sa.String(32), sa.ForeignKey("participants.id"), primary_key=True),
    ref("voter_id", "participants", index=False),  # oneself, or the holder of one's proxy
    count("weight", default=1),
)  # fmt: skip

# The primary key is the judge of double votes; the foreign key to the roll is the judge of who may vote.
votes = sa.Table(
    "votes", metadata,
    sa.Column("ballot_id", sa.String(32), primary_key=True),
    sa.Column("participant_id", sa.String(32), primary_key=True),
    one_of("choice", "for", "against", "abstain"),
    sa.Column("marks", sa.JSON, nullable=False, default=dict),  # {option id: for or against}
    words("text"),  # of another opinion
    sa.Column("receipt", sa.String(64), nullable=False),
    count("changes"),
    sa.Column("cast_at", Instant, nullable=False),
    sa.ForeignKeyConstraint(["ballot_id", "participant_id"], ["roll.ballot_id", "roll.participant_id"], ondelete="CASCADE"),
)  # fmt: skip

conclusions = sa.Table(
    "conclusions", metadata,
    key(),
    ref("meeting_id", "meetings", cascade=True),
    sa.Column("item_id", sa.String(32), nullable=True),
    words("text"),
    ref("lead_agency_id", "agencies", nullable=True),
    sa.Column("support_agency_ids", sa.JSON, nullable=False, default=list),
    sa.Column("due_on", sa.Date, nullable=True),
    count("position"),
    flag("removed"),
    at("recorded_at", nullable=False),
)  # fmt: skip

# Which agencies a conclusion gives something to do, leading or supporting: where the tasks of an agency are found.
conclusion_agencies = sa.Table(
    "conclusion_agencies", metadata,
    sa.Column("agency_id", sa.String(32), sa.ForeignKey("agencies.id"), primary_key=True),
    sa.Column("conclusion_id", sa.String(32), sa.ForeignKey("conclusions.id", ondelete="CASCADE"), primary_key=True, index=True),
)  # fmt: skip
