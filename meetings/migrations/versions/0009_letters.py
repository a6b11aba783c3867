"""Letters: mail that came in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'

METHODS = ('REQUEST', 'CANCEL', 'DECLINECOUNTER')
STATES = ('queued', 'sending', 'sent', 'failed', 'bounced')


def upgrade() -> None:
    kinds = ('text', 'answer', 'counter', 'delegation', 'refresh', 'bounce', 'automatic')
    states = ('waiting', 'applied', 'kept', 'accepted', 'declined', 'dismissed')
    answers = ('', 'accepted', 'declined', 'tentative', 'delegated')
    op.create_table('letters',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('meeting_id', sa.String(length=32), nullable=True),
    sa.Column('participant_id', sa.String(length=32), nullable=True),
    sa.Column('agency_id', sa.String(length=32), nullable=True),
    sa.Column('kind', sa.Enum(*kinds, name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('state', sa.Enum(*states, name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('why', sa.String(length=300), nullable=False),
    sa.Column('verified', sa.Boolean(), nullable=False),
    sa.Column('sender', sa.String(length=254), nullable=False),
    sa.Column('sender_name', sa.String(length=300), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('claims', sa.String(length=300), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('answer', sa.Enum(*answers, name='answer', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('stamped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delegate_name', sa.String(length=300), nullable=False),
    sa.Column('delegate_email', sa.String(length=254), nullable=False),
    sa.Column('instances', sa.JSON(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_by', sa.String(length=300), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['meeting_id'], ['meetings.id'], name=op.f('fk_letters_meeting_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_letters_participant_id')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_letters_agency_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letters'))
    )
    with op.batch_alter_table('letters', schema=None) as batch_op:
        for column in ('meeting_id', 'participant_id', 'agency_id', 'received_at'):
            batch_op.create_index(batch_op.f(f'ix_letters_{column}'), [column], unique=False)
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        for name, codes in (('method', METHODS), ('state', STATES)):
            batch_op.drop_constraint(op.f(f'ck_outbox_{name}'), type_='check')
            batch_op.create_check_constraint(op.f(f'ck_outbox_{name}'), sa.column(name).in_(codes))
