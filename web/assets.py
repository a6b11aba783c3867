"""Static files, served from here alone, under addresses that change with their content; text is packed once per process, and a
style sheet brings those that it imports along, so that a slow line carries one file instead of a chain of them."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path

from aiohttp import web

ROOT = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json",
    ".txt": "text/plain", ".png": "image/png", ".woff2": "font/woff2",
}  # fmt: skip
_IMPORT = re.compile(r'@import url\("([\w./-]+)"\)(?: layer\((\w+)\))?([^;\n]*);')
_PACKED = (".css", ".js", ".svg", ".json", ".txt")


@cache
def _files() -> dict[str, Path]:
    """Every file there is, by the path it is asked for: nothing else can be."""
    return {file.relative_to(ROOT).as_posix(): file for file in sorted(ROOT.rglob("*")) if file.is_file()}


@cache
def version() -> str:
    """One version for all static files: modules import each other by plain relative addresses."""
    found = hashlib.sha256()
    for name, file in _files().items():
        found.update(name.encode())
        found.update(file.read_bytes())
    return found.hexdigest()[:12]


@cache
def _content(path: str, packed: bool) -> bytes:
    content = _styles(path).encode() if path.endswith(".css") else _files()[path].read_bytes()
    return gzip.compress(content, 6, mtime=0) if packed else content


def _styles(path: str) -> str:
    """The style sheet with every `@import url(...) layer(...) media` replaced by what it means. All stand in one folder, so that what
    they refer to is found from each."""
    folder = path.rpartition("/")[0]

    def brought(found: re.Match[str]) -> str:
        text = _styles(f"{folder}/{found[1]}")
        text = f"@layer {found[2]} {{\n{text}}}\n" if found[2] else text
        return f"@media {found[3].strip()} {{\n{text}}}\n" if found[3].strip() else text

    return _IMPORT.sub(brought, _files()[path].read_text(encoding="utf-8"))


def static(path: str) -> str:
    """The address of a static file, such as `css/app.css`."""
    return f"/static/{version()}/{path}"


async def serve(request: web.Request) -> web.Response:
    path = request.match_info["path"]
    if path not in _files():
        raise web.HTTPNotFound
    suffix = Path(path).suffix
    packed = suffix in _PACKED and "gzip" in request.headers.get("Accept-Encoding", "")
    fresh = request.match_info["version"] == version()
    headers = {
        "Content-Type": _TYPES.get(suffix, "application/octet-stream") + ("; charset=utf-8" if suffix in _PACKED else ""),
        "Cache-Control": "public, max-age=31536000, immutable" if fresh else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if packed:
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=_content(path, packed), headers=headers)
