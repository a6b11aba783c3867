"""From loose data (a form, a socket message, an import) to a typed thing, or every problem with it at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from .errors import Invalid, Problem

T = TypeVar("T")

# What pydantic calls it -> how our catalogues call it. Anything else is just `invalid`.
_CODES = {
    "missing": "required", "string_too_short": "required", "string_too_long": "too_long", "too_long": "too_many",
    "bytes_too_long": "too_many", "int_parsing": "number", "int_type": "number", "date_from_datetime_parsing": "date",
    "date_parsing": "date", "time_parsing": "time", "greater_than_equal": "too_small", "less_than_equal": "too_large",
    "line_break": "line_break", "required": "required", "email": "email", "string_pattern_mismatch": "pattern",
}  # fmt: skip


def validated(kind: type[T], data: Mapping[str, Any]) -> T:
    """Raises Invalid with every problem; `where` is the path of the field, such as `items.2.minutes`."""
    wanted: Any = kind
    try:
        found: T = _adapter(wanted).validate_python(data)
        return found
    except ValidationError as error:
        raise Invalid.of([problem(e) for e in error.errors()]) from None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def problem(error: ErrorDetails) -> Problem:
    """One of pydantic's errors as ours."""
    context = error.get("ctx", {})
    params = {"most": context.get("max_length", context.get("le", "")), "least": context.get("ge", "")}
    return Problem(_CODES.get(error["type"], "invalid"), ".".join(str(part) for part in error["loc"]), params)
