"""Why a meeting was changed is kept, for the mails that tell of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    with op.batch_alter_table("meetings") as batch:
        batch.add_column(sa.Column("change_reason", sa.Text(), nullable=False, server_default=""))
