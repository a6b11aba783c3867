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
