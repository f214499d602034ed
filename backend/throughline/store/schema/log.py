"""Conversations, their events, and what hangs on those: ids, marks, turns."""

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

#: `head` is the newest seq. A group's talk has no person. `trace` and `preview` are kept at append, so that a list
#: costs one row a conversation.
conversations = Table(
    "conversations",
    metadata,
    root(),
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
    of("person_id", "persons"),
    Index(None, "tenant_id", "person_id", "updated_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    sqlite_with_rowid=False,
)

#: `member` is the body as members see it. `person` is there only where persons see another one; `hidden` where none.
#: `author` is there for messages only: counting them never reads a body.
events = Table(
    "events",
    metadata,
    tenant(),
    Column("conversation_id", String, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("author", String),
    Column("hidden", Boolean, nullable=False),
    Column("member", LargeBinary, nullable=False),
    Column("person", LargeBinary),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "seq"),
    of("conversation_id", "conversations"),
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
    tenant(),
    Column("conversation_id", String, nullable=False),
    Column("id", String, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("author_id", String),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "id"),
    of("conversation_id", "conversations"),
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
    tenant(),
    Column("conversation_id", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("got", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "conversation_id", "user_id"),
    of("conversation_id", "conversations"),
    of("user_id", "users"),
    sqlite_with_rowid=False,
)

_DUE, _RUNNING, _OPEN = text("status = 'due'"), text("status = 'running'"), text("status IN ('due', 'running')")

turns = Table(
    "turns",
    metadata,
    tenant(),
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
    of("conversation_id", "conversations"),
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
