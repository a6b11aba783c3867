"""Plans of rooms, and who sits where"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    with op.batch_alter_table('rooms', schema=None) as batch_op:
        batch_op.add_column(sa.Column('plan', sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seat', sa.String(length=8), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_participants_meeting_id_seat'), ['meeting_id', 'seat'])


def downgrade() -> None:
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_participants_meeting_id_seat'), type_='unique')
        batch_op.drop_column('seat')
    with op.batch_alter_table('rooms', schema=None) as batch_op:
        batch_op.drop_column('plan')
