"""A clock that somebody sets forward and back again, and one that is put right for good."""

from __future__ import annotations

import pytest

from meetings.clock import BELIEVED_AFTER, Clock


class Hands:
    wall = 1_000_000.0
    steady = 50.0

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


def clock(hands: Hands) -> Clock:
    return Clock(lambda: hands.wall, lambda: hands.steady)


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_a_step_that_does_not_last_is_not_followed(step: float):
    made = clock(hands := Hands())
    hands.wall += step
    assert made.now() == 1_000_000
    hands.pass_by(100)
    assert made.now() == 1_000_100
    hands.wall -= step
    hands.pass_by(1)
    assert made.now() == 1_000_101
    hands.wall += step  # another one is looked at anew
    hands.pass_by(BELIEVED_AFTER - 1)
    assert made.now() == 1_000_100 + BELIEVED_AFTER


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_a_step_that_lasts_is_followed(step: float):
    made = clock(hands := Hands())
    hands.wall += step
    made.now()
    hands.pass_by(BELIEVED_AFTER + 1)
    assert made.now() == hands.wall
    hands.pass_by(1)
    assert made.now() == hands.wall


def test_small_adjustments_are_followed_at_once():
    made = clock(hands := Hands())
    for step in (0.4, -1.5, 1.9):
        hands.wall += step
        assert made.now() == hands.wall
