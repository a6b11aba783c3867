"""Which bridge sites have noted their place and contacts themselves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    with op.batch_alter_table("sites") as batch:
        batch.add_column(sa.Column("filled_by", sa.String(300), nullable=False, server_default=""))
