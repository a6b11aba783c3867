"""Whom a form invites, by key: a person (his id), a post whose holders come (`post:<agency>:<position>`), or an agency that sends
people of its own choice (`agency:<agency>`); and as what."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

_ID = "[0-9a-f]{32}"
Key = Annotated[str, StringConstraints(pattern=f"^({_ID}|post:{_ID}:{_ID}|agency:{_ID})$")]
How = Literal["vote", "attend", "presenter", "guest", "press", "technician", "observer"]
HOWS: tuple[How, ...] = ("vote", "attend", "presenter", "guest", "press", "technician", "observer")
GUESTS = ("guest", "press", "technician", "observer")  # duties of whoever is there without being a member


def is_key(text: str) -> bool:
    kind, *ids = text.split(":") if ":" in text else ("person", text)
    right = {"person": 1, "post": 2, "agency": 1}.get(kind) == len(ids)
    return right and all(len(part) == 32 and set(part) <= set("0123456789abcdef") for part in ids)


def person_of(key: str) -> str | None:
    return key if ":" not in key else None


def post_of(key: str) -> tuple[str, str] | None:
    """(agency, position)"""
    if not key.startswith("post:"):
        return None
    _, agency, position = key.split(":")
    return agency, position


def agency_of(key: str) -> str | None:
    """The agency that is asked to choose; None where the key is not one of those."""
    return key.removeprefix("agency:") if key.startswith("agency:") else None


def duty_of(how: str) -> tuple[str, bool]:
    """(duty, has a vote)"""
    return ("participant", how == "vote") if how in ("vote", "attend") else (how, False)
