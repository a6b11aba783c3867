"""Static files, served from here alone, under addresses that change with their content; text is packed once per process."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from aiohttp import web

ROOT = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json",
    ".txt": "text/plain", ".png": "image/png", ".woff2": "font/woff2",
}  # fmt: skip
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
    content = _files()[path].read_bytes()
    return gzip.compress(content, 6, mtime=0) if packed else content


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
