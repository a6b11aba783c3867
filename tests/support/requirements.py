"""What a test needs from the machine. Absent, the test is skipped with a clear word; in CI it fails instead."""

from __future__ import annotations

import os

import pytest


def need(what: str, present: bool) -> None:
    """Skip, or fail when DIEMCAU_TEST_REQUIRE_ALL=1, unless `what` is there."""
    if present:
        return
    words = f"{what} is not available on this machine"
    if os.environ.get("DIEMCAU_TEST_REQUIRE_ALL") == "1":
        pytest.fail(words)
    pytest.skip(words)
