"""Ballots with options, deadlines, weights, proxies and counts by hand"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'

KINDS = (('motion', 'opinion'), ('motion', 'opinion', 'choice', 'election', 'approval'))
TIES = (('fails', 'chair'), ('fails', 'chair', 'revote', 'elder'))
ENTRIES = (
    ('opened', 'vote', 'paused', 'resumed', 'closed', 'void'),
    ('opened', 'vote', 'paused', 'resumed', 'counted', 'confirmed', 'closed', 'decided', 'void'),
)


def upgrade() -> None:
    op.create_table('proxies',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('meeting_id', sa.String(length=32), nullable=False),
    sa.Column('participant_id', sa.String(length=32), nullable=False),
    sa.Column('holder_id', sa.String(length=32), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['holder_id'], ['participants.id'], name=op.f('fk_proxies_holder_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meetings.id'], name=op.f('fk_proxies_meeting_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_proxies_participant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proxies')),
    sa.UniqueConstraint('participant_id', name=op.f('uq_proxies_participant_id'))
    )
    with op.batch_alter_table('proxies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proxies_meeting_id'), ['meeting_id'], unique=False)

    with op.batch_alter_table('meetings', schema=None) as batch_op:
        batch_op.add_column(sa.Column('proxies_allowed', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.add_column(sa.Column('weight', sa.Integer(), nullable=False, server_default='1'))
    _ballots()
    with op.batch_alter_table('ballot_entries', schema=None) as batch_op:
        _codes(batch_op, 'what', ENTRIES[1])
    with op.batch_alter_table('votes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('marks', sa.JSON(), nullable=False, server_default='{}'))
    with op.batch_alter_table('roll', schema=None) as batch_op:
        batch_op.add_column(sa.Column('voter_id', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('weight', sa.Integer(), nullable=False, server_default='1'))
        batch_op.create_foreign_key(batch_op.f('fk_roll_voter_id'), 'participants', ['voter_id'], ['id'])
    op.execute('UPDATE roll SET voter_id = participant_id')
    with op.batch_alter_table('roll', schema=None) as batch_op:
        batch_op.alter_column('voter_id', existing_type=sa.String(length=32), nullable=False)
    _without_defaults()


def _ballots() -> None:
    with op.batch_alter_table('ballots', schema=None) as batch_op:
        _codes(batch_op, 'kind', KINDS[1])
        _codes(batch_op, 'tie', TIES[1])
        batch_op.add_column(sa.Column('options', sa.JSON(), nullable=False, server_default='[]'))
        for name in ('most', 'seats', 'seconds', 'weight_total', 'entitled_weight'):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default='0'))
        method = sa.Enum('online', 'hand', name='method', native_enum=False, create_constraint=True, length=20)
        progress = sa.Enum('turnout', 'votes', name='progress', native_enum=False, create_constraint=True, length=20)
        batch_op.add_column(sa.Column('method', method, nullable=False, server_default='online'))
        batch_op.add_column(sa.Column('progress', progress, nullable=False, server_default='turnout'))
        batch_op.add_column(sa.Column('weighted', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('sums', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('hand_count', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('UPDATE ballots SET entitled_weight = entitled, weight_total = members_total')
    ballots = sa.table('ballots', sa.column('id', sa.String), sa.column('result', sa.JSON))
    for row in op.get_bind().execute(sa.select(ballots.c.id, ballots.c.result)).all():
        if row.result:  # a result says from now on whether it is tied, and what was invalid
            told = row.result | {'tied': False, 'invalid': 0}
            op.execute(sa.update(ballots).where(ballots.c.id == row.id).values(result=told))


def _codes(batch_op: Any, column: str, codes: tuple[str, ...]) -> None:
    listed = ', '.join(f"'{code}'" for code in codes)
    batch_op.drop_constraint(column, type_='check')
    batch_op.create_check_constraint(column, sa.text(f'{column} IN ({listed})'))


def _without_defaults() -> None:
    """They were for the rows that were there."""
    added = {
        'meetings': ('proxies_allowed',), 'participants': ('weight',), 'votes': ('marks',), 'roll': ('weight',),
        'ballots': ('options', 'most', 'seats', 'seconds', 'weight_total', 'entitled_weight', 'method', 'progress', 'weighted'),
    }
    for table, names in added.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    # Refused by the database where there are ballots of the new kinds.
    with op.batch_alter_table('roll', schema=None) as batch_op:
        batch_op.drop_constraint('fk_roll_voter_id', type_='foreignkey')
        batch_op.drop_column('voter_id')
        batch_op.drop_column('weight')
    with op.batch_alter_table('votes', schema=None) as batch_op:
        batch_op.drop_column('marks')
    with op.batch_alter_table('ballot_entries', schema=None) as batch_op:
        _codes(batch_op, 'what', ENTRIES[0])
    with op.batch_alter_table('ballots', schema=None) as batch_op:
        _codes(batch_op, 'kind', KINDS[0])
        _codes(batch_op, 'tie', TIES[0])
        batch_op.drop_constraint('method', type_='check')
        batch_op.drop_constraint('progress', type_='check')
        for name in (
            'options', 'most', 'seats', 'seconds', 'weight_total', 'entitled_weight', 'method', 'progress', 'weighted', 'sums', 'hand_count',
            'closes_at', 'paused_at',
        ):
            batch_op.drop_column(name)
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_column('weight')
    with op.batch_alter_table('meetings', schema=None) as batch_op:
        batch_op.drop_column('proxies_allowed')
    op.drop_table('proxies')
