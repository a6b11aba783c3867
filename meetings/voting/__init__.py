"""Voting: preparing ballots, who has which mandate, their run, casting, counting."""

from .casting import CastVote, cast_votes
from .counting import (
    CloseBallot,
    CloseDueBallot,
    ConfirmCount,
    EnterCount,
    HandCount,
    RecordElder,
    close_ballot,
    close_due_ballot,
    confirm_count,
    enter_count,
    record_elder,
)
from .mandates import AllowProxies, GiveProxy, SetWeight, WithdrawProxy, allow_proxies, give_proxy, set_weight, withdraw_proxy
from .preparing import OrderBallots, PrepareBallot, RemoveBallot, order_ballots, prepare_ballot, remove_ballot
from .running import OpenBallot, PauseBallot, ResumeBallot, VoidBallot, open_ballot, pause_ballot, resume_ballot, void_ballot

__all__ = [
    "AllowProxies", "CastVote", "CloseBallot", "CloseDueBallot", "ConfirmCount", "EnterCount", "GiveProxy", "HandCount",
    "OpenBallot", "OrderBallots", "PauseBallot", "PrepareBallot", "RecordElder", "RemoveBallot", "ResumeBallot", "SetWeight",
    "VoidBallot", "WithdrawProxy", "allow_proxies", "cast_votes", "close_ballot", "close_due_ballot", "confirm_count",
    "enter_count", "give_proxy", "open_ballot", "order_ballots", "pause_ballot", "prepare_ballot", "record_elder",
    "remove_ballot", "resume_ballot", "set_weight", "void_ballot", "withdraw_proxy",
]  # fmt: skip
