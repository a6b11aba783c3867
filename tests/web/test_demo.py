"""Loading the demo city again changes nothing; its meetings are of today."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from meetings import clock
from meetings.database import Database
from meetings.models import metadata
from meetings.models.meeting import meetings
from meetings.models.organisation import agencies
from meetings.settings import Settings
from web.demo.load import load


async def counts(db: Database) -> dict[str, int]:
    async with db.reading() as r:
        return {name: await r.value(sa.select(sa.func.count()).select_from(table)) for name, table in metadata.tables.items()}


async def test_loading_the_city_again_changes_nothing(db: Database, tmp_path: Path):
    settings = Settings(data=tmp_path)
    sign_ins = await load(db, settings)
    first = await counts(db)
    assert await load(db, settings) == sign_ins
    assert await counts(db) == first
    now = clock.now()
    async with db.reading() as r:
        rows = await r.all(sa.select(meetings))
        kinds = dict(await r.all(sa.select(agencies.c.kind, sa.func.count()).group_by(agencies.c.kind)))
    assert kinds["commune"] == 40
    assert {row.state for row in rows} == {"finished", "live", "invited"}
    (running,) = [row for row in rows if row.state == "live"]
    assert running.starts_at < now < running.ends_at
