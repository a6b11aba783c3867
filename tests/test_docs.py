"""The documents name every setting, command and screen that there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from meetings.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_every_setting():
    for field in fields(Settings):
        assert f"`{PREFIX}{field.name.upper()}`" in README, field.name


def test_the_readme_names_every_command():
    source = (ROOT / "web" / "__main__.py").read_text(encoding="utf-8")
    names = re.findall(r'add_parser\("([a-z-]+)"', source)
    assert len(names) >= 6
    for name in names:
        assert f"python -m web {name}" in README, name


def test_every_picture_and_page_that_the_documents_show_is_there():
    for document in (ROOT / "README.md", ROOT / "docs" / "huong-dan.md", ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_compose_file_and_the_image_set_only_known_settings():
    known = {PREFIX + field.name.upper() for field in fields(Settings)}
    for name in ("compose.yaml", "Dockerfile"):
        used = set(re.findall(r"DIEMCAU_[A-Z_]+", (ROOT / name).read_text(encoding="utf-8")))
        assert used
        assert used <= known, name
