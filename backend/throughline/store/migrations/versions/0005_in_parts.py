"""In parts: where a message was cut that went out while it was written.

What was there stays as it is: the new column may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From whole messages to messages in parts."""
    op.add_column("deliveries", sa.Column("cuts", sa.String(), nullable=True))
