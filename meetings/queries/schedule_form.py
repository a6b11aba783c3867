"""What the schedule form shows of a meeting beside the form itself: little, so that it comes quickly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .. import clock
from ..access import standing
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..paper_requests import State, states_of
from .meetings import split_source
from .papers import papers_in_order, requests_seen


@dataclass(frozen=True, slots=True)
class FormPage:
    """`split_from`: (id, title) of the meeting whose items it took over, where the actor may see that one."""

    meeting: Row
    papers: Sequence[Row]
    requests: Sequence[Row]  # for papers
    states: Mapping[str, State]  # of the requests
    split_from: Row | None


async def form_page(reading: Reading, actor: Actor, meeting_id: str) -> FormPage:
    """Raises NotFound to everybody who does not organise the meeting."""
    by = await standing(reading, meeting_id, actor)
    if by.meeting is None or not by.organises:
        raise NotFound
    requests = await requests_seen(reading, by)
    return FormPage(
        by.meeting, await papers_in_order(reading, meeting_id), requests, await states_of(reading, requests, clock.now()),
        await split_source(reading, actor, by.meeting),
    )  # fmt: skip
