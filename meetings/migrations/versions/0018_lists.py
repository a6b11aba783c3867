"""Lists are found by person, host, room and time, however many meetings there are"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"

INDEXES = (
    ("meetings", "state", "starts_at"), ("meetings", "host_agency_id", "starts_at"), ("meetings", "room_id", "starts_at"),
    ("participants", "person_id", "answer"), ("participants", "person_id", "duty"), ("participants", "meeting_id", "agency_id"),
)  # fmt: skip


def upgrade() -> None:
    for table, first, second in INDEXES:
        op.create_index(op.f(f"ix_{table}_{first}_{second}"), table, [first, second])
