"""JSON without spaces. `json.dumps` makes an encoder for each call that asks for anything of its own; these are made once."""

from __future__ import annotations

import json
from functools import partial

_encoder = partial(json.JSONEncoder, separators=(",", ":"))
kept = _encoder().encode  # in a column: ASCII, which every database takes
sent = _encoder(ensure_ascii=False).encode  # to a browser
canonical = _encoder(ensure_ascii=False, sort_keys=True).encode  # what hashes are of
