"""The shape of the code, held by tests: which package may import which, where a commit and an emit may stand, and that every
command, event and text has its counterpart."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from meetings import access_rules, i18n, perform
from realtime import messages, visibility

ROOT = Path(__file__).parent.parent
PACKAGES = ("meetings", "realtime", "calendars", "web")
MAY_IMPORT = {
    "meetings": {"meetings"},
    "realtime": {"meetings", "realtime"},
    "calendars": {"meetings", "calendars"},
    "web": {"meetings", "realtime", "calendars", "web"},
}
# Within `meetings`, from below to above; a file of one layer imports its own layer and those before it.
LAYERS = (
    {"settings", "clock", "errors", "text", "i18n", "invitation", "links", "notice", "tally", "election", "validation", "json_text"},
    {"wakeups", "models", "migrations", "outages", "sqlite_connections", "whole_rows"},
    {"database"},
    {"commands", "live_log", "standing", "audit", "outgoing", "outbox", "group_commit", "views"},
)
TOP = {"access", "access_rules", "perform", "queries"}


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(file: Path) -> set[str]:
    """Full names of the modules and names that a file imports."""
    here = file.relative_to(ROOT).with_suffix("").parts
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: len(here) - node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_downwards(package):
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in sources(package)
        for name in imported(file)
        if name.split(".")[0] in PACKAGES and name.split(".")[0] not in MAY_IMPORT[package]
    ]
    assert not wrong


def layer(module: str) -> int:
    for number, names in enumerate(LAYERS):
        if module in names:
            return number
    return len(LAYERS) + 1 if module in TOP else len(LAYERS)


def test_within_meetings_imports_point_downwards():
    wrong = []
    for file in sources("meetings"):
        parts = file.relative_to(ROOT / "meetings").with_suffix("").parts
        for name in imported(file):
            target = name.split(".")
            ours = target[0] == "meetings" and len(target) > 1 and (ROOT / "meetings" / f"{target[1]}.py").exists()
            if ours and layer(parts[0]) < layer(target[1]):
                wrong.append(f"{file.name} imports {target[1]}")
    assert not wrong


def calls(file: Path, *names: str) -> list[int]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


def test_only_the_database_begins_and_commits():
    wrong = {
        str(file.relative_to(ROOT)): lines
        for package in PACKAGES
        for file in sources(package)
        if file.name not in ("database.py", "sqlite_connections.py")
        and "migrations" not in file.parts
        and (lines := calls(file, "commit", "begin", "begin_nested"))
    }
    assert not wrong


def test_events_are_sent_in_four_places_only():
    allowed = {"pump.py", "fanout.py", "presence.py", "minutes_sync.py", "server.py"}
    wrong = {
        str(file.relative_to(ROOT)): lines
        for package in ("meetings", "realtime", "web")
        for file in sources(package)
        if file.name not in allowed and (lines := calls(file, "emit"))
    }
    assert not wrong
    assert not calls(ROOT / "realtime" / "server.py", "emit")


def test_every_command_has_one_handler_and_one_rule():
    assert not perform.HANDLERS.keys() & perform.MANY.keys()
    assert perform.HANDLERS.keys() | perform.MANY.keys() == access_rules.RULES.keys()


def test_the_protocol_names_every_event_message_and_command():
    protocol = (ROOT / "PROTOCOL.md").read_text(encoding="utf-8")
    server = (ROOT / "realtime" / "server.py").read_text(encoding="utf-8")
    events = set(re.findall(r"for name in \(([^)]*)\)", server))
    names = {name for group in events for name in re.findall(r'"([a-z-]+)"', group)} - {"connect", "disconnect"}
    assert {"join", "sync", "do", "y-up"} <= names
    for name in (*visibility.RULES, *messages.COMMANDS, *names):
        assert f"`{name}`" in protocol, name


def texts() -> dict[str, dict[str, object]]:
    return {language: dict(i18n.catalogue(language)) for language in i18n.LANGUAGES}


def placeholders(entry: object) -> set[str]:
    forms = [entry] if isinstance(entry, str) else list(entry.values())  # type: ignore[attr-defined]
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def test_both_languages_have_the_same_entries_and_placeholders():
    found = texts()
    assert found["vi"].keys() == found["en"].keys()
    differing = [key for key in found["vi"] if placeholders(found["vi"][key]) != placeholders(found["en"][key])]
    assert not differing


def test_a_refusal_stands_in_one_catalogue_only():
    keys = [key.partition(".")[2] for key in i18n.catalogue("vi") if key.startswith("refusal_")]
    assert len(keys) == len(set(keys))


def test_every_refusal_has_its_sentence():
    raised = set()
    for package in PACKAGES:
        for file in sources(package):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                    first = node.args[0]
                    if node.func.id in ("Conflict", "NotAllowed", "NotFound", "Invalid", "Refusal", "Problem") and isinstance(
                        first, ast.Constant
                    ):
                        raised.add(first.value)
    assert len(raised) > 40
    assert raised <= i18n.refusal_keys().keys()


def test_every_text_that_a_page_asks_for_exists():
    known = i18n.catalogue("vi")
    missing = set()
    for file in [*(ROOT / "web" / "templates").rglob("*.html"), *(ROOT / "calendars" / "templates").iterdir(), *sources("web")]:
        for key in re.findall(r"""\bt\(["']([a-z_]+\.[a-zA-Z_]+)["'][,)]""", file.read_text(encoding="utf-8")):
            if key not in known:
                missing.add(f"{file.name}: {key}")
    assert not missing


def test_history_has_words_for_every_command_of_a_meeting():
    from meetings.commands import MeetingCommand
    from meetings.queries.meetings import UNTOLD

    told = {c.__name__ for c in access_rules.RULES if issubclass(c, MeetingCommand)} - set(UNTOLD)
    assert {f"meeting.did_{name}" for name in told} <= i18n.catalogue("vi").keys()
