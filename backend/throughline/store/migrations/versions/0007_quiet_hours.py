"""Quiet hours: a person may say when nothing rings. Who has said nothing has none."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From an order of addresses to an order and quiet hours."""
    op.add_column("preferences", sa.Column("quiet", sa.String(), nullable=True))
