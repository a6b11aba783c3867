"""Bringing a database to the present tables, by Alembic. Revisions are in `versions/`, one file each, applied in order."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config

_HERE = Path(__file__).parent


def configuration(url: str) -> Config:
    """Alembic's configuration for the database at `url`; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", _HERE.as_posix())
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


async def upgrade(url: str) -> None:
    """Apply every revision that the database has not had. Safe to call at each start."""
    await asyncio.to_thread(command.upgrade, configuration(url), "head")
