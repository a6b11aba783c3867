"""The arithmetic of ballots, by the examples that the law gives and by properties over all numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.attendance import quorum
from meetings.tally import Rule, count, needed

HALF = Fraction(1, 2)
TWO_THIRDS = Fraction(2, 3)


@pytest.mark.parametrize(
    ("members", "rule", "least"),
    [
        (27, Rule("all", HALF, True), 14),
        (26, Rule("all", HALF, True), 14),
        (26, Rule("all", HALF, False), 13),
        (9, Rule("all", TWO_THIRDS, False), 6),
        (10, Rule("all", TWO_THIRDS, False), 7),
        (9, Rule("all", TWO_THIRDS, True), 7),
        (1, Rule("all", HALF, True), 1),
        (3, Rule("all", Fraction(1, 1), False), 3),
    ],
)
def test_votes_needed(members, rule, least):
    assert needed(members, rule) == least


def test_absence_and_abstention_weigh_like_no_when_the_base_is_all_members():
    result = count({"for": 13, "against": 0, "abstain": 5}, entitled=20, members=27, rule=Rule("all", HALF, True))
    assert (result.needed, result.carried, result.not_cast) == (14, False, 2)


def test_the_same_votes_carry_when_the_base_is_votes_cast():
    result = count({"for": 13, "against": 0, "abstain": 5}, entitled=20, members=27, rule=Rule("cast", HALF, True))
    assert (result.base, result.needed, result.carried) == (18, 10, True)


def test_nothing_is_carried_by_nobody():
    assert not count({}, entitled=5, members=9, rule=Rule("cast", HALF, False)).carried


@pytest.mark.parametrize(("entitled", "members"), [(2, 9), (4, 3)])
def test_numbers_that_cannot_be_are_refused(entitled, members):
    with pytest.raises(ValueError, match="votes"):
        count({"for": 3}, entitled=entitled, members=members, rule=Rule("all", HALF, True))


shares = st.fractions(min_value=0, max_value=1, max_denominator=60)


@given(st.integers(0, 2000), shares, st.booleans())
def test_needed_is_the_smallest_number_that_satisfies_the_rule(of, share, strict):
    least = needed(of, Rule("all", share, strict))
    satisfied = (lambda n: n > share * of) if strict else (lambda n: n >= share * of)
    assert satisfied(least)
    assert least == 0 or not satisfied(least - 1)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 50), st.integers(0, 50), shares)
def test_the_accounts_always_balance(yes, no, abstain, silent, absent, share):
    entitled = yes + no + abstain + silent
    rule = Rule("present", share, True)
    result = count({"for": yes, "against": no, "abstain": abstain}, entitled=entitled, members=entitled + absent, rule=rule)
    assert result.entitled == result.cast + result.not_cast
    assert result.cast == result.for_ + result.against + result.abstain
    assert result.carried == (yes > share * entitled)


@pytest.mark.parametrize(("members", "least"), [(27, 18), (10, 7), (9, 6), (1, 1), (0, 0)])
def test_quorum_of_two_thirds(members, least):
    assert quorum(members, least, 2, 3).reached
    assert members == 0 or not quorum(members, least - 1, 2, 3).reached


def test_thirteen_for_thirteen_against_and_the_chair_for():
    rule = Rule("all", HALF, True, "chair")
    result = count({"for": 13, "against": 13}, entitled=26, members=27, rule=rule, chair="for")
    assert (result.needed, result.carried, result.decided_by) == (14, True, "chair")
    assert not count({"for": 13, "against": 13}, entitled=26, members=27, rule=rule, chair="against").carried
    assert not count({"for": 13, "against": 13}, entitled=26, members=27, rule=rule, chair="abstain").carried


def test_a_tie_that_a_new_ballot_must_decide_says_so():
    assert count({"for": 3, "against": 3}, entitled=6, members=9, rule=Rule("all", HALF, True, "revote")).tied
    assert not count({"for": 3, "against": 3}, entitled=6, members=9, rule=Rule("cast", HALF, False, "revote")).tied


def test_invalid_ballots_are_accounted_for_and_are_no_votes():
    result = count({"for": 5, "against": 2}, entitled=10, members=10, rule=Rule("cast", HALF, True), invalid=2)
    assert (result.cast, result.invalid, result.not_cast, result.base, result.needed) == (7, 2, 1, 7, 4)
