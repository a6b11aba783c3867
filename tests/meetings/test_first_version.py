"""What the first version kept is still read, shown, counted again and gone on with, after every revision since."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest
import sqlalchemy as sa
from pycrdt import XmlFragment

from meetings.database import Database, open_database
from meetings.migrations import upgrade
from meetings.minutes import section_name
from meetings.minutes_approval import approvals
from meetings.minutes_document import document_of, sha256_of
from meetings.minutes_history import text_at, versions
from meetings.models.room import ballots
from meetings.perform import perform
from meetings.queries.ballots import record_of
from meetings.queries.room import room_state
from meetings.voting import CastVote, CloseBallot, PauseBallot, ResumeBallot
from realtime.visibility import Role, snapshot_for
from tests.support.ballots import Record, alterations, verify
from tests.support.databases import drop_database, fresh_database_url
from tests.support.first_version import FIRST_ITEM, LIVE, OPEN, OVER, RECORDS, actors_of, make_first_version
from web.static import verify_ballot


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = await fresh_database_url(request.param, tmp_path)
    await make_first_version(url)
    await upgrade(url)
    database = open_database(url)
    yield database
    await database.close()
    await drop_database(url)


@pytest.mark.parametrize("record", RECORDS, ids=["totals", "tie", "void"])
def test_a_file_of_the_first_version_is_counted_again(record: Record, tmp_path: Path):
    code, said = verify(tmp_path, record)
    assert (code, said.splitlines()[0]) == (0, "OK"), said


def test_no_value_of_a_record_of_the_first_version_can_be_altered():
    for forged in alterations(RECORDS[0]):
        with pytest.raises(verify_ballot.Wrong):
            verify_ballot.verify(forged)


async def test_everything_is_there_and_read_after_the_upgrade(upgraded: Database, tmp_path: Path):
    people = await actors_of(upgraded, OVER)
    async with upgraded.reading() as reading:
        for meeting in (OVER, LIVE):
            for role in get_args(Role):
                assert len(snapshot_for(await room_state(reading, meeting), role)["participants"]) == 6
        kept = await reading.column(sa.select(ballots.c.id).where(ballots.c.meeting_id == OVER))
        exported = [await record_of(reading, people["secretary"][0], OVER, ballot) for ballot in kept]
    assert sorted(record["seal"] for record in exported) == sorted(record["seal"] for record in RECORDS)
    assert [verify(tmp_path, record)[0] for record in exported] == [0, 0, 0]


async def test_minutes_that_were_approved_then_are_shown_as_approved(upgraded: Database):
    async with upgraded.reading() as reading:
        document = await document_of(reading, OVER)
        assert "Hội nghị nhất trí dự toán." in str(document)
        assert (await approvals(reading, OVER, sha256_of(document))).keys() == {"chair", "secretary"}


async def test_a_ballot_that_was_open_goes_on(upgraded: Database, tmp_path: Path):
    people = await actors_of(upgraded, LIVE)
    chair, (first, second, *_) = people["chair"][0], people["participant"]
    await perform(upgraded, second, CastVote(meeting_id=LIVE, ballot_id=OPEN, choice="for"))
    await perform(upgraded, chair, PauseBallot(meeting_id=LIVE, ballot_id=OPEN))
    await perform(upgraded, chair, ResumeBallot(meeting_id=LIVE, ballot_id=OPEN))
    await perform(upgraded, first, CastVote(meeting_id=LIVE, ballot_id=OPEN, choice="against"))
    result = (await perform(upgraded, chair, CloseBallot(meeting_id=LIVE, ballot_id=OPEN)))["result"]
    assert (result["for"], result["against"], result["members"], result["entitled"]) == (1, 1, 4, 4)
    async with upgraded.reading() as reading:
        code, said = verify(tmp_path, await record_of(reading, people["secretary"][0], LIVE, OPEN))
    assert code == 0, said


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_the_history_of_long_minutes_begins_with_what_was_folded_then(kind: str, tmp_path: Path):
    url = await fresh_database_url(kind, tmp_path)
    await make_first_version(url, fold_minutes=True)
    await upgrade(url)
    database = open_database(url)
    try:
        async with database.reading() as reading:
            assert "Hội nghị nhất trí dự toán." in str(await document_of(reading, OVER))
            section: XmlFragment = (await text_at(reading, OVER, 2)).get(section_name(FIRST_ITEM), type=XmlFragment)
            assert str(section) == "<paragraph>Hội nghị nhất trí dự toán.</paragraph><paragraph>Thêm sau.</paragraph>"
            assert await versions(reading, OVER)
    finally:
        await database.close()
        await drop_database(url)
