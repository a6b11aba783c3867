"""Text from forms into commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from aiohttp import web

from meetings.commands import Command
from meetings.validation import validated

C = TypeVar("C", bound=Command)


def command_from(kind: type[C], data: Mapping[str, Any], **more: Any) -> C:
    """A command of this kind from a form's fields; unknown fields are passed over, empty optional ids are None.

    Raises Invalid with every problem; `where` is the field's name.
    """
    known = kind.__dataclass_fields__
    given = {name: value for name, value in data.items() if name in known and not (value == "" and name.endswith("_id"))}
    return validated(kind, given | more)


async def fields_of(request: web.Request) -> dict[str, str]:
    """The form's text fields; of one that comes more than once, the last."""
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
