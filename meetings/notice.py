"""A plain mail to one participant: a few paragraphs and a personal link. Frozen facts, like those of an invitation."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Notice:
    """`dtstamp`: ISO 8601 UTC. `domain`: of the Message-ID."""

    language: str
    title: str  # the subject
    paragraphs: tuple[str, ...]
    join_url: str  # the recipient's personal link, absolute
    link_text: str
    host_agency: str
    organiser_name: str
    organiser_email: str
    reply_to: str
    recipient_name: str
    recipient_email: str
    dtstamp: str
    domain: str
    method: Literal["NOTICE"] = "NOTICE"
    sequence: int = 0
    personal: bool = True  # the link is the recipient's own; else he signs in

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Notice:
        return cls(**data | {"paragraphs": tuple(data["paragraphs"])})
