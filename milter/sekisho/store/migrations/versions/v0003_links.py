"""Links in notices, and what is chosen by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("hold", sa.String(length=26), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("notice", sa.String(length=26), nullable=False),
        sa.Column("choice", sa.String(length=26), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=True),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hold"], ["holds.id"], name="tokens_hold_fk", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    op.create_index("tokens_hold", "tokens", ["hold"], unique=False)
    op.create_table(
        "choices",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("hold", sa.String(length=26), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("choice", sa.String(length=32), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["hold"], ["holds.id"], name="choices_hold_fk", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("choices_hold", "choices", ["hold"], unique=False)
    op.create_index("choices_due", "choices", ["due"], unique=False)
