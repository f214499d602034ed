"""Every channel: other addresses of an identity, where it talks, what is laid down, how far news were asked for.

What was there stays as it is: every new column may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From channels with threads to channels without them."""
    for table, name, kind in (
        ("identities", "last_in", sa.BigInteger()),
        ("identities", "talks_in", sa.String()),
        ("identities", "off_at", sa.BigInteger()),
        ("identities", "listed", sa.String()),
        ("accounts", "cursor", sa.String()),
        ("bindings", "ref", sa.String()),
        ("deliveries", "draft", sa.String()),
        ("quarantine", "request", sa.LargeBinary()),
        ("quarantine", "retried", sa.BigInteger()),
    ):
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_table(
        "aliases",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("identity_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "address", name="pk_aliases"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], name="fk_aliases_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "identity_id"], ["identities.tenant_id", "identities.id"], name="fk_aliases_identities"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_aliases_tenant_id_identity_id", "aliases", ["tenant_id", "identity_id"])
