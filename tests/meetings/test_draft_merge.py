"""Two secretaries at one draft: what each did is put together; where both did the same, nothing is overwritten in silence."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.database import Database
from meetings.draft_merge import Change, differences, flat, merge, with_mine
from meetings.errors import Conflict
from meetings.models.columns import new_id
from meetings.perform import perform
from meetings.scheduling import DiscardDraft, SaveDraft
from tests.support.scheduled import Office, open_office

AT = datetime(2026, 11, 25, tzinfo=UTC)
WORDS = st.sampled_from(["", "một", "hai", "ba"])
KEYS = st.sampled_from(["a", "b", "post:c:d"])


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(st.permutations(["1", "2", "3"]))[: draw(st.integers(0, 3))]
    return {
        "title": draw(WORDS), "urgent": draw(st.booleans()), "invited": draw(st.dictionaries(KEYS, st.sampled_from(["vote", "attend"]))),
        "optional": draw(st.lists(KEYS, unique=True)),
        "items": [{"id": key, "title": draw(WORDS), "minutes": draw(WORDS)} for key in ids],
    }  # fmt: skip


def one_change(before: dict[str, Any], after: dict[str, Any], window: str = "") -> list[Change]:
    return [Change(window, "Lan", AT, differences(before, after))]


@settings(max_examples=300, deadline=None)
@given(forms(), forms(), forms())
def test_every_value_is_whose_it_should_be(base, mine, theirs):
    found = merge(mine, theirs, one_change(base, theirs), "w")
    was, ours, kept, result = flat(base), flat(mine), flat(theirs), flat(found.form)
    clashing = {clash.path for clash in found.clashes}
    gone = {path[1] for path in ours.keys() | kept.keys() if path[0] == "items" and len(path) == 2 and path not in result}
    for path in ours.keys() | kept.keys():
        if path == ("items",) or (len(path) == 3 and path[1] in gone):
            continue
        a, b, o = ours.get(path), kept.get(path), was.get(path)
        assert result.get(path) == (a if b == o else b), path
        assert (path in clashing) == (len({a, b, o}) == 3), path
        assert found.taken.get(path) == (b if a == o and b != o else None), path
    assert set(result["items",]) == {path[1] for path in result if path[0] == "items" and len(path) == 2}
    # Nobody changed anything meanwhile: it is mine, as it was sent.
    assert flat(merge(mine, base, [], "w").form) == flat(mine)
    # What this window itself saved, though it never heard of it, is no one else's.
    assert not merge(mine, theirs, one_change(base, theirs, "w"), "w").clashes


@given(forms(), forms())
def test_what_is_shown_to_decide_is_what_was_typed(mine, theirs):
    shown = flat(with_mine(theirs, mine, flat(mine).keys() | flat(theirs).keys()))
    assert {path: value for path, value in shown.items() if path != ("items",)} == {
        path: value for path, value in flat(mine).items() if path != ("items",)
    }


def test_an_item_that_one_removed_and_the_other_wrote_in_is_told():
    base = {"items": [{"id": "1", "title": "a"}, {"id": "2", "title": "b"}]}
    mine = {"items": [{"id": "1", "title": "khác"}, {"id": "2", "title": "b"}, {"id": "3", "title": "c"}]}
    theirs = {"items": [{"id": "2", "title": "b"}, {"id": "4", "title": "d"}]}
    found = merge(mine, theirs, one_change(base, theirs), "w")
    assert [row["id"] for row in found.form["items"]] == ["2", "3", "4"] or [row["id"] for row in found.form["items"]] == ["2", "4", "3"]
    assert [(clash.path, clash.now) for clash in found.clashes] == [(("items", "1", "title"), None)]
    assert with_mine(found.form, mine, [("items", "1", "title")])["items"][0] == {"id": "1", "title": "khác"}


@pytest.fixture
async def office(db: Database) -> Office:
    return await open_office(db)


async def saved(office: Office, meeting: str, form: dict[str, Any], revision: int, window: str = "", held: tuple[str, ...] = ()) -> Any:
    command = SaveDraft(meeting_id=meeting, form=form, revision=revision, window=window, held=held)
    return await perform(office.db, office.secretary, command)


async def test_two_who_save_at_once_both_keep_what_they_did(office: Office):
    base = office.form()
    meeting = await office.draft(**base)
    item = {"id": new_id(), "title": "Việc mới", "minutes": "15"}
    first, second = base | {"title": "Tên mới"}, base | {"items": [*base["items"], item], "contact": "Phòng khác"}
    saves = (saved(office, meeting, first, 1, "w1"), saved(office, meeting, second, 1, "w2"))
    answers = sorted(await asyncio.gather(*saves), key=lambda one: one["revision"])
    assert [one["revision"] for one in answers] == [2, 3]
    assert answers[1]["taken"]
    assert answers[1]["by"] == [office.secretary.name]
    assert not answers[1]["clashes"]
    # A third, from the newest revision, changes nothing: what stands is what all did.
    form = second | {"title": "Tên mới"}
    last = await saved(office, meeting, form, 3, "w3")
    assert last["changed"] == {}


async def test_where_both_wrote_the_later_is_told_and_decides(office: Office):
    base = office.form()
    meeting = await office.draft(**base)
    await saved(office, meeting, base | {"title": "Của một"}, 1, "w1")
    told = await saved(office, meeting, base | {"title": "Của hai", "place": "Nơi khác"}, 1, "w2")
    assert [(c["path"], c["now"], c["by"]) for c in told["clashes"]] == [("title", "Của một", office.secretary.name)]
    assert told["changed"] == {"place": [base["place"], "Nơi khác"]}
    # Undecided, it goes on saving everything else.
    mine = base | {"title": "Của hai", "place": "Nơi khác", "contact": "Ai đó"}
    on = await saved(office, meeting, mine, told["revision"], "w2", ("title",))
    assert on["changed"] == {"contact": [base["contact"], "Ai đó"]}
    kept = await saved(office, meeting, mine, on["revision"], "w2")
    assert kept["changed"] == {"title": ["Của một", "Của hai"]}


async def test_a_page_that_never_heard_the_answer_does_not_clash_with_itself(office: Office):
    base = office.form()
    meeting = await office.draft(**base)
    await saved(office, meeting, base | {"title": "Tên"}, 1, "w1")
    again = await saved(office, meeting, base | {"title": "Tên dài hơn"}, 1, "w1")
    assert again["clashes"] == []
    assert again["changed"] == {"title": ["Tên", "Tên dài hơn"]}


async def test_a_draft_that_was_sent_or_discarded_meanwhile_is_not_brought_back(office: Office):
    meeting = await office.draft()
    await office.send(meeting)
    with pytest.raises(Conflict):
        await saved(office, meeting, office.form(title="Cũ"), 1, "w1")
    changed = await saved(office, meeting, office.form(title="Mới"), 2, "w1")
    await perform(office.db, office.secretary, DiscardDraft(meeting_id=meeting))
    with pytest.raises(Conflict):
        await saved(office, meeting, office.form(title="Mới"), changed["revision"], "w1")
    with pytest.raises(Conflict):
        await saved(office, meeting, office.form(title="Mới"), 99, "w1")


def test_sites_are_put_together_row_by_row_and_their_names_follow():
    base = {"sites": "Trụ sở\nSở Y tế", "site_parts": {"a": {"name": "Trụ sở"}, "b": {"name": "Sở Y tế", "place": ""}}}
    theirs = {"sites": "Trụ sở\nSở Y tế", "site_parts": {"a": {"name": "Trụ sở"}, "b": {"name": "Sở Y tế", "place": "Phòng 2"}}}
    mine = {"sites": "UBND\nSở Y tế\nXã A", "site_parts": {"a": {"name": "UBND"}, "b": {"name": "Sở Y tế"}, "c": {"name": "Xã A"}}}
    change = Change("hers", "Bà Hai", datetime.now(UTC), differences(base, theirs))
    merged = merge(mine, theirs, [change], "mine")
    assert not merged.clashes
    assert merged.form["sites"] == "UBND\nSở Y tế\nXã A"
    assert merged.form["site_parts"]["b"] == {"name": "Sở Y tế", "place": "Phòng 2"}
