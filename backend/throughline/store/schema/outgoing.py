"""Where conversations are attached, and what is owed there."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

from throughline.store.schema.columns import metadata, of, tenant

_ACTIVE, _THREAD = text("mode = 'active'"), text("thread IS NOT NULL")

_READY = text("ready IS NOT NULL")

#: `owner`, `until` and `fence` are a courier's lease. `ready` is when the binding can be leased next: when the first of
#: its open rows that no earlier one holds up becomes due, but not before its lease is over; NULL where no row is open.
#: Every write of a row or of the lease keeps it right, so that a claim looks at what is ready and at nothing else.
bindings = Table(
    "bindings",
    metadata,
    tenant(),
    Column("conversation_id", String, nullable=False),
    Column("id", String, nullable=False),
    Column("identity_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("account_id", String),
    Column("thread", String),
    Column("ref", String),
    Column("owner", String),
    Column("until", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("ready", BigInteger),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "id"),
    UniqueConstraint("tenant_id", "conversation_id", "identity_id"),
    of("conversation_id", "conversations"),
    of("identity_id", "identities"),
    of("account_id", "accounts"),
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
    # With the thread: whether one is still to come is asked for an identity.
    Index("ix_bindings_identity", "tenant_id", "identity_id", "thread"),
    Index("ix_bindings_ready", "ready", "tenant_id", "id", sqlite_where=_READY, postgresql_where=_READY),
    sqlite_with_rowid=False,
)

#: A courier has something to do about these; doubt that was waited for in vain (`due` 0) is nobody's work any more.
#: Spelled once: a partial index is found by its words.
OPEN = ("pending", "not_sent", "sending", "streaming", "ambiguous")
_WORDS = f"state IN ({', '.join(repr(state) for state in OPEN)}) AND (state != 'ambiguous' OR due > 0)"
_OPEN_ROWS = text(_WORDS)
#: What waits on the web for one of the person's own tabs.
UNSEEN = "channel = 'web' AND state = 'accepted' AND owed AND due > 0"
#: What did not get through anywhere, or waits for a member to say.
LOST = "owed AND state IN ('dead', 'held')"

#: `rungs` are JSON objects joined by commas, so that one more is added without reading the others. `remote` is a JSON
#: list, or empty where nothing stands there: whether something does is asked in SQL. `cuts` are a JSON list, or NULL.
deliveries = Table(
    "deliveries",
    metadata,
    tenant(),
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
    Column("draft", String),
    Column("cuts", String),
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
        # What decides when a binding is ready: all of it is answered from here.
        "state",
        "due",
        "remote",
        sqlite_where=_OPEN_ROWS,
        postgresql_where=_OPEN_ROWS,
    ),
    Index("ix_deliveries_unseen", "due", sqlite_where=text(UNSEEN), postgresql_where=text(UNSEEN)),
    Index("ix_deliveries_lost", "tenant_id", "at", sqlite_where=text(LOST), postgresql_where=text(LOST)),
    sqlite_with_rowid=False,
)
