"""Refusals: the only exceptions the domain raises on purpose. They carry a code and parameters, never a sentence.

The sentence is made at the edge from the catalogue entry `refusal.<code>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one input. `where` is the input's path, such as `items.2.minutes`; empty means the whole."""

    code: str
    where: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


class Refusal(Exception):
    """A command that is not carried out. `code` names the sentence, `params` fill it."""

    status = 400
    again: int | None = None  # seconds after which to send it again, unchanged

    def __init__(self, code: str, where: str = "", **params: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, where, params)

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def params(self) -> Mapping[str, object]:
        return self.problem.params

    @property
    def problems(self) -> Sequence[Problem]:
        return (self.problem,)


class NotAllowed(Refusal):
    """The actor may see the thing but may not do this to it."""

    status = 403


class NotFound(Refusal):
    """There is no such thing, or the actor may not know of it: the two look alike on purpose."""

    status = 404

    def __init__(self, code: str = "not_found", where: str = "", **params: object) -> None:
        super().__init__(code, where, **params)


class Conflict(Refusal):
    """The thing is not in a state in which this can be done, or somebody was faster."""

    status = 409


class Unavailable(Refusal):
    """The database cannot be used now. Whether the change was made is not known: sent again with the same id, it is made once."""

    status = 503
    again = 3


class TooFast(Refusal):
    """Nothing is wrong with it but that so much came before."""

    status = 429
    again = 5


class Invalid(Refusal):
    """The input is not acceptable; carries every problem found, not just the first."""

    status = 422

    def __init__(self, code: str, where: str = "", *, more: Sequence[Problem] = (), **params: object) -> None:
        super().__init__(code, where, **params)
        self.all = (self.problem, *more)

    @property
    def problems(self) -> Sequence[Problem]:
        return self.all

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> Invalid:
        first, *rest = problems
        return cls(first.code, first.where, more=rest, **first.params)
