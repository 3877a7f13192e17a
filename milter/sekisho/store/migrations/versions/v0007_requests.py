"""When a request reached the person who is asked, or was found not to. Those made before count as told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("asks", sa.Column("told", sa.BigInteger(), nullable=True))
    op.add_column("asks", sa.Column("unreached", sa.BigInteger(), nullable=True))
    op.execute("UPDATE asks SET told = asked")
