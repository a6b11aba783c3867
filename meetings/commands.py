"""What every command is made of, and who gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from .models.columns import new_id
from .text import Id

ORGANISATION = "organisation"
Role = Literal["member", "secretary", "agency_admin", "system_admin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One change. `id` is made by the client, so that the same command sent again has the same answer and no second effect."""

    id: Id = field(default_factory=new_id)

    @property
    def scope(self) -> str:
        """The lock under which it runs, and the audit chain it is recorded in."""
        return ORGANISATION


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCommand(Command):
    meeting_id: Id

    @property
    def scope(self) -> str:
        return self.meeting_id


def secret() -> Any:
    """Metadata of a command's field that the audit must not keep."""
    return {"secret": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who gives commands and reads: an account, the holder of a personal link or a bridge site (one meeting only), or the system
    itself."""

    kind: Literal["account", "link", "site", "system"]
    name: str
    language: str = "vi"
    account_id: str | None = None
    person_id: str | None = None
    agency_id: str | None = None
    agency_name: str = ""
    role: Role = "member"
    participant_id: str | None = None  # of a link
    site_id: str | None = None  # of a site
    meeting_id: str | None = None  # of a link or a site
    session_id: str | None = None

    @property
    def key(self) -> str:
        """How the audit names this actor."""
        return f"{self.kind}:{self.account_id or self.participant_id or self.site_id or self.name}"

    @property
    def staff(self) -> bool:
        """Acts for the agency: schedules its meetings and sees those it is invited to."""
        return self.kind == "account" and self.role in ("secretary", "agency_admin")


def system(job: str) -> Actor:
    return Actor(kind="system", name=job)
