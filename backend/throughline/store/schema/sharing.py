"""What people attach, and the proofs by which they link a channel."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, String, Table, text

from throughline.store.schema.columns import metadata, of, root, tenant

_WAITING = text("state = 'waiting'")

#: One row an attachment. `remote` is the adapter's `Media` as JSON, for what has still to be fetched; `sha256` names
#: the bytes on disk. `due` is when the next try to fetch may be.
files = Table(
    "files",
    metadata,
    tenant(),
    Column("id", String, nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("message_id", String),
    Column("account_id", String),
    Column("kind", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("name", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("voice", Boolean, nullable=False),
    Column("reason", String),
    Column("sha256", String),
    Column("transcript", String),
    Column("remote", String),
    Column("due", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner_id", String),
    PrimaryKeyConstraint("tenant_id", "id"),
    of("conversation_id", "conversations"),
    Index(None, "tenant_id", "conversation_id", "message_id"),
    Index("ix_files_waiting", "due", "tenant_id", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    sqlite_with_rowid=False,
)

#: One row a code. The code itself is nowhere: `hash` is a keyed one.
links = Table(
    "links",
    metadata,
    root(),
    Column("id", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("identity_id", String),
    Column("claimed_at", BigInteger),
    PrimaryKeyConstraint("tenant_id", "id"),
    of("user_id", "users"),
    of("person_id", "persons"),
    of("identity_id", "identities"),
    Index(None, "tenant_id", "hash", unique=True),
    Index(None, "tenant_id", "user_id", "created_at"),
    sqlite_with_rowid=False,
)

#: Wrong codes, by who sent them: few tries, then none for a while.
tries = Table(
    "tries",
    metadata,
    tenant(),
    Column("account_id", String, nullable=False),
    Column("address", String, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("tenant_id", "account_id", "address"),
    of("account_id", "accounts"),
    sqlite_with_rowid=False,
)

#: What a person prefers. `fallback` is a JSON list of identity ids, first choice first; `quiet` is a `Quiet` as JSON.
preferences = Table(
    "preferences",
    metadata,
    tenant(),
    Column("person_id", String, nullable=False),
    Column("fallback", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("quiet", String),
    PrimaryKeyConstraint("tenant_id", "person_id"),
    of("person_id", "persons"),
    sqlite_with_rowid=False,
)
