"""How well a text fits what was typed, and where: pure. Words fit with and without Vietnamese marks; the last may be half typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .search_index import words_of
from .text import fold

MOST_WORDS = 8
SHOWN = 180  # letters of a long text, around its first mark
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: its folded words, the last of which only begins a word when it is long enough to say anything."""

    text: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Typed:
        return cls(text, tuple(words_of(text)[:MOST_WORDS]))

    def tokens(self, kind: str) -> list[str]:
        """For `Reading.having_words`; `kind`: the letter of a kind."""
        whole, last = self.words[:-1], self.words[-1]
        return [*(kind + word for word in dict.fromkeys(whole)), kind + last + ("*" if len(last) > 1 else "")]

    def fits(self, text: str) -> bool:
        said = words_of(text)
        return all(word in said for word in self.words[:-1]) and any(self._is_last(word) for word in said)

    def far(self, text: str) -> tuple[bool, bool, bool]:
        """Smaller is nearer: not in one piece, not with the marks as typed, the last word not whole."""
        plain = " ".join(words_of(text))
        as_typed = all(word in text.casefold() for word in self.text.casefold().split())
        return f" {' '.join(self.words)}" not in f" {plain}", not as_typed, self.words[-1] not in plain.split()

    def marked(self, text: str) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is what was typed; a long text is cut around the first."""
        cuts: list[tuple[int, int]] = []
        for found in _WORD.finditer(text):
            word = fold(found[0])
            if word in self.words:
                cuts.append(found.span())
            elif self._is_last(word) and len(word) == len(found[0]):
                cuts.append((found.start(), found.start() + len(self.words[-1])))
        start, end = _window(text, cuts[0][0] if cuts else 0)
        pieces, at = [("…", False)] if start else [], start
        for first, last in cuts:
            if first >= at and last <= end:
                pieces += [(text[at:first], False), (text[first:last], True)]
                at = last
        pieces.append((text[at:end] + ("…" if end < len(text) else ""), False))
        return [piece for piece in pieces if piece[0]]

    def _is_last(self, word: str) -> bool:
        last = self.words[-1]
        return word.startswith(last) if len(last) > 1 else word == last


def _window(text: str, at: int) -> tuple[int, int]:
    """From where to where a text is shown; it is not cut within a word."""
    if len(text) <= SHOWN:
        return 0, len(text)
    start = text.rfind(" ", 0, max(at - SHOWN // 3, 0)) + 1
    end = min(start + SHOWN, len(text))
    return start, (text.rfind(" ", start, end) if end < len(text) else end) if " " in text[start:end] else end


