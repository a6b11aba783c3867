"""The command line: `python -m web serve | work | migrate | demo | add-admin | settings`."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import logging
import os
import sys
from collections.abc import Coroutine
from dataclasses import fields
from typing import Any

from calendars.signing import Signer
from meetings.database import open_database
from meetings.errors import Refusal
from meetings.i18n import refusal_text, translator
from meetings.migrations import upgrade
from meetings.search_index import index_missing
from meetings.settings import PREFIX, Settings

from .first_admin import add_admin
from .serving import serve, work


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environ(os.environ)
        Signer.of(settings)  # so that a key that cannot be read is told now, and not when mail is due
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.command == "settings":
        print_settings(settings)
        return 0
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        _run(_main(chosen, settings))
    except Refusal as refusal:
        t = translator(settings.language)
        print("\n".join(refusal_text(p.code, p.params, t) for p in refusal.problems), file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m web", description="Điểm Cầu")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the pages and the live room; send mail too unless --no-work")
    serving.add_argument("--no-work", action="store_true", help="leave sending mail to `work`")
    commands.add_parser("work", help="send mail only; for when several processes serve")
    commands.add_parser("migrate", help="bring the database to the present tables")
    demo = commands.add_parser("demo", help="load the demo city (again is harmless) and serve it")
    demo.add_argument("--load-only", action="store_true", help="do not serve")
    admin = commands.add_parser("add-admin", help="make a system administrator, or give one a new password")
    admin.add_argument("username")
    admin.add_argument("--name", default="Quản trị hệ thống")
    admin.add_argument("--email", default="quantri@diemcau.example")
    admin.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    commands.add_parser("settings", help="every setting, what it means, its default and its present value")
    return parser


def _run(job: Coroutine[Any, Any, None]) -> None:
    """On uvloop where it is installed."""
    try:
        from uvloop import run
    except ImportError:
        asyncio.run(job)
    else:
        run(job)


async def _main(chosen: argparse.Namespace, settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    await upgrade(settings.database_url)
    if chosen.command == "migrate":
        return
    db = open_database(settings.database_url)
    try:
        await index_missing(db)
        if chosen.command == "serve":
            await serve(settings, db, with_work=not chosen.no_work)
        elif chosen.command == "work":
            await work(settings, db)
        elif chosen.command == "add-admin":
            password = sys.stdin.readline().rstrip("\n") if chosen.password_stdin else getpass.getpass("Password: ")
            await add_admin(db, settings, chosen.username.strip().lower(), chosen.name, chosen.email, password)
            print(f"{chosen.username} is a system administrator")
        else:
            from .demo.load import load  # the demo city is no part of a serving process

            people = await load(db, settings)
            print("\n".join(f"  {p.username:<12} {p.password:<22} {p.who}" for p in people), flush=True)
            if not chosen.load_only:
                await serve(settings, db)
    finally:
        await db.close()


def print_settings(settings: Settings) -> None:
    for field in fields(Settings):
        value, default = getattr(settings, field.name), field.default
        if field.metadata["secret"]:
            value, default = ("(set)" if value else "(not set)"), ""
        print(f"{PREFIX}{field.name.upper()}={value}\n    {field.metadata['meaning']}; default: {default or '(empty)'}")


if __name__ == "__main__":
    sys.exit(main())
