"""Administration: a whole organisation from a file. Read, preview with every row's problems, commit; nothing is half done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from aiohttp import web

from meetings import clock
from meetings.commands import Actor
from meetings.database import Row
from meetings.errors import Conflict, Invalid, NotFound, Problem
from meetings.i18n import Translate, translator
from meetings.import_plan import Plan, Step, plan_of
from meetings.import_rows import COLUMNS, MOST_ROWS, read_rows
from meetings.organisation_import import CommitImport, KeepImport, kept_import, known, table_of
from meetings.perform import perform
from meetings.queries.organisation import accounts_made_at

from ..forms import command_from
from ..keys import DB, LANGUAGE, SIGNING_KEY
from ..passwords import hashed_temporary, temporary, verified_temporary
from ..rendering import problem_texts
from ..table_file import csv_file, read_table, xlsx_file
from .admin import admin_page, administrator

routes = web.RouteTableDef()
SHOWN_FOR = timedelta(hours=1)  # temporary passwords, to whoever imported them
MOST_SHOWN = 300  # rows that are right; those that are wrong are all shown


@dataclass(frozen=True, slots=True)
class Handed:
    """A new account and the password to hand to its owner."""

    name: str
    agency: str
    username: str
    password: str


@routes.get("/admin/import")
async def form(request: web.Request) -> web.Response:
    administrator(request, system=True)
    return _form(request)


def _form(request: web.Request, *problems: Problem) -> web.Response:
    context = {"columns": list(COLUMNS), "most": MOST_ROWS, "status": 422 if problems else 200, "problems": problems}
    return admin_page(request, "import.html", "import", **context)


@routes.get("/admin/import/template.{kind:csv|xlsx}")
async def template(request: web.Request) -> web.Response:
    administrator(request, system=True)
    t = translator(request[LANGUAGE])
    rows = template_rows(t)
    if request.match_info["kind"] == "csv":
        return _download(csv_file(rows), "text/csv", "mau-co-quan.csv")
    content = await asyncio.to_thread(xlsx_file, t("admin.import"), rows)
    return _download(content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "mau-co-quan.xlsx")


def template_rows(t: Translate) -> list[list[str]]:
    """Headings and one example of each kind of row, in the language of `t`."""
    agency = {
        "kind": t("admin.row_agency"), "code": "SYT", "parent": "UBND", "name": "Sở Y tế", "short_name": "Sở Y tế",
        "agency_kind": t("admin.kind_department"), "email": "soyte@hue.example", "phone": "0234 3822 000", "address": "28 Lê Lợi",
    }  # fmt: skip
    person = {
        "kind": t("admin.row_person"), "code": "SYT", "name": "Trần Thị Bình", "honorific": "Bà", "position": "Giám đốc",
        "email": "binh.tt@hue.example", "phone": "0905 000 111", "username": "binh.tt", "role": t("admin.role_word_member"),
    }  # fmt: skip
    room = {"kind": t("admin.row_room"), "code": "SYT", "name": "Phòng họp 1", "address": "28 Lê Lợi", "capacity": "40"}
    top = {
        "kind": t("admin.row_agency"), "code": "UBND", "name": "Ủy ban nhân dân thành phố", "short_name": "UBND thành phố",
        "agency_kind": t("admin.kind_committee"),
    }  # fmt: skip
    headings = [t(f"admin.column_{column}") for column in COLUMNS]
    return [headings] + [[row.get(column, "") for column in COLUMNS] for row in (top, agency, person, room)]


@routes.post("/admin/import")
async def upload(request: web.Request) -> web.Response:
    actor = administrator(request, system=True)
    file = (await request.post()).get("file")
    try:
        if not isinstance(file, web.FileField):
            raise Invalid("file_missing", "file")
        table = read_rows(await asyncio.to_thread(read_table, file.file.read()))
        command = command_from(KeepImport, {"file_name": file.filename[-200:]}, table=table)
    except Invalid as invalid:
        return _form(request, *(_named(p, translator(request[LANGUAGE])) for p in invalid.problems))
    answer = await perform(request.app[DB], actor, command) or {}
    raise web.HTTPSeeOther(f"/admin/import/{answer['import_id']}")


def _named(problem: Problem, t: Translate) -> Problem:
    """With the columns called as the page calls them."""
    if problem.code != "file_headers":
        return Problem(problem.code, "file", problem.params)
    columns: Any = problem.params["columns"]
    return Problem(problem.code, "file", {"columns": ", ".join(t(f"admin.column_{name}") for name in columns)})


@routes.get("/admin/import/{id}")
async def show(request: web.Request) -> web.Response:
    """The preview; once it is committed, what was made and the passwords to hand out."""
    actor = administrator(request, system=True)
    kept, plan = await _kept(request, actor)
    if kept.done_at is not None:
        handed = await _handed(request, kept)
        response = admin_page(request, "import_done.html", "import", kept=kept, handed=handed)
        response.headers["Cache-Control"] = "no-store"
        return response
    return _preview(request, kept, plan)


def _preview(request: web.Request, kept: Row, plan: Plan) -> web.Response:
    right = [step for step in plan.steps if not step.problems]
    totals = {
        name: (sum(k in plan.new for k in getattr(plan, name)), sum(k not in plan.new for k in getattr(plan, name)))
        for name in ("agencies", "people", "rooms")
    }  # fmt: skip
    context = {
        "kept": kept, "plan": plan, "totals": totals, "problem_texts_of": partial(_texts, translator(request[LANGUAGE])),
        "right": right[:MOST_SHOWN], "more": max(0, len(right) - MOST_SHOWN),
        "passed_over": table_of(kept).passed_over, "same": sum(step.effect == "same" and not step.account for step in right),
    }  # fmt: skip
    return admin_page(request, "import_preview.html", "import", **context)


def _texts(t: Translate, step: Step) -> list[str]:
    """Each problem of a row, after the name of its column."""
    said = problem_texts(step.problems, t)
    return [f"{t('admin.column_' + one['where'])}: {one['text']}" if one["where"] in COLUMNS else one["text"] for one in said]


@routes.post("/admin/import/{id}")
async def commit(request: web.Request) -> web.Response:
    actor = administrator(request, system=True)
    kept, plan = await _kept(request, actor)
    usernames = list(plan.accounts) if kept.done_at is None else []
    hashes = await hashed_temporary([_password(request, kept, name) for name in usernames])
    try:
        command = CommitImport(import_id=kept.id, password_hashes=dict(zip(usernames, hashes, strict=True)))
        await perform(request.app[DB], actor, command)
    except Conflict as conflict:
        # Committed by the first of two clicks: shown just as well. Wrong rows: the preview says which.
        if conflict.code not in ("import_gone", "import_problems"):
            raise
    raise web.HTTPSeeOther(f"/admin/import/{kept.id}")


@routes.get("/admin/import/{id}/accounts.csv")
async def handed_file(request: web.Request) -> web.Response:
    actor = administrator(request, system=True)
    kept, _ = await _kept(request, actor)
    t = translator(request[LANGUAGE])
    head = [t("admin.column_name"), t("admin.agency"), t("admin.column_username"), t("admin.temporary_password")]
    rows = [head] + [[h.name, h.agency, h.username, h.password] for h in await _handed(request, kept)]
    return _download(csv_file(rows), "text/csv", "tai-khoan.csv")


async def _kept(request: web.Request, actor: Actor) -> tuple[Row, Plan]:
    async with request.app[DB].reading() as reading:
        kept = await kept_import(reading, actor, request.match_info["id"])
        if kept is None:
            raise NotFound("import_gone")
        return kept, plan_of(table_of(kept).rows, await known(reading)) if kept.done_at is None else Plan()


async def _handed(request: web.Request, kept: Row) -> list[Handed]:
    """Accounts that this import made and whose temporary password is still the one it gave."""
    if kept.done_at is None or clock.now() - kept.done_at > SHOWN_FOR:
        return []
    async with request.app[DB].reading() as reading:
        rows = await accounts_made_at(reading, kept.done_at)
    passwords = [_password(request, kept, row.username) for row in rows]
    still = await verified_temporary(list(zip(passwords, [row.password_hash for row in rows], strict=True)))
    found = zip(rows, passwords, still, strict=True)
    return [Handed(row.name, row.agency_name, row.username, password) for row, password, right in found if right]


def _password(request: web.Request, kept: Row, username: str) -> str:
    return temporary(request.app[SIGNING_KEY], f"{kept.id}:{username}")


def _download(content: bytes, kind: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=content, content_type=kind, headers=headers)
