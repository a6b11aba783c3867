"""How many of many masks have each bit, by weight: a counter for every bit at once, kept as the binary digits of all of them.

Adding a mask costs a few operations on integers however long it is, so thousands of calendars are counted in milliseconds.
"""

from __future__ import annotations


class MaskSums:
    """`_digits[k]` holds, for each bit, the k-th binary digit of its sum."""

    def __init__(self) -> None:
        self._digits: list[int] = []

    def add(self, mask: int, weight: int = 1) -> None:
        """`weight`: at least 0."""
        place = 0
        while weight:
            if weight & 1:
                self._carry(mask, place)
            weight >>= 1
            place += 1

    def _carry(self, carry: int, place: int) -> None:
        digits = self._digits
        while carry:
            while len(digits) <= place:
                digits.append(0)
            digits[place], carry = digits[place] ^ carry, digits[place] & carry
            place += 1

    def at(self, bit: int) -> int:
        return sum((digit >> bit & 1) << place for place, digit in enumerate(self._digits))

    def least(self, among: int) -> int:
        """Those of `among` whose sum is smallest."""
        for digit in reversed(self._digits):
            among = among & ~digit or among
        return among
