"""Failover: what waits on the web to be seen, and what was lost, are found without looking at all rows.

What is on the web from before waits for nobody: it was made when nothing was sent elsewhere instead.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNSEEN = sa.text("channel = 'web' AND state = 'accepted' AND owed AND due > 0")
_LOST = sa.text("owed AND state IN ('dead', 'held')")


def upgrade() -> None:
    """From rows that stay where they are to rows that go on."""
    op.execute("UPDATE deliveries SET due = 0 WHERE channel = 'web'")
    op.create_index("ix_deliveries_unseen", "deliveries", ["due"], sqlite_where=_UNSEEN, postgresql_where=_UNSEEN)
    op.create_index("ix_deliveries_lost", "deliveries", ["tenant_id", "at"], sqlite_where=_LOST, postgresql_where=_LOST)
