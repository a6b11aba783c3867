"""Rooms are booked, and no quarter-hour of one twice"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

INSTANT = sa.DateTime(timezone=True)
QUARTER, FIRST = timedelta(minutes=15), datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 500  # rows


def upgrade() -> None:
    state = sa.Enum("booked", "asked", "refused", name="state", native_enum=False, create_constraint=True, length=20)
    bookings = op.create_table(
        "room_bookings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("room_id", sa.String(32), sa.ForeignKey("rooms.id", name=op.f("fk_room_bookings_room_id")), nullable=False),
        sa.Column(
            "meeting_id", sa.String(32),
            sa.ForeignKey("meetings.id", name=op.f("fk_room_bookings_meeting_id"), ondelete="CASCADE"), nullable=True,
        ),
        sa.Column("starts_at", INSTANT, nullable=False), sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("free_at", INSTANT, nullable=False), sa.Column("state", state, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False), sa.Column("decided_by", sa.String(300), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True), sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_bookings")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_room_bookings_meeting_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_room_bookings_room_id_starts_at"), "room_bookings", ["room_id", "starts_at"])
    slots = op.create_table(
        "room_slots",
        sa.Column("room_id", sa.String(32), sa.ForeignKey("rooms.id", name=op.f("fk_room_slots_room_id")), nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "booking_id", sa.String(32),
            sa.ForeignKey("room_bookings.id", name=op.f("fk_room_slots_booking_id"), ondelete="CASCADE"), nullable=False,
        ),
        sa.PrimaryKeyConstraint("room_id", "slot", name=op.f("pk_room_slots")),
    )  # fmt: skip
    op.create_index(op.f("ix_room_slots_booking_id"), "room_slots", ["booking_id"])
    _book_what_is_planned(bookings, slots)


def _book_what_is_planned(bookings: sa.Table, slots: sa.Table) -> None:
    """Of meetings that were sent for one room and time already, the first keeps the room and both keep their place."""
    names = ("id", "room_id", "state", "starts_at", "ends_at", "started_at", "ended_at", "invited_at", "created_at")
    meetings = sa.table("meetings", *(sa.column(name, INSTANT if name.endswith("_at") else sa.String) for name in names))
    held = sa.and_(meetings.c.room_id.is_not(None), meetings.c.state.in_(("invited", "live", "finished")))
    order = (sa.func.coalesce(meetings.c.invited_at, meetings.c.created_at), meetings.c.id)
    rows = op.get_bind().execute(sa.select(meetings).where(held).order_by(*order)).all()
    now = datetime.now(UTC)
    taken: dict[tuple[str, int], str] = {}
    made = []
    for row in rows:
        start, end = _aware(row.starts_at), _aware(row.ends_at)
        if row.ended_at is not None and start < _aware(row.ended_at) < end:
            end = _aware(row.ended_at)
        free = end + (FIRST - end) % QUARTER
        key = uuid4().hex
        made.append({
            "id": key, "room_id": row.room_id, "meeting_id": row.id, "starts_at": start, "ends_at": end, "free_at": free,
            "state": "booked", "reason": "", "decided_by": "", "decided_at": None, "made_at": now,
        })  # fmt: skip
        for slot in range((max(start, now) - FIRST) // QUARTER, (free - FIRST) // QUARTER):
            taken.setdefault((row.room_id, slot), key)
    kept = [{"room_id": room, "slot": slot, "booking_id": key} for (room, slot), key in taken.items()]
    for table, found in ((bookings, made), (slots, kept)):
        for some in _some(found):
            op.bulk_insert(table, some)


def _some(rows: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _aware(at: datetime) -> datetime:
    """SQLite keeps UTC without saying so."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
