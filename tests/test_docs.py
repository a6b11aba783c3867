"""The documents name every setting, command and screen that there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from meetings.i18n import catalogue
from meetings.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
WORDS = catalogue("vi")
GUIDES = sorted((ROOT / "docs" / "huong-dan").glob("*.md"))
# guide -> the room's words that it must explain, as keys of the catalogue.
EXPLAINS = {
    "chu-tri": (
        "room.start_meeting", "room.new_ballot", "room.open_ballot", "room.close_ballot", "room.end_speech", "room.record_conclusion",
        "room.end_meeting", "room.void_ballot", "room.repeat_ballot", "room_questioning.call", "room_questioning.answered_act",
        "room_deputy.name_act", "room_deputy.take_back", "minutes.approve",
    ),
    "thu-ky": (
        "schedule.preview", "schedule.send", "site.manage", "room_sites.board", "room_attendance.roll_call", "room_papers.present",
        "room_talk.announcements", "meeting.projector", "room_minutes.insert_skeleton", "minutes.approve", "minutes.restore",
    ),
    "dai-bieu": (
        "room.i_am_in_room", "room.i_am_online", "room.ask", "room.withdraw", "room_questioning.ask", "room_papers.follow",
        "room.declare_recusal", "room.back_to_ballot", "room_attendance.leave",
    ),
    "ky-thuat-diem-cau": (
        "site.enter", "room_sites.is_ok", "room_sites.is_bad", "room_sites.report_ready", "room_sites.take_back", "room_sites.screen",
        "room_sites.heads", "room.ask",
    ),
    "quan-tri": ("admin.title",),
}  # fmt: skip


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
    for document in (ROOT / "README.md", ROOT / "docs" / "huong-dan.md", ROOT / "CONTRIBUTING.md", *GUIDES):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_compose_file_and_the_image_set_only_known_settings():
    known = {PREFIX + field.name.upper() for field in fields(Settings)}
    for name in ("compose.yaml", "Dockerfile"):
        used = set(re.findall(r"DIEMCAU_[A-Z_]+", (ROOT / name).read_text(encoding="utf-8")))
        assert used
        assert used <= known, name


def test_each_guide_is_linked_and_explains_what_its_reader_presses():
    entry = (ROOT / "docs" / "huong-dan.md").read_text(encoding="utf-8")
    assert {guide.stem for guide in GUIDES} == set(EXPLAINS)
    for guide in GUIDES:
        text = guide.read_text(encoding="utf-8")
        assert f"](huong-dan/{guide.name})" in entry
        missing = [key for key in EXPLAINS[guide.stem] if str(WORDS[key]) not in text]
        assert not missing, f"{guide.name}: {missing}"


def test_no_picture_is_kept_that_no_document_shows_and_each_is_small():
    documents = (ROOT / "README.md", ROOT / "docs" / "huong-dan.md", *GUIDES)
    shown = {name for document in documents for name in re.findall(r"screens/([\w-]+\.png)", document.read_text(encoding="utf-8"))}
    pictures = list((ROOT / "docs" / "screens").glob("*.png"))
    assert {picture.name for picture in pictures} == shown
    for picture in pictures:
        assert picture.stat().st_size < 120_000, picture.name
