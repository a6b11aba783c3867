"""The pictures of the README and the guides, taken by the walks themselves: `DIEMCAU_TEST_SCREENS=1`."""

from __future__ import annotations

import base64
import os
import struct
import zlib
from collections import Counter
from pathlib import Path

from playwright.async_api import BrowserContext, Page

SCREENS = Path(__file__).parent.parent.parent / "docs" / "screens"
PIXELS = """async (png) => {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  canvas.drawImage(bitmap, 0, 0);
  const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
  let text = "";
  for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
  return [bitmap.width, btoa(text)];
}"""


async def picture(page: Page, name: str) -> None:
    """Of what the window shows, when pictures are asked for."""
    if not os.environ.get("DIEMCAU_TEST_SCREENS"):
        return
    await page.wait_for_timeout(400)  # what moves has come to rest
    width, pixels = await _pixels(page.context, await page.screenshot())
    (SCREENS / f"{name}.png").write_bytes(indexed(width, pixels))


async def _pixels(context: BrowserContext, png: bytes) -> tuple[int, bytes]:
    desk = await context.new_page()
    width, data = await desk.evaluate(PIXELS, base64.b64encode(png).decode())
    await desk.close()
    return int(width), base64.b64decode(data)


def indexed(width: int, rgba: bytes) -> bytes:
    """A PNG of 64 colours, a quarter of the size; each other colour becomes its nearest. Screens have few colours, and those that
    edges of letters add are hardly seen."""
    colours = [rgba[at : at + 3] for at in range(0, len(rgba), 4)]
    count = Counter(colours)
    palette = [colour for colour, _ in count.most_common(64)]
    nearest = {colour: _nearest(colour, palette) for colour in count}
    rows = b"".join(b"\0" + bytes(nearest[c] for c in colours[at : at + width]) for at in range(0, len(colours), width))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, len(colours) // width, 8, 3, 0, 0, 0)), (b"PLTE", b"".join(palette)),
        (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""),
    )  # fmt: skip
    body = b"".join(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts)
    return b"\x89PNG\r\n\x1a\n" + body


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    return min(range(len(palette)), key=lambda n: sum((one - other) ** 2 for one, other in zip(colour, palette[n], strict=True)))
