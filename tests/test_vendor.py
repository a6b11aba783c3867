"""The vendored browser code is what its manifest says."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENDORED = ROOT / "web" / "static" / "vendor"


def test_every_vendored_file_has_the_hash_of_the_manifest():
    manifest = json.loads((VENDORED / "manifest.json").read_text(encoding="utf-8"))
    present = {file.name for file in VENDORED.iterdir()} - {"manifest.json"}
    assert manifest["sha256"].keys() == present
    for name, expected in manifest["sha256"].items():
        assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == expected, name


def direct(path: str) -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = project["project"]["dependencies"] if path == "requirements.txt" else project["dependency-groups"]["dev"]
    return [re.split(r"[\[<>=;~]", name)[0].strip() for name in listed]


def test_every_dependency_is_locked_with_hashes_and_explained():
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for file in ("requirements.txt", "requirements-dev.txt"):
        locked = (ROOT / file).read_text(encoding="utf-8")
        for name in direct(file):
            assert re.search(rf"^{re.escape(name)}(\[[^\]]*\])?==[^\n]*\\\n    --hash=sha256:", locked, re.MULTILINE), name
            assert re.search(rf"\b{re.escape(name)}\b", explained), name


def test_every_browser_package_is_explained():
    package = json.loads((ROOT / "vendor" / "package.json").read_text(encoding="utf-8"))
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name in package["dependencies"] | package["devDependencies"]:
        assert ("prosemirror-*" if name.startswith("prosemirror-") else name) in explained
