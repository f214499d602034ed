"""A second channel: accounts and their secrets, what came in from them, and couriers' leases and rows.

Four tables that were there are made anew, with their rows: SQLite changes no column in place. `migrate` has switched
foreign keys off for it, and looks afterwards whether every row still belongs to something.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OPEN = "state IN ('pending', 'not_sent', 'sending', 'streaming', 'ambiguous') AND (state != 'ambiguous' OR due > 0)"
#: What a row's new columns say of what was there: no account, nothing leased, one rung.
_CARRIED = {
    "identities": "tenant_id, id, person_id, NULL, channel, address, status, created_at, ''",
    "conversations": (
        "tenant_id, id, person_id, agent, status, title, head, created_at, updated_at, trace, preview, 'follow'"
    ),
    "bindings": "tenant_id, conversation_id, id, identity_id, channel, mode, NULL, NULL, NULL, 0, 0, NULL",
    "deliveries": (
        "tenant_id, conversation_id, message_id, binding_id, channel, seq, owed, state, at, reason, at, 0, '', "
        # A state and a reason are codes, so nothing in them needs escaping.
        """'{"state":"' || state || '","at":' || at || coalesce(',"reason":"' || reason || '"', '') || '}'"""
    ),
}


def upgrade() -> None:
    """From one channel to several."""
    _accounts()
    for table, make in (
        ("identities", _identities), ("conversations", _conversations), ("bindings", _bindings),
        ("deliveries", _deliveries),
    ):  # fmt: skip
        # Its indexes keep their names, so the old ones go with the old table first.
        op.execute(f"CREATE TABLE carried AS SELECT {_CARRIED[table]} FROM {table}")
        op.drop_table(table)
        make()
        op.execute(f"INSERT INTO {table} SELECT * FROM carried")
        op.execute("DROP TABLE carried")


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("options", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("last_in", sa.BigInteger(), nullable=True),
        sa.Column("last_out", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_accounts_tenants"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_accounts_tenant_id_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_accounts_tenant_id_created_at_id", "accounts", ["tenant_id", "created_at", "id"], unique=False)
    op.create_table(
        "tenant_keys",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_tenant_keys_tenants"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant_keys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "secrets",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], name="fk_secrets_accounts"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "name", name="pk_secrets"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "taken",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], name="fk_taken_accounts"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "key", name="pk_taken"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "parked",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("inbound", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], name="fk_parked_accounts"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "key", name="pk_parked"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_parked_of", "parked", ["tenant_id", "account_id", "at", "key"], unique=False)
    op.create_index("ix_parked_over", "parked", ["until", "at", "tenant_id", "account_id", "key"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_quarantine_tenants"),
        sa.PrimaryKeyConstraint("tenant_id", "n", name="pk_quarantine"),
        sqlite_with_rowid=False,
    )


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], name="fk_identities_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"], ["persons.tenant_id", "persons.id"], name="fk_identities_persons"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_identities_tenants"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_identities"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_identities_of",
        "identities",
        ["tenant_id", "person_id", "channel", "created_at", "id", "status"],
        unique=False,
    )
    op.create_index("ix_identities_tenant_id_account_id", "identities", ["tenant_id", "account_id"], unique=False)
    op.create_index(
        "uq_identities_address",
        "identities",
        ["tenant_id", "account_id", "address"],
        unique=True,
        sqlite_where=sa.text("status != 'revoked'"),
        postgresql_where=sa.text("status != 'revoked'"),
    )
    op.create_index(
        "uq_identities_web",
        "identities",
        ["tenant_id", "address"],
        unique=True,
        sqlite_where=sa.text("account_id IS NULL"),
        postgresql_where=sa.text("account_id IS NULL"),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("trace", sa.String(), nullable=False),
        sa.Column("preview", sa.String(), nullable=False),
        sa.Column("follow", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"], ["persons.tenant_id", "persons.id"], name="fk_conversations_persons"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_conversations_tenants"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_conversations"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_conversations_tenant_id_person_id_updated_at_id",
        "conversations",
        ["tenant_id", "person_id", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_tenant_id_updated_at_id", "conversations", ["tenant_id", "updated_at", "id"], unique=False
    )


def _bindings() -> None:
    op.create_table(
        "bindings",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("identity_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("ready", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], name="fk_bindings_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name="fk_bindings_conversations",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "identity_id"], ["identities.tenant_id", "identities.id"], name="fk_bindings_identities"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", "id", name="pk_bindings"),
        sa.UniqueConstraint(
            "tenant_id", "conversation_id", "identity_id", name="uq_bindings_tenant_id_conversation_id_identity_id"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_bindings_ready",
        "bindings",
        ["ready", "tenant_id", "id"],
        unique=False,
        sqlite_where=sa.text("ready IS NOT NULL"),
        postgresql_where=sa.text("ready IS NOT NULL"),
    )
    op.create_index("ix_bindings_identity", "bindings", ["tenant_id", "identity_id", "thread"], unique=False)
    op.create_index(
        "uq_bindings_active",
        "bindings",
        ["tenant_id", "conversation_id"],
        unique=True,
        sqlite_where=sa.text("mode = 'active'"),
        postgresql_where=sa.text("mode = 'active'"),
    )
    op.create_index(
        "uq_bindings_thread",
        "bindings",
        ["tenant_id", "account_id", "thread"],
        unique=True,
        sqlite_where=sa.text("thread IS NOT NULL"),
        postgresql_where=sa.text("thread IS NOT NULL"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("binding_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("remote", sa.String(), nullable=False),
        sa.Column("rungs", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id", "binding_id"],
            ["bindings.tenant_id", "bindings.conversation_id", "bindings.id"],
            name="fk_deliveries_bindings",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", "message_id", "binding_id", name="pk_deliveries"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["tenant_id", "conversation_id", "binding_id", "seq", "message_id", "state", "due", "remote"],
        unique=False,
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )
    op.create_index(
        "ix_deliveries_state",
        "deliveries",
        ["tenant_id", "conversation_id", "binding_id", "state", "seq"],
        unique=False,
    )
