"""Campaigns, what messages allow of the fixes, answers that are remembered, and what the journal is counted into."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("holds", sa.Column("offers", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("holds", sa.Column("campaign", sa.String(length=26), nullable=True))
    op.create_index("holds_of_campaign", "holds", ["campaign", "state"], unique=False)
    _make_campaigns()
    _make_remembered()
    _make_counts()


def _make_campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("widest", sa.Text(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fixes", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("campaigns_by_key", "campaigns", ["key", "until"], unique=False)
    op.create_index("campaigns_due", "campaigns", ["due"], unique=False)


def _make_remembered() -> None:
    op.create_table(
        "remembered",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("hold", sa.String(length=26), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("key", "hold", "until"):
        op.create_index(f"remembered_{column}", "remembered", [column], unique=False)


def _make_counts() -> None:
    op.create_table(
        "traffic",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("outbound", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "instance"),
    )
    op.create_table(
        "journal_cursors",
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("instance", "segment"),
    )
