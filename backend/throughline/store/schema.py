"""The tables. Every one but `meta` has a tenant, and every key begins with it: equal ids of two tenants never meet.

Times are UTC milliseconds. Rows that are read in runs (a conversation's events, rows, marks) are clustered by their
key, so that a conversation lies together on disk. Changing this file needs a migration: a test compares the two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

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


def _tenant() -> Column[str]:
    """Of tables that hang on another one of the tenant's: that one's key holds the tenant to account."""
    return Column("tenant_id", String, nullable=False)


def _root() -> Column[str]:
    return Column("tenant_id", String, ForeignKey("tenants.id"), nullable=False)


def _of(name: str, table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", name], [f"{table}.tenant_id", f"{table}.id"])


persons = Table(
    "persons",
    metadata,
    _root(),
    Column("id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    sqlite_with_rowid=False,
)

identities = Table(
    "identities",
    metadata,
    _tenant(),
    Column("id", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("address", String, nullable=False),
    Column("status", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "channel", "address"),
    _of("person_id", "persons"),
    Index("ix_identities_of", "tenant_id", "person_id", "channel", "created_at", "id", "status"),
    sqlite_with_rowid=False,
)

users = Table(
    "users",
    metadata,
    _root(),
    Column("id", String, nullable=False),
    Column("email", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("person_id", String),
    Column("password_hash", String, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    _of("person_id", "persons"),
    sqlite_with_rowid=False,
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True, nullable=False),
    _tenant(),
    Column("user_id", String, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("rotated_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    _of("user_id", "users"),
    Index(None, "tenant_id", "user_id"),
    sqlite_with_rowid=False,
)

#: `head` is the newest seq. `trace` and `preview` are kept at append, so that a list costs one row a conversation.
conversations = Table(
    "conversations",
    metadata,
    _tenant(),
    Column("id", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("status", String, nullable=False),
    Column("title", String, nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("trace", String, nullable=False),
    Column("preview", String, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    _of("person_id", "persons"),
    Index(None, "tenant_id", "person_id", "updated_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    sqlite_with_rowid=False,
)

#: `member` is the body as members see it. `person` is there only where persons see another one; `hidden` where none.
#: `author` is there for messages only: counting them never reads a body.
events = Table(
    "events",
    metadata,
    _tenant(),
    Column("conversation_id", String, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("author", String),
    Column("hidden", Boolean, nullable=False),
    Column("member", LargeBinary, nullable=False),
    Column("person", LargeBinary),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "seq"),
    _of("conversation_id", "conversations"),
    Index(
        "ix_events_messages",
        "tenant_id",
        "conversation_id",
        "seq",
        "author",
        sqlite_where=text("author IS NOT NULL"),
        postgresql_where=text("author IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

messages = Table(
    "messages",
    metadata,
    _tenant(),
    Column("conversation_id", String, nullable=False),
    Column("id", String, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("author_id", String),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "id"),
    _of("conversation_id", "conversations"),
    Index(
        "ix_messages_author",
        "tenant_id",
        "author_id",
        "at",
        sqlite_where=text("author_id IS NOT NULL"),
        postgresql_where=text("author_id IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

marks = Table(
    "marks",
    metadata,
    _tenant(),
    Column("conversation_id", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("got", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "user_id"),
    _of("conversation_id", "conversations"),
    _of("user_id", "users"),
    sqlite_with_rowid=False,
)

_DUE, _RUNNING, _OPEN = text("status = 'due'"), text("status = 'running'"), text("status IN ('due', 'running')")

turns = Table(
    "turns",
    metadata,
    _tenant(),
    Column("id", String, primary_key=True, nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("owner", String),
    Column("until", BigInteger, nullable=False),
    Column("pos", BigInteger, nullable=False),
    Column("checkpoint", String, nullable=False),
    Column("stop_asked", Boolean, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    _of("conversation_id", "conversations"),
    Index("uq_turns_due", "tenant_id", "conversation_id", unique=True, sqlite_where=_DUE, postgresql_where=_DUE),
    Index(
        "uq_turns_running",
        "tenant_id",
        "conversation_id",
        unique=True,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    ),
    Index("ix_turns_open", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    sqlite_with_rowid=False,
)

_ACTIVE = text("mode = 'active'")

bindings = Table(
    "bindings",
    metadata,
    _tenant(),
    Column("conversation_id", String, nullable=False),
    Column("id", String, nullable=False),
    Column("identity_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("mode", String, nullable=False),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "id"),
    UniqueConstraint("tenant_id", "conversation_id", "identity_id"),
    _of("conversation_id", "conversations"),
    _of("identity_id", "identities"),
    Index(
        "uq_bindings_active",
        "tenant_id",
        "conversation_id",
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    ),
    sqlite_with_rowid=False,
)

deliveries = Table(
    "deliveries",
    metadata,
    _tenant(),
    Column("conversation_id", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("binding_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("owed", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("reason", String),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "message_id", "binding_id"),
    ForeignKeyConstraint(
        ["tenant_id", "conversation_id", "binding_id"],
        ["bindings.tenant_id", "bindings.conversation_id", "bindings.id"],
    ),
    Index("ix_deliveries_state", "tenant_id", "conversation_id", "binding_id", "state", "seq"),
    sqlite_with_rowid=False,
)

repeats = Table(
    "repeats",
    metadata,
    _tenant(),
    Column("user_id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "user_id", "key"),
    _of("user_id", "users"),
    sqlite_with_rowid=False,
)
