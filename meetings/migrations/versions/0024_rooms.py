"""Rooms have equipment, opening hours, a rule of booking and a keeper"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    kinds = ("open", "own", "ask", "closed")
    rule = sa.Enum(*kinds, name="booking", native_enum=False, create_constraint=True, length=20)
    with op.batch_alter_table("rooms") as batch:
        batch.add_column(sa.Column("equipment", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("booking", rule, nullable=False, server_default="open"))
        batch.add_column(sa.Column("opens", sa.String(5), nullable=False, server_default=""))
        batch.add_column(sa.Column("closes", sa.String(5), nullable=False, server_default=""))
        batch.add_column(sa.Column("days", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("gap", sa.Integer(), nullable=False, server_default="0"))
        keeper = sa.ForeignKey("people.id", name=op.f("fk_rooms_keeper_id"))
        batch.add_column(sa.Column("keeper_id", sa.String(32), keeper, nullable=True))
