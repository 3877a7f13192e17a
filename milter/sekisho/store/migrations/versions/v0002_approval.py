"""Who has to agree to a hold, whom was asked and what they said.

Locks that were there before wait for the operator, as they did; their timers run already.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("waits", sa.Column("terms", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("waits", sa.Column("step", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("waits", sa.Column("started", sa.BigInteger(), nullable=True))
    op.add_column("waits", sa.Column("ran_out", sa.BigInteger(), nullable=True))
    op.add_column("waits", sa.Column("ask", sa.BigInteger(), nullable=True))
    op.add_column("waits", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("waits", sa.Column("among", sa.Text(), nullable=False, server_default="[]"))
    op.create_index("waits_ask", "waits", ["ask"], unique=False)
    op.execute("UPDATE waits SET started = (SELECT created FROM holds WHERE holds.id = waits.hold)")
    op.add_column("holds", sa.Column("outcome", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("holds", sa.Column("passed", sa.Integer(), nullable=False, server_default="0"))
    _make_asks()


def _make_asks() -> None:
    op.create_table(
        "asks",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("hold", sa.String(length=26), nullable=False),
        sa.Column("lock", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("covers", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hold"], ["holds.id"], name="asks_hold_fk"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("asks_due", "asks", ["due"], unique=False)
    op.create_index("asks_hold", "asks", ["hold"], unique=False)
    op.create_index("asks_person", "asks", ["person"], unique=False)
