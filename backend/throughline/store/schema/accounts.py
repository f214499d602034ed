"""Our ends of channels, what is sealed for them, and what came in from them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from throughline.store.schema.columns import metadata, of, root, tenant

#: Our ends of channels. `options` is JSON.
accounts = Table(
    "accounts",
    metadata,
    root(),
    Column("id", String, primary_key=True, nullable=False),
    Column("channel", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("name", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("base", String, nullable=False),
    Column("options", String, nullable=False),
    Column("status", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("reason", String),
    Column("last_in", BigInteger),
    Column("last_out", BigInteger),
    Column("cursor", String),
    UniqueConstraint("tenant_id", "id"),
    Index(None, "tenant_id", "created_at", "id"),
    sqlite_with_rowid=False,
)

#: Each tenant's data key, wrapped: what `secrets` are sealed under.
tenant_keys = Table(
    "tenant_keys",
    metadata,
    Column("tenant_id", String, ForeignKey("tenants.id"), primary_key=True, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

secrets = Table(
    "secrets",
    metadata,
    tenant(),
    Column("account_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "account_id", "name"),
    of("account_id", "accounts"),
    sqlite_with_rowid=False,
)

#: The logical keys of what came in, for ever: a provider may send a thing again after any time.
taken = Table(
    "taken",
    metadata,
    tenant(),
    Column("account_id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "account_id", "key"),
    of("account_id", "accounts"),
    sqlite_with_rowid=False,
)

parked = Table(
    "parked",
    metadata,
    tenant(),
    Column("account_id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("inbound", LargeBinary, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "account_id", "key"),
    of("account_id", "accounts"),
    Index("ix_parked_over", "until", "at", "tenant_id", "account_id", "key"),
    Index("ix_parked_of", "tenant_id", "account_id", "at", "key"),
    sqlite_with_rowid=False,
)

#: What nobody understood, numbered per tenant. It outlives its account: an engineer may look later.
quarantine = Table(
    "quarantine",
    metadata,
    root(),
    Column("n", BigInteger, nullable=False),
    Column("account_id", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    # The request around the body, JSON; empty where it was none.
    Column("request", LargeBinary),
    # When it was read again and understood.
    Column("retried", BigInteger),
    PrimaryKeyConstraint("tenant_id", "n"),
    sqlite_with_rowid=False,
)
