"""When a message's content went, and why a hold must be kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("messages", sa.Column("purged", sa.BigInteger(), nullable=True))
    op.add_column("holds", sa.Column("legal_hold", sa.Text(), nullable=False, server_default=""))
