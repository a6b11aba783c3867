"""All tables, a file a topic. Importing this package fills `metadata`."""

from . import live, meeting, organisation, post, room
from .columns import metadata

__all__ = ["live", "meeting", "metadata", "organisation", "post", "room"]
