"""Tenants, persons and their addresses, sign-ins, and answers that may be asked for twice."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

from throughline.store.schema.columns import metadata, of, root, tenant

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True, nullable=False),
    Column("value", String, nullable=False),
)

tenants = Table(
    "tenants",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    Column("slug", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("policy", String, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

persons = Table(
    "persons",
    metadata,
    root(),
    Column("id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    sqlite_with_rowid=False,
)

_KNOWN, _ON_WEB = text("status != 'revoked'"), text("account_id IS NULL")

#: `person_id` is missing for a group's author who is nobody's contact yet, `account_id` on the web. A revoked address
#: may come again as somebody new; a web address, which is made of its person's id, may not.
identities = Table(
    "identities",
    metadata,
    root(),
    Column("id", String, nullable=False),
    Column("person_id", String),
    Column("account_id", String),
    Column("channel", String, nullable=False),
    Column("address", String, nullable=False),
    Column("status", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("last_in", BigInteger),
    Column("talks_in", String),
    Column("off_at", BigInteger),
    # What the person was last shown by `list`: conversation ids, a JSON list.
    Column("listed", String),
    PrimaryKeyConstraint("tenant_id", "id"),
    of("person_id", "persons"),
    of("account_id", "accounts"),
    Index(
        "uq_identities_address",
        "tenant_id",
        "account_id",
        "address",
        unique=True,
        sqlite_where=_KNOWN,
        postgresql_where=_KNOWN,
    ),
    # NULLs are distinct, so that the one above holds nothing of the web.
    Index("uq_identities_web", "tenant_id", "address", unique=True, sqlite_where=_ON_WEB, postgresql_where=_ON_WEB),
    Index("ix_identities_of", "tenant_id", "person_id", "channel", "created_at", "id", "status"),
    # Whether an account may be taken away.
    Index(None, "tenant_id", "account_id"),
    sqlite_with_rowid=False,
)

#: Other addresses of an identity on its account.
aliases = Table(
    "aliases",
    metadata,
    tenant(),
    Column("account_id", String, nullable=False),
    Column("address", String, nullable=False),
    Column("identity_id", String, nullable=False),
    PrimaryKeyConstraint("tenant_id", "account_id", "address"),
    of("account_id", "accounts"),
    of("identity_id", "identities"),
    Index(None, "tenant_id", "identity_id"),
    sqlite_with_rowid=False,
)

users = Table(
    "users",
    metadata,
    root(),
    Column("id", String, nullable=False),
    Column("email", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("person_id", String),
    Column("password_hash", String, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    of("person_id", "persons"),
    sqlite_with_rowid=False,
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    tenant(),
    Column("user_id", String, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("rotated_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    of("user_id", "users"),
    Index(None, "tenant_id", "user_id"),
    sqlite_with_rowid=False,
)

repeats = Table(
    "repeats",
    metadata,
    tenant(),
    Column("user_id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "user_id", "key"),
    of("user_id", "users"),
    sqlite_with_rowid=False,
)
