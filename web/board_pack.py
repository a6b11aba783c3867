"""The board pack: a cover, contents with page numbers, and every paper that can be joined, in one PDF. Papers are files of strangers, so
they are read by a process of its own (`python -m web.board_pack FOLDER`), with little memory and time; what it cannot read is listed."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import json
import logging
import os
import resource
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from pypdf import PdfReader, PdfWriter

from meetings.errors import Conflict
from meetings.i18n import span_text

SECONDS, MEMORY = 90, 3 << 30
AT_ONCE = 2  # packs that are made
KEPT = 20  # packs, the latest asked for
MOST_PAGES = 5000
DRAWN = ("image/png", "image/jpeg")
_HERE = Path(__file__).parent
_FONTS = _HERE.parent / "calendars" / "fonts"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper. `heading`: of the item that it belongs to, empty for the whole meeting."""

    heading: str
    title: str
    sha256: str
    media_type: str
    internal: bool
    file_name: str


class BoardPacks:
    """Makes packs, each once as long as nothing of it changes, and keeps the latest in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def made(
        self, title: str, host: str, when: tuple[datetime, datetime, str] | None, entries: Sequence[Entry],
        content: Callable[[str], Awaitable[bytes]],
    ) -> Path:  # fmt: skip
        """The file. Raises Conflict("papers_not_joined")."""
        said = {
            "title": title, "host": host, "when": span_text(when[0], when[1], "vi", when[2]) if when else "",
            "entries": [asdict(entry) for entry in entries],
        }  # fmt: skip
        text = json.dumps(said, ensure_ascii=False)
        pack = self._folder / f"{hashlib.sha256(text.encode()).hexdigest()}.pdf"
        async with self._slots:
            if pack.exists():
                pack.touch()
                return pack
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder) as name:
                work = Path(name)
                for entry in entries:
                    if entry.media_type in (*DRAWN, "application/pdf"):
                        await asyncio.to_thread((work / entry.sha256).write_bytes, await content(entry.sha256))
                (work / "said.json").write_text(text, encoding="utf-8")
                await _joined(work)
                os.replace(work / "pack.pdf", pack)
            self._forget()
        return pack

    def _forget(self) -> None:
        packs = sorted(self._folder.glob("*.pdf"), key=lambda file: file.stat().st_mtime)
        for file in packs[:-KEPT]:
            file.unlink(missing_ok=True)


async def _joined(work: Path) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "web.board_pack", str(work), stderr=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(SECONDS * 2):
            _, said = await child.communicate()
    except TimeoutError:
        said = b"took too long"
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    if child.returncode or not (work / "pack.pdf").exists():
        log.warning("board pack: %s", said.decode(errors="replace")[-500:])
        raise Conflict("papers_not_joined")


def join(work: Path) -> None:
    """From `said.json` and files named by their SHA-256 to `pack.pdf`."""
    said = json.loads((work / "said.json").read_text(encoding="utf-8"))
    entries = said["entries"]
    read = [_pages(work, entry) for entry in entries]
    front = _front(said, [0 if pages else None for pages in read])
    writer = PdfWriter()
    at, starts = _count(front), []
    for pages in read:
        starts.append(at + 1 if pages else None)
        at += len(pages) if pages else 0
    writer.append(_reader(_front(said, starts)), import_outline=False)
    heading = None
    for entry, pages, start in zip(entries, read, starts, strict=True):
        if pages is None or start is None:
            continue
        for page in pages:
            writer.add_page(page)
        if entry["heading"] and (heading is None or heading[0] != entry["heading"]):
            heading = entry["heading"], writer.add_outline_item(title=entry["heading"], page_number=start - 1)
        under = heading[1] if heading is not None and heading[0] == entry["heading"] else None
        writer.add_outline_item(title=entry["title"], page_number=start - 1, parent=under)
    writer.add_metadata({"/Title": said["title"], "/Author": said["host"]})
    writer.write(work / "pack.pdf")


def _pages(work: Path, entry: dict[str, Any]) -> list[Any] | None:
    """None for what can only be listed: office files, files with a password, damaged ones."""
    try:
        if entry["media_type"] in DRAWN:
            return list(_reader(_drawn(work, entry)).pages)
        if entry["media_type"] != "application/pdf":
            return None
        reader = PdfReader(work / entry["sha256"])
        if reader.is_encrypted and not reader.decrypt(""):
            return None
        pages = [reader.pages[n] for n in range(min(len(reader.pages), MOST_PAGES + 1))]
        return pages if 0 < len(pages) <= MOST_PAGES else None
    except MemoryError:
        raise
    except Exception:  # whatever a stranger's file makes of the reader, the other papers are joined
        return None


def _reader(content: bytes) -> Any:
    return PdfReader(io.BytesIO(content))


def _count(content: bytes) -> int:
    return len(_reader(content).pages)


def _front(said: dict[str, Any], starts: Sequence[int | None]) -> bytes:
    entries = [entry | {"page": start} for entry, start in zip(said["entries"], starts, strict=True)]
    return _typst("board_pack.typ", said | {"entries": entries})


def _drawn(work: Path, entry: dict[str, Any]) -> bytes:
    ending = {"image/png": "png", "image/jpeg": "jpg"}[entry["media_type"]]
    image = f'image("{entry["sha256"]}", format: "{ending}", fit: "contain", width: 100%, height: 100%)'
    source = f'#set page(paper: "a4", margin: 15mm)\n#align(center + horizon, {image})'
    return bytes(typst.compile(source.encode(), root=work, font_paths=_fonts(), format="pdf"))


def _typst(name: str, data: dict[str, Any]) -> bytes:
    source = (_HERE / "templates" / "papers" / name).read_bytes()
    return bytes(typst.compile(source, font_paths=_fonts(), sys_inputs={"data": json.dumps(data)}, format="pdf"))


@cache
def _fonts() -> Any:
    return typst.Fonts(font_paths=[_FONTS], include_system_fonts=False)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    join(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
