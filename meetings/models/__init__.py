"""All tables, a file a topic. Importing this package fills `metadata`."""

from . import (
    beside,
    booking,
    feeds,
    invitee_lists,
    live,
    meeting,
    minutes,
    organisation,
    outside,
    poll,
    post,
    room,
    search,
    work_week,
    working,
)
from .columns import metadata

__all__ = [
    "beside", "booking", "feeds", "invitee_lists", "live", "meeting", "metadata", "minutes", "organisation", "outside", "poll", "post",
    "room", "search", "work_week", "working",
]  # fmt: skip
