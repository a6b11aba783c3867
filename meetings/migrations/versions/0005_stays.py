"""Each time somebody was there; absent with or without leave; who was present when a ballot opened"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    absence = sa.Enum('', 'excused', 'unexcused', name='absence', native_enum=False, create_constraint=True, length=20)
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.add_column(sa.Column('absence', absence, nullable=False, server_default=''))
        batch_op.add_column(sa.Column('absence_reason', sa.String(length=300), nullable=False, server_default=''))
    with op.batch_alter_table('ballots', schema=None) as batch_op:
        batch_op.add_column(sa.Column('present_total', sa.Integer(), nullable=False, server_default='0'))
    op.execute("UPDATE ballots SET present_total = entitled")
    op.create_table('stays',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('meeting_id', sa.String(length=32), nullable=False),
    sa.Column('participant_id', sa.String(length=32), nullable=False),
    sa.Column('mode', sa.Enum('room', 'online', name='mode', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('how', sa.Enum('self', 'roll', 'door', 'site', name='how', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('came_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('door_step', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['meeting_id'], ['meetings.id'], name=op.f('fk_stays_meeting_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_stays_participant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stays')),
    sa.UniqueConstraint('participant_id', 'door_step', name=op.f('uq_stays_participant_id_door_step'))
    )
    with op.batch_alter_table('stays', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stays_meeting_id'), ['meeting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stays_participant_id'), ['participant_id'], unique=False)
    # What was known before: one stay each, from the first coming to the last leaving.
    op.execute(
        "INSERT INTO stays (id, meeting_id, participant_id, mode, how, came_at, left_at) "
        "SELECT id, meeting_id, id, CASE attendance WHEN 'online' THEN 'online' ELSE 'room' END, 'roll', arrived_at, left_at "
        "FROM participants WHERE arrived_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table('stays')
    with op.batch_alter_table('ballots', schema=None) as batch_op:
        batch_op.drop_column('present_total')
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_column('absence_reason')
        batch_op.drop_column('absence')
