"""From a claimed row of the outbox to the mail itself, with its envelope. Pure: the same row gives the same bytes, here or in the
workshop's process."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from meetings.invitation import Invitation
from meetings.mail_tokens import address_with, token_of
from meetings.notice import Notice
from meetings.outgoing import Claimed
from meetings.settings import Settings

from .message import message_of
from .notices import notice_message
from .signing import Signer

_BARE = re.compile(r"[^\s<>\x00-\x20\x7f-\U0010ffff]+@[^\s<>\x00-\x20\x7f-\U0010ffff]+")


@dataclass(frozen=True, slots=True)
class Built:
    """`sender`: of the envelope, an address of this one mail's own where bounces are read, so that a bounce tells by itself what
    could not be delivered."""

    sender: str
    recipient: str
    content: bytes


class Builder:
    def __init__(self, settings: Settings) -> None:
        self._answers_to, self._key = settings.answers_to, settings.signing_key()
        self._signer = Signer.of(settings)

    def build(self, row: Claimed) -> Built:
        data = json.loads(row.facts)
        facts = Notice.from_json(data) if row.method == "NOTICE" else Invitation.from_json(data)
        content = notice_message(facts, row.message_id) if isinstance(facts, Notice) else message_of(facts, row.message_id)
        sender = address_with(self._answers_to, token_of(self._key, "b", row.id)) if self._answers_to else facts.organiser_email
        for address in (sender, facts.recipient_email):
            if not _BARE.fullmatch(address):
                raise ValueError(f"not an address: {address!r}")
        return Built(sender, facts.recipient_email, self._signer.signed(content) if self._signer else content)
