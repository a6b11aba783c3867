"""A worker that does nothing but send mail, as a process of its own which tests may kill: `python -m tests.support.mailing_process`,
with the settings in the environment as the product has them."""

from __future__ import annotations

import asyncio
import os

from calendars.mailer import Mailer
from meetings.database import open_database
from meetings.outbox import Outbox
from meetings.settings import Settings


async def main() -> None:
    settings = Settings.from_environ(os.environ)
    db = open_database(settings.database_url)
    await Mailer(settings, Outbox(db), db.wakeups).run()


if __name__ == "__main__":
    asyncio.run(main())
