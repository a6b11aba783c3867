"""Going to the video system by the personal link: the link stays, wherever the video room moves, and who goes there has arrived."""

from __future__ import annotations

from dataclasses import dataclass

from .attendance import mark, require_check_in
from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Conflict
from .roll_call import PRESENT
from .standing import Standing, require_open


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVideo(MeetingCommand):
    """Answers with the address of the video room as it is now."""


async def open_video(tx: Transaction, by: Standing, command: OpenVideo) -> Answer:
    meeting = require_open(by, "check_in_closed")
    if not meeting.video_url:
        raise Conflict("no_video")
    try:
        require_check_in(tx, meeting)
    except Conflict:  # too early to arrive, not too early to try one's camera
        return {"url": meeting.video_url}
    if by.me is not None and by.me.attendance not in PRESENT:
        await mark(tx, by.me, "online", "self")
    return {"url": meeting.video_url}
