"""Updates of minutes that are folded by moment, and those that bring an older version back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("minutes_updates") as batch:
        batch.add_column(sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("authors", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("restored", sa.Integer(), nullable=True))
    # Of long minutes the first version kept the beginning in their state alone: it becomes the update from which the history begins.
    op.execute(
        "INSERT INTO minutes_updates (meeting_id, seq, content, added_at) "
        "SELECT s.meeting_id, MIN(u.seq) - 1, s.content, MIN(u.added_at) FROM minutes_states s "
        "JOIN minutes_updates u ON u.meeting_id = s.meeting_id GROUP BY s.meeting_id, s.content HAVING MIN(u.seq) > 1"
    )
