"""Skipped and moved items, a limit for each item's speeches, a deputy, interjections, questions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    zero, false = sa.text('0'), sa.false()
    with op.batch_alter_table('items', schema=None) as batch_op:
        batch_op.add_column(sa.Column('speaking_seconds', sa.Integer(), nullable=False, server_default=zero))
        batch_op.add_column(sa.Column('moved_to_id', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('moved_to', sa.String(length=300), nullable=False, server_default=''))
        batch_op.drop_constraint(op.f('ck_items_state'), type_='check')
        batch_op.create_check_constraint('state', "state IN ('planned', 'running', 'done', 'skipped', 'moved')")
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.add_column(sa.Column('deputy', sa.Boolean(), nullable=False, server_default=false))
    with op.batch_alter_table('meetings', schema=None) as batch_op:
        batch_op.add_column(sa.Column('split_from_id', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('questions_closed', sa.Boolean(), nullable=False, server_default=false))
    with op.batch_alter_table('speeches', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_speeches_kind'), type_='check')
        batch_op.drop_constraint(op.f('ck_speeches_state'), type_='check')
        batch_op.create_check_constraint('kind', "kind IN ('request', 'order', 'interjection')")
        batch_op.create_check_constraint('state', "state IN ('waiting', 'speaking', 'held', 'done', 'withdrawn')")
    op.create_table('questions',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('meeting_id', sa.String(length=32), nullable=False),
    sa.Column('participant_id', sa.String(length=32), nullable=False),
    sa.Column('to_participant_id', sa.String(length=32), nullable=True),
    sa.Column('to_agency_id', sa.String(length=32), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'answering', 'answered', 'written', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('limit_seconds', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_seconds', sa.Integer(), nullable=False),
    sa.Column('conclusion_id', sa.String(length=32), nullable=True),
    sa.CheckConstraint('(to_participant_id IS NULL) != (to_agency_id IS NULL)', name=op.f('ck_questions_one_addressee')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meetings.id'], name=op.f('fk_questions_meeting_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_questions_participant_id')),
    sa.ForeignKeyConstraint(['to_agency_id'], ['agencies.id'], name=op.f('fk_questions_to_agency_id')),
    sa.ForeignKeyConstraint(['to_participant_id'], ['participants.id'], name=op.f('fk_questions_to_participant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_questions_meeting_id'), ['meeting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_questions_participant_id'), ['participant_id'], unique=False)


def downgrade() -> None:
    op.drop_table('questions')
    with op.batch_alter_table('speeches', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_speeches_kind'), type_='check')
        batch_op.drop_constraint(op.f('ck_speeches_state'), type_='check')
        batch_op.create_check_constraint('kind', "kind IN ('request', 'order')")
        batch_op.create_check_constraint('state', "state IN ('waiting', 'speaking', 'done', 'withdrawn')")
    with op.batch_alter_table('meetings', schema=None) as batch_op:
        batch_op.drop_column('questions_closed')
        batch_op.drop_column('split_from_id')
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_column('deputy')
    with op.batch_alter_table('items', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_items_state'), type_='check')
        batch_op.create_check_constraint('state', "state IN ('planned', 'running', 'done')")
        batch_op.drop_column('moved_to')
        batch_op.drop_column('moved_to_id')
        batch_op.drop_column('speaking_seconds')
