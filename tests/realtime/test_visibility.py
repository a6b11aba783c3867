"""Every kind of event has its rule, and each role sees what its rule says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from meetings.views import ENTITIES
from realtime.visibility import RULES, entity_key, see

PROTOCOL = Path(__file__).parents[2] / "PROTOCOL.md"
ROLES = ("runner", "member", "projector")


def test_every_kind_in_the_protocol_has_a_rule_and_every_rule_stands_there():
    text = PROTOCOL.read_text(encoding="utf-8").partition("## Kinds of events")[2].partition("\n## ")[0]
    assert set(re.findall(r"`([a-z]+\.(?:changed|removed|cast))`", text)) == set(RULES)


def test_every_entity_can_change_and_all_but_the_meeting_can_go():
    for kind in ENTITIES:
        assert f"{kind}.changed" in RULES
        assert (f"{kind}.removed" in RULES) == (kind != "meeting")


def test_a_kind_without_a_rule_is_not_sent():
    with pytest.raises(KeyError):
        see("secret.changed", {"id": "1"}, "runner")


PERSON = {"id": "p", "answer_reason": "ốm", "absence_reason": "nghỉ phép"}
UNSAID = {"answer_reason": "", "absence_reason": ""}
BALLOT = {"id": "b", "state": "open", "disclosure": "named", "result": None}
RESULT = {"for": 1, "choices": {"p": "for"}, "texts": {}}
NAMED, TOTALS = BALLOT | {"state": "closed", "result": RESULT}, BALLOT | {"disclosure": "totals", "result": RESULT}
COUNTED = TOTALS | {"result": {"for": 1}}
VOTE = {"ballot_id": "b", "cast": 3, "participant_id": "p"}
ASKED = {"id": "q", "state": "waiting", "text": "Bao giờ xong?"}
OPEN = BALLOT | {"voted": ["p"], "roll": {"p": "p"}, "hand_count": {"by": "p"}}
MANDATE = {"ballot_id": "b", "of": None}
PROXY = {"id": "x", "participant_id": "p", "holder_id": "q"}
MEETING = {"id": "m", "video": {"url": "https://v.example/1", "id": "1", "passcode": "2"}}
HIDDEN = {"url": "", "id": "", "passcode": ""}


@pytest.mark.parametrize(
    ("kind", "data", "seen"),
    [
        ("meeting.changed", MEETING, (MEETING, MEETING, MEETING | {"video": HIDDEN})),
        ("participant.changed", PERSON, (PERSON, PERSON | UNSAID, PERSON | UNSAID)),
        ("ballot.changed", OPEN, (OPEN, BALLOT | {"hand_count": None}, BALLOT | {"hand_count": None})),
        ("proxy.changed", PROXY, (PROXY, PROXY, None)),
        ("ballot.changed", BALLOT | {"state": "prepared"}, (BALLOT | {"state": "prepared"},) * 2 + (None,)),
        ("ballot.changed", NAMED, (NAMED,) * 3),
        ("ballot.changed", TOTALS, (TOTALS, COUNTED, COUNTED)),
        ("recusal.changed", {"id": "r", "reason": "họ hàng"}, ({"id": "r", "reason": "họ hàng"}, {"id": "r", "reason": ""}, None)),
        ("question.changed", ASKED, (ASKED, ASKED, None)),
        ("question.changed", ASKED | {"state": "answering"}, (ASKED | {"state": "answering"},) * 3),
        ("vote.cast", VOTE, (VOTE, {"ballot_id": "b", "cast": 3}, {"ballot_id": "b", "cast": 3})),
        ("mandate.changed", MANDATE, (MANDATE, MANDATE, None)),
    ],
)
def test_each_role_sees_its_part(kind, data, seen):
    before = repr(data)
    assert tuple(see(kind, data, role) for role in ROLES) == seen
    assert repr(data) == before


def test_only_a_later_event_of_the_same_entity_overtakes():
    assert entity_key("item.changed", {"id": "1"}) == entity_key("item.removed", {"id": "1"})
    assert entity_key("item.changed", {"id": "1"}) != entity_key("paper.changed", {"id": "1"})
    assert entity_key("vote.cast", VOTE) != entity_key("vote.cast", VOTE | {"participant_id": "q"})
    assert entity_key("vote.cast", VOTE) != entity_key("ballot.changed", {"id": "b"})
    assert entity_key("mandate.changed", MANDATE) != entity_key("ballot.changed", {"id": "b"})
    assert entity_key("mandate.changed", MANDATE) != entity_key("mandate.changed", MANDATE | {"of": "p"})
