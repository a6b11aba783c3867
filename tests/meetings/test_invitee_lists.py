"""Lists of invitees by name: an agency's own, replaced by name, put into a form at once, with exceptions told."""

from __future__ import annotations

from typing import Any

import pytest

from meetings.database import Database
from meetings.errors import Conflict, Invalid, NotAllowed
from meetings.invitee_lists import MOST, RemoveInviteeList, SaveInviteeList
from meetings.perform import perform
from meetings.queries.invitee_lists import invited_lists, list_of, lists_of
from tests.support.organisation import make_agency, make_person, make_user
from web.pages.schedule_people import act, nobody


async def test_a_list_is_kept_used_with_exceptions_and_forgotten(db: Database):
    agency = await make_agency(db, "Văn phòng")
    secretary, member = await make_user(db, agency, "thu.ky", "secretary"), await make_user(db, agency, "nhan.vien")
    stranger = await make_user(db, await make_agency(db), "nguoi.la", "secretary")
    others = [await make_agency(db, f"Sở {n}") for n in range(4)]
    people = [await make_person(db, one, f"Giám đốc {n}") for n, one in enumerate(others)]
    asked = f"agency:{others[0]}"
    invited: dict[str, Any] = {key: "vote" for key in people} | {asked: "attend"}
    keep = SaveInviteeList(name="Giao ban", invited=invited, optional=[people[0], "f" * 32], seats={asked: 2}, wish={asked: "lãnh đạo"})
    with pytest.raises(NotAllowed):
        await perform(db, member, keep)
    made = await perform(db, secretary, keep) or {}
    async with db.reading() as r:
        assert await lists_of(r, stranger) == await lists_of(r, member) == []
        assert await list_of(r, stranger, made["list_id"]) is None
        raw = nobody() | {"invited": {people[0]: "press"}}
        await act(r, secretary, raw, f"list:{made['list_id']}", "vote")
        assert raw["invited"] == invited | {people[0]: "press"}  # who was invited already stays as he was
        assert (raw["optional"], raw["seats"], raw["wish"]) == ([], {asked: "2"}, {asked: "lãnh đạo"})
        await act(r, stranger, elsewhere := nobody(), f"list:{made['list_id']}", "vote")
        assert elsewhere == nobody()
        del raw["invited"][people[3]]
        (share,) = await invited_lists(r, await lists_of(r, secretary), raw["invited"])
        assert (share.invited, share.total, list(share.without)) == (4, 5, ["Giám đốc 3"])
        raw["invited"]["a" * 32] = "vote"
        await act(r, secretary, raw, f"unlist:{made['list_id']}", "vote")
        assert raw["invited"] == {"a" * 32: "vote"}
    # The same name replaces; a stranger's deleting does nothing.
    again = await perform(db, secretary, SaveInviteeList(name="Giao ban", invited={people[0]: "guest"})) or {}
    assert again == made
    await perform(db, stranger, RemoveInviteeList(list_id=made["list_id"]))
    async with db.reading() as r:
        assert [row.invited for row in await lists_of(r, secretary)] == [{people[0]: "guest"}]
    await perform(db, secretary, RemoveInviteeList(list_id=made["list_id"]))
    async with db.reading() as r:
        assert await lists_of(r, secretary) == []
    with pytest.raises(Invalid):
        await perform(db, secretary, SaveInviteeList(name="Trống", invited={}))
    for n in range(MOST):
        await perform(db, secretary, SaveInviteeList(name=f"Danh sách {n}", invited={people[0]: "vote"}))
    with pytest.raises(Conflict):
        await perform(db, secretary, SaveInviteeList(name="Một nữa", invited={people[0]: "vote"}))
