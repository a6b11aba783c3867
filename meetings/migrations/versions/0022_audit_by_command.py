"""The audit is looked into by command, however long it has become"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    with op.batch_alter_table("audit") as batch:
        batch.drop_constraint(op.f("uq_audit_actor_command_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_audit_command_id_actor"), ["command_id", "actor"])
