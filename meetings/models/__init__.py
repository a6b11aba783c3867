"""All tables, a file a topic. Importing this package fills `metadata`."""

from . import beside, live, meeting, organisation, post, room
from .columns import metadata

__all__ = ["beside", "live", "meeting", "metadata", "organisation", "post", "room"]
