"""The tables. Every one but `meta` has a tenant, and every key begins with it: equal ids of two tenants never meet.

Ids that come alone from outside (a session's, a turn's, an account's in a webhook's path) are unique over all tenants.
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

#: Our ends of channels. `options` is JSON.
accounts = Table(
    "accounts",
    metadata,
    _root(),
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
    _tenant(),
    Column("account_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "account_id", "name"),
    _of("account_id", "accounts"),
    sqlite_with_rowid=False,
)

#: The logical keys of what came in, for ever: a provider may send a thing again after any time.
taken = Table(
    "taken",
    metadata,
    _tenant(),
    Column("account_id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "account_id", "key"),
    _of("account_id", "accounts"),
    sqlite_with_rowid=False,
)

parked = Table(
    "parked",
    metadata,
    _tenant(),
    Column("account_id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("inbound", LargeBinary, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "account_id", "key"),
    _of("account_id", "accounts"),
    Index("ix_parked_over", "until", "at", "tenant_id", "account_id", "key"),
    Index("ix_parked_of", "tenant_id", "account_id", "at", "key"),
    sqlite_with_rowid=False,
)

#: What nobody understood, numbered per tenant. It outlives its account: an engineer may look later.
quarantine = Table(
    "quarantine",
    metadata,
    _root(),
    Column("n", BigInteger, nullable=False),
    Column("account_id", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "n"),
    sqlite_with_rowid=False,
)

_KNOWN, _ON_WEB = text("status != 'revoked'"), text("account_id IS NULL")

#: `person_id` is missing for a group's author who is nobody's contact yet, `account_id` on the web. A revoked address
#: may come again as somebody new; a web address, which is made of its person's id, may not.
identities = Table(
    "identities",
    metadata,
    _root(),
    Column("id", String, nullable=False),
    Column("person_id", String),
    Column("account_id", String),
    Column("channel", String, nullable=False),
    Column("address", String, nullable=False),
    Column("status", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    _of("person_id", "persons"),
    _of("account_id", "accounts"),
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

#: `head` is the newest seq. A group's talk has no person. `trace` and `preview` are kept at append, so that a list
#: costs one row a conversation.
conversations = Table(
    "conversations",
    metadata,
    _root(),
    Column("id", String, nullable=False),
    Column("person_id", String),
    Column("agent", String, nullable=False),
    Column("status", String, nullable=False),
    Column("title", String, nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("trace", String, nullable=False),
    Column("preview", String, nullable=False),
    Column("follow", String, nullable=False),
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

_ACTIVE, _THREAD, _ROOTLESS = text("mode = 'active'"), text("thread IS NOT NULL"), text("thread IS NULL")
_READY = text("ready IS NOT NULL")

#: `owner`, `until` and `fence` are a courier's lease. `ready` is when the binding can be leased next: when the first of
#: its open rows that no earlier one holds up becomes due, but not before its lease is over; NULL where no row is open.
#: Every write of a row or of the lease keeps it right, so that a claim looks at what is ready and at nothing else.
bindings = Table(
    "bindings",
    metadata,
    _tenant(),
    Column("conversation_id", String, nullable=False),
    Column("id", String, nullable=False),
    Column("identity_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("account_id", String),
    Column("thread", String),
    Column("owner", String),
    Column("until", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("ready", BigInteger),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "id"),
    UniqueConstraint("tenant_id", "conversation_id", "identity_id"),
    _of("conversation_id", "conversations"),
    _of("identity_id", "identities"),
    _of("account_id", "accounts"),
    Index(
        "uq_bindings_active",
        "tenant_id",
        "conversation_id",
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    ),
    Index(
        "uq_bindings_thread",
        "tenant_id",
        "account_id",
        "thread",
        unique=True,
        sqlite_where=_THREAD,
        postgresql_where=_THREAD,
    ),
    Index("ix_bindings_rootless", "tenant_id", "identity_id", sqlite_where=_ROOTLESS, postgresql_where=_ROOTLESS),
    Index("ix_bindings_ready", "ready", "tenant_id", "id", sqlite_where=_READY, postgresql_where=_READY),
    sqlite_with_rowid=False,
)

#: Of the states a courier has to do with. In this order and no other: the partial index is found by its words.
OPEN = ("pending", "not_sent", "sending", "streaming", "ambiguous")
_OPEN_ROWS = text(f"state IN ({', '.join(repr(state) for state in OPEN)})")

#: `rungs` are JSON objects joined by commas, so that one more is added without reading the others. `remote` is a JSON
#: list, or empty where nothing stands there: whether something does is asked in SQL.
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
    Column("due", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("remote", String, nullable=False),
    Column("rungs", String, nullable=False),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "message_id", "binding_id"),
    ForeignKeyConstraint(
        ["tenant_id", "conversation_id", "binding_id"],
        ["bindings.tenant_id", "bindings.conversation_id", "bindings.id"],
    ),
    Index("ix_deliveries_state", "tenant_id", "conversation_id", "binding_id", "state", "seq"),
    Index(
        "ix_deliveries_open",
        "tenant_id",
        "conversation_id",
        "binding_id",
        "seq",
        "message_id",
        sqlite_where=_OPEN_ROWS,
        postgresql_where=_OPEN_ROWS,
    ),
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
