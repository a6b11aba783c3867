"""Who is elected: by hand-made examples, and by properties over all numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.election import elect, sums_of
from meetings.tally import Rule, Turnout

HALF_OF_ALL = Rule("all", Fraction(1, 2), True)


def of(*votes: int) -> dict:
    return {str(number): {"for": n, "against": 0} for number, n in enumerate(votes, 1)}


def outcome(*votes: int, seats: int, rule: Rule = HALF_OF_ALL, members: int = 27, cast: int = 25, elders=None):
    return elect(of(*votes), seats=seats, turnout=Turnout(members, cast, cast), rule=rule, elders=elders)


def test_a_seat_takes_more_than_half_of_all_members_and_then_the_most_votes():
    found = outcome(14, 20, 13, 18, seats=2)
    assert (found.needed, found.elected, found.carried, found.level) == (14, ["2", "4"], True, [])
    assert outcome(14, 13, 13, seats=2).elected == ["1"]
    assert not outcome(14, 13, 13, seats=2).carried


def test_without_a_number_of_seats_all_that_reach_the_threshold_have_one():
    assert outcome(14, 20, 13, 14, seats=0).elected == ["2", "1", "4"]


@pytest.mark.parametrize(("tie", "tied"), [("fails", False), ("revote", True), ("elder", True)])
def test_those_who_are_level_for_the_last_seat_are_told_and_none_of_them_has_it(tie, tied):
    found = outcome(20, 15, 15, 15, seats=3, rule=Rule("all", Fraction(1, 2), True, tie))
    assert (found.elected, found.level, found.free, found.tied, found.carried) == (["1"], ["2", "3", "4"], 2, tied, False)


def test_the_elder_takes_the_free_seat():
    rule = Rule("all", Fraction(1, 2), True, "elder")
    found = outcome(20, 15, 15, seats=2, rule=rule, elders=["3"])
    assert (found.elected, found.carried, found.tied, found.decided_by) == (["1", "3"], True, False, "elder")
    for wrong in ([], ["1"], ["2", "3"], ["3", "3"], ["9"]):
        with pytest.raises(ValueError, match="for 1"):
            outcome(20, 15, 15, seats=2, rule=rule, elders=wrong)


def test_nobody_is_elected_without_a_vote():
    assert outcome(0, 0, seats=1, rule=Rule("cast", Fraction(0, 1), False)).elected == []


def test_an_option_cannot_have_more_votes_than_were_cast():
    with pytest.raises(ValueError, match="votes"):
        outcome(26, seats=1)


shares = st.fractions(min_value=0, max_value=1, max_denominator=12)
ties = st.sampled_from(["fails", "revote", "elder"])
ballots = st.lists(st.sets(st.sampled_from("12345"), max_size=3), max_size=40)


@given(ballots, st.integers(0, 5), shares, st.booleans(), ties)
def test_no_loser_has_more_votes_than_a_winner(votes, seats, share, strict, tie):
    sums = sums_of(list("12345"), [({key: "for" for key in marks}, 1) for marks in votes])
    found = elect(sums, seats=seats, turnout=Turnout(50, 45, len(votes)), rule=Rule("cast", share, strict, tie))
    losers = [sums[key]["for"] for key in sums if key not in found.elected]
    assert all(sums[key]["for"] >= max([found.needed, 1]) for key in found.elected)
    if seats:
        assert len(found.elected) <= seats
        assert not losers or not found.elected or max(losers) <= min(sums[key]["for"] for key in found.elected)
    assert len(found.level) > found.free or not found.level
    assert not set(found.level) & set(found.elected)
