"""Agencies, positions and people are found by their folded names; duties, whom the meeting needs, one item alone, posts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from meetings.text import fold

revision = '0014'
down_revision = '0013'

OF = {'agencies': ('name', 'short_name'), 'positions': ('name',), 'people': ('name',)}
DUTIES = ('participant', 'chair', 'secretary', 'guest')
MORE = ('presenter', 'press', 'technician', 'observer')


def upgrade() -> None:
    for table, columns in OF.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('folded', sa.Text(), nullable=False, server_default=''))
        rows = sa.table(table, sa.column('id'), sa.column('folded'), *(sa.column(name) for name in columns))
        connection = op.get_bind()
        for row in connection.execute(sa.select(rows)).all():
            folded = ' '.join(fold(getattr(row, name)) for name in columns)
            connection.execute(sa.update(rows).where(rows.c.id == row.id).values(folded=folded))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column('folded', server_default=None)
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_participants_duty'), type_='check')
        batch_op.create_check_constraint(op.f('ck_participants_duty'), sa.column('duty').in_(DUTIES + MORE))
        batch_op.add_column(sa.Column('required', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('item_id', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('position_id', sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(op.f('fk_participants_position_id'), 'positions', ['position_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_participants_position_id'), type_='foreignkey')
        for column in ('position_id', 'item_id', 'required'):
            batch_op.drop_column(column)
        batch_op.drop_constraint(op.f('ck_participants_duty'), type_='check')
        batch_op.create_check_constraint(op.f('ck_participants_duty'), sa.column('duty').in_(DUTIES))
    for table in OF:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column('folded')
