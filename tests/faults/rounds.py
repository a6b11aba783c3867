"""How long the fault tests last: DIEMCAU_TEST_ROUNDS, 1 unless set; `make faults` sets it high."""

from __future__ import annotations

import os

ROUNDS = int(os.environ.get("DIEMCAU_TEST_ROUNDS", "1"))
LONG = ROUNDS > 1
