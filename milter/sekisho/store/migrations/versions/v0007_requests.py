"""When a request reached the person who is asked, or was found not to; what is still to be checked is found at once.

Requests made before count as told.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_CHECKING = """
UPDATE waits SET checking = (SELECT created FROM holds WHERE holds.id = waits.hold)
WHERE opened IS NULL AND terms LIKE '%"review"%'
AND hold IN (SELECT id FROM holds WHERE state NOT IN ('rejected', 'cancelled', 'expired'))
"""


def upgrade() -> None:
    op.add_column("asks", sa.Column("told", sa.BigInteger(), nullable=True))
    op.add_column("asks", sa.Column("unreached", sa.BigInteger(), nullable=True))
    op.execute("UPDATE asks SET told = asked")
    op.add_column("waits", sa.Column("checking", sa.BigInteger(), nullable=True))
    op.execute(_CHECKING)
    op.execute("CREATE INDEX waits_checking ON waits (checking) WHERE checking IS NOT NULL")
